-- A stand-in of the 3scale backend, by rules: what is authorized, counted, dropped and answered.
--
-- Limits hold as current + usage <= value, and only for metrics that the call names (all, if it names none). authrep
-- counts only what it allows; a report checks no limits, is counted each time it comes, and is dropped whole, with 202,
-- for one metric or key that isn't known. One worker, so a table is enough.
local cjson = require('cjson')

local _M = {}

local PERIODS = { minute = 60, hour = 3600, day = 86400 }
local state

function _M.reset()
  state = { services = {}, calls = {}, faults = {}, usage = {}, shift = 0, bodies = true }
end

local function answer(status, body, headers)
  for name, value in pairs(headers or {}) do ngx.header[name] = value end
  ngx.status = status
  ngx.header.content_length = #(body or '')
  ngx.print(body or '')
  return ngx.exit(status)
end

local function refuse(status, code)
  return answer(status, state.bodies and '<?xml version="1.0"?><error code="' .. code .. '">refused</error>' or '')
end

local function time() return os.time() + state.shift end

local function window(period)
  return PERIODS[period] and math.floor(time() / PERIODS[period]) or 0
end

local function slot(application, metric, period)
  return table.concat({ application, metric, period, window(period) }, '/')
end

local function current(application, metric, period)
  return state.usage[slot(application, metric, period)] or 0
end

local function count(application, metric, value)
  for _, period in ipairs({ 'minute', 'hour', 'day', 'eternity' }) do
    local key = slot(application, metric, period)
    state.usage[key] = (state.usage[key] or 0) + value
  end
end

local function with_parents(service, usage)
  local all = {}
  for metric, value in pairs(usage) do
    all[metric] = (all[metric] or 0) + value
    local parent = service.parents and service.parents[metric]
    if parent then all[parent] = (all[parent] or 0) + value end
  end
  return all
end

local function countable(text)
  text = tostring(text):match('^%s*(.-)%s*$')
  return text:match('^%d+$') and tonumber(text) or nil
end

-- `inf`, `1e3`, `-1`, `5.5`, `0x10` and nothing at all are no usage; none of the call counts then.
local function usage_of(arguments)
  local usage, named = {}, false
  for key, value in pairs(arguments) do
    local metric = key:match('^usage%[(.-)%]$')
    if metric then
      named = true
      usage[metric] = countable(value)
      if not usage[metric] then return nil end
    end
  end
  return usage, named
end

local function reset_of(period)
  local length = PERIODS[period]
  return length and length - time() % length or -1
end

-- The headers tell of the most constrained limit: how many more such calls it has room for, none if it is exceeded; of
-- several the one with the longest period. A usage of nothing with room left counts as the most constrained one.
local function check(service, application, usage, named)
  local limited, tightest = false, nil
  for _, limit in ipairs(service.limits or {}) do
    local asked = usage[limit.metric]
    if asked or not named then
      asked = asked or 0
      local used = current(application, limit.metric, limit.period)
      local exceeded = used + asked > limit.value
      limited = limited or exceeded
      local remaining = math.floor(math.max(limit.value - used, 0) / math.max(asked, 1))
      local reset = reset_of(limit.period)
      local entry = { remaining = remaining, reset = reset, maximum = limit.value, rank = remaining - (reset < 0 and 1e9 or reset) / 1e10 }
      if asked == 0 and used < limit.value then entry = { remaining = -1, reset = -1, rank = -1 } end
      if not tightest or entry.rank < tightest.rank then tightest = entry end
    end
  end
  return limited, tightest or { remaining = -1, reset = -1 }
end

-- A report needs no app_key.
local function find_application(service, arguments, reporting)
  if arguments.user_key then
    return service.keys[arguments.user_key] or nil, 403, 'user_key_invalid'
  end
  local application = service.applications and service.applications[arguments.app_id]
  if not application then return nil, 404, 'application_not_found' end
  if not reporting and application.key and application.key ~= arguments.app_key then return nil, 409, 'application_key_invalid' end
  return arguments.app_id
end

