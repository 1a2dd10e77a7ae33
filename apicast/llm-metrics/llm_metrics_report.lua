--- Reporting to the 3scale backend: after the reply, beside the request, until it is taken.
--
-- Usage is gathered by application and sent from a timer, so neither a client that has gone nor a slow backend matters.
-- The first one goes at once; in a rush the next ones are gathered for a tenth of a second. Each application has a POST of its own:
-- the backend answers 202 and drops a whole POST for one bad key in it. A backend that is away is tried again, ever more
-- slowly, for as long as the worker lives: numbers add up, so the memory held is bounded by the number of applications.
-- Usage of a metric that the product lacks is held apart, and sent once the metric is there.

local ipairs = ipairs
local max = math.max
local min = math.min
local now = ngx.now
local next = next
local pairs = pairs
local pcall = pcall
local random = math.random
local timer_at = ngx.timer.at
local answers = require('llm_metrics_answers')
local backend = require('llm_metrics_backend')
local known = require('llm_metrics_known')
local log = require('llm_metrics_log')
local prometheus = require('llm_metrics_prometheus')

local APPLICATIONS = 10000 -- waiting at once, for one product
local LONGEST_PAUSE = 60   -- seconds
local HELD_METRICS = 100   -- that are held of one application; rules can make names up
local LOOK, LOOK_AT_MOST = 3, 30 -- seconds between two looks for metrics that were lacking
local GATHER = 0.1         -- seconds from the end of one round of reports to the next

local _M = {}

local queues = {} -- by service id; one set a worker

--- The credential that a report is made with: kind and value, or nil.
function _M.credential(credentials)
  if credentials.user_key then return 'user_key', credentials.user_key end
  if credentials.app_id then return 'app_id', credentials.app_id end
end

local function queue_of(service)
  local queue = queues[service.id]
  if not queue then
    queue = { waiting = {}, sending = {}, count = 0, held = {}, held_count = 0, failures = 0, drained = 0, scheduled = false }
    queues[service.id] = queue
  end
  queue.service = service -- the newest configuration: a service token may have been changed
  return queue
end

local function merge(usage, more)
  for metric, number in pairs(more) do usage[metric] = (usage[metric] or 0) + number end
end

