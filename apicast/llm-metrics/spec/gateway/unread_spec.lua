local cjson = require('cjson')
local Rig = require('rig')

local STREAM = '{"model":"m","messages":[],"stream":true}'
local CHUNK = 'data: {"choices":[],"usage":{"total_tokens":5}}\n\n'

local function utf16(text) return (text:gsub('.', '%0\0')) end

describe('a request that can not be read', function()
  local rig

  setup(function()
    local function enforcing(more)
      local config = { enforce = { 'total_tokens' } }
      for key, value in pairs(more or {}) do config[key] = value end
      return config
    end
    local function unbuffered(config)
      return { policies = { { name = 'unbuffered' }, { name = 'llm-metrics', configuration = config }, { name = 'apicast' } } }
    end
    rig = Rig.start({
      counts = { configuration = { metrics = { total_tokens = 'total_tokens' } } },
      enforces = { configuration = enforcing() },
      passes = { configuration = enforcing({ on_unreadable = 'pass' }) },
      small = { configuration = enforcing({ max_request_bytes = 1000 }) },
      unbuffered = unbuffered(enforcing()),
      unbuffered_counts = unbuffered({}),
      other = { configuration = {} },
    })
    rig:backend()
    rig:models({
      json = { pieces = { '{}' } },
      stream = { type = 'text/event-stream', pieces = { CHUNK, 'data: [DONE]\n\n' } },
      quiet = { quiet = true, pieces = { '{}' } },
    })
  end)
  teardown(function() rig:stop() end)
  before_each(function() rig:seen() end)

  local function unread(host, reason) return rig:metric('llm_unread_requests_total', { service_id = rig.services[host].id, reason = reason }) end

  local keys = {}
  for i = 1, 150000 do keys[i] = '"k' .. i .. '":1' end
  local CASES = {
    { reason = 'malformed', status = 400, body = '{"stream":true' },
    { reason = 'malformed', status = 400, body = STREAM .. ' x' },
    { reason = 'malformed', status = 400, body = 'nothing', headers = { ['Content-Type'] = 'text/plain' } },
    { reason = 'not_an_object', status = 400, body = '["m",[],true]' },
    { reason = 'charset', status = 415, body = utf16(STREAM) },
    { reason = 'charset', status = 415, body = '\255\254' .. utf16(STREAM), headers = { ['Content-Type'] = 'audio/wav' } },
    { reason = 'encoding', status = 415, body = '\31\139\8\0abc', headers = { ['Content-Encoding'] = 'gzip' } },
    { reason = 'encoding', status = 415, body = '\31\139\8\0abc' },
    { reason = 'encoding', status = 415, body = 'abc', headers = { ['Content-Encoding'] = 'br' } },
    { reason = 'too_complex', status = 413, body = '{' .. table.concat(keys, ',') .. ',"stream":true}' },
    { reason = 'too_large', status = 413, body = '{"x":"' .. ('y'):rep(5 * 1024 * 1024) .. '","stream":true}' },
    { reason = 'too_large', status = 413, body = ('{"x":"' .. ('y'):rep(5 * 1024 * 1024) .. '","stream":true}'),
      headers = { ['Content-Type'] = 'multipart/form-data; boundary=x' } },
  }

  for number, case in ipairs(CASES) do
    it('is refused where limits hold, and else counted: ' .. case.reason .. ' ' .. number, function()
      local options = { body = case.body, headers = case.headers }
      local before = unread('enforces', case.reason)
      local answer = rig:send('enforces', 'json', options)
      assert.equal(case.status, answer.status)
      local problem = cjson.decode(answer.body).error
      assert.equal('invalid_request_error', problem.type)
      assert.is_string(problem.message)
      assert.equal(0, #rig:seen())
      assert.equal(before + 1, unread('enforces', case.reason))

      for _, host in ipairs({ 'counts', 'passes' }) do
        before = unread(host, case.reason)
        assert.equal(200, rig:send(host, 'json', options).status)
        assert.is_true(case.body == rig:seen()[1].body)
        assert.equal(before + 1, unread(host, case.reason))
      end
    end)
  end

  it('is refused if it comes in pieces, too', function()
    assert.equal(413, rig:send('small', 'json', { send = { '{"x":"', ('y'):rep(1000), '","stream":true}' } }).status)
    assert.equal(400, rig:send('small', 'json', { send = { '{"stream"', ':true' } }).status)
    assert.equal(0, #rig:seen())
  end)

  it('is refused in the words of the messages API on its paths', function()
    local problem = cjson.decode(rig:send('enforces', 'json', { body = '{"stream":true', path = '/v1/messages' }).body)
    assert.equal('error', problem.type)
    assert.equal('invalid_request_error', problem.error.type)
  end)

  if Rig.version ~= '2.14' then it('is refused if the chain passes it on unbuffered', function() -- it has no such policy
    local answer = rig:send('unbuffered', 'stream', { body = STREAM })
    assert.equal(400, answer.status)
    assert.is_truthy(answer.body:find('unbuffered', 1, true))
    assert.equal(0, #rig:seen())
    assert.equal(200, rig:send('unbuffered_counts', 'stream', { body = STREAM }).status)
    assert.equal(1, unread('unbuffered_counts', 'unbuffered'))
  end) end

  it('is none of the bodies that no JSON is in: forms, uploads, nothing', function()
    local form = '--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n' .. ('\0\255'):rep(1024 * 1024) .. '\r\n--x--\r\n'
    for _, options in ipairs({
      { body = form, headers = { ['Content-Type'] = 'multipart/form-data; boundary=x' } },
      { body = form .. form .. form, headers = { ['Content-Type'] = 'Multipart/Form-Data;boundary=x' } },
      { body = 'a=1&stream=true', headers = { ['Content-Type'] = 'application/x-www-form-urlencoded' } },
      { body = 'RIFF\0\0\0\0WAVE', headers = { ['Content-Type'] = 'audio/wav' } },
      { body = '\0\0\0\24ftypmp42', headers = { ['Content-Type'] = 'video/mp4' } },
      { body = '\255\216\255', headers = { ['Content-Type'] = 'application/octet-stream' } },
      { body = '' },
    }) do
      assert.message(options.body:sub(1, 20)).equal(200, rig:send('enforces', 'json', options).status)
      assert.is_true(options.body == rig:seen()[1].body)
    end
  end)

  it('holds up nobody while it is looked at', function()
    local usual = 0 -- on a machine that has others to serve, too
    for _ = 1, 10 do usual = math.max(usual, rig:send('other', 'quiet').took) end
    local numbers = '{"input":[' .. ('123456,'):rep(500000) .. '1],"stream":true}'
    local socket = require('socket')
    local connection = assert(socket.tcp())
    connection:connect('127.0.0.1', rig.port)
    connection:send('POST / HTTP/1.1\r\nHost: counts\r\nAuthorization: Bearer key-one\r\nX-Recipe: quiet\r\nContent-Length: ' .. #numbers
      .. '\r\nConnection: close\r\n\r\n' .. numbers)
    local longest = 0
    for _ = 1, 10 do longest = math.max(longest, rig:send('other', 'quiet').took) end
    assert.is_truthy(connection:receive('*l'):find('200', 1, true))
    connection:close()
    assert(longest < 0.3 + 3 * usual, longest .. ' s, and ' .. usual .. ' s without')
  end)
end)
