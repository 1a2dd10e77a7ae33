-- Three gateways in turns: without the policy, with it counting, with it enforcing limits too.
local Rig = require('rig')

local ROUNDS, SECONDS = 5, 2
local REPLY = '{"id":"1","model":"m","choices":[{"message":{"content":"' .. ('word '):rep(200) .. '"}}],'
  .. '"usage":{"prompt_tokens":19,"completion_tokens":200,"total_tokens":219}}'
local REQUEST = '{"model":"m","messages":[{"role":"user","content":"' .. ('word '):rep(100) .. '"}]}'
local STREAM = '{"model":"m","stream":true,"messages":[]}'
local EVENT = 'data: {"id":"1","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"word"}}]}\n\n'
local USAGE = 'data: {"choices":[],"usage":{"total_tokens":9}}\n\ndata: [DONE]\n\n'

local variants = {
  { name = 'without', services = { bench = { policies = { { name = 'apicast' } } } }, options = { chain_has_policy = false } },
  { name = 'counting', services = { bench = { configuration = { metrics = { total_tokens = 'total_tokens' } } } } },
  { name = 'enforcing', services = { bench = { configuration = { enforce = { 'total_tokens' } } } } },
}

local function median(list)
  table.sort(list)
  return list[math.ceil(#list / 2)]
end

local function milliseconds(text)
  local number, unit = text:match('([%d.]+)(%a+)')
  return tonumber(number) * ({ us = 0.001, ms = 1, s = 1000 })[unit]
end

local function wrk(rig, connections)
  local script = rig.dir .. '/wrk.lua'
  local file = assert(io.open(script, 'w'))
  file:write(string.format('wrk.method="POST" wrk.body=%q wrk.headers={Host="bench",Authorization="Bearer key-one",'
    .. '["Content-Type"]="application/json",["X-Recipe"]="reply"}', REQUEST))
  file:close()
  local pipe = io.popen(string.format('wrk -t1 -c%d -d%ds --latency -s %s http://127.0.0.1:%d/v1/chat/completions', connections,
    SECONDS, script, rig.port))
  local text = pipe:read('*a')
  pipe:close()
  assert(not text:find('Non-2xx', 1, true), text)
  return { p50 = milliseconds(text:match('\n%s+50%%%s+(%S+)')), p99 = milliseconds(text:match('\n%s+99%%%s+(%S+)')),
    rate = tonumber(text:match('Requests/sec:%s+(%S+)')), requests = tonumber(text:match('(%d+) requests in')) }
end

local function first_token(rig)
  return rig:send('bench', 'stream', { body = STREAM }).pieces[1].at * 1000
end

local function megabytes_a_second(rig)
  local answer = rig:send('bench', 'long', { body = STREAM, keep = false, timeout = 60 })
  return answer.bytes / 1e6 / answer.took
end

for _, variant in ipairs(variants) do
  variant.rig = Rig.start(variant.services, variant.options)
  variant.rig:backend({ bench = { limits = { { metric = 'total_tokens', period = 'day', value = 1e15 } } } })
  variant.rig:change_backend({ quiet = true })
  variant.rig:models({
    reply = { quiet = true, pieces = { REPLY } },
    stream = { quiet = true, type = 'text/event-stream', pieces = { EVENT, { wait = 0.002 }, EVENT, USAGE } },
    long = { quiet = true, type = 'text/event-stream', pieces = { { text = EVENT:rep(50), times = 6000 }, USAGE } },
  })
  variant.results = {}
end

local function note(variant, name, value)
  variant.results[name] = variant.results[name] or {}
  table.insert(variant.results[name], value)
end

local function measure()
  for _ = 1, ROUNDS do
    for _, variant in ipairs(variants) do
      local alone = wrk(variant.rig, 1)
      local before = variant.rig:processor()
      local many = wrk(variant.rig, 16)
      note(variant, 'processor', (variant.rig:processor() - before) / many.requests * 1e6)
      note(variant, 'p50', alone.p50)
      note(variant, 'p99', alone.p99)
      note(variant, 'rate', many.rate)
      note(variant, 'stream', megabytes_a_second(variant.rig))
    end
  end
  for _ = 1, 100 do
    for _, variant in ipairs(variants) do note(variant, 'first', first_token(variant.rig)) end
  end
  for _, variant in ipairs(variants) do note(variant, 'memory', variant.rig:memory()) end
end

local rows = {
  { 'p50', 'latency p50, one client (ms)' }, { 'p99', 'latency p99, one client (ms)' },
  { 'rate', 'requests/s, 16 clients' }, { 'processor', 'processor time a request (us)' }, { 'first', 'first token p50 (ms)' },
  { 'stream', 'one stream (MB/s)' }, { 'memory', 'memory of the worker (MiB)' },
}

local ok, err = pcall(measure)
for _, variant in ipairs(variants) do variant.rig:stop() end
assert(ok, err)

print(string.format('%-30s %10s %10s %7s %10s %7s', 'gateway policy', 'without', 'counting', 'ratio', 'enforcing', 'ratio'))
for _, row in ipairs(rows) do
  local values = {}
  for i, variant in ipairs(variants) do values[i] = median(variant.results[row[1]]) end
  print(string.format('%-30s %10.2f %10.2f %7.2f %10.2f %7.2f', row[2], values[1], values[2], values[2] / values[1], values[3],
    values[3] / values[1]))
end
