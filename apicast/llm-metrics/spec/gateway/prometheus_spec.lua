local Rig = require('rig')

describe('Prometheus sees', function()
  local rig

  setup(function()
    local lookup = { endpoint = '@WORLD@', access_token = 'portal-token' }
    rig = Rig.start({
      usual = { system_name = 'chat' },
      few = { configuration = { max_models = 3, max_applications = 1 } },
      legacy = { configuration = { legacy_prometheus = true, application_lookup = lookup } },
      staging = { read_anew = true, configuration = { legacy_prometheus = true, application_lookup = lookup } },
      oidc = { backend_version = 'oauth' },
    })
    rig:backend()
    rig:models({
      json = { pieces = { '{"model":"granite","usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7,'
        .. '"prompt_tokens_details":{"cached_tokens":2},"completion_tokens_details":{"reasoning_tokens":1}}}' } },
      nameless = { pieces = { '{"usage":{"total_tokens":7}}' } },
      failure = { status = 500, pieces = { '{}' } },
      stream = { type = 'text/event-stream', pieces = { { wait = 0.2 }, 'data: {"model":"streamed"}\n\n', { wait = 0.25 },
        'data: {"usage":{"completion_tokens":10,"total_tokens":10}}\n\n' } },
    })
  end)
  teardown(function() rig:stop() end)

  local function settles(name, labels, expected)
    Rig.eventually(function() return rig:metric(name, labels) == expected end)
    assert.equal(expected, rig:metric(name, labels))
  end

  it('tokens by product, application and model, and no key or name', function()
    rig:send('usual', 'json')
    local labels = { service = 'chat', service_id = rig.services.usual.id, model = 'granite' }
    settles('llm_total_tokens_total', labels, 7)
    settles('llm_prompt_tokens_total', labels, 3)
    settles('llm_completion_tokens_total', labels, 4)
    settles('llm_cached_tokens_total', labels, 2)
    settles('llm_reasoning_tokens_total', labels, 1)
    settles('llm_total_tokens_total', { application_id = 'key-one' }, 0)
    rig:send('oidc', 'json', { key = 'head.client_one.signature' })
    settles('llm_total_tokens_total', { application_id = 'client_one' }, 7)
  end)

  it('requests by status, also those refused', function()
    rig:send('usual', 'failure')
    rig:send('usual', 'json', { key = 'wrong' })
    settles('llm_requests_total', { service = 'chat', status = '500' }, 1)
    settles('llm_requests_total', { service = 'chat', status = '403' }, 1)
  end)

  it('the time to the first token, to the end, and the speed in between', function()
    rig:send('usual', 'stream')
    settles('llm_request_duration_seconds_count', { model = 'streamed' }, 1)
    local first = rig:metric('llm_time_to_first_token_seconds_sum', { model = 'streamed' })
    local total = rig:metric('llm_request_duration_seconds_sum', { model = 'streamed' })
    local speed = rig:metric('llm_tokens_per_second_sum', { model = 'streamed' })
    assert(first >= 0.19 and first < 0.4, 'first after ' .. first)
    assert(total >= 0.44 and total < 0.9, 'total ' .. total)
    assert(math.abs(speed - 10 / (total - first)) < 0.5, 'speed ' .. speed)
  end)

  it('the model that the reply names, else the one that was asked for', function()
    rig:send('usual', 'nameless', { body = '{"model":"asked-for"}', path = '/some-model/v1/completions' })
    settles('llm_total_tokens_total', { model = 'asked-for' }, 7)
    rig:send('usual', 'json', { body = '{"model":"not-this"}' })
    settles('llm_total_tokens_total', { model = 'granite', service = 'chat' }, 14)
    settles('llm_total_tokens_total', { model = 'not-this' }, 0)
  end)

  it('a bounded number of models and applications, the rest together', function()
    for i = 1, 40 do rig:send('few', 'nameless', { body = '{"model":"model-' .. i .. '"}', key = i % 2 == 0 and 'key-one' or 'key-two' }) end
    rig:send('few', 'nameless', { body = '{"model":"' .. ('x'):rep(1000) .. '"}' })
    local few = rig.services.few.id
    settles('llm_total_tokens_total', { service_id = few }, 41 * 7)
    settles('llm_total_tokens_total', { service_id = few, model = 'other' }, 38 * 7)
    settles('llm_total_tokens_total', { service_id = few, application_id = 'other' }, 21 * 7)
  end)

  it('usage under the names of the first version too, where that is wanted, with who the portal says it is', function()
    rig:send('legacy', 'json', { key = 'wrong' })
    assert.equal(0, #rig:portal_calls())
    for i = 1, 50 do
      rig:send('legacy', 'json')
      if i == 1 then settles('llm_total_token_count', { application_id = '41', application_system_name = 'Chat of one' }, 7) end
    end
    settles('llm_total_token_count', { application_id = '41', application_system_name = 'Chat of one' }, 350)
    settles('llm_prompt_tokens_count', { service_system_name = rig.services.legacy.system_name }, 150)
    settles('llm_completion_tokens_count', {}, 200)
    for _ = 1, 10 do rig:send('legacy', 'json', { key = 'key-two' }) end -- the portal doesn't know it
    settles('llm_total_token_count', { application_system_name = '' }, 70)
    local calls = rig:portal_calls()
    assert.equal(2, #calls)
    assert.is_nil(calls[1].uri:find('portal-token', 1, true))
    assert.equal('Basic ' .. require('mime').b64(':portal-token'), calls[1].authorization)
    assert.is_nil(rig:error_log():find('key-two', 1, true))
  end)

  it('what the portal says of an application once, also where the configuration is read with every request', function()
    local before = #rig:portal_calls()
    local labels = { service_id = rig.services.staging.id, application_system_name = 'Chat of one' }
    for i = 1, 5 do
      rig:send('staging', 'json')
      settles('llm_total_token_count', labels, 7 * i)
    end
    assert.equal(before + 1, #rig:portal_calls())
  end)

  it('without a lookup the portal is never asked', function()
    local before = #rig:portal_calls()
    for _ = 1, 5 do rig:send('usual', 'json') end
    assert.equal(before, #rig:portal_calls())
  end)
end)
