local fixtures = require('fixtures')
local watching = require('watching')

local function through(pieces)
  local _, _, out, watch = watching.watch(pieces, { type = 'text/event-stream', strip = true })
  return out, watch
end

local function without_usage_chunk(text)
  local removed, count = text:gsub('data: {[^\n]-"choices":%[%],"usage":{[^\n]+\n\n', '')
  assert(count == 1)
  return removed
end

describe('the usage chunk that the client did not ask for', function()
  local chat = fixtures.read('streams/chat.sse')

  for name, line_end in pairs({ LF = '\n', CRLF = '\r\n', CR = '\r' }) do
    it('is taken out with ' .. name .. ' wherever the stream is cut, and nothing else is', function()
      local text = chat:gsub('\n', line_end)
      local expected = without_usage_chunk(chat):gsub('\n', line_end)
      assert.equal(expected, (through({ text })))
      for cut = 1, #text - 1 do
        assert.message('cut at ' .. cut).equal(expected, (through(watching.pieces(text, cut))))
      end
      local pieces = {}
      for i = 1, #text do pieces[i] = text:sub(i, i) end
      assert.equal(expected, (through(pieces)))
    end)
  end

  it('is taken out where the stream ends without a blank line', function()
    assert.equal('data: {"choices":[{}]}\n\n', (through({ 'data: {"choices":[{}]}\n\ndata: {"choices":[],"us', 'age":{"total_tokens":1}}' })))
  end)

  it('is only what has usage and no choices', function()
    for _, event in ipairs({
      'data: {"choices":[],"prompt_filter_results":[]}\n\n',
      'data: {"choices":[{"index":0}],"usage":{"total_tokens":1}}\n\n',
      'data: {"choices":[],"usage":null}\n\n',
      'data: {"usage":{"total_tokens":1}}\n\n',
      'data: {"choices":[],"usage":{"total_tokens":1}\n\n',
      'data: [DONE]\n\n',
      ': {"choices":[],"usage":{"total_tokens":1}}\n\n',
    }) do
      for cut = 1, #event - 1 do assert.equal(event, (through(watching.pieces(event, cut)))) end
    end
  end)

  it('costs other events no delay: what can not be the chunk goes on at once', function()
    local response = require('llm_metrics_response')
    local watch = response.watch({ status = 200, content_type = 'text/event-stream', strip = true })
    assert.is_nil(watch:feed('data: {"id":"1","choices":[{"delta":{"content":"Hel'))
    assert.is_nil(watch:feed('lo"}}]}\n\n'))
    assert.is_nil(watch:feed(': ping\n'))
    assert.is_nil(watch:feed('\ndata: [DO'))
    assert.is_nil(watch:feed('NE]\n\n'))
  end)

  it('is given up on when it grows beyond any such chunk', function()
    local big = 'data: {"choices":[],"x":"' .. ('y'):rep(100000)
    local _, _, out = watching.watch({ big, '","usage":{"total_tokens":1}}\n\n' }, { type = 'text/event-stream', strip = true })
    assert.equal(big .. '","usage":{"total_tokens":1}}\n\n', out)
  end)
end)
