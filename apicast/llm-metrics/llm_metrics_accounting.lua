--- What is owed for a request, once it is over: reports to 3scale, numbers for Prometheus.

local next = next
local now = ngx.now
local pairs = pairs
local prometheus = require('llm_metrics_prometheus')
local log = require('llm_metrics_log')
local report = require('llm_metrics_report')
local rules = require('llm_metrics_rules')

local _M = {}

-- metric -> number above 0
local function usage_of(self, context, numbers)
  local usage = {}
  for metric, field in pairs(self.config.metrics) do
    local number = numbers and numbers[field]
    if number and number > 0 then usage[metric] = number end
  end
  rules.apply(self.rules, context, numbers, usage)
  return usage
end

local function numbers_of(state, service)
  local watch = state.watch
  if not watch then
    if state.skipped then prometheus.skipped(service, state.skipped) end
    return nil
  end
  watch:finish()
  local numbers = watch.usage:numbers()
  if not numbers then
    local reason = watch:missing(not state.complete)
    if reason then prometheus.skipped(service, reason) end
  end
  return numbers
end

-- The portal can be asked from a timer only: a request in its log phase may not wait.
local function count_usage(self, service, credentials, model, numbers)
  local application = self.applications:known(service, credentials)
  if application then return self.metrics:usage(service, application, model, numbers) end
  local ok, err = ngx.timer.at(0, function()
    self.metrics:usage(service, self.applications:lookup(service, credentials), model, numbers)
  end)
  if not ok then log.say(log.ERR, 'lookup timer', 'no timer for a lookup: ', tostring(err)) end
end

local function times_of(state)
  ngx.update_time()
  return { first = state.first_at and state.first_at - state.began, total = now() - state.began }
end

--- Settles a request; a second call does nothing.
function _M.settle(self, context, state)
  if state.settled then return end
  state.settled = true
  local service = context.service
  if not service then return end
  local numbers = numbers_of(state, service)
  context.llm_usage = numbers
  local model = numbers and (state.watch.usage.model or state.requested_model)
  self.metrics:request(service, ngx.var.status or '', model, numbers, times_of(state))

  local credentials = context.credentials
  -- Without usage and without an answer from the model the gateway itself refused the request.
  if not credentials or not (numbers or ngx.var.upstream_status) then return end
  if numbers then count_usage(self, service, credentials, model, numbers) end
  local usage = usage_of(self, context, numbers)
  if next(usage) then report.add(service, credentials, usage, self.config.backend_timeout) end
end

return _M
