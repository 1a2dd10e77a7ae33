local Rig = require('rig')

local COUNT = { metrics = { total_tokens = 'total_tokens' }, backend_timeout = 100 }

describe('reports', function()
  local rig

  setup(function()
    rig = Rig.start({
      count = { configuration = COUNT },
      odd = { configuration = { metrics = { total_tokens = 'total_tokens', no_such_metric = 'prompt_tokens', Hits = 'completion_tokens' } } },
      wrong_token = { token = 'other', configuration = COUNT, policies = {
        { name = 'llm-metrics', configuration = COUNT }, { name = 'apicast' } } },
      lookup = { configuration = COUNT },
      fresh = { configuration = COUNT },
      later = { configuration = { metrics = { total_tokens = 'total_tokens', made_later = 'prompt_tokens' } } },
    })
    rig:models({
      ten = { pieces = { '{"usage":{"prompt_tokens":4,"completion_tokens":6,"total_tokens":10}}' } },
      huge = { pieces = { '{"usage":{"total_tokens":100000000000000}}' } },
    })
  end)
  teardown(function() rig:stop() end)

  local function reports()
    local list = {}
    for _, call in ipairs(rig:usage().calls) do
      if call.kind == 'report' then list[#list + 1] = call end
    end
    return list
  end

  local function results(host, result)
    return rig:metric('llm_reports_total', { service_id = rig.services[host].id, result = result })
  end

  it('are POSTs of their own with one application each, and no key but its own', function()
    rig:backend()
    rig:send('count', 'ten')
    rig:send('count', 'ten', { key = 'key-two' })
    assert.equal(10, rig:counted('one', 'total_tokens', 10))
    assert.equal(10, rig:counted('two', 'total_tokens', 10))
    for _, call in ipairs(reports()) do
      assert.is_nil(call.body['transactions[1][user_key]'])
      assert.equal('10', call.body['transactions[0][usage][total_tokens]'])
    end
  end)

  it('write large numbers as the backend reads them', function()
    rig:backend()
    rig:send('count', 'huge')
    assert.equal(1e14, rig:counted('one', 'total_tokens', 1e14))
  end)

  it('are sent again while the backend fails, gathered by application', function()
    local before = results('count', 'retried')
    rig:backend({ faults = { report = { times = 2, status = 500 } } })
    for _ = 1, 5 do rig:send('count', 'ten') end
    assert.equal(50, rig:counted('one', 'total_tokens', 50))
    assert(results('count', 'retried') >= before + 1)
    assert(#reports() < 7, #reports() .. ' reports')
  end)

  it('are sent again when the connection breaks', function()
    rig:backend({ faults = { report = { times = 1, close = true } } })
    rig:send('count', 'ten')
    assert.equal(10, rig:counted('one', 'total_tokens', 10))
    assert.is_truthy(rig:error_log():find('did not take a report for product ' .. rig.services.count.id, 1, true))
  end)

  it('without an answer in time are not sent twice, and the client has long been answered', function()
    rig:backend({ faults = { report = { times = 1, delay = 1.5 } } })
    local answer = rig:send('count', 'ten')
    assert(answer.took < 0.5)
    assert.equal(10, rig:counted('one', 'total_tokens', 10))
    require('socket').sleep(2)
    assert.equal(10, rig:usage().totals['one total_tokens'])
    assert.equal(Rig.version == '2.14' and 0 or 1, results('count', 'unknown')) -- its HTTP client waits for the answer
  end)

  it('leave out metrics that the product lacks, which would take the others down with them', function()
    rig:backend({ bodies = false })
    rig:send('odd', 'ten')
    assert.equal(10, rig:counted('one', 'total_tokens', 10))
    assert.equal(0, rig:usage().dropped)
    local _, times = rig:error_log():gsub('has no metric "no_such_metric"', '')
    assert.equal(1, times)
    assert.is_truthy(rig:error_log():find('has no metric "Hits"', 1, true))
    local asked = #rig:usage().calls
    rig:send('odd', 'ten')
    assert.equal(20, rig:counted('one', 'total_tokens', 20))
    assert(#rig:usage().calls - asked <= 3, 'asks again what it knows')
    _, times = rig:error_log():gsub('has no metric "no_such_metric"', '')
    assert.equal(1, times)
    assert.equal(4, results('odd', 'unknown_metric'))
  end)

  it('go on where the backend does not know a metric for a moment', function()
    rig:backend({ faults = { authorize = { times = 2, status = 404, code = 'metric_invalid' } } })
    local before = results('fresh', 'unknown_metric')
    for _ = 1, 5 do rig:send('fresh', 'ten') end
    assert.equal(50, rig:counted('one', 'total_tokens', 50))
    assert.equal(before, results('fresh', 'unknown_metric'))
  end)

  it('keep the usage of a metric that the product lacks, and send it when it is there', function()
    rig:backend()
    for _ = 1, 3 do rig:send('later', 'ten') end
    rig:send('later', 'ten', { key = 'key-two' })
    assert.equal(30, rig:counted('one', 'total_tokens', 30))
    assert.equal(0, rig:usage().totals['one made_later'] or 0)
    rig:change_backend({ make = { { service = rig.services.later.id, metric = 'made_later' } } })
    assert.is_true(Rig.eventually(function() return rig:usage().totals['two made_later'] == 4 end, 12))
    assert.equal(12, rig:counted('one', 'made_later', 12))
    rig:send('later', 'ten')
    assert.equal(16, rig:counted('one', 'made_later', 16))
    assert.equal(40, rig:counted('one', 'total_tokens', 40))
    assert.equal(0, rig:usage().dropped)
  end)

  it('that are refused are said to be lost', function()
    rig:backend({ count = { token = 'changed' } })
    rig:change_backend({}) -- the key is known to the gateway's cache, so the request passes
    assert.equal(200, rig:send('count', 'ten').status)
    assert.is_true(Rig.eventually(function() return results('count', 'refused') == 1 end))
    assert.is_truthy(rig:error_log():find('refused a report for product ' .. rig.services.count.id .. ' (service_token_invalid)', 1, true))
  end)

  it('that wait are sent when the worker ends', function()
    rig:backend({ faults = { report = { times = 3, status = 503 } } })
    for _ = 1, 3 do rig:send('count', 'ten') end
    assert.is_true(Rig.eventually(function() return #reports() >= 3 end, 8))
    rig:reload()
    assert.equal(30, rig:counted('one', 'total_tokens', 30))
  end)

  it('and everything else never write a key to the log', function()
    for _, secret in ipairs({ 'key-one', 'key-two', 'service-token' }) do
      assert.is_nil(rig:error_log():find('llm%-metrics:[^\n]-' .. secret:gsub('%-', '%%-') .. '[^\n]- while'))
      for line in rig:error_log():gmatch('llm%-metrics: ([^\n]-), context') do assert.is_nil(line:find(secret, 1, true)) end
    end
  end)
end)
