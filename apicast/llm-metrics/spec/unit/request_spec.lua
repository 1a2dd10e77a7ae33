local request = require('llm_metrics_request')
local watching = require('watching')

local function asked(text, continuous)
  local fields = request.read(text)
  if not fields then return nil end
  return request.ask_for_usage(text, fields, continuous)
end

describe('asking a stream for its usage', function()
  local changes = {
    { '{"stream":true}', '{"stream":true,"stream_options":{"include_usage":true}}' },
    { '{ "stream" : true }', '{ "stream" : true,"stream_options":{"include_usage":true} }' },
    { '{"stream":true,"n":1}', '{"stream":true,"stream_options":{"include_usage":true},"n":1}' },
    { '{"stream":true,"stream_options":{}}', '{"stream":true,"stream_options":{"include_usage":true}}' },
    { '{"stream":true,"stream_options":{ }}', '{"stream":true,"stream_options":{"include_usage":true }}' },
    { '{"stream":true,"stream_options":null}', '{"stream":true,"stream_options":{"include_usage":true}}' },
    { '{"stream":true,"stream_options":false}', '{"stream":true,"stream_options":{"include_usage":true}}' },
    { '{"stream_options":{"include_usage":false},"stream":true}', '{"stream_options":{"include_usage":true},"stream":true}' },
    { '{"stream_options":{"include_usage" : null , "x":{"include_usage":false}},"stream":true}',
      '{"stream_options":{"include_usage" : true , "x":{"include_usage":false}},"stream":true}' },
    { '{"stream_options":{"x":1},"stream":true}', '{"stream_options":{"include_usage":true,"x":1},"stream":true}' },
    { '{"messages":[{"content":"\\"stream\\":false \\u00e4 }"}],"seed":12345678901234567,"tools":[],"a":{"stream":false},"stream":\ttrue}',
      '{"messages":[{"content":"\\"stream\\":false \\u00e4 }"}],"seed":12345678901234567,"tools":[],"a":{"stream":false},"stream":\ttrue,"stream_options":{"include_usage":true}}' },
    { '{"stream":false,"x":1,"x":2,"stream":true}', '{"stream":false,"x":1,"x":2,"stream":true,"stream_options":{"include_usage":true}}' },
    { '{"stream":true,"stream_options":{"include_usage":true},"stream_options":{"include_usage":false}}',
      '{"stream":true,"stream_options":{"include_usage":true},"stream_options":{"include_usage":true}}' },
    { '{"str\\u0065am":true}', '{"str\\u0065am":true,"stream_options":{"include_usage":true}}' },
    { '{"stream":1,"model":"m"}', '{"stream":1,"stream_options":{"include_usage":true},"model":"m"}' },
    { '{"stream":"Yes","x":NaN,"y":-Infinity}', '{"stream":"Yes","stream_options":{"include_usage":true},"x":NaN,"y":-Infinity}' },
    { '{"Stream":true,"Stream_Options":{"Include_Usage":false}}',
      '{"Stream":true,"stream_options":{"include_usage":true},"Stream_Options":{"include_usage":true,"Include_Usage":true}}' },
    { '{"stream":true,"stream_options":{"include_usage":false,"INCLUDE_usage":false}}',
      '{"stream":true,"stream_options":{"include_usage":true,"INCLUDE_usage":true}}' },
    { '\239\187\191{"stream":true}', '\239\187\191{"stream":true,"stream_options":{"include_usage":true}}' },
    { '{"stream":true,"x":"\\ud800"}', '{"stream":true,"stream_options":{"include_usage":true},"x":"\\ud800"}' },
    { '{"stream":true,"x":' .. ('['):rep(3000) .. (']'):rep(3000) .. '}',
      '{"stream":true,"stream_options":{"include_usage":true},"x":' .. ('['):rep(3000) .. (']'):rep(3000) .. '}' },
    { '\n {"stream":true}\n', '\n {"stream":true,"stream_options":{"include_usage":true}}\n' },
  }
  for _, change in ipairs(changes) do
    it('splices it into ' .. change[1]:sub(1, 100), function() assert.equal(change[2], (asked(change[1]))) end)
  end

  for _, text in ipairs({
    '{}', '{"stream":false}', '{"stream":null}', '{"stream":"false"}', '{"stream":2}', '{"stream":0.5}', '{"a":{"stream":true}}', '[{"stream":true}]',
    '{"a":"\\"stream\\":true"}', '{"stream":true,"stream_options":{"include_usage":true}}', '{"stream":true,"stream":false}',
    '{"stream":true,"stream_options":"x"}', '{"stream":true,"stream_options":[]}', 'null', '1', '"stream"', '', '\0', '{"stream":true',
    '{"stream":true}}', '{"stream":true} x', '{"stream":true,}', '{"stream":true,"x":[}]}', '{"stream":true,"x":tru}', '{stream:true}',
    '{"stream":true "x":1}', '{"x":' .. ('['):rep(100000), '{"stream":true,"x":01}', '{"stream":true,"x":1.}', '{"stream":true,"x":-}',
  }) do
    it('leaves alone ' .. string.format('%q', text:sub(1, 60)), function() assert.is_nil((asked(text))) end)
  end

  it('knows whether the client had asked itself', function()
    local changed, by_client = asked('{"stream":true,"stream_options":{"include_usage":true}}')
    assert.is_nil(changed)
    assert.is_true(by_client)
    changed, by_client = asked('{"stream":true,"stream_options":{"include_usage":true}}', true)
    assert.equal('{"stream":true,"stream_options":{"continuous_usage_stats":true,"include_usage":true}}', changed)
    assert.is_true(by_client)
    changed, by_client = asked('{"stream":true}')
    assert.is_truthy(changed)
    assert.is_falsy(by_client)
  end)

  it('asks for usage with every chunk only when told to', function()
    assert.is_nil(asked('{"stream":true}'):find('continuous_usage_stats', 1, true))
    assert.equal('{"stream":true,"stream_options":{"include_usage":true,"continuous_usage_stats":true}}', (asked('{"stream":true}', true)))
    assert.equal('{"stream":true,"stream_options":{"include_usage":true,"continuous_usage_stats":true}}',
      (asked('{"stream":true,"stream_options":{"continuous_usage_stats":false}}', true)))
  end)

  it('never raises and never touches what is no JSON (fuzzed)', function()
    local seed = tonumber(os.getenv('FUZZ_SEED') or '') or 20260103
    print('fuzz seed ' .. seed .. ' (requests)')
    local random = watching.random(seed)
    local cjson = require('cjson.safe')
    local parts = { '{', '}', '[', ']', '"', '\\', ',', ':', '"stream":true', '"stream_options":', '{}', 'null', '"include_usage"', 'true',
      '{"stream":true', '1', ' ', '\0', ',"a":', '}', '\255' }
    for round = 1, 10000 do
      local words = {}
      for i = 1, random(1, 12) do words[i] = parts[random(1, #parts)] end
      local text = table.concat(words)
      local ok, changed = pcall(asked, text)
      assert(ok, 'round ' .. round .. ' of seed ' .. seed .. ': ' .. tostring(changed))
      if changed then
        assert(cjson.decode(text), 'touched no JSON: ' .. text)
        assert.equal(true, cjson.decode(changed).stream_options.include_usage)
      end
    end
  end)
end)

describe('a request body', function()
  it('is JSON by its media type', function()
    for _, media in ipairs({ 'application/json', 'Application/JSON; charset=utf-8', 'application/vnd.api+json' }) do
      assert.message(media).is_true(request.is_json(media))
    end
    for _, media in ipairs({ 'text/plain', 'multipart/form-data; boundary=application/json', 'application/jsonx', 'application/x-ndjson' }) do
      assert.message(media).is_false(request.is_json(media))
    end
    assert.is_false(request.is_json(nil))
  end)

  it('is not given the option on paths of APIs that don\'t have it', function()
    for _, path in ipairs({ '/v1/chat/completions', '/v1/completions', '/granite/v1/chat/completions', '/v1',
      '/images/v1/chat/completions', '/messages/v1/completions/' }) do
      assert.message(path).is_true(request.knows_stream_options(path, {}))
    end
    for _, path in ipairs({ '/v1/responses', '/v1/messages', '/v1/audio/transcriptions', '/v1/images/generations' }) do
      assert.message(path).is_false(request.knows_stream_options(path, {}))
    end
    assert.is_true(request.knows_stream_options('/x'))
  end)
end)
