local mime = require('mime')
local Rig = require('rig')
local watching = require('watching')

local PARTS = { '{', '}', '[', ']', '"', '\\', ',', ':', '\n', '\n\n', '\r\n', '\0', '\255', ' ', '1', 'null', 'true', '"stream":true', '"stream":', '"usage":{', '"usage"',
  'data: ', 'data:', ': ', 'event: x', '{"stream":true', '{"model":"m","stream":true,"messages":[', ']}', '"stream_options":{"include_usage":false}',
  '{"choices":[],"usage":{"total_tokens":1}}', '{"eval_count":1}', '\239\187\191', '"\\ud800"', 'NaN', '"n":1e400', '\31\139\8' }
local TYPES = { 'application/json', 'text/event-stream', 'application/x-ndjson', 'text/plain', 'application/json; charset=utf-16' }

describe('any bytes through the gateway', function()
  local rig

  setup(function()
    rig = Rig.start({
      counts = { configuration = { metrics = { total_tokens = 'total_tokens' } } },
      enforces = { configuration = { enforce = { 'total_tokens' }, estimate = 'max_tokens' } },
    })
    rig:backend()
  end)
  teardown(function() rig:stop() end)

  it('break nothing: no error, and no byte changed but those that ask for usage (fuzzed)', function()
    local seed = tonumber(os.getenv('FUZZ_SEED') or '') or 20260107
    print('fuzz seed ' .. seed .. ' (gateway)')
    local random = watching.random(seed)
    local function text(most)
      local words = {}
      for i = 1, random(0, most) do
        words[i] = random(1, 6) == 1 and string.char(random(0, 255)) or PARTS[random(1, #PARTS)]
      end
      return table.concat(words)
    end
    for round = 1, 250 do
      local pieces, whole = {}, ''
      for i = 1, random(1, 4) do
        local piece = text(6) .. 'x'
        pieces[i], whole = { text = mime.b64(piece), base64 = true }, whole .. piece
      end
      local coding = random(1, 8) == 1 and ({ 'gzip', 'br', 'identity' })[random(1, 3)] or nil
      rig:models({ any = { type = TYPES[random(1, #TYPES)], pieces = pieces, headers = { ['Content-Encoding'] = coding } } })
      local body = random(1, 2) == 1 and text(10) or '{"model":"m","x":"' .. random(1, 9) .. '","stream":true' .. text(4) .. '}'
      local headers = { ['Content-Type'] = TYPES[random(1, #TYPES)], ['Content-Encoding'] = random(1, 8) == 1 and 'gzip' or nil }
      local where = 'round ' .. round .. ' of seed ' .. seed
      rig:seen()
      local answer = rig:send('counts', 'any', { body = body, headers = headers })
      local got = rig:seen()[1]
      assert.message(where).equal(200, answer.status)
      if got.body == body then
        assert.message(where).equal(whole, answer.body)
      else
        assert.message(where).is_truthy(got.body:find('"include_usage":true', 1, true))
        assert.message(where).equal(body:gsub('"stream_options":%b{}', ''):gsub(',', ''),
          (got.body:gsub('"stream_options":%b{}', ''):gsub(',', '')))
        assert.message(where).is_true(#answer.body <= #whole)
      end
      local status = rig:send('enforces', 'any', { body = body, headers = headers }).status
      assert.message(where .. ': ' .. status).is_true(status == 200 or status == 400 or status == 413 or status == 415 or status == 502)
    end
    assert.equal(0, rig:metric('llm_policy_errors_total'))
  end)
end)
