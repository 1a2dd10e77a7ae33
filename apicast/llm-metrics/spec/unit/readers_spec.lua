local readers = require('readers')
local request = require('llm_metrics_request')
local watching = require('watching')

-- What ours makes of a body: true, false, or why it can't be read.
local function ours(body)
  local fields, reason = request.read(body)
  if not fields then return reason end
  return tostring(request.streams(fields))
end

local function wide(text, little, width)
  local pad = ('\0'):rep(width - 1)
  return (text:gsub('.', function(letter) return little and letter .. pad or pad .. letter end))
end

local STREAM = '{"model":"m","messages":[],"stream":true}'
local deep = function(n) return '{"stream":true,"x":' .. ('['):rep(n) .. (']'):rep(n) .. '}' end

-- What ours has to say of each body.
local BODIES = {
  { STREAM, 'true' }, { '{"stream":false}', 'false' }, { '{}', 'false' }, { '{"stream":null}', 'false' },
  { '{"stream":1}', 'true' }, { '{"stream":1.0}', 'true' }, { '{"stream":1e0}', 'true' }, { '{"stream":10E-1}', 'true' },
  { '{"stream":0.99999999999999999999}', 'true' }, { '{"stream":0}', 'false' }, { '{"stream":2}', 'false' }, { '{"stream":-1}', 'false' },
  { '{"stream":"true"}', 'true' }, { '{"stream":"TRUE"}', 'true' }, { '{"stream":"t"}', 'true' }, { '{"stream":"Y"}', 'true' },
  { '{"stream":"yes"}', 'true' }, { '{"stream":"On"}', 'true' }, { '{"stream":"1"}', 'true' }, { '{"stream":"tru\\u0065"}', 'true' },
  { '{"stream":"1.0"}', 'false' }, { '{"stream":" true"}', 'false' }, { '{"stream":"off"}', 'false' }, { '{"stream":"2"}', 'false' },
  { '{"stream":[true]}', 'false' }, { '{"stream":{}}', 'false' }, { '{"stream":NaN}', 'false' },
  { '\239\187\191' .. STREAM, 'true' }, { ' \r\n\t' .. STREAM .. '\r\n ', 'true' },
  { '{"x":NaN,"stream":true}', 'true' }, { '{"x":[Infinity,-Infinity],"stream":true}', 'true' },
  { '{"x":"\\ud800","stream":true}', 'true' }, { '{"x":"\255\254","stream":true}', 'true' }, { '{"\\ud800":1,"stream":true}', 'true' },
  { '{"str\\u0065am":true}', 'true' }, { '{"\\u0073\\u0074\\u0072\\u0065\\u0061\\u006d":true}', 'true' },
  { '{"Stream":true}', 'true' }, { '{"STREAM":true}', 'true' }, { '{"\197\191tream":true}', 'true' }, { '{"\\u017ftream":true}', 'true' },
  { '{"stream":true,"Stream":false}', 'true' }, { '{"stream":false,"Stream":true}', 'true' }, { '{"Stream":1}', 'false' },
  { '{"stream":true,"stream":null}', 'true' }, { '{"stream":true,"stream":false}', 'false' }, { '{"stream":false,"stream":true}', 'true' },
  { '{"stream":"x","stream":true}', 'true' },
  { deep(900), 'true' }, { deep(1001), 'true' }, { deep(5000), 'true' }, { '{"x":' .. ('9'):rep(5000) .. ',"stream":true}', 'true' },
  { '{"x":1e400,"stream":true}', 'true' }, { '{"x":-0.0e-0,"stream":true}', 'true' },
  { '{"messages":[{"content":"\\"stream\\":true}"}]}', 'false' }, { '{"a":{"stream":true}}', 'false' }, { '{"a":[{"stream":true}]}', 'false' },
  { '{"x":"' .. ('y'):rep(200000) .. '","stream":true}', 'true' }, { '{"' .. ('k'):rep(5000) .. '":1,"stream":true}', 'true' },
  { '{"x":"' .. ('\\"'):rep(5000) .. '\\\\","stream":true}', 'true' },
  -- What Python reads in another charset isn't read, and said not to be.
  { wide(STREAM, true, 2), 'charset' }, { wide(STREAM, false, 2), 'charset' }, { wide(STREAM, true, 4), 'charset' },
  { wide(STREAM, false, 4), 'charset' }, { '\255\254' .. wide(STREAM, true, 2), 'charset' }, { '\254\255' .. wide(STREAM, false, 2), 'charset' },
  { '\255\254\0\0' .. wide(STREAM, true, 4), 'charset' }, { '\0\0\254\255' .. wide(STREAM, false, 4), 'charset' },
  { wide(' ' .. STREAM, true, 2), 'charset' },
  -- Rust takes a list for an object, Go ignores what comes behind: neither is read.
  { '[true]', 'not_an_object' }, { '[]', 'not_an_object' }, { 'null', 'not_an_object' }, { '"stream"', 'not_an_object' }, { '-1', 'not_an_object' },
  { STREAM .. ' x', 'malformed' }, { STREAM .. '}', 'malformed' }, { STREAM .. STREAM, 'malformed' },
  { '{"stream":true', 'malformed' }, { '{"stream":true,}', 'malformed' }, { '{"stream":true,"x":tru}', 'malformed' },
  { '{"stream":true,"x":[}]}', 'malformed' }, { '{"stream":true,"x":01}', 'malformed' }, { '{"stream":true "x":1}', 'malformed' },
  { '{stream:true}', 'malformed' }, { "{'stream':true}", 'malformed' }, { '{"stream":True}', 'malformed' }, { '{"stream":tRue}', 'malformed' },
  { '\31\139\8', 'malformed' }, { '\0', 'malformed' }, { 'model=m&stream=true', 'malformed' }, { '', 'empty' }, { ' \n', 'empty' },
}

