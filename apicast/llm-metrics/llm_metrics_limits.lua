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
local ratelimit = require('llm_metrics_ratelimit')
local refusal = require('llm_metrics_refusal')
local report = require('llm_metrics_report')

local _M = {}

-- Metrics that what the model may still write counts for.
local WRITTEN = { total_tokens = true, completion_tokens = true }

-- @return metric -> number; the smallest of them, and what of that this gateway has yet to report
local function expected(policy, service, credentials, metrics, estimate)
  local usage, least, pending = {}, nil, nil
  for _, metric in ipairs(metrics) do
    local own = WRITTEN[policy.config.field_of[metric] or metric] and estimate or 1
    local unreported = report.unreported(service, credentials, metric)
    usage[metric] = max(own, 1) + unreported
    if not least or usage[metric] < least then least, pending = usage[metric], unreported end
  end
  return usage, least, pending
end

local function unavailable(service)
  prometheus.limited(service)
  return refusal.send(503, {
    message = 'The token limits can not be checked at the moment', type = 'server_error', code = 'limits_unavailable',
  }, { ['Retry-After'] = 5 })
end

local function refuse(service, answer)
  prometheus.limited(service)
  -- A limit of 0 is 3scale's way to switch a metric off: no waiting helps, and the gateway says 403 to it.
  if answer.maximum == 0 then return errors.authorization_failed(service) end
  local headers = ratelimit.headers(ngx.var.uri, { maximum = answer.maximum, remaining = 0, reset = answer.reset })
  headers['Retry-After'] = answer.reset
  return refusal.send(429, {
    message = 'Token limit reached' .. (answer.reset and '. Try again in ' .. ratelimit.duration(answer.reset) or ''),
    type = 'tokens', code = 'rate_limit_exceeded',
  }, headers)
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
  local usage, least, pending = expected(policy, service, credentials, metrics, estimate)
  local answer = backend.authorize(service, usage, credentials, policy.config.backend_timeout)
  answer.least, answer.pending = least, pending
  return answer
end

-- Asks, and where the product lacks a metric, asks of the others.
-- @return the answer, and the metrics that the product lacks
local function look(policy, service, credentials, estimate)
  local config = policy.config
  local metrics, lacking = known.split(service, config.enforce, nil, config.backend_timeout)
  local answer = next(metrics) and ask(policy, service, credentials, metrics, estimate) or { kind = 'allowed' }
  if answer.kind == 'unknown_metric' or answer.kind == 'not_found' then
    known.forget(service, metrics)
    metrics, lacking = known.split(service, config.enforce, credentials, config.backend_timeout)
    if next(lacking) then
      answer = next(metrics) and ask(policy, service, credentials, metrics, estimate) or { kind = 'allowed' }
    end
  end
  return answer, lacking
end

--- Ends the request with 429 if one of the enforced metrics has reached its limit.
-- @param estimate tokens that the model may write, or nil
-- @return what is left of the tightest limit (maximum, remaining, reset), or nil where none stands
function _M.enforce(policy, context, estimate)
  local service, credentials = context.service, context.credentials
  if not next(policy.config.enforce) or not service or not credentials or not next(credentials) then return end
  -- Without usage the gateway is about to answer that no mapping rule matched.
  if not context.usage or context.usage:encoded_format() == '' then return end

  local answer, lacking = look(policy, service, credentials, estimate)
  if answer.kind == 'limited' then return refuse(service, answer) end
  if next(lacking) then return unchecked(policy, service, 'unknown_metric') end
  if answer.kind == 'unavailable' or answer.kind == 'misconfigured' then return unchecked(policy, service, answer.reason) end
  -- Denied: bad credentials are for the gateway to refuse, in its own words.
  if answer.kind == 'allowed' and answer.calls then
    return { maximum = answer.maximum, reset = answer.reset, remaining = answer.calls * answer.least - answer.pending }
  end
end

return _M
