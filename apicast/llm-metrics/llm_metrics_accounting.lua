--- What is owed for a request, once it is over: reports to 3scale, numbers for Prometheus.

local next = next
local now = ngx.now
local error = error
local pairs = pairs
local pcall = pcall
local bound = require('llm_metrics_bound')
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

-- A client that leaves before the reply begins takes it along: nginx hangs up on the model.
local function left_early(state)
  return not state.answered and state.calls_model and ngx.var.upstream_addr ~= nil
end

-- Why there are no tokens to count, in one word; nil if there are some, or none were to be expected.
local function lacking(state, watch, numbers)
  if not watch then return state.skipped or (left_early(state) and 'aborted') or nil end
  if not numbers then return watch:missing(not state.complete) end
  local other = numbers.seconds or numbers.images or numbers.search_units
  return (numbers.total_tokens or 0) == 0 and not other and 'no_usage' or nil
end

-- True if what was seen of the reply is to be charged.
local function charged(config, state, watch, reason)
  local aborted = reason == 'aborted' or (watch and not state.complete)
  if aborted then return config.on_client_abort ~= 'ignore' end
  return reason and config.enforce[1] and config.on_missing_usage == 'estimate' and bound.expected(ngx.var.uri)
end

local function numbers_of(config, state, service)
  local watch = state.watch
  if watch then watch:finish() end
  local numbers = watch and watch.usage:numbers()
  local reason = lacking(state, watch, numbers)
  if charged(config, state, watch, reason) then
    local raised, added = bound.raise(numbers, state.prompt_bound or 0, watch and watch:pieces() or 0)
    if added > 0 then prometheus.estimated(service, reason or 'aborted', added) end
    numbers = raised
  end
  if reason and not numbers then prometheus.skipped(service, reason) end
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

-- nginx has no status yet for a request that ends without an answer; its log will say 499.
local function status_of(state)
  return state.answered and ngx.var.status or '499'
end

local function settle(self, context, state)
  local service = context.service
  if not service then return end
  local numbers = numbers_of(self.config, state, service)
  context.llm_usage = numbers
  local model = numbers and (state.watch and state.watch.usage.model or state.requested_model)
  self.metrics:request(service, status_of(state), model, numbers, times_of(state))

  local credentials = context.credentials
  -- Where the policy stands behind the gateway's own, it is not told that a request was let in. And where the gateway
  -- calls the model through an HTTPS proxy, nginx knows no upstream.
  if not credentials or not (numbers or state.accepted or ngx.var.upstream_status) then return end
  if numbers then count_usage(self, service, credentials, model, numbers) end
  local usage = usage_of(self, context, numbers)
  if not next(usage) then return end
  report.add(service, credentials, usage, self.config.backend_timeout, state.reservation)
  state.reservation = nil -- it is given back when the report is in
end

--- Settles a request; a second call does nothing.
function _M.settle(self, context, state)
  if state.settled then return end
  state.settled = true
  local ok, err = pcall(settle, self, context, state)
  if state.reservation then state.reservation:release() end
  if not ok then error(err, 0) end
end

return _M
