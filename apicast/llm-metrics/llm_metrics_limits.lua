--- Token limits that block: before the model is called, at the limit.
--
-- A plan's limit on tokens is looked at only when a call names the metric, and the gateway's own authorization names
-- hits alone. So the backend is asked once more, without counting anything: would the tokens that this request will
-- cost at least, with those not reported yet, still fit? The gateway's own call, and what it says of hits, stays as
-- it is. Requests already at the model when a limit is reached run to their end; with `reserve` they count from their
-- beginning.

local ceil = math.ceil
local ipairs = ipairs
local max = math.max
local min = math.min
local next = next
local now = ngx.now
local answers = require('llm_metrics_answers')
local backend = require('llm_metrics_backend')
local errors = require('apicast.errors')
local known = require('llm_metrics_known')
local log = require('llm_metrics_log')
local prometheus = require('llm_metrics_prometheus')
local ratelimit = require('llm_metrics_ratelimit')
local refusal = require('llm_metrics_refusal')
local report = require('llm_metrics_report')
local reserve = require('llm_metrics_reserve')

local _M = {}

-- Numbers that what the model may still write counts for, and those of what it has to read.
local WRITTEN = { total_tokens = true, completion_tokens = true, reasoning_tokens = true }
local READ = { total_tokens = true, prompt_tokens = true, cached_tokens = true }
local BYTES = 4 -- of text in a token, about

-- What this request may come to of a metric.
local function likely(config, field, request)
  if not WRITTEN[field] and not READ[field] then return 1 end
  local amount = 0
  if WRITTEN[field] then amount = request and request.cap or config.reserve_tokens end
  if READ[field] and request then
    amount = amount + request.fields.prompt_numbers + ceil(request.fields.prompt_bytes / BYTES)
  elseif READ[field] and amount == 0 then
    amount = config.reserve_tokens
  end
  return max(amount, 1)
end

local function reserved(policy, who, request)
  local config, amounts = policy.config, {}
  for _, metric in ipairs(config.enforce) do amounts[metric] = likely(config, config.field_of[metric] or metric, request) end
  return reserve.take(who.service, who.kind, who.id, amounts, config.reserve_timeout)
end

-- @return metric -> number; the smallest of them, and what of that others come to
local function needs(policy, who, metrics, request, others)
  local config, usage, least, pending = policy.config, {}, nil, nil
  local estimate = config.estimate == 'max_tokens' and request and request.cap or 1
  for _, metric in ipairs(metrics) do
    local own = WRITTEN[config.field_of[metric] or metric] and estimate or 1
    -- What is not reported yet is reserved as well, if not for so long that it has expired.
    local beside = max(report.unreported(who.service, who.kind, who.id, metric), others and others[metric] or 0)
    usage[metric] = own + beside
    if not least or usage[metric] < least then least, pending = usage[metric], beside end
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

-- What is left of the tightest limit for those who come next, as far as an answer tells.
local function left(answer, least, pending)
  if not answer.calls then return nil end
  local gone = answer.asked and now() - answer.asked or 0
  return {
    maximum = answer.maximum,
    remaining = answer.calls * (answer.least or least) - pending,
    reset = answer.reset and max(ceil(answer.reset - gone), 0),
  }
end

local function ask(policy, who, metrics, request, others)
  if not metrics[1] then return { kind = 'allowed' }, 1, 0 end
  local usage, least, pending = needs(policy, who, metrics, request, others)
  local asked = now()
  local answer = backend.authorize(who.service, usage, who.credentials, policy.config.backend_timeout)
  if answer.kind == 'allowed' and #metrics == #policy.config.enforce then
    answer.least = least
    answers.keep(who.service, who.kind, who.id, usage, answer, asked, policy.config.limits_ttl)
  end
  return answer, least, pending
end

-- Asks, and where the product lacks a metric, asks of the others.
-- @return the answer, and the metrics that the product lacks
local function look(policy, who, request, others)
  local service, config = who.service, policy.config
  local metrics, lacking = known.split(service, config.enforce, nil, config.backend_timeout)
  local answer, least, pending = ask(policy, who, metrics, request, others)
  if answer.kind == 'unknown_metric' or answer.kind == 'not_found' then
    known.forget(service, metrics)
    metrics, lacking = known.split(service, config.enforce, who.credentials, config.backend_timeout)
    answer, least, pending = ask(policy, who, metrics, request, others)
  end
  return answer, lacking, least, pending
end

-- True if the backend has said so within the last moment.
local function answered(policy, who, request, others)
  if policy.config.limits_ttl <= 0 then return nil end
  local usage, least, pending = needs(policy, who, policy.config.enforce, request, others)
  local answer = answers.find(who.service, who.kind, who.id, usage)
  return answer, least, pending
end

-- Whose limits they are; nil for whom the gateway is about to refuse anyway.
local function applicant(context)
  local service, credentials = context.service, context.credentials
  if not service or not credentials then return nil end
  local kind, id = report.credential(credentials)
  -- Without usage the gateway is about to answer that no mapping rule matched.
  if not kind or not context.usage or context.usage:encoded_format() == '' then return nil end
  return { service = service, credentials = credentials, kind = kind, id = id }
end

--- Ends the request with 429 if one of the enforced metrics has reached its limit.
-- @param state gets `left`, what is left of the tightest limit (maximum, remaining, reset), if one stands, and `reservation`
-- @param request text and cap (tokens that the model may write, or nil), as far as it could be read; or nil
function _M.enforce(policy, context, state, request)
  if not policy.config.enforce[1] then return end
  local who = applicant(context)
  if not who then return end
  local others
  if policy.config.reserve then state.reservation, others = reserved(policy, who, request) end

  local answer, least, pending = answered(policy, who, request, others)
  if answer then
    state.left = left(answer, least, pending)
    return
  end
  local lacking
  answer, lacking, least, pending = look(policy, who, request, others)
  if answer.kind == 'limited' then
    if state.reservation then state.reservation:release() end
    return refuse(who.service, answer)
  end
  if next(lacking) or answer.kind == 'unknown_metric' then return unchecked(policy, who.service, 'unknown_metric') end
  if answer.kind == 'unavailable' or answer.kind == 'misconfigured' then return unchecked(policy, who.service, answer.reason) end
  -- Denied: bad credentials are for the gateway to refuse, in its own words.
  if answer.kind == 'allowed' then state.left = left(answer, least, pending) end
end

return _M