describe('a body', function()
  local there = readers.there()
  print('read beside: ' .. (there[1] and table.concat(there, ', ') or 'no reference reader, none is on this machine'))

  it('is read beside those of Python, Go and Rust in CI', function()
    if os.getenv('CI') then assert.same({ 'python', 'go', 'serde' }, there) end
  end)

  local texts = {}
  for i, case in ipairs(BODIES) do
    texts[i] = case[1]
    it('is read: ' .. ('%q'):format(case[1]:sub(1, 60)), function() assert.equal(case[2], ours(case[1])) end)
  end

  for _, name in ipairs(there) do
    it('that ' .. name .. ' takes for a stream is never taken for none', function()
      local verdicts = readers.read(name, texts)
      local streams = 0
      for i, verdict in ipairs(verdicts) do
        if verdict == 'true' then
          streams = streams + 1
          assert.message(('%q'):format(texts[i]:sub(1, 60))).not_equal('false', ours(texts[i]))
          assert.message(('%q'):format(texts[i]:sub(1, 60))).not_equal('empty', ours(texts[i]))
        end
      end
      assert(streams >= 10, streams .. ' streams')
    end)
  end

  if #there == 3 then
    it('that ours takes for a stream is one to one of them', function()
      local verdicts = {}
      for i, name in ipairs(there) do verdicts[i] = readers.read(name, texts) end
      for i, text in ipairs(texts) do
        local any = verdicts[1][i] == 'true' or verdicts[2][i] == 'true' or verdicts[3][i] == 'true'
        if ours(text) == 'true' then assert.message(('%q'):format(text:sub(1, 60))).is_true(any) end
      end
    end)
  end

  it('of any bytes is read as the others read it, or said not to be (fuzzed)', function()
    local seed = tonumber(os.getenv('FUZZ_SEED') or '') or 20260104
    print('fuzz seed ' .. seed .. ' (bodies)')
    local random = watching.random(seed)
    local parts = { '{', '}', '[', ']', '"', '\\', ',', ':', '"stream":true', '"stream":', '"Stream":', 'true', 'false', 'null', '1', '1.0', '"on"', '"x"',
      ' ', '\n', '\0', '\255', '\239\187\191', ',"a":', '{"stream":true', '}', ',"stream":true}', 'NaN', '"\\ud800"', '\\u0065', '"str', 'eam"', '-', '.5', '{}' }
    local bodies = {}
    for round = 1, 4000 do
      local words = {}
      for i = 1, random(1, 10) do words[i] = parts[random(1, #parts)] end
      bodies[round] = table.concat(words)
      if random(1, 2) == 1 then bodies[round] = '{"x":0' .. bodies[round] .. '}' end
    end
    -- One byte of a good body is another one.
    local good = '{"model":"m","stream":true,"x":[1,-2.5e3,"\\"\\u00e4",null,{"y":{}}]}'
    for i = 1, #good do
      for _ = 1, 10 do bodies[#bodies + 1] = good:sub(1, i - 1) .. string.char(random(0, 255)) .. good:sub(i + 1) end
      bodies[#bodies + 1] = good:sub(1, i)
    end
    local said = {}
    for i, body in ipairs(bodies) do said[i] = ours(body) end
    for _, name in ipairs(there) do
      for i, verdict in ipairs(readers.read(name, bodies)) do
        assert.message(('%q'):format(bodies[i]) .. ' to ' .. name).is_false(verdict == 'true' and (said[i] == 'false' or said[i] == 'empty'))
      end
    end
  end)
end)

describe('reading a body', function()
  it('ends where it would take too long, by its keys', function()
    local keys = {}
    for i = 1, 300000 do keys[i] = '"k' .. i .. '":1' end
    assert.equal('too_complex', ours('{' .. table.concat(keys, ',') .. ',"stream":true}'))
  end)

  it('pauses often, whatever the body is made of', function()
    local MEGABYTE = 1024 * 1024
    for name, body in pairs({
      blanks = (' '):rep(4 * MEGABYTE) .. '{}', inner_blanks = '{"a"' .. ('\n'):rep(4 * MEGABYTE) .. ':1}', digits = '{"a":' .. ('9'):rep(4 * MEGABYTE) .. '}',
      numbers = '{"a":[' .. ('1,'):rep(2 * MEGABYTE) .. '1]}', quotes = '{"a":"' .. ('\\"'):rep(2 * MEGABYTE) .. '"}',
      brackets = '{"a":' .. ('['):rep(2 * MEGABYTE) .. (']'):rep(2 * MEGABYTE) .. '}', objects = '{"a":[' .. ('{},'):rep(MEGABYTE) .. '{}]}',
      keys = '{' .. ('"a":1,'):rep(90000) .. '"b":1}', strings = '{"prompt":[' .. ('"",'):rep(MEGABYTE) .. '""]}',
      text = '{"a":"' .. ('x'):rep(4 * MEGABYTE) .. '"}', words = '{"prompt":["' .. ('x'):rep(300) .. ('","' .. ('x'):rep(300)):rep(10000) .. '"]}',
    }) do
      collectgarbage()
      collectgarbage('stop') -- what the other tests have left isn't measured
      local last, longest = os.clock(), 0
      local function pause()
        local now = os.clock()
        longest = math.max(longest, now - last)
        last = now
        return true
      end
      local fields = request.read(body, pause)
      pause()
      collectgarbage('restart')
      assert.message(name).is_truthy(fields)
      assert(longest < 0.03, name .. ': ' .. longest .. ' s without a pause')
    end
  end)

  it('ends when it is told to', function()
    local fields, reason = request.read('{"a":[' .. ('1,'):rep(10000) .. '1]}', function() return false end)
    assert.is_nil(fields)
    assert.equal('too_complex', reason)
  end)
end)
