local Content = require('llm_metrics_content')
local bound = require('llm_metrics_bound')
local fixtures = require('fixtures')
local request = require('llm_metrics_request')
local watching = require('watching')

local function pieces(list)
  local content = Content.new()
  for _, piece in ipairs(list) do
    if piece ~= '' then content:feed(piece) end
  end
  content:finish()
  return content.pieces
end

local function lines(...) return 'data: ' .. table.concat({ ... }, '\n\ndata: ') .. '\n\n' end

local STREAMS = {
  { 'a chat', 3, lines('{"choices":[{"delta":{"role":"assistant","content":""}}]}', '{"choices":[{"delta":{"content":"a"}}]}',
    '{"choices":[{"delta": {"content" : "\\"content\\":"}}]}', '{"choices":[{"delta":{"reasoning_content":"c"}}]}',
    '{"choices":[{"delta":{},"finish_reason":"stop"}]}', '{"choices":[],"usage":{"total_tokens":9}}', '[DONE]') },
  { 'calls of tools', 2, lines('{"choices":[{"delta":{"tool_calls":[{"function":{"name":"f","arguments":""}}]}}]}',
    '{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"{\\"a"}}]}}]}', '{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"}"}}]}}]}') },
  { 'completions', 2, lines('{"choices":[{"text":"a"}]}', '{"choices":[{"text":"b"}]}', '{"choices":[{"text":""}]}') },
  { 'messages', 3, 'event: content_block_start\ndata: {"type":"content_block_start","content_block":{"type":"text","text":""}}\n\n'
    .. 'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"type":"text_delta","text":"a"}}\n\n'
    .. 'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"type":"thinking_delta","thinking":"b"}}\n\n'
    .. 'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"type":"input_json_delta","partial_json":"{"}}\n\n'
    .. 'event: ping\ndata: {"type":"ping"}\n\n' },
  { 'responses', 2, lines('{"type":"response.created","response":{"output":[]}}', '{"type":"response.output_text.delta","delta":"a"}',
    '{"type":"response.output_text.delta","delta":"b"}', '{"type":"response.output_text.done","text":"ab"}',
    '{"type":"response.completed","response":{"output":[{"content":[{"text":"ab"}]}]}}') },
  { 'lines of Ollama', 2, '{"message":{"role":"assistant","content":"a"},"done":false}\n{"response":"b","done":false}\n{"done":true,"response":""}\n' },
  { 'a long piece', 2, lines('{"choices":[{"delta":{"content":"' .. ('x'):rep(10000) .. '"}}]}', '{"x":"' .. ('y'):rep(5000) .. '","content":"a"}') },
  { 'nothing', 0, ': ping\n\ndata: [DONE]\n\n' }, { 'CRLF', 2, lines('{"content":"a"}', '{"content":"b"}'):gsub('\n', '\r\n') },
}

describe('pieces with content', function()
  for _, case in ipairs(STREAMS) do
    it('are counted in ' .. case[1] .. ', however they are cut', function()
      local text = case[3]
      assert.equal(case[2], pieces({ text }))
      for cut = 1, #text - 1, #text > 3000 and 97 or 1 do
        assert.message('cut at ' .. cut).equal(case[2], pieces(watching.pieces(text, cut)))
      end
      local all = {}
      for i = 1, #text do all[i] = text:sub(i, i) end
      assert.equal(case[2], pieces(all))
    end)
  end

  it('are never more than the tokens that were said', function()
    for _, fixture in ipairs(fixtures.streams) do
      if not fixture.file:find('continuous') then -- which doesn't say its last one
        assert.message(fixture.file).is_true(pieces({ fixture.text }) <= fixture.numbers.completion_tokens)
      end
    end
  end)

  it('need no memory for a line without an end', function()
    local content = Content.new()
    for _ = 1, 1000 do content:feed(('x'):rep(8000)) end
    assert(#content.rest < 8000 + 100)
  end)
end)

describe('the tokens of a prompt, at the least', function()
  local function tokens(text) return bound.prompt(request.read(text)) end

  it('come from its text and from token ids, not from pictures', function()
    assert.equal(0, tokens('{}'))
    assert.equal(0, tokens('{"model":"a long name of a model"}'))
    assert.equal(2, tokens('{"prompt":"sixteen letters!","model":"a long name of a model"}'))
    assert.equal(4, tokens('{"model":"m","messages":[{"role":"user","content":"a text of twenty-eight"}]}'))
    assert.equal(5, tokens('{"input":[1,2,[3,4,5]]}'))
    assert.equal(2, tokens('{"messages":[{"content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,' .. ('A'):rep(100000) .. '"}}]}]}'))
    assert.equal(1000, tokens('{"prompt":"' .. ('a word '):rep(8000 / 7):sub(1, 7990) .. ('x'):rep(10) .. '"}'))
  end)

  it('raise what a server said, and never lower it', function()
    local said = { prompt_tokens = 9, completion_tokens = 1, total_tokens = 10 }
    assert.same({ { prompt_tokens = 9, completion_tokens = 5, total_tokens = 14, estimated = true }, 4 }, { bound.raise(said, 2, 5) })
    assert.same({ said, 0 }, { bound.raise(said, 2, 1) })
    assert.same({ { prompt_tokens = 2, completion_tokens = 5, total_tokens = 7, estimated = true }, 7 }, { bound.raise(nil, 2, 5) })
    assert.same({ nil, 0 }, { bound.raise(nil, 0, 0) })
  end)
end)
