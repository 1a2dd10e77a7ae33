local watching = require('watching')
local count = require('llm_metrics_count')
local forms = require('llm_metrics_forms')

local JSON, EVENTS, LINES = 'application/json', 'text/event-stream', 'application/x-ndjson'

local function numbers(prompt, completion, more)
  local all = { prompt_tokens = prompt, completion_tokens = completion, total_tokens = (prompt or 0) + (completion or 0) }
  for key, value in pairs(more or {}) do all[key] = value end
  return all
end

local CASES = {
  { 'Ollama, a chat', LINES, '{"model":"m","message":{"role":"assistant","content":"a"},"done":false}\n'
    .. '{"model":"m","done":true,"prompt_eval_count":26,"eval_count":298}\n', numbers(26, 298) },
  { 'Ollama, many lines', LINES, ('{"model":"m","response":"a","done":false}\n'):rep(20)
    .. '{"model":"m","done":true,"prompt_eval_count":5,"eval_count":20}', numbers(5, 20) },
  { 'Ollama, not streamed', JSON, '{"model":"m","response":"a","done":true,"context":[1,2],"prompt_eval_count":26,"eval_count":2}', numbers(26, 2) },
  { 'Ollama, embeddings', JSON, '{"model":"m","embeddings":[[0.1,0.2]],"prompt_eval_count":8}', numbers(8, nil) },
  { 'llama.cpp, not streamed', JSON, '{"content":"x","tokens_predicted":7,"tokens_evaluated":11,"timings":{"prompt_n":4,"predicted_n":7}}', numbers(11, 7) },
  { 'llama.cpp, streamed', EVENTS, 'data: {"content":"a","tokens":[5],"stop":false,"tokens_predicted":1,"tokens_evaluated":11}\n\n'
    .. 'data: {"content":"","stop":true,"tokens_predicted":7,"tokens_evaluated":11}\n\n', numbers(11, 7) },
  { 'llama.cpp, a chat that has timings alone', EVENTS, ('data: {"choices":[{"delta":{"content":"a"}}]}\n\n'):rep(5)
    .. 'data: {"choices":[{"delta":{}}],"timings":{"cache_n":6,"prompt_n":4,"prompt_ms":1.5,"predicted_n":9}}\n\n', numbers(10, 9) },
  { 'TGI, not streamed', JSON, '{"generated_text":"x","details":{"finish_reason":"length","generated_tokens":20,"seed":null,'
    .. '"prefill":[{"id":1,"text":"a","logprob":null},{"id":2,"text":"b","logprob":-1}],"tokens":[{"id":3,"text":"c"}]}}', numbers(2, 20) },
  { 'TGI, in a list', JSON, ' [ {"generated_text":"x","details":{"generated_tokens":20,"input_length":9}} ] ', numbers(9, 20) },
  { 'TGI, streamed', EVENTS, ('data:{"token":{"id":1,"text":"a"},"generated_text":null,"details":null}\n\n'):rep(6)
    .. 'data:{"token":{"id":1,"text":"a"},"generated_text":"aa","details":{"finish_reason":"length","generated_tokens":7,"input_length":3}}\n\n',
    numbers(3, 7) },
  { 'SGLang, streamed', EVENTS, 'data: {"text":"a","meta_info":{"prompt_tokens":5,"completion_tokens":1,"cached_tokens":0}}\n\n'
    .. 'data: {"text":"ab","meta_info":{"prompt_tokens":5,"completion_tokens":2,"cached_tokens":3}}\n\n', numbers(5, 2, { cached_tokens = 3 }) },
  { 'Triton, not streamed', JSON, '{"model_name":"m","text_output":"ab","num_input_tokens":4,"num_output_tokens":6}', numbers(4, 6) },
  { 'Triton, streamed', EVENTS, ('data: {"model_name":"m","text_output":"a","num_input_tokens":4,"num_output_tokens":2}\n\n'):rep(5), numbers(4, 10) },
  { 'NIM, a ranking', JSON, '{"rankings":[{"index":0,"logit":1.5}],"usage":{"prompt_tokens":12,"total_tokens":12}}', numbers(12, 0) },
  { 'Groq', EVENTS, ('data: {"choices":[{"delta":{"content":"a"}}]}\n\n'):rep(4)
    .. 'data: {"choices":[{"delta":{}}],"x_groq":{"id":"r","usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}}\n\n', numbers(3, 4) },
  { 'Cohere, a chat', EVENTS, ('event: content-delta\ndata: {"type":"content-delta","delta":{"message":{"content":{"text":"a"}}}}\n\n'):rep(4)
    .. 'event: message-end\ndata: {"type":"message-end","delta":{"finish_reason":"COMPLETE","usage":{"billed_units":{"input_tokens":1},'
    .. '"tokens":{"input_tokens":30,"output_tokens":4}}}}\n\n', numbers(30, 4) },
  { 'Gemini', EVENTS, 'data: {"candidates":[{}],"usageMetadata":{"promptTokenCount":8,"totalTokenCount":8}}\r\n\r\n'
    .. 'data: {"candidates":[{}],"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":10,"thoughtsTokenCount":5,"totalTokenCount":23}}\r\n\r\n',
    numbers(8, 15, { reasoning_tokens = 5 }) },
  { 'a BOM before JSON', JSON, '\239\187\191{"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}', numbers(3, 4) },
  { 'an empty usage after a real one', EVENTS, 'data: {"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}\n\n'
    .. 'data: {"usage":{}}\n\ndata: {"usage":null}\n\n', numbers(3, 4) },
  { 'numbers that fall', EVENTS, 'data: {"usage":{"prompt_tokens":30,"completion_tokens":9,"total_tokens":39}}\n\n'
    .. 'data: {"usage":{"prompt_tokens":0,"completion_tokens":10,"total_tokens":10}}\n\n', numbers(30, 10) },
  { 'a delta with zeros', EVENTS, 'event: message_start\n'
    .. 'data: {"type":"message_start","message":{"model":"m","usage":{"input_tokens":31,"cache_read_input_tokens":100,"output_tokens":1}}}\n\n'
    .. 'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":0,"output_tokens":20}}\n\n'
    .. 'event: message_stop\ndata: {"type":"message_stop"}\n\n', numbers(131, 20, { cached_tokens = 100 }) },
}

