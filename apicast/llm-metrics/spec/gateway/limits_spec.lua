local cjson = require('cjson')
local Rig = require('rig')

-- Each test sets the backend anew, so the answers of the one before are not to be used again.
local ENFORCE = { enforce = { 'total_tokens' }, limits_ttl = 0 }

local function limit(value, period, metric)
  return { metric = metric or 'total_tokens', period = period or 'day', value = value }
end

local function with(changes)
  local config = { enforce = { 'total_tokens' }, limits_ttl = 0 }
  for key, value in pairs(changes) do config[key] = value end
  return config
end

local TIMEOUTS = Rig.version ~= '2.14' -- whose HTTP client waits as long as it likes

describe('token limits of a plan', function()
  local rig

  setup(function()
    rig = Rig.start({
      block = { configuration = ENFORCE },
      moment = { configuration = ENFORCE },
      both = { configuration = { enforce = { 'total_tokens', 'prompt_tokens' }, limits_ttl = 0 } },
      estimate = { configuration = with({ estimate = 'max_tokens' }) },
      named = { configuration = { enforce = { 'cached_tokens' }, metrics = { cached_tokens = 'completion_tokens' }, estimate = 'max_tokens', limits_ttl = 0 } },
      unknown = { configuration = with({ enforce = { 'no_such_metric', 'total_tokens' } }) },
      unknown_closed = { configuration = with({ enforce = { 'total_tokens', 'no_such_metric' }, on_backend_error = 'closed' }) },
      closed = { configuration = with({ on_backend_error = 'closed', backend_timeout = 300 }) },
      hasty = { configuration = with({ backend_timeout = 300 }) },
      named_backend = { backend_host = 'backend.test', configuration = with({ backend_timeout = 100 }) },
      wrong_token = { token = 'wrong', configuration = ENFORCE },
      oidc = { backend_version = 'oauth', configuration = ENFORCE },
      pair = { backend_version = '2', credentials = { location = 'headers', app_id = 'app_id', app_key = 'app_key', user_key = 'user_key' },
        configuration = ENFORCE },
      headers = { configuration = with({ rate_limit_headers = true }) },
      paths = { configuration = with({ model_paths = { '^/ask/' } }) },
      small = { configuration = { max_prompt_bytes = 50 } },
      own_call = { configuration = ENFORCE },
      late = { configuration = ENFORCE, policies = { { name = 'apicast' }, { name = 'llm-metrics', configuration = ENFORCE } } },
    })
  end)
  teardown(function() rig:stop() end)

  before_each(function()
    rig:models({
      ten = { pieces = { '{"usage":{"prompt_tokens":4,"completion_tokens":6,"total_tokens":10}}' } },
      slow_ten = { pieces = { { wait = 0.3 }, '{"usage":{"total_tokens":10}}' } },
    })
    rig:seen()
  end)

  local function calls(kind, host)
    local list = {}
    for _, call in ipairs(rig:usage().calls) do
      local wanted = not host or call.arguments.service_id == rig.services[host].id
      if call.kind == kind and wanted then list[#list + 1] = call end
    end
    return list
  end

  it('block before the model is called, at the limit, with 429 and the right time to wait', function()
    rig:backend({ block = { limits = { limit(25, 'minute'), limit(1000, 'day') } } })
    for expected = 10, 30, 10 do
      assert.equal(200, rig:send('block', 'ten').status)
      assert.equal(expected, rig:counted('one', 'total_tokens', expected))
    end
    local answer = rig:send('block', 'ten')
    local left = 60 - os.time() % 60
    assert.equal(429, answer.status)
    assert(math.abs(tonumber(answer.headers['retry-after']) - left) <= 1, answer.headers['retry-after'] .. ' of ' .. left)
    assert.equal(3, #rig:seen())
    assert.equal(1, rig:metric('llm_limited_requests_total', { service_id = rig.services.block.id }))
    assert.equal(200, rig:send('block', 'ten', { key = 'key-two' }).status)
  end)

  it('refuse in the words of OpenAI\'s API, and on paths of the messages API in those of Anthropic\'s', function()
    rig:backend({ block = { limits = { limit(10, 'hour'), limit(10000, 'day') } }, use = { { application = 'one', metric = 'total_tokens', value = 11 } } })
    local answer = rig:send('block', 'ten')
    local left = 3600 - os.time() % 3600
    assert.equal(429, answer.status)
    assert.equal('application/json', answer.headers['content-type'])
    assert.equal('10', answer.headers['x-ratelimit-limit-tokens'])
    assert.equal('0', answer.headers['x-ratelimit-remaining-tokens'])
    assert.is_truthy(answer.headers['x-ratelimit-reset-tokens']:match('^%d+m%d+s$') or left < 61)
    local told = cjson.decode(answer.body).error
    assert.same({ 'tokens', 'rate_limit_exceeded', cjson.null }, { told.type, told.code, told.param })
    assert.is_truthy(told.message:find('Try again in', 1, true))

    for _, path in ipairs({ '/v1/messages', '/v1/messages/count_tokens' }) do
      answer = rig:send('block', 'ten', { path = path })
      assert.equal(429, answer.status)
      local body = cjson.decode(answer.body)
      assert.same({ 'error', 'rate_limit_error' }, { body.type, body.error.type })
      assert.equal('10', answer.headers['anthropic-ratelimit-tokens-limit'])
      assert.equal('0', answer.headers['anthropic-ratelimit-tokens-remaining'])
      assert.is_truthy(answer.headers['anthropic-ratelimit-tokens-reset']:match('^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$'))
      assert.is_nil(answer.headers['x-ratelimit-limit-tokens'])
    end
  end)

  it('say on successful answers what is left of the tightest one, where that was chosen', function()
    rig:backend({ headers = { limits = { limit(100, 'hour'), limit(10000) } }, use = { { application = 'one', metric = 'total_tokens', value = 9 } } })
    local answer = rig:send('headers', 'ten')
    assert.equal(200, answer.status)
    assert.same({ '100', '91' }, { answer.headers['x-ratelimit-limit-tokens'], answer.headers['x-ratelimit-remaining-tokens'] })
    assert.is_truthy(answer.headers['x-ratelimit-reset-tokens'])
    rig:backend({ block = { limits = { limit(100) } } })
    assert.is_nil(rig:send('headers', 'ten').headers['x-ratelimit-limit-tokens']) -- no limit, nothing to say
    assert.is_nil(rig:send('block', 'ten').headers['x-ratelimit-limit-tokens'])   -- not chosen
  end)

  it('block exactly when nothing is left', function()
    rig:backend({ block = { limits = { limit(10) } }, use = { { application = 'one', metric = 'total_tokens', value = 9 } } })
    assert.equal(200, rig:send('block', 'ten').status)
    rig:counted('one', 'total_tokens', 19)
    assert.equal(429, rig:send('block', 'ten').status)
  end)

  it('of several metrics and periods all block', function()
    rig:backend({ both = { limits = { limit(1000), limit(4, 'hour', 'prompt_tokens') } } })
    assert.equal(200, rig:send('both', 'ten').status)
    rig:counted('one', 'prompt_tokens', 4)
    local answer = rig:send('both', 'ten')
    assert.equal(429, answer.status)
    assert(math.abs(tonumber(answer.headers['retry-after']) - (3600 - os.time() % 3600)) <= 1)
  end)

  it('stay open again when the period is over', function()
    rig:backend({ block = { limits = { limit(10, 'minute') } }, use = { { application = 'one', metric = 'total_tokens', value = 10 } } })
    assert.equal(429, rig:send('block', 'ten').status)
    rig:change_backend({ shift = 60 })
    assert.equal(200, rig:send('block', 'ten').status)
  end)

  it('are asked for without counting anything, and the gateway\'s own call stays as it is', function()
    rig:backend({ own_call = { limits = { limit(100), limit(50, 'minute', 'hits') } } })
    assert.equal(200, rig:send('own_call', 'ten').status)
    rig:counted('one', 'total_tokens', 10)
    local authrep, authorize = calls('authrep', 'own_call'), calls('authorize', 'own_call')
    assert.equal(1, #authrep)
    assert.same({ ['usage[hits]'] = '1', service_id = rig.services.own_call.id, service_token = 'service-token', user_key = 'key-one' },
      authrep[1].arguments)
    assert.equal('1', authorize[1].arguments['usage[total_tokens]'])
    assert.is_nil(authorize[1].arguments['usage[hits]'])
    assert.equal('10', calls('report', 'own_call')[1].body['transactions[0][usage][total_tokens]'])
  end)

  it('leave limits on hits to the gateway', function()
    rig:backend({ block = { limits = { limit(1, 'hour', 'hits'), limit(100) } } })
    assert.equal(200, rig:send('block', 'ten').status)
    local answer = rig:send('block', 'ten')
    if answer.status == 200 then answer = rig:send('block', 'ten') end -- the first after the cache learns of it
    assert.equal(429, answer.status)
  end)

  it('are never the reason that usage is lost', function()
    rig:backend({ block = { limits = { limit(5) } } })
    assert.equal(200, rig:send('block', 'ten').status)
    assert.equal(10, rig:counted('one', 'total_tokens', 10))
    rig:change_backend({ shift = 86400 })
    assert.equal(200, rig:send('block', 'ten').status)
    assert.equal(20, rig:counted('one', 'total_tokens', 20))
  end)

  it('count what this gateway has yet to report', function()
    rig:backend({ block = { limits = { limit(10) } }, faults = { report = { times = 2, status = 503 } } })
    assert.equal(200, rig:send('block', 'ten').status)
    rig.eventually(function() return #calls('report') >= 1 end)
    assert.equal(429, rig:send('block', 'ten').status)
    assert.equal(10, rig:counted('one', 'total_tokens', 10))
  end)

  it('can ask for as much as the request lets the model write', function()
    rig:backend({ estimate = { limits = { limit(100) } }, use = { { application = 'one', metric = 'total_tokens', value = 50 } } })
    assert.equal(200, rig:send('estimate', 'ten', { body = '{"max_tokens":50}' }).status)
    assert.equal('50', calls('authorize')[1].arguments['usage[total_tokens]'])
    rig:counted('one', 'total_tokens', 60)
    assert.equal(429, rig:send('estimate', 'ten', { body = '{"max_tokens":41}' }).status)
    assert.equal(429, rig:send('estimate', 'ten', { body = '{"max_completion_tokens":41}' }).status)
    assert.equal(200, rig:send('estimate', 'ten', { body = '{"max_tokens":40}' }).status)
    rig:counted('one', 'total_tokens', 70)
    assert.equal(200, rig:send('estimate', 'ten', { body = '{}' }).status)
  end)

  for _, body in ipairs({
    '{"max_tokens":1,"max_output_tokens":1e400}', '{"max_tokens":1,"max_completion_tokens":"41"}', '{"max_tokens":41.0}',
    '{"max_tokens":21,"n":2}', '{"max_tokens":9,"best_of":"5"}', '{"max_tokens":5,"parameters":{"max_new_tokens":41}}',
  }) do
    it('can not be passed by ' .. body, function()
      rig:backend({ estimate = { limits = { limit(100) } }, use = { { application = 'one', metric = 'total_tokens', value = 60 } } })
      assert.equal(429, rig:send('estimate', 'ten', { body = body }).status)
      assert.equal(0, #rig:seen())
    end)
  end

  it('that the backend refuses to look at for what it was asked are not checked, rather than passed', function()
    rig:backend({ faults = { authorize = { times = 1, status = 403, code = 'usage_value_invalid' } } })
    assert.equal(503, rig:send('closed', 'ten').status)
    assert.equal(0, #rig:seen())
    assert.equal(1, rig:metric('llm_backend_errors_total', { service_id = rig.services.closed.id, reason = 'usage_value_invalid' }))
  end)

  it('know the estimate of a metric that has another name than the number it counts', function()
    rig:backend({ named = { limits = { limit(100, 'day', 'cached_tokens') } } })
    assert.equal(200, rig:send('named', 'ten', { body = '{"max_tokens":50}' }).status)
    assert.equal('50', calls('authorize')[1].arguments['usage[cached_tokens]'])
    assert.equal(6, rig:counted('one', 'cached_tokens', 6))
  end)

  it('of 0 answer 403, as the gateway does for a metric that is switched off', function()
    rig:backend({ block = { limits = { limit(0, 'eternity') } } })
    assert.equal(403, rig:send('block', 'ten').status)
    assert.equal(0, #rig:seen())
  end)

  it('hold for applications of OpenID Connect and of app_id with app_key', function()
    rig:backend({ oidc = { limits = { limit(10) } }, pair = { limits = { limit(10) } } })
    local function oidc() return rig:send('oidc', 'ten', { key = 'head.client_one.signature' }).status end
    assert.equal(200, oidc())
    assert.equal(10, rig:counted('client_one', 'total_tokens', 10))
    assert.equal(429, oidc())
    local function pair() return rig:send('pair', 'ten', { headers = { app_id = 'client_two', app_key = 'app-key', Authorization = '' } }).status end
    assert.equal(200, pair())
    assert.equal(10, rig:counted('client_two', 'total_tokens', 10))
    assert.equal(429, pair())
  end)

  it('don\'t concern bad credentials, unmapped paths and requests that call no model', function()
    rig:backend({ block = { limits = { limit(1) } }, use = { { application = 'one', metric = 'total_tokens', value = 5 } } })
    assert.equal(403, rig:send('block', 'ten', { key = 'wrong' }).status)
    assert.equal(404, rig:send('block', 'ten', { path = '/unmapped' }).status)
    assert.equal(200, rig:send('block', 'ten', { method = 'GET', path = '/v1/models' }).status)
    assert.equal(429, rig:send('block', 'ten').status)
  end)

  it('block whatever calls a model, whatever its verb', function()
    local use = { { application = 'one', metric = 'total_tokens', value = 5 } }
    rig:backend({ block = { limits = { limit(1) } }, paths = { limits = { limit(1) } }, use = use })
    for _, method in ipairs({ 'GET', 'PUT', 'PATCH', 'DELETE', 'HEAD' }) do
      for _, path in ipairs({ '/v1/chat/completions', '/generate/', '/v1/models/m:generateContent', '/v2/models/m/infer' }) do
        assert.message(method .. ' ' .. path).equal(429, rig:send('block', 'ten', { method = method, path = path }).status)
      end
    end
    assert.equal(429, rig:send('paths', 'ten', { method = 'GET', path = '/ask/me' }).status)
    assert.equal(200, rig:send('paths', 'ten', { method = 'GET' }).status)
    assert.equal(429, rig:send('paths', 'ten').status)
  end)

  it('are helped by a largest size of requests', function()
    rig:backend()
    local fits, larger = '{"a":"' .. ('x'):rep(42) .. '"}', '{"a":"' .. ('x'):rep(43) .. '"}'
    assert.equal(200, rig:send('small', 'ten', { body = fits }).status)
    assert.equal(200, rig:send('small', 'ten', { send = { fits } }).status)
    assert.equal(200, rig:send('small', 'ten', { method = 'GET' }).status)
    for _, options in ipairs({ { body = larger }, { send = { larger } }, { send = { larger:sub(1, 30), larger:sub(31) } },
      { body = ('x'):rep(100000) }, { send = { ('x'):rep(100000) } }, { body = larger, headers = { ['Content-Type'] = 'text/plain' } } }) do
      local answer = rig:send('small', 'ten', options)
      assert.equal(413, answer.status)
      assert.equal('request_too_large', cjson.decode(answer.body).error.code)
    end
    assert.equal('request_too_large', cjson.decode(rig:send('small', 'ten', { body = larger, path = '/v1/messages' }).body).error.type)
    assert.equal(3, #rig:seen())
  end)

  it('block also where the policy stands behind the gateway\'s own', function()
    rig:backend({ late = { limits = { limit(10) } }, use = { { application = 'one', metric = 'total_tokens', value = 10 } } })
    assert.equal(429, rig:send('late', 'ten').status)
    assert.equal(0, #rig:seen())
  end)

  for _, bodies in ipairs({ true, false }) do
    it('on a metric that the product lacks are said to be missing, and the others hold'
      .. (bodies and '' or ' (the backend not saying why)'), function()
      rig:backend({ unknown = { limits = { limit(10) } }, bodies = bodies })
      assert.equal(200, rig:send('unknown', 'ten').status)
      assert.equal(10, rig:counted('one', 'total_tokens', 10))
      assert.equal(429, rig:send('unknown', 'ten').status)
      assert.is_truthy(rig:error_log():find('has no metric "no_such_metric"', 1, true))
      assert(rig:metric('llm_backend_errors_total', { reason = 'unknown_metric', call = 'limits' }) > 0)
    end)
  end

  it('block where the backend does not know a metric for a moment', function()
    rig:backend({ moment = { limits = { limit(10) } }, use = { { application = 'one', metric = 'total_tokens', value = 10 } },
      faults = { authorize = { times = 2, status = 404, code = 'metric_invalid' } } })
    assert.equal(429, rig:send('moment', 'ten').status)
    assert.equal(429, rig:send('moment', 'ten').status)
  end)

  it('on a metric that the product lacks close it, where that was chosen', function()
    rig:backend()
    local answer = rig:send('unknown_closed', 'ten')
    assert.equal(503, answer.status)
    assert.equal(0, #rig:seen())
  end)

  it('let requests pass while the backend is away, slow or refuses the token, and it shows', function()
    local function errors(host, reason)
      return rig:metric('llm_backend_errors_total', { service_id = rig.services[host].id, call = 'limits', reason = reason })
    end
    rig:backend({ faults = { authorize = { times = 1, status = 503 } } })
    assert.equal(200, rig:send('hasty', 'ten').status)
    assert.equal(1, errors('hasty', 'status_503'))
    -- The gateway's client asks a second time where a connection is closed.
    rig:backend({ faults = { authorize = { times = 2, close = true } } })
    assert.equal(200, rig:send('hasty', 'ten').status)
    assert.equal(1, errors('hasty', 'connection'))
    if TIMEOUTS then
      rig:backend({ faults = { authorize = { times = 1, delay = 2 } } })
      local answer = rig:send('hasty', 'ten')
      assert.equal(200, answer.status)
      assert(answer.took < 1.5, 'waited ' .. answer.took)
      assert.equal(1, errors('hasty', 'timeout'))
      assert.is_truthy(rig:error_log():find('can not be checked (timeout): requests are let through', 1, true))
    end

    rig:backend()
    local status = rig:send('wrong_token', 'ten').status
    assert.equal(403, status) -- the gateway's own authorization has the same token
    assert.equal(1, errors('wrong_token', 'service_token_invalid'))
  end)

  it('leave the gateway able to look up its backend, however long that takes and whoever leaves meanwhile', function()
    rig:backend()
    local function looks_up()
      require('socket').sleep(0.6) -- what was known is old, and lookups have ended
      local before = rig:lookups()
      assert.equal(200, rig:send('named_backend', 'ten').status)
      return rig:lookups() > before
    end
    assert.is_true(looks_up())
    assert.equal(10, rig:counted('one', 'total_tokens', 10))
    assert.is_true(looks_up())
    require('socket').sleep(0.6)
    assert.has_error(function() rig:send('named_backend', 'ten', { timeout = 0.05 }) end)
    assert.is_true(looks_up())
    assert.is_nil(rig:error_log():find('runtime error', 1, true))
  end)

  it('close the product while the backend is away or slow, where that was chosen', function()
    for _, fault in ipairs({ { times = 1, status = 500 }, { times = 2, close = true }, TIMEOUTS and { times = 1, delay = 2 } or nil }) do
      rig:backend({ faults = { authorize = fault } })
      local answer = rig:send('closed', 'ten')
      assert.equal(503, answer.status)
      assert.is_truthy(answer.headers['retry-after'])
    end
    assert.equal(0, #rig:seen())
    rig:backend()
    assert.equal(200, rig:send('closed', 'ten').status)
    assert.is_truthy(rig:error_log():find('requests are refused', 1, true))
  end)
end)
