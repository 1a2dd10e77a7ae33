--- What Prometheus sees of the models' traffic, and of the policy's own failures.
--
-- Labels have bounded values: a label value once made stays in the gateway's memory (16 MB) for good. What comes from
-- outside, models and applications, is let in up to a maximum and is `other` after it.

local ceil = math.ceil
local concat = table.concat
local find = string.find
local max = math.max
local pairs = pairs
local register = require('apicast.prometheus')

local WHERE = { 'service_id', 'service', 'application_id', 'model' }
local MODEL = { 'service_id', 'service', 'model' }
local LEGACY = { 'service_id', 'service_system_name', 'application_id', 'application_system_name' }
local SECONDS = { 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600 }
local MEASURABLE = 0.01 -- seconds; the clock ticks in milliseconds
local LONGEST = 128 -- bytes of a label's value
-- Pairs in all of application and model, and of product and model: a pair takes 5 counters or 42 buckets and sums, of a
-- quarter of a KiB each, and where the 16 MB are full each request logs errors of the gateway's own.
local USAGES, TIMES = 4000, 300
local RATES = { 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000 }

local _M = {}

-- Without the gateway's metrics port nothing is registered and nothing counted.
local function counter(name, help, labels)
  local metric = register('counter', name, help, labels)
  return function(value, values)
    if metric and value > 0 then metric:inc(value, values) end
  end
end

local function histogram(name, help, labels, buckets)
  local metric = register('histogram', name, help, labels, buckets)
  return function(value, values)
    if metric then metric:observe(value, values) end
  end
end

local tokens = {
  prompt_tokens = counter('llm_prompt_tokens_total', 'Tokens of prompts', WHERE),
  completion_tokens = counter('llm_completion_tokens_total', 'Tokens of completions', WHERE),
  total_tokens = counter('llm_total_tokens_total', 'Tokens of prompts and completions', WHERE),
  cached_tokens = counter('llm_cached_tokens_total', 'Tokens of prompts that came from a cache', WHERE),
  reasoning_tokens = counter('llm_reasoning_tokens_total', 'Tokens of completions spent on reasoning', WHERE),
}
local requests = counter('llm_requests_total', 'Requests by the status the client got', { 'service_id', 'service', 'status' })
local first_token = histogram('llm_time_to_first_token_seconds', 'From the request to the first event of a stream', MODEL, SECONDS)
local duration = histogram('llm_request_duration_seconds', 'From the request to the end of its reply', MODEL, SECONDS)
local rate = histogram('llm_tokens_per_second', 'Completion tokens per second of writing', MODEL, RATES)
local skipped = counter('llm_usage_skipped_total', 'Replies whose usage was not counted', { 'service_id', 'reason' })
local estimated = counter('llm_estimated_tokens_total', 'Tokens that no server said, charged by a lower bound', { 'service_id', 'reason' })
local unread = counter('llm_unread_requests_total', 'Requests that could not be read', { 'service_id', 'reason' })
local limited = counter('llm_limited_requests_total', 'Requests refused because a token limit was reached', { 'service_id' })
local backend_errors = counter('llm_backend_errors_total', 'Calls to the 3scale backend that failed', { 'service_id', 'call', 'reason' })
local reports = counter('llm_reports_total', 'Reports of token usage', { 'service_id', 'result' })
local errors = counter('llm_policy_errors_total', 'Errors inside the policy', { 'where' })

-- Label values let in so far, by product and kind. They outlive a policy: the gateway builds a new one each time it
-- reads its configuration.
local admitted = {}

-- Several workers fill one set of time series: each may let in its share.
local function admit(kind, value, maximum)
  local known = admitted[kind] or { size = 0, values = {} }
  admitted[kind] = known
  if known.values[value] then return true end
  if known.size >= max(ceil(maximum / ngx.worker.count()), 1) then return false end
  known.size = known.size + 1
  known.values[value] = true
  return true
end

local function bounded(service, kind, value, maximum)
  if not value or value == '' then return '' end
  if #value > LONGEST or find(value, '[%c"\\]') then return 'other' end
  return admit(kind .. ' ' .. (service.id or ''), value, maximum) and value or 'other'
end

--- @param config max_models, max_applications, legacy_prometheus
function _M.new(config)
  local self = { config = config }
  if config.legacy_prometheus then
    self.legacy = {
      prompt_tokens = counter('llm_prompt_tokens_count', 'Token count for a prompt', LEGACY),
      completion_tokens = counter('llm_completion_tokens_count', 'Token count for a completion', LEGACY),
      total_tokens = counter('llm_total_token_count', 'Total token count', LEGACY),
    }
  end
  return setmetatable(self, { __index = _M })
end

-- @param application as its label has it, or nil where there is none
local function model_label(self, service, model, application)
  local label = bounded(service, 'model', model, self.config.max_models)
  if label == '' or label == 'other' then return label end
  local kind, maximum = 'times', TIMES
  if application then kind, maximum = 'usages', USAGES end
  return admit(kind, concat({ service.id or '', application or '', label }, '\n'), maximum) and label or 'other'
end

local function application_label(self, service, kind, value)
  return bounded(service, kind, value, self.config.max_applications)
end

--- Counts the usage of one reply.
-- @param application id and, after a lookup, name
function _M:usage(service, application, model, numbers)
  local id = application_label(self, service, 'application', application.id)
  local labels = { service.id or '', service.system_name or '', id, model_label(self, service, model, id) }
  for name, count in pairs(tokens) do
    if numbers[name] then count(numbers[name], labels) end
  end
  if not self.legacy then return end
  labels = { labels[1], labels[2], labels[3], application_label(self, service, 'name', application.name) }
  for name, count in pairs(self.legacy) do
    if numbers[name] then count(numbers[name], labels) end
  end
end

--- Counts a request that has ended.
-- @param times seconds: first (of a stream, or nil) and total
function _M:request(service, status, model, numbers, times)
  requests(1, { service.id or '', service.system_name or '', status })
  if not numbers then return end
  local labels = { service.id or '', service.system_name or '', model_label(self, service, model) }
  if times.first then first_token(times.first, labels) end
  duration(times.total, labels)
  local writing = times.total - (times.first or 0)
  if numbers.completion_tokens and numbers.completion_tokens > 0 and writing >= MEASURABLE then
    rate(numbers.completion_tokens / writing, labels)
  end
end

function _M.skipped(service, reason) skipped(1, { service.id or '', reason }) end
function _M.estimated(service, reason, number) estimated(number, { service.id or '', reason }) end
function _M.unread(service, reason) unread(1, { service.id or '', reason }) end
function _M.limited(service) limited(1, { service.id or '' }) end
function _M.backend_error(service, call, reason) backend_errors(1, { service.id or '', call, reason }) end
function _M.report(service, result) reports(1, { service.id or '', result }) end
function _M.error(where) errors(1, { where }) end

return _M