describe('tokens that a server says in a form of its own', function()
  for _, case in ipairs(CASES) do
    it('are read: ' .. case[1] .. ', cut at every byte', function()
      local name, kind, text, expected = unpack(case)
      for cut = 0, #text - 1 do
        local found, _, out = watching.watch(watching.pieces(text, cut), { type = kind })
        assert.message(name .. ' cut at ' .. cut).same(expected, found)
        assert.equal(text, out)
      end
      local pieces = {}
      for i = 1, #text do pieces[i] = text:sub(i, i) end
      assert.message(name .. ' byte by byte').same(expected, (watching.watch(pieces, { type = kind })))
    end)
  end

  it('are read from the head of a reply, whatever its body is', function()
    local function said(header, kind, body)
      return (watching.watch({ body or '[[0.1,0.2]]' }, { type = kind or JSON, tokens = forms.of_head(header) }))
    end
    assert.same({ prompt_tokens = 11, completion_tokens = nil, total_tokens = 11 }, said({ ['x-compute-tokens'] = '11' }))
    assert.same({ prompt_tokens = 11, total_tokens = 11 }, said({ ['x-compute-tokens'] = '11' }, 'application/octet-stream', '\0'))
    assert.same(numbers(3, 9), said({ ['x-prompt-tokens'] = '3', ['x-generated-tokens'] = '9' }))
    assert.same(numbers(4, 5), said({ ['x-compute-tokens'] = '11' }, JSON, '{"usage":{"prompt_tokens":4,"completion_tokens":5}}'))
    for _, bad in ipairs({ '', '-1', 'inf', 'nan', '0x10', '1e400', 'x', { '1', '2' } }) do
      assert.is_nil(forms.of_head({ ['x-compute-tokens'] = bad }))
    end
  end)

  it('are no numbers of other replies', function()
    for _, text in ipairs({ '{"details":"x","timings":[1],"meta_info":null}', '[]', '[[]]', '[{}]', '[1,2]', '{"usage":{}}',
      '{"eval_count":-1,"prompt_eval_count":"5"}', '{"data":{"eval_count":5}}' }) do
      assert.message(text).is_nil((watching.watch({ text }, { type = JSON })))
    end
  end)
end)

describe('a number that is counted', function()
  it('is whole, from 0 to 2^53, and never written otherwise', function()
    assert.equal(12, count.text('12'))
    assert.equal(100000000000000, count.text('1e14'))
    assert.equal(2 ^ 53, count.text('9007199254740992'))
    for _, bad in ipairs({ 'inf', 'NaN', '-1', '+5', '0x10', '#5', '', ' 7', '9007199254740994', '1e400', '5 6' }) do
      assert.message(bad).is_nil(count.text(bad))
    end
    for _, bad in ipairs({ 1 / 0, 0 / 0, -1, 2 ^ 53 + 2, '5', true }) do assert.is_nil(count.number(bad)) end
  end)
end)