local function authorize(arguments, counts)
  local service = state.services[arguments.service_id]
  if not service or service.token ~= arguments.service_token then return refuse(403, 'service_token_invalid') end
  local application, status, code = find_application(service, arguments)
  if not application and status == 409 then return answer(409, '', { ['3scale-rejection-reason'] = code }) end
  if not application then return refuse(status, code) end
  local usage, named = usage_of(arguments)
  if not usage then return refuse(403, 'usage_value_invalid') end
  for metric in pairs(usage) do
    if not service.metrics[metric] then return refuse(404, 'metric_invalid') end
  end
  usage = with_parents(service, usage)
  local limited, tightest = check(service, application, usage, named)
  local headers = {
    ['3scale-limit-remaining'] = tightest.remaining, ['3scale-limit-reset'] = tightest.reset,
    ['3scale-limit-max-value'] = tightest.maximum,
  }
  if limited then
    headers['3scale-rejection-reason'] = 'limits_exceeded'
    return answer(409, '', headers)
  end
  if counts then
    for metric, value in pairs(usage) do
      if value > 0 then count(application, metric, value) end
    end
  end
  return answer(200, '', headers)
end

local function transactions_of(body)
  local list, last = {}, -1
  for key, value in pairs(ngx.decode_args(body, 0)) do
    local index, rest = key:match('^transactions%[(%d+)%](.+)$')
    index = tonumber(index)
    if index then
      last = math.max(last, index)
      list[index] = list[index] or { usage = {} }
      local metric = rest:match('^%[usage%]%[(.-)%]$')
      if metric then list[index].usage[metric] = value else list[index][rest:match('^%[(.-)%]$')] = value end
    end
  end
  return list, last
end

local function report(arguments)
  local service = state.services[arguments.service_id]
  if not arguments.service_id then return refuse(422, 'service_id_missing') end
  if not service or service.token ~= arguments.service_token then return refuse(403, 'service_token_invalid') end
  ngx.req.read_body()
  local list, last = transactions_of(ngx.req.get_body_data() or '')
  if last < 0 then return refuse(400, 'missing_transactions') end
  for index = 0, last do
    local transaction = list[index] or { usage = {} }
    local application = find_application(service, transaction, true)
    for metric in pairs(transaction.usage) do
      if not application or not service.metrics[metric] then
        state.dropped = (state.dropped or 0) + 1
        return answer(202)
      end
    end
    transaction.application = application
  end
  for index = 0, last do
    local numbers = {}
    for metric, text in pairs(list[index].usage) do numbers[metric] = countable(text) end
    for metric, value in pairs(with_parents(service, numbers)) do count(list[index].application, metric, value) end
  end
  return answer(202)
end

-- A fault holds for the next `times` calls of one kind.
local function fault(kind)
  local planned = state.faults[kind]
  if not planned or planned.times <= 0 then return end
  planned.times = planned.times - 1
  if planned.delay then ngx.sleep(planned.delay) end
  if planned.code then return refuse(planned.status, planned.code) end
  if planned.status then return answer(planned.status, 'fault') end
  if planned.close then return ngx.exit(444) end
end

function _M.call(kind)
  local arguments = ngx.req.get_uri_args(0)
  local entry = { kind = kind, arguments = arguments, time = ngx.now() }
  if kind == 'report' then
    ngx.req.read_body()
    entry.body = ngx.decode_args(ngx.req.get_body_data() or '', 0)
  end
  if not state.quiet then table.insert(state.calls, entry) end
  fault(kind)
  if kind == 'report' then return report(arguments) end
  return authorize(arguments, kind == 'authrep')
end

-- For the tests: what holds, and what has happened.
function _M.control()
  ngx.req.read_body()
  local change = cjson.decode(ngx.req.get_body_data() or '{}')
  if change.reset then _M.reset() end
  for key, value in pairs(change) do
    if key ~= 'reset' then state[key] = value end
  end
  for _, made in ipairs(change.make or {}) do state.services[made.service].metrics[made.metric] = true end
  for _, use in ipairs(change.use or {}) do count(use.application, use.metric, use.value) end
  ngx.say('{}')
end

function _M.show()
  local totals = {}
  for key, value in pairs(state.usage) do
    local application, metric, period = key:match('^(.-)/(.-)/(.-)/')
    if period == 'eternity' then totals[application .. ' ' .. metric] = value end
  end
  ngx.say(cjson.encode({ totals = totals, calls = state.calls, dropped = state.dropped or 0 }))
end

_M.reset()
return _M
