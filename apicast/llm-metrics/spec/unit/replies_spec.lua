local fixtures = require('fixtures')
local watching = require('watching')
local response = require('llm_metrics_response')

describe('usage in a reply', function()
  for _, fixture in ipairs(fixtures.replies) do
    it('is read from ' .. fixture.file .. ' cut at every byte', function()
      for cut = 0, #fixture.text - 1 do
        local numbers, model, out = watching.watch(watching.pieces(fixture.text, cut), { type = 'application/json', path = fixture.path })
        assert.message('cut at ' .. cut).same(fixture.numbers, numbers)
        assert.equal(fixture.model, model)
        assert.equal(fixture.text, out)
      end
    end)
  end

  it('holds no numbers but whole ones from 0 to 2^53', function()
    local function total(text)
      local numbers = watching.watch({ '{"usage":{"total_tokens":' .. text .. '}}' }, { type = 'application/json' })
      return numbers and numbers.total_tokens
    end
    assert.equal(0, total('0'))
    assert.equal(100000000000000, total('1e14'))
    assert.equal(12, total('12.7'))
    for _, bad in ipairs({ '-3', '"12"', 'null', 'true', '[]', '{}', '1e300', '9223372036854775808', 'NaN' }) do
      assert.message(bad).is_nil(total(bad))
    end
  end)

  it('is looked for only where it can be', function()
    local function watched(head)
      local watch, reason = response.watch(head)
      return watch ~= nil, reason
    end
    assert.same({ true }, { watched({ status = 200, content_type = 'application/json; charset=utf-8' }) })
    assert.same({ true }, { watched({ status = 201, content_type = 'application/vnd.x+json' }) })
    assert.same({ true }, { watched({ status = 200, content_type = 'Text/Event-Stream; charset=utf-8' }) })
    assert.same({ true }, { watched({ status = 200 }) })
    assert.same({ false }, { watched({ status = 404, content_type = 'text/html' }) })
    assert.same({ false }, { watched({ status = 500, content_type = 'application/json' }) })
    assert.same({ false }, { watched({ status = 204, content_type = 'application/json' }) })
    assert.same({ false }, { watched({ status = 101 }) })
    assert.same({ false }, { watched({ status = 200, content_type = 'image/png' }) })
    assert.same({ false, 'encoding' }, { watched({ status = 200, content_type = 'application/json', content_encoding = 'br' }) })
  end)

  it('that is missing has a reason', function()
    local function reason(pieces, options)
      local _, _, _, watch = watching.watch(pieces, options or { type = 'application/json' })
      return watch:missing(false)
    end
    assert.equal('no_usage', reason({ '{"a":1}' }))
    assert.equal('malformed', reason({ '{"a":' }))
    assert.equal('malformed', reason({ 'nonsense' }))
    assert.equal('malformed', reason({ '{"a" 1}' }))
    assert.equal('too_large', reason({ '{"usage":{"x":"' .. ('y'):rep(100000) .. '"}}' }))
    assert.is_nil(reason({}))
    assert.is_nil(reason({ '<html>' }, {}))
  end)

  it('of any nonsense is nothing, and no error (fuzzed)', function()
    local seed = tonumber(os.getenv('FUZZ_SEED') or '') or 20260102
    print('fuzz seed ' .. seed .. ' (replies)')
    local random = watching.random(seed)
    local parts = { '{', '}', '[', ']', '"', '\\', ',', ':', '"usage"', '"usage":', '{"total_tokens":1}', 'null', 'true', '1e9', ' ', '\n',
      '\0', '\255', '"a"', '"response":', '"data":', '"model":', '"\\u0075sage":', '-', '"meta":{"tokens":' }
    for round = 1, 10000 do
      local pieces = {}
      for i = 1, random(1, 6) do
        local words = {}
        for j = 1, random(1, 6) do words[j] = parts[random(1, #parts)] end
        pieces[i] = table.concat(words)
      end
      local text = table.concat(pieces)
      for _, kind in ipairs({ 'application/json', 'text/event-stream' }) do
        local ok, one = pcall(function() return { watching.watch(pieces, { type = kind, path = '/images/' }) } end)
        local ok_whole, whole = pcall(function() return { watching.watch({ text }, { type = kind, path = '/images/' }) } end)
        assert(ok and ok_whole, 'round ' .. round .. ' of seed ' .. seed .. ': ' .. tostring(one) .. tostring(whole))
        assert.equal(text, one[3])
        assert.same(whole[1], one[1])
      end
    end
  end)

  it('is found behind a bomb of brackets, without a deep stack', function()
    local deep = ('['):rep(1000000)
    local numbers = watching.watch({ '{"x":' .. deep, (']'):rep(1000000) .. ',"usage":{"total_tokens":4}}' }, { type = 'application/json' })
    assert.equal(4, numbers.total_tokens)
    local _, _, _, watch = watching.watch({ '{"usage":' .. deep }, { type = 'application/json' })
    assert.equal('too_large', watch:missing(false))
  end)
end)
