local request = require('llm_metrics_request')
local response = require('llm_metrics_response')
local watching = require('watching')

local PIECE = 16 * 1024 -- what nginx hands on at once, at the most
local LONGEST = 0.005   -- seconds of the processor for one piece

local function seeded(what, default)
  local seed = tonumber(os.getenv('FUZZ_SEED') or '') or default
  print('fuzz seed ' .. seed .. ' (' .. what .. ')')
  return watching.random(seed), seed
end

local function bytes(random, length)
  local list = {}
  for i = 1, length do list[i] = string.char(random(0, 255)) end
  return table.concat(list)
end

-- Texts that a search, a string, a line or a bracket has much to do with.
local BURDENS = { '"', '\\', '\\"', '"\\', '{', '[', '{"a":', '[{', ',', ':', '\n', '\r', '\r\n', '\n\n', 'data:', 'data: ', ':\n', '"usage"', '"usage":{',
  'tokens', '_count"', 'content"', 'content":"', '"text":""', '\0', ' ', '9', '1,', '{},', '"",', '"k":1,', 'data: {"usage":null}\n\n',
  'data: {"choices":[],"usage":{}}\n\n', '{"eval_count":1}\n', 'event: x\n', '"response."', 'u', 'data: {"choices":[],"x":"', '\239\187\191',
  'data: {"choices":[{"delta":{"content":"a"}}]}\n\n' }
local KINDS = { 'application/json', 'text/event-stream', 'application/x-ndjson' }

local function watch_of(kind, strip)
  return response.watch({ status = 200, content_type = kind, path = '/v1/images/generations', strip = strip, bound = true })
end

describe('hostile bytes', function()
  -- The fastest of some runs is taken: the machine has others to serve.
  local function cost(run)
    local best = math.huge
    for _ = 1, 5 do
      collectgarbage()
      collectgarbage('stop')
      local longest = run()
      collectgarbage('restart')
      best = math.min(best, longest)
      if best < LONGEST / 2 then break end
    end
    return best
  end

  for _, kind in ipairs(KINDS) do
    it('in a reply cost no more than a moment for each piece, whatever they are: ' .. kind, function()
      for _, burden in ipairs(BURDENS) do
        local piece = burden:rep(PIECE / #burden)
        for _, strip in ipairs({ false, true }) do
          local longest = cost(function()
            local watch, most = watch_of(kind, strip), 0
            for _ = 1, 8 do
              local began = os.clock()
              watch:feed(piece)
              most = math.max(most, os.clock() - began)
            end
            local began = os.clock()
            watch:finish()
            return math.max(most, os.clock() - began)
          end)
          assert(longest < LONGEST, ('%q'):format(burden) .. ' took ' .. longest .. ' s')
        end
      end
    end)
  end

  it('in a reply pass as they came, with no error, and say the same however they are cut (fuzzed)', function()
    local random, seed = seeded('hostile replies', 20260105)
    for round = 1, 1500 do
      local pieces = {}
      for i = 1, random(1, 8) do
        pieces[i] = random(1, 3) == 1 and bytes(random, random(1, 60)) or BURDENS[random(1, #BURDENS)]:rep(random(1, 5))
      end
      local text = table.concat(pieces)
      for _, kind in ipairs(KINDS) do
        local ok, one = pcall(function() return { watching.watch(pieces, { type = kind }) } end)
        assert(ok, 'round ' .. round .. ' of seed ' .. seed .. ': ' .. tostring(one))
        assert.equal(text, one[3])
        assert.same((watching.watch({ text }, { type = kind })), one[1])
      end
      local stripped = { watching.watch(pieces, { type = KINDS[2], strip = true }) }
      assert.equal(({ watching.watch({ text }, { type = KINDS[2], strip = true }) })[3], stripped[3])
      assert(#stripped[3] <= #text)
    end
  end)

  it('in a request change nothing but the one place, with no error (fuzzed)', function()
    local random, seed = seeded('hostile requests', 20260106)
    local good = '{"model":"m","messages":[{"role":"user","content":"\\u00e4\\" {}"}],"stream":true,"stream_options":{"x":null},"n":1}'
    for round = 1, 5000 do
      local at, text = random(1, #good), good
      for _ = 1, random(1, 3) do
        at = random(1, #text)
        local by = random(1, 2) == 1 and bytes(random, random(0, 2)) or BURDENS[random(1, #BURDENS)]
        text = text:sub(1, at - 1) .. by .. text:sub(at + random(0, 2))
      end
      local ok, changed = pcall(function()
        local fields = request.read(text)
        return fields and (request.ask_for_usage(text, fields))
      end)
      assert(ok, 'round ' .. round .. ' of seed ' .. seed .. ': ' .. tostring(changed))
      if changed then
        local again, asked = request.read(changed), nil
        changed, asked = request.ask_for_usage(changed, again)
        assert.is_nil(changed)
        assert.is_true(asked)
        assert.equal(again.found.model, request.read(text).found.model)
      end
    end
  end)
end)