local function put(queue, key, entry)
  local waiting = queue.waiting[key]
  if waiting then
    merge(waiting.usage, entry.usage)
    for _, reservation in ipairs(entry.reservations) do waiting.reservations[#waiting.reservations + 1] = reservation end
    return true
  end
  if queue.count >= APPLICATIONS then return false end
  queue.count = queue.count + 1
  queue.waiting[key] = entry
  return true
end

local function lose(service, reason, level)
  prometheus.report(service, 'lost')
  log.say(level or log.ERR, 'lost ' .. service.id .. reason, 'usage of product ', service.id, ' is lost: ', reason)
end

local function names(usage)
  local list = {}
  for metric in pairs(usage) do list[#list + 1] = metric end
  return list
end

-- Takes the usage of these metrics out of an entry, to be sent when the product has them.
local function hold(queue, key, entry, metrics)
  local held = queue.held[key]
  if not held and queue.held_count >= APPLICATIONS then return lose(queue.service, 'too many applications wait for metrics') end
  if not held then
    held = { kind = entry.kind, id = entry.id, usage = {}, credentials = entry.credentials, timeout = entry.timeout, reservations = {} }
    queue.held[key], queue.held_count = held, queue.held_count + 1
  end
  for _, metric in ipairs(metrics) do
    if held.usage[metric] or #names(held.usage) < HELD_METRICS then
      held.usage[metric] = (held.usage[metric] or 0) + entry.usage[metric]
    else
      lose(queue.service, 'too many metrics that the product lacks')
    end
    entry.usage[metric] = nil
  end
end

-- Holds what the product doesn't have, so that the rest is counted.
local function keep_reportable(queue, key, entry)
  local _, unknown = known.split(queue.service, names(entry.usage), entry.credentials, entry.timeout)
  if not unknown[1] then return end
  for _ in ipairs(unknown) do prometheus.report(queue.service, 'unknown_metric') end
  hold(queue, key, entry, unknown)
end

-- Returns false if the entry should be sent again.
local function send(queue, key, entry)
  local service, timeout, usage = queue.service, entry.timeout, entry.usage
  keep_reportable(queue, key, entry)
  if not next(usage) then return true end
  local answer = backend.report(service, entry.kind, entry.id, usage, timeout)
  answers.outdate(service, entry.kind, entry.id)
  if answer.kind == 'accepted' then
    prometheus.report(service, 'accepted')
    return true
  end
  prometheus.backend_error(service, 'report', answer.reason)
  if answer.kind == 'unavailable' then
    prometheus.report(service, 'retried')
    log.say(log.ERR, 'report ' .. service.id, 'the backend did not take a report for product ', service.id, ' (',
      answer.reason, '): it is sent again')
    return false
  elseif answer.kind == 'unknown' then
    -- Sent again it might be counted twice, and nobody pays twice.
    prometheus.report(service, 'unknown')
    log.say(log.ERR, 'report unknown ' .. service.id, 'no answer to a report for product ', service.id,
      ' in time: it may or may not be counted')
  else
    prometheus.report(service, 'refused')
    log.say(log.ERR, 'report refused ' .. service.id .. answer.reason, 'the backend refused a report for product ',
      service.id, ' (', answer.reason, '): the usage is lost')
  end
  return true
end

-- What was reserved for usage that has been reported, or is lost.
local function release(entries)
  if not entries[1] then return end
  ngx.sleep(answers.LAG) -- until the backend's answers show it
  for _, entry in ipairs(entries) do
    for _, reservation in ipairs(entry.reservations) do reservation:release() end
  end
end

local schedule

local function drain(queue)
  local service, failed, done = queue.service, false, {}
  queue.waiting, queue.sending, queue.count = {}, queue.waiting, 0
  for key, entry in pairs(queue.sending) do
    local ok, taken = pcall(send, queue, key, entry)
    queue.sending[key] = nil
    if not ok then
      prometheus.error('report')
      log.say(log.ERR, 'send ' .. service.id, 'error while reporting: ', tostring(taken))
    end
    if ok and not taken then
      failed = true
      if not put(queue, key, entry) then lose(service, 'too many applications wait') end
    elseif entry.reservations[1] then
      done[#done + 1] = entry
    end
  end
  release(done)
  queue.failures = failed and queue.failures + 1 or 0
  queue.drained = now()
end

-- Tries again with what was held.
local function look_again(_, queue)
  queue.looking = false
  local held = queue.held
  queue.held, queue.held_count = {}, 0
  for key, entry in pairs(held) do
    if not put(queue, key, entry) then lose(queue.service, 'too many applications wait') end
  end
  schedule(queue, 0)
end

local function look_later(queue)
  if not next(queue.held) then
    queue.look = nil
  elseif not queue.looking and not ngx.worker.exiting() then
    queue.look = min(queue.look and queue.look * 2 or LOOK, LOOK_AT_MOST)
    queue.looking = timer_at(queue.look, look_again, queue) and true or false
  end
end

local function run(ending, queue)
  drain(queue)
  queue.scheduled = false
  look_later(queue)
  if next(queue.held) and ngx.worker.exiting() then lose(queue.service, 'the worker ends and the product lacks metrics') end
  if not next(queue.waiting) then return end
  ending = ending or ngx.worker.exiting()
  if ending and queue.failures > 0 then
    lose(queue.service, 'the worker ends and the backend is away')
  elseif queue.failures > 0 then
    schedule(queue, min(2 ^ (queue.failures - 1), LONGEST_PAUSE) * (0.5 + random() / 2))
  else
    schedule(queue, GATHER)
  end
end

function schedule(queue, delay)
  if queue.scheduled then return end
  if ngx.worker.exiting() then delay = 0 end -- others aren't granted any more
  local ok, err = timer_at(delay, run, queue)
  queue.scheduled = ok and true or false
  if not ok then
    prometheus.error('timer')
    log.say(log.ERR, 'timer', 'no timer for reports: ', tostring(err), '; they wait for the next request')
  end
end

--- Reports usage (metric -> number above 0) of an application, soon.
-- @param reservation kept for what the request has come to until the report is in, or nil
function _M.add(service, credentials, usage, timeout, reservation)
  local kind, id = _M.credential(credentials)
  if not kind then return lose(service, 'reports need a user_key or an app_id') end
  local queue = queue_of(service)
  local copy, own = {}, {}
  merge(copy, usage)
  for key, value in pairs(credentials) do own[key] = value end
  local entry = { kind = kind, id = id, usage = copy, credentials = own, timeout = timeout, reservations = { reservation } }
  if reservation then reservation:settle(usage) end
  if not put(queue, kind .. id, entry) then return lose(service, 'too many applications wait') end
  schedule(queue, max(0, queue.drained + GATHER - now()))
end

local function usage_in(entries, key, metric)
  local entry = entries[key]
  return entry and entry.usage[metric] or 0
end

--- What this worker has yet to report of a metric for an application.
function _M.unreported(service, kind, id, metric)
  local queue = queues[service.id]
  if not queue then return 0 end
  local key = kind .. id
  return usage_in(queue.waiting, key, metric) + usage_in(queue.sending, key, metric) + usage_in(queue.held, key, metric)
end

return _M
