local fixtures = require('fixtures')
local watching = require('watching')

local function expect(fixture, pieces, what)
  local numbers, model = watching.watch(pieces, { type = 'text/event-stream', path = fixture.path })
  assert.message(what).same(fixture.numbers, numbers)
  assert.message(what).equal(fixture.model, model)
end

local ENDS = { LF = '\n', CRLF = '\r\n', CR = '\r' }

describe('usage in a stream', function()
  for _, fixture in ipairs(fixtures.streams) do
    for name, line_end in pairs(ENDS) do
      local text = fixture.text:gsub('\n', line_end)
      local variant = setmetatable({ text = text }, { __index = fixture })

      it('is found in ' .. fixture.file .. ' with ' .. name .. ', cut at every byte', function()
        expect(variant, { text }, 'whole')
        for cut = 1, #text - 1 do expect(variant, watching.pieces(text, cut), 'cut at ' .. cut) end
      end)

      it('is found in ' .. fixture.file .. ' with ' .. name .. ', byte by byte and without its last lines\' ends', function()
        expect(variant, { text:match('^(.-)[\r\n]*$') }, 'without end')
        local pieces = {}
        for i = 1, #text do pieces[i] = text:sub(i, i) end
        expect(variant, pieces, 'byte by byte')
      end)
    end
  end

  it('is found with the stream cut at every pair of bytes', function()
    local text = 'data: {"model":"m","usage":null}\r\n\r\n: x\r\ndata: {"usage":{"total_tokens":7}}\r\n\r\ndata: [DONE]\r\n\r\n'
    for first = 1, #text - 2 do
      for second = first + 1, #text - 1 do
        local numbers, model = watching.watch(watching.pieces(text, first, second), { type = 'text/event-stream' })
        assert(numbers and numbers.total_tokens == 7 and model == 'm', first .. ',' .. second)
      end
    end
  end)

  it('is the most that was said, and a null is nothing', function()
    local say = function(...) return watching.watch({ table.concat({ ... }, '\n\n') .. '\n\n' }, { type = 'text/event-stream' }) end
    assert.same({ total_tokens = 3 }, say('data: {"usage":{"total_tokens":2}}', 'data: {"usage":{"total_tokens":3}}', 'data: {"usage":null}'))
    assert.same({ completion_tokens = 9, total_tokens = 9 },
      say('data: {"usage":{"completion_tokens":9}}', 'data: {"usage":{"total_tokens":3}}'))
    assert.is_nil(say('data: {"usage":null}', 'data: [DONE]'))
    assert.is_nil(say('data: {"choices":[{"delta":{"usage":{"total_tokens":3}}}]}'))
    assert.is_nil(say('event: usage', ': {"usage":{"total_tokens":3}}', 'id: {"usage":{"total_tokens":3}}'))
  end)

  it('is found whatever is in between, however it is cut (fuzzed)', function()
    local seed = tonumber(os.getenv('FUZZ_SEED') or '') or 20260101
    print('fuzz seed ' .. seed .. ' (streams)')
    local random = watching.random(seed)
    local noise = {
      ': ping', ':', 'data', 'data:', 'data: ', 'data: [DONE]', 'data: {"usage":', 'data: {"usage":{"total_tokens":', 'event: x',
      'id: 7', 'retry: 1', 'data: \0\1\255', 'data: {"a":"\\', 'data: "usage"', 'data: null', 'data: 12', 'datas: {}', '\239\187\191',
      'data: {"choices":[{"text":"' .. ('x'):rep(300) .. '"}]}', 'data: ' .. ('['):rep(2000), 'data: {"usage":[]}', 'data: {"usage":"x"}',
    }
    for round = 1, 3000 do
      local events = {}
      for _ = 1, random(0, 8) do events[#events + 1] = noise[random(1, #noise)] end
      local usage = random(1, 1000)
      events[#events + 1] = 'data: {"choices":[],"usage":{"total_tokens":' .. usage .. '}}'
      for _ = 1, random(0, 3) do events[#events + 1] = ': after' end
      local line_end = ({ '\n', '\r\n', '\r' })[random(1, 3)]
      local text = table.concat(events, line_end .. line_end) .. line_end .. line_end
      local pieces, rest = {}, text
      while rest ~= '' do
        local size = random(1, 40)
        pieces[#pieces + 1] = rest:sub(1, size)
        rest = rest:sub(size + 1)
      end
      for _, strip in ipairs({ false, true }) do
        local numbers, _, out = watching.watch(pieces, { type = 'text/event-stream', strip = strip })
        assert(numbers and numbers.total_tokens == usage, 'round ' .. round .. ' of seed ' .. seed)
        assert(strip or out == text, 'bytes changed in round ' .. round .. ' of seed ' .. seed)
      end
    end
  end)

  it('needs no more memory for an event of 30 MB than for a small one', function()
    local response = require('llm_metrics_response')
    collectgarbage()
    local before = collectgarbage('count')
    local watch = response.watch({ status = 200, content_type = 'text/event-stream' })
    watch:feed('data: {"b64":"')
    local piece, most = ('A'):rep(8192), 0
    for i = 1, 4000 do
      watch:feed(piece)
      if i % 500 == 0 then
        collectgarbage()
        most = math.max(most, collectgarbage('count'))
      end
    end
    watch:feed('","usage":{"total_tokens":5}}\n\n')
    assert.equal(5, watch.usage:numbers().total_tokens)
    assert(most - before < 1024, most - before .. ' KiB more')
  end)
end)
