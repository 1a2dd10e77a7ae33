--- Token limits that block: before the model is called, at the limit.
--
-- A plan's limit on tokens is looked at only when a call names the metric, and the gateway's own authorization names
-- hits alone. So the backend is asked once more, without counting anything: would the tokens that this request will
-- cost at least, with those not reported yet, still fit? The gateway's own call, and what it says of hits, stays as
-- it is. Requests already at the model when a limit is reached run to their end.

local ipairs = ipairs
local max = math.max
local next = next
local errors = require('apicast.errors')
local backend = require('llm_metrics_backend')
local known = require('llm_metrics_known')
local log = require('llm_metrics_log')
local prometheus = require('llm_metrics_prometheus')
local report = require('llm_metrics_report')

local _M = {}

-- Metrics that what the model may still write counts for.
local WRITTEN = { total_tokens = true, completion_tokens = true }

local function expected(policy, service, credentials, metrics, estimate)
  local usage = {}
  for _, metric in ipairs(metrics) do
    local own = WRITTEN[policy.config.field_of[metric] or metric] and estimate or 1
    usage[metric] = max(own, 1) + report.unreported(service, credentials, metric)
  end
  return usage
end

local function unavailable(service)
  prometheus.limited(service)
  ngx.status = 503
  ngx.header.content_type = 'text/plain; charset=utf-8'
  ngx.header['Retry-After'] = 5
  ngx.print('The token limits can not be checked at the moment')
  return ngx.exit(503)
end

local function refuse(service, answer)
  prometheus.limited(service)
  -- A limit of 0 is 3scale's way to switch a metric off: no waiting helps, and the gateway says 403 to it.
  if answer.maximum == 0 then return errors.authorization_failed(service) end
  local reset = answer.reset
  if reset and reset < 0 then reset = nil end
  return errors.limits_exceeded(service, reset)
end

-- The request can't be checked. Says so, and lets it pass or not, as configured.
local function unchecked(policy, service, reason)
  prometheus.backend_error(service, 'limits', reason)
  local closed = policy.config.on_backend_error == 'closed'
  log.say(log.ERR, 'limits ' .. service.id .. reason, 'token limits of product ', service.id, ' can not be checked (',
    reason, '): requests are ', closed and 'refused' or 'let through')
  if closed then return unavailable(service) end
end

local function ask(policy, service, credentials, metrics, estimate)
  return backend.authorize(service, expected(policy, service, credentials, metrics, estimate), credentials,
    policy.config.backend_timeout)
end

--- Ends the request with 429 if one of the enforced metrics has reached its limit.
-- @param estimate tokens that the model may write, or nil
function _M.enforce(policy, context, estimate)
  local config, service, credentials = policy.config, context.service, context.credentials
  if not next(config.enforce) or not service or not credentials or not next(credentials) then return end
  -- Without usage the gateway is about to answer that no mapping rule matched.
  if not context.usage or context.usage:encoded_format() == '' then return end

  local metrics, lacking = known.split(service, config.enforce, nil, config.backend_timeout)
  local answer = next(metrics) and ask(policy, service, credentials, metrics, estimate) or { kind = 'allowed' }
  if answer.kind == 'unknown_metric' or answer.kind == 'not_found' then
    known.forget(service, metrics)
    metrics, lacking = known.split(service, config.enforce, credentials, config.backend_timeout)
    if next(lacking) then
      answer = next(metrics) and ask(policy, service, credentials, metrics, estimate) or { kind = 'allowed' }
    end
  end
  if answer.kind == 'limited' then return refuse(service, answer) end
  if next(lacking) then return unchecked(policy, service, 'unknown_metric') end
  if answer.kind == 'unavailable' or answer.kind == 'misconfigured' then return unchecked(policy, service, answer.reason) end
  -- Denied: bad credentials are for the gateway to refuse, in its own words.
end

return _M
