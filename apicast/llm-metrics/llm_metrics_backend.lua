--- Calls to the 3scale backend through the gateway's own client, and what its answers mean.

local find = string.find
local floor = math.floor
local format = string.format
local match = string.match
local min = math.min
local pairs = pairs
local pcall = pcall
local tonumber = tonumber
local type = type
local aside = require('llm_metrics_aside')
local backend_client = require('apicast.backend_client')
local client = require('llm_metrics_client')

local _M = {}

local LARGEST = 2 ^ 53 -- beyond it a number of Lua is no longer exact
local TIMEOUT = { status = 0, error = 'timeout' }
-- Refusals that say nothing of the client's credentials.
local NOT_THE_CLIENTS = {
  service_token_invalid = true, provider_key_invalid = true, service_id_invalid = true, usage_value_invalid = true,
}
local PATIENCE = 10 -- a report, which nobody waits for, gets so many times as long as a question

-- What goes wrong inside the client is no answer either.
local function call(service, timeout, method, ...)
  local ok, answer = pcall(function(...)
    local backend = backend_client:new(service, client.new(timeout))
    return backend[method](backend, ...)
  end, ...)
  if not ok or type(answer) ~= 'table' then return { status = 0, error = 'connection' } end
  return answer
end

-- True if the backend's address has to be looked up.
local function named(service)
  local host = match(tostring(backend_client.endpoint or (service.backend or {}).endpoint), '^%a+://([^:/]+)')
  return not host or find(host, '[^%d.]') ~= nil
end

--- A number as the backend reads it: whole, from 0 to 2^53, in plain digits. Lua writes 1e14 as "1e+14", and the backend
-- drops a whole report for one value that it can't read. Nil for what is no such number.
function _M.whole(number)
  if number ~= number or number < 0 or number > LARGEST then return nil end
  return format('%.0f', floor(number))
end

local function headers_of(answer)
  return type(answer.headers) == 'table' and answer.headers or {}
end

local function unavailable(answer)
  local status = tonumber(answer.status) or 0
  if status == 0 then
    return { kind = 'unavailable', reason = answer.error == 'timeout' and 'timeout' or 'connection', error = answer.error }
  elseif status >= 499 or status == 429 then
    return { kind = 'unavailable', reason = format('status_%d', status) }
  end
end

local function code(answer)
  return type(answer.body) == 'string' and match(answer.body, 'code="([%w_]+)"') or nil
end

-- What is left of the tightest limit: `calls` more of the same fit, until `reset` seconds from now. Nothing where no limit
-- stands. A reset below 0 is that of a limit without a period.
local function left(kind, headers)
  local reset, calls = tonumber(headers['3scale-limit-reset']), tonumber(headers['3scale-limit-remaining'])
  return {
    kind = kind,
    calls = calls and calls >= 0 and calls or nil,
    reset = reset and reset >= 0 and reset or nil,
    maximum = tonumber(headers['3scale-limit-max-value']),
  }
end

local function verdict(answer)
  local status = answer.status
  local reason = code(answer)
  if status == 200 then return left('allowed', headers_of(answer)) end
  if status == 409 then
    local headers = headers_of(answer)
    if (headers['3scale-rejection-reason'] or reason) ~= 'limits_exceeded' then return { kind = 'denied' } end
    return left('limited', headers)
  end
  if reason == 'metric_invalid' then return { kind = 'unknown_metric' } end
  if reason and NOT_THE_CLIENTS[reason] then return { kind = 'misconfigured', reason = reason } end
  if status == 404 and not reason then return { kind = 'not_found' } end
  if status == 403 or status == 404 then return { kind = 'denied' } end
  return unavailable(answer) or { kind = 'misconfigured', reason = format('status_%d', status) }
end

local function ask(service, timeout, parameters, credentials)
  local answer = call(service, timeout, 'authorize', parameters, credentials)
  -- The backend has closed a connection that was kept for the next call. Asking again counts nothing.
  if answer.status == 0 and answer.error == 'closed' then answer = call(service, timeout, 'authorize', parameters, credentials) end
  return answer
end

--- Asks whether this much usage is allowed, without counting it.
-- @param usage metric -> number
-- @return kind: allowed and limited (calls, reset, maximum: of the tightest limit, where there is one); denied (the credentials); unknown_metric; not_found (the
--   answer doesn't say what); misconfigured (reason); unavailable (reason)
function _M.authorize(service, usage, credentials, timeout)
  local parameters = {}
  for metric, number in pairs(usage) do parameters['usage[' .. metric .. ']'] = _M.whole(min(number, LARGEST)) end
  local answer
  if named(service) then
    answer = aside.call(timeout / 1000, ask, service, timeout, parameters, credentials) or TIMEOUT
  else
    answer = ask(service, timeout, parameters, credentials)
  end
  return verdict(answer)
end

--- Reports the usage of one application. A report checks no limits, so none refuses it; it isn't idempotent either.
-- @param kind, id user_key or app_id, and its value
-- @return kind: accepted; unavailable (not counted, may be sent again); unknown (may have been counted); refused
function _M.report(service, kind, id, usage, timeout)
  local values = {}
  for metric, number in pairs(usage) do values[metric] = _M.whole(number) end
  -- What the gateway's own reports batch holds, built here because that one adds strings up to numbers again.
  local batch = { service_id = service.id, credentials_type = kind, reports = { [id] = values } }
  local answer = call(service, timeout * PATIENCE, 'report', batch)
  local status = tonumber(answer.status) or 0
  if status == 202 or status == 200 then return { kind = 'accepted' } end
  if (answer.error == 'timeout' and client.was_sent(answer)) or status == 504 then return { kind = 'unknown', reason = 'timeout' } end
  return unavailable(answer) or { kind = 'refused', reason = code(answer) or format('status_%d', status) }
end

return _M
