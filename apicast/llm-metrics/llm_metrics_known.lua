--- Which metrics the product has.
--
-- One metric that a product lacks makes the backend drop the whole report, with the good metrics in it, and say 202.
-- The gateway's configuration has no list of metrics to look into, so the backend is asked, by authorizing a usage of 0,
-- and the answer is kept for a while.

local ipairs = ipairs
local min = math.min
local next = next
local now = ngx.now
local backend = require('llm_metrics_backend')
local log = require('llm_metrics_log')
local prometheus = require('llm_metrics_prometheus')

local KNOWN_FOR = 300                      -- seconds
local UNKNOWN_FOR, UNKNOWN_AT_MOST = 3, 30 -- seconds; twice as long each time that it still isn't there
local CONFIRM = { 0.05, 0.2 }              -- seconds before the backend is asked again
local NAMES = 1000 -- remembered for a product; rules can make names up

local _M = {}

local products = {}

local function memory(service)
  local product = products[service.id]
  if not product or product.names > NAMES then
    product = { names = 0, metrics = {} }
    products[service.id] = product
  end
  return product
end

local function remember(product, metric, known)
  local before = product.metrics[metric]
  if not before then product.names = product.names + 1 end
  local pause = known and KNOWN_FOR or min((before and before.pause or UNKNOWN_FOR / 2) * 2, UNKNOWN_AT_MOST)
  product.metrics[metric] = { known = known, till = now() + pause, pause = not known and pause or nil }
end

--- Notes that the product lacks a metric, so that nothing is asked or reported with it for a while.
local function lacks(service, metric)
  remember(memory(service), metric, false)
  prometheus.backend_error(service, 'metrics', 'unknown_metric')
  log.say(log.ERR, 'unknown metric ' .. service.id .. ' ' .. metric, 'product ', service.id, ' has no metric "', metric,
    '": it isn\'t limited, and its usage is kept until it is there')
end

local function ask(service, metrics, credentials, timeout)
  local usage = {}
  for _, metric in ipairs(metrics) do usage[metric] = 0 end
  local answer = backend.authorize(service, usage, credentials, timeout)
  if answer.kind == 'not_found' then -- either a metric or the application: without metrics it shows which
    local bare = backend.authorize(service, {}, credentials, timeout).kind
    return (bare == 'allowed' or bare == 'limited') and 'unknown_metric' or 'denied'
  end
  return answer.kind
end

-- A backend may not know a metric for a moment: one just made, or of a cache that is old. So it is asked again before
-- anything follows from it.
local function is_unknown(service, metric, credentials, timeout)
  for _, pause in ipairs(CONFIRM) do
    ngx.sleep(pause)
    local answer = ask(service, { metric }, credentials, timeout)
    if answer ~= 'unknown_metric' then return answer end
  end
  return 'unknown_metric'
end

-- What the backend says of the credentials, or doesn't say because it is away, tells nothing of the metrics.
local function settle(service, metrics, credentials, timeout)
  local answer = ask(service, metrics, credentials, timeout)
  if answer == 'unknown_metric' and #metrics == 1 then answer = is_unknown(service, metrics[1], credentials, timeout) end
  local product = memory(service)
  if answer == 'allowed' or answer == 'limited' then
    for _, metric in ipairs(metrics) do remember(product, metric, true) end
  elseif answer == 'unknown_metric' and #metrics == 1 then
    lacks(service, metrics[1])
  elseif answer == 'unknown_metric' then
    for _, metric in ipairs(metrics) do settle(service, { metric }, credentials, timeout) end
  end
end

local function undecided(product, metrics)
  local open = {}
  for _, metric in ipairs(metrics) do
    local entry = product.metrics[metric]
    if not entry or entry.till < now() then open[#open + 1] = metric end
  end
  return open
end

--- Splits metrics into those the product has, as far as is known, and those it lacks.
-- @param credentials of an application of the product; without them nothing is asked, only remembered
function _M.split(service, metrics, credentials, timeout)
  local product = memory(service)
  if credentials then
    local open = undecided(product, metrics)
    if next(open) then settle(service, open, credentials, timeout) end
  end
  local known, unknown = {}, {}
  for _, metric in ipairs(metrics) do
    local entry = product.metrics[metric]
    local lacking = entry and not entry.known and (credentials or entry.till >= now())
    local list = lacking and unknown or known
    list[#list + 1] = metric
  end
  return known, unknown
end

--- Forgets what was known of these metrics: the backend has just called one of them invalid.
function _M.forget(service, metrics)
  local product = memory(service)
  for _, metric in ipairs(metrics) do
    local entry = product.metrics[metric]
    if entry and entry.known then entry.till = 0 end
  end
end

return _M
