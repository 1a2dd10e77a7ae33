local Rig = require('rig')

local STREAM = '{"stream":true}'
local ASKED = '{"stream":true,"stream_options":{"include_usage":true}}'
local CHUNK = 'data: {"choices":[],"usage":{"total_tokens":5}}\n\n'
local EVENTS = 'data: {"choices":[{"delta":{}}]}\n\n'

describe('a request on its way to the model', function()
  local rig

  setup(function()
    local token = { { name = 'llm-metrics', configuration = {} }, { name = 'apicast' }, { name = 'upstream_token' } }
    rig = Rig.start({
      usual = { configuration = { metrics = { total_tokens = 'total_tokens' } } },
      keeps_chunk = { configuration = { strip_usage_chunk = false } },
      never = { configuration = { include_usage = false, remove_accept_encoding = false, remove_credentials = false } },
      some_paths = { configuration = { include_usage_paths = { '^/v1/chat/' } } },
      continuous = { configuration = { continuous_usage_stats = true } },
      small = { configuration = { max_request_bytes = 1000 } },
      upstream_key = { configuration = { upstream_authorization = 'Bearer key-of-the-model-server' } },
      query = { credentials = { location = 'query', user_key = 'user_key' } },
      header = { credentials = { location = 'headers', user_key = 'x-api-key' } },
      pair = { backend_version = '2', credentials = { location = 'headers', app_id = 'app_id', app_key = 'app_key', user_key = 'user_key' } },
      other_token = { policies = token },
      oidc = { backend_version = 'oauth' },
    })
    rig:backend()
    rig:models({
      json = { pieces = { '{}' } },
      stream = { type = 'text/event-stream', pieces = { EVENTS, CHUNK, 'data: [DONE]\n\n' } },
      sized = { type = 'text/event-stream', headers = { ['Content-Length'] = tostring(#EVENTS + #CHUNK) }, pieces = { EVENTS .. CHUNK } },
    })
  end)
  teardown(function() rig:stop() end)
  before_each(function() rig:seen() end)

  local function seen(host, options, recipe)
    local answer = rig:send(host, recipe or 'json', options)
    local list = rig:seen()
    assert.equal(1, #list)
    return list[1], answer
  end

  it('is asked for usage if it is JSON that streams, for a model, whatever its headers say', function()
    assert.equal(ASKED, (seen('usual', { body = STREAM })).body)
    for _, body in ipairs({ '{"stream":false,"messages":[]}', '[]', 'null', '{"stream":true', '{"a": [ ] , "b":12345678901234567,"a":"\\u00e4"}', '\0' }) do
      assert.equal(body, (seen('usual', { body = body })).body)
    end
    local many = {}
    for i = 1, 120 do many['A-' .. i] = 'x' end
    for _, headers in ipairs({ { ['Content-Type'] = 'text/plain' }, { ['Content-Type'] = false }, { ['Content-Type'] = 'audio/wav' },
      { ['Content-Type'] = 'multipart/form-data; boundary=x' }, { ['Content-Type'] = 'text/plain\r\nContent-Type: application/json' },
      { ['Content-Encoding'] = 'identity' }, { ['Content-Encoding'] = 'gzip' }, { ['anthropic-version'] = '2023-06-01' }, many }) do
      assert.equal(ASKED, (seen('usual', { body = STREAM, headers = headers })).body)
    end
    assert.equal(STREAM, (seen('usual', { body = STREAM, method = 'PUT', path = '/v1/files/1', headers = { ['Content-Type'] = 'application/json' } })).body)
    assert.equal(ASKED, (seen('usual', { body = STREAM, method = 'PUT', headers = { ['Content-Type'] = 'application/json' } })).body)
    assert.equal(STREAM, (seen('usual', { body = STREAM, path = '/v1/messages' })).body)
    assert.equal(STREAM, (seen('never', { body = STREAM })).body)
    assert.equal(ASKED, (seen('some_paths', { body = STREAM })).body)
    assert.equal(STREAM, (seen('some_paths', { body = STREAM, path = '/v1/completions' })).body)
    assert.equal(ASKED, (seen('usual', { body = STREAM, path = '/granite/v1/completions' })).body)
    assert.equal('{"stream":true,"stream_options":{"include_usage":true,"continuous_usage_stats":true}}',
      (seen('continuous', { body = STREAM })).body)
  end)

  it('keeps its length in step with its body, also if it comes in chunks', function()
    assert.equal(tostring(#ASKED), (seen('usual', { body = STREAM })).headers['content-length'])
    assert.equal(ASKED, (seen('usual', { send = { '{"stre', 'am":true}' } })).body)
  end)

  it('is read from a file where nginx put it, up to a size', function()
    for _, size in ipairs({ 20 * 1024, 1536 * 1024 }) do
      local long = '{"messages":[{"content":"' .. ('x"\\'):gsub('["\\]', '\\%0'):rep(size / 5) .. '"}],"stream":true}'
      local expected = long:sub(1, -2) .. ',"stream_options":{"include_usage":true}}'
      assert.is_true(expected == (seen('usual', { body = long })).body)
      assert.is_true(expected == (seen('usual', { send = { long:sub(1, 1000), long:sub(1001) } })).body)
      assert.is_true(long == (seen('small', { body = long })).body)
      assert.is_true(long == (seen('small', { send = { long } })).body)
    end
    local huge = '{"x":"' .. ('y'):rep(5 * 1024 * 1024) .. '","stream":true}'
    assert.is_true(huge == (seen('usual', { body = huge })).body)
  end)

  it('gets its stream without the chunk it did not ask for, and with it if it asked', function()
    local _, answer = seen('usual', { body = STREAM }, 'stream')
    assert.equal(EVENTS .. 'data: [DONE]\n\n', answer.body)
    _, answer = seen('usual', { body = ASKED }, 'stream')
    assert.equal(EVENTS .. CHUNK .. 'data: [DONE]\n\n', answer.body)
    _, answer = seen('keeps_chunk', { body = STREAM }, 'stream')
    assert.equal(EVENTS .. CHUNK .. 'data: [DONE]\n\n', answer.body)
    _, answer = seen('usual', { body = STREAM }, 'sized')
    assert.equal(EVENTS, answer.body)
    assert.is_nil(answer.cut)
    assert.equal(15 + 5, rig:counted('one', 'total_tokens', 15 + 5) + 5)
  end)

  it('asks for a reply that can be read', function()
    local accept = { ['Accept-Encoding'] = 'gzip' }
    assert.is_nil((seen('usual', { headers = accept })).headers['accept-encoding'])
    assert.equal('gzip', (seen('never', { headers = accept })).headers['accept-encoding'])
    for i = 1, 120 do accept['A-' .. i] = 'x' end
    assert.is_nil((seen('usual', { headers = accept })).headers['accept-encoding'])
    assert.equal('gzip', (seen('usual', { headers = accept, method = 'GET', path = '/v1/models' })).headers['accept-encoding'])
  end)

  it('does not carry the client\'s credentials, wherever they stood', function()
    assert.is_nil((seen('usual', {})).headers.authorization)
    assert.is_nil((seen('usual', { method = 'GET' })).headers.authorization)
    assert.is_nil((seen('usual', { headers = { Authorization = 'Basic ' .. require('mime').b64('key-one:') } })).headers.authorization)
    assert.equal('/p?a=%2b1&b=', (seen('query', { path = '/p?a=%2b1&user_key=key-one&b=', headers = { Authorization = '' } })).uri)
    local request = seen('header', { headers = { Authorization = 'Bearer of-the-upstream', ['X-Api-Key'] = 'key-one' } })
    assert.is_nil(request.headers['x-api-key'])
    assert.equal('Bearer of-the-upstream', request.headers.authorization)
    request = seen('pair', { headers = { Authorization = '', app_id = 'client_two', app_key = 'app-key' } })
    assert.is_nil(request.headers.app_id)
    assert.is_nil(request.headers.app_key)
    assert.is_nil((seen('oidc', { key = 'head.client_one.signature' })).headers.authorization)
    assert.equal('Bearer key-one', (seen('never', {})).headers.authorization)
  end)

  it('carries the credentials that the model server asks for', function()
    assert.equal('Bearer key-of-the-model-server', (seen('upstream_key', {})).headers.authorization)
    assert.equal('Bearer token-of-the-upstream', (seen('other_token', {})).headers.authorization)
  end)
end)
