-- How many time series there can be, without a gateway.
describe('labels of Prometheus', function()
  local series, prometheus, before

  setup(function()
    before = { ngx = _G.ngx, client = package.loaded['apicast.prometheus'], metrics = package.loaded.llm_metrics_prometheus }
    local function note(name)
      return function(_, _, labels) series[name .. ' ' .. table.concat(labels, ' ')] = true end
    end
    rawset(_G, 'ngx', { worker = { count = function() return 2 end } })
    package.loaded['apicast.prometheus'] = function(_, name) return { inc = note(name), observe = note(name) } end
    package.loaded.llm_metrics_prometheus = nil
    prometheus = require('llm_metrics_prometheus')
  end)
  teardown(function()
    rawset(_G, 'ngx', before.ngx)
    package.loaded['apicast.prometheus'], package.loaded.llm_metrics_prometheus = before.client, before.metrics
  end)
  before_each(function() series = {} end)

  local function made(name)
    local count = 0
    for key in pairs(series) do
      if key:sub(1, #name + 1) == name .. ' ' then count = count + 1 end
    end
    return count
  end

  it('stay few, however many applications use however many models of however many products', function()
    local metrics = prometheus.new({ max_models = 100, max_applications = 1000 })
    local numbers = { total_tokens = 1 }
    for product = 1, 20 do
      local service = { id = tostring(product) }
      for application = 1, 100 do
        for model = 1, 40 do metrics:usage(service, { id = 'app-' .. application }, 'model-' .. model, numbers) end
      end
      for model = 1, 40 do metrics:request(service, '200', 'model-' .. model, numbers, { total = 1 }) end
    end
    local usages, times = made('llm_total_tokens_total'), made('llm_request_duration_seconds')
    -- A worker's share, and for each application and product the pair with the models that are left out.
    assert(usages > 2000 and usages <= 2000 + 20 * 100, usages .. ' of usage')
    assert(times > 150 and times <= 150 + 20, times .. ' of times')
    metrics:usage({ id = '1' }, { id = 'app-1' }, 'model-1', numbers)
    assert.is_true(series['llm_total_tokens_total 1  app-1 model-1'])
  end)
end)
