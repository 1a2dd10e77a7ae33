--- The policy's configuration, read once: defaults, and what is wrong with it.
--
-- A policy whose `new` raises is left out of the chain without a word to anyone, and requests pass. So a mistake never
-- raises: it is logged, counted, and the rest of the configuration stands.

local find = string.find
local huge = math.huge
local ipairs = ipairs
local next = next
local null = ngx.null
local pairs = pairs
local type = type
local log = require('llm_metrics_log')
local prometheus = require('llm_metrics_prometheus')
local fields = require('llm_metrics_usage').fields

local _M = {}

local DEFAULTS = {
  on_backend_error = 'open', on_unreadable = 'refuse', on_client_abort = 'estimate',
  on_missing_usage = 'estimate', estimate = 'none', backend_timeout = 1000, include_usage = true,
  continuous_usage_stats = false, strip_usage_chunk = true, remove_accept_encoding = true, remove_credentials = true,
  max_request_bytes = 4 * 1024 * 1024, max_models = 100, max_applications = 1000, legacy_prometheus = false,
  rate_limit_headers = false, limits_ttl = 1, reserve = false, reserve_tokens = 1000, reserve_timeout = 600,
}
local CHOICES = {
  on_backend_error = { open = true, closed = true }, on_unreadable = { refuse = true, pass = true },
  on_client_abort = { estimate = true, drain = true, ignore = true }, on_missing_usage = { estimate = true, nothing = true },
  estimate = { none = true, max_tokens = true },
}
local NOUGHT = { limits_ttl = true } -- may be 0
local OBJECTS = { rules = true, metrics = true, enforce = true, include_usage_paths = true, model_paths = true, max_prompt_bytes = true, application_lookup = true }

local function wrong(...)
  prometheus.error('configuration')
  log.say(log.ERR, 'configuration ' .. table.concat({ ... }), 'configuration: ', ...)
end

local function option(given, name, default)
  local value = given[name]
  if value == nil then return default end
  local choices = CHOICES[name]
  if type(value) ~= type(default) or (choices and not choices[value]) or (type(value) == 'number' and not (value > 0 or NOUGHT[name] and value == 0)) then
    wrong('"', name, '" can not be ', tostring(value), '; taken instead: ', tostring(default))
    return default
  end
  return value
end

local function strings(given, name)
  local list = {}
  if given[name] == nil then return list end
  for _, value in ipairs(type(given[name]) == 'table' and given[name] or {}) do
    if type(value) == 'string' and value ~= '' then list[#list + 1] = value end
  end
  if not list[1] then wrong('"', name, '" has to be a list of names') end
  return list
end

-- metric -> field of the usage
local function metrics(given)
  local map = {}
  if given.metrics ~= nil and type(given.metrics) ~= 'table' then wrong('"metrics" has to say metric: field') end
  for metric, field in pairs(type(given.metrics) == 'table' and given.metrics or {}) do
    if type(metric) == 'string' and fields[field] then
      map[metric] = field
    else
      wrong('"metrics" has no field ', tostring(field), ' to take for ', tostring(metric))
    end
  end
  return map
end

-- A limit fills only if the metric is reported: enforcing one that nothing else reports says to report it too.
local function complete(config, given)
  local reported = {}
  for _, rule in ipairs(type(given.rules) == 'table' and given.rules or {}) do
    local metric = type(rule) == 'table' and rule.metric
    if type(metric) == 'string' then
      if find(metric, '{', 1, true) then return end -- any metric may be meant
      reported[metric] = true
    end
  end
  for _, metric in ipairs(config.enforce) do
    if fields[metric] and not reported[metric] and not config.metrics[metric] then config.metrics[metric] = metric end
  end
end

local function lookup(given)
  local value = given.application_lookup
  if value == nil then return nil end
  if type(value) == 'table' and type(value.endpoint) == 'string' and type(value.access_token) == 'string' then return value end
  wrong('"application_lookup" needs endpoint and access_token')
end

-- The admin portal's form saves a field that was left empty as [], {}, "" or null. That is not an order.
local function said(given)
  local kept = {}
  for name, value in pairs(type(given) == 'table' and given or {}) do
    local empty = value == null or value == '' or (type(value) == 'table' and next(value) == nil)
    if not empty then kept[name] = value end
  end
  return kept
end

--- @param given the chain's configuration for the policy, or nil
function _M.read(given)
  given = said(given)
  local config = {}
  for name, default in pairs(DEFAULTS) do config[name] = option(given, name, default) end
  for name in pairs(given) do
    if DEFAULTS[name] == nil and not OBJECTS[name] and name ~= 'enable_sse_support' and name ~= 'upstream_authorization' then
      wrong('unknown "', tostring(name), '"')
    end
  end
  config.enforce = strings(given, 'enforce')
  config.metrics = metrics(given)
  config.include_usage_paths = given.include_usage_paths and strings(given, 'include_usage_paths')
  config.model_paths = given.model_paths and strings(given, 'model_paths')
  local most = option(given, 'max_prompt_bytes', huge)
  config.max_prompt_bytes = most < huge and most or nil
  config.application_lookup = lookup(given)
  config.upstream_authorization = type(given.upstream_authorization) == 'string' and given.upstream_authorization or nil
  complete(config, given)
  config.field_of = config.metrics
  -- A reply may have to be charged by what was seen of it.
  config.bounds = config.on_client_abort ~= 'ignore' or (config.enforce[1] ~= nil and config.on_missing_usage == 'estimate')
  return config
end

return _M
