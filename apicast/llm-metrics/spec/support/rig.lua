-- Starts the gateway under test and the world around it, each an nginx of its own, in a directory of its own.
local cjson = require('cjson')
local http = require('http')
local socket = require('socket')

local Rig = {}
Rig.__index = Rig

local SUPPORT = debug.getinfo(1, 'S').source:match('^@(.*)/[^/]*$')
local POLICY = SUPPORT .. '/../..'

--- The version of APIcast whose modules the stand-ins follow.
Rig.version = os.getenv('APICAST_STUBS') or '2.16'

local function shell(command)
  local pipe = assert(io.popen(command .. ' 2>&1; echo " $?"'))
  local text = pipe:read('*a')
  pipe:close()
  local output, code = text:match('^(.-)%s*(%d+)%s*$')
  if code ~= '0' then error(command .. ': ' .. output, 2) end
  return output
end

local function read(path)
  local file = io.open(path, 'rb')
  if not file then return '' end
  local text = file:read('*a')
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, 'wb'))
  file:write(text)
  file:close()
end

local function free_port()
  local server = assert(socket.bind('127.0.0.1', 0))
  local _, port = server:getsockname()
  server:close()
  return tonumber(port)
end

local function modules()
  local dir = '/usr/share/nginx/modules-available'
  local text = read(dir .. '/mod-http-ndk.conf') .. read(dir .. '/mod-http-lua.conf')
  -- As root, workers stay root: as another user they may not get into the checkout.
  local user = shell('id -u') == '0' and 'user root;\n' or ''
  return user .. text:gsub('load_module modules/', 'load_module /usr/lib/nginx/modules/')
end

local function launch(self, name, values)
  local dir = self.dir .. '/' .. name
  shell('mkdir -p ' .. dir)
  values.DIR, values.SUPPORT, values.POLICY, values.MODULES = dir, SUPPORT, self.policy or POLICY, modules()
  local template = read(SUPPORT .. '/' .. name .. '.conf.tmpl')
  write(dir .. '/nginx.conf', (template:gsub('@([A-Z_]+)@', values)))
  shell('nginx -p ' .. dir .. ' -e ' .. dir .. '/error.log -c ' .. dir .. '/nginx.conf')
  self.pids[name] = tonumber(read(dir .. '/nginx.pid'):match('%d+'))
end

local function service(self, id, given)
  given = given or {}
  return {
    id = id, system_name = given.system_name or 'service-' .. id, backend_version = given.backend_version or '1',
    credentials = given.credentials
      or { location = 'authorization', user_key = 'user_key', app_id = 'app_id', app_key = 'app_key' },
    backend = { endpoint = 'http://' .. (given.backend_host or '127.0.0.1') .. ':' .. (given.backend_port or self.world_port) },
    backend_authentication = { type = 'service_token', value = given.token or 'service-token' },
    api_backend = given.upstream or 'http://models', read_anew = given.read_anew,
    policies = given.policies or { { name = 'llm-metrics', configuration = given.configuration }, { name = 'apicast' } },
  }
end

-- What only the rig knows can be asked for in a configuration: '@WORLD@' is the world's address.
local function filled(self, value)
  if type(value) == 'string' then return (value:gsub('@WORLD@', 'http://127.0.0.1:' .. self.world_port)) end
  if type(value) ~= 'table' then return value end
  local copy = {}
  for key, inner in pairs(value) do copy[key] = filled(self, inner) end
  return copy
end

--- @param services host -> { configuration = ..., ... }; options: chain_has_policy = false, log_level, policy
function Rig.start(services, options)
  options = options or {}
  local self = setmetatable({ pids = {}, policy = options.policy }, Rig)
  self.dir = shell('mktemp -d /tmp/llm-metrics-test.XXXXXX')
  shell('chmod 755 ' .. self.dir)
  self.port, self.world_port = free_port(), free_port()
  local all, ids = {}, {}
  for host in pairs(services) do ids[#ids + 1] = host end
  table.sort(ids)
  for index, host in ipairs(ids) do all[host] = service(self, tostring(index), filled(self, services[host])) end
  self.services = all
  shell('mkdir -p ' .. self.dir .. '/gateway')
  write(self.dir .. '/gateway/services.json',
    cjson.encode({ services = all, chain_has_policy = options.chain_has_policy ~= false }))
  launch(self, 'world', { PORT = tostring(self.world_port) })
  local ok, err = pcall(launch, self, 'gateway', {
    PORT = tostring(self.port), WORLD_PORT = tostring(self.world_port), VERSION = Rig.version, LOG_LEVEL = options.log_level or 'warn',
  })
  if ok then return self end
  self:stop()
  error(err)
end

function Rig:stop()
  for _, pid in pairs(self.pids) do
    pcall(shell, 'kill -QUIT ' .. pid)
    for _ = 1, 50 do
      if not pcall(shell, 'kill -0 ' .. pid) then break end
      socket.sleep(0.02)
    end
    pcall(shell, 'kill -TERM ' .. pid)
  end
  shell('rm -rf ' .. self.dir)
end

local function ask(self, path, body)
  local answer = http.request({ port = self.world_port, path = path, body = body and cjson.encode(body) })
  assert(answer.status == 200, path .. ' answered ' .. answer.status)
  return cjson.decode(answer.body)
end

-- What earlier requests still had to tell the backend has been told: nothing came for longer than reports are gathered.
local function quiet(self)
  local calls, since = -1, 0
  Rig.eventually(function()
    local now = #self:usage().calls
    if now ~= calls then calls, since = now, socket.gettime() end
    return now == 0 or socket.gettime() - since > 0.35
  end)
end

--- Sets the backend: each product has the usual metrics, and the applications of key-one, key-two, client_one.
function Rig:backend(change)
  change = change or {}
  quiet(self)
  local services = {}
  for host, entry in pairs(self.services) do
    local given = change[host] or {}
    services[entry.id] = {
      token = given.token or 'service-token',
      metrics = given.metrics or { hits = true, total_tokens = true, prompt_tokens = true, completion_tokens = true,
        cached_tokens = true, reasoning_tokens = true },
      keys = { ['key-one'] = 'one', ['key-two'] = 'two' },
      applications = { client_one = {}, client_two = { key = 'app-key' } },
      limits = given.limits or {},
    }
  end
  return ask(self, '/_backend', { reset = true, services = services, faults = change.faults, use = change.use,
    shift = change.shift, bodies = change.bodies })
end

function Rig:change_backend(change) return ask(self, '/_backend', change) end
function Rig:models(recipes) return ask(self, '/_models', recipes) end
function Rig:portal_calls() return ask(self, '/_portal') end
function Rig:usage() return ask(self, '/_usage') end
function Rig:error_log() return read(self.dir .. '/gateway/error.log') end

function Rig:seen()
  local list = ask(self, '/_seen')
  for _, entry in ipairs(list) do entry.body = require('mime').unb64(entry.body) or '' end
  return list
end

-- What http.lua is to send through the gateway.
local function through(self, host, recipe, options)
  options = options or {}
  local headers = { Authorization = 'Bearer ' .. (options.key or 'key-one'), ['X-Recipe'] = recipe }
  if not options.method or options.method == 'POST' then headers['Content-Type'] = 'application/json' end
  for name, value in pairs(options.headers or {}) do headers[name] = value or nil end
  for name, value in pairs(headers) do if value == '' then headers[name] = nil end end
  return {
    port = self.port, host = host, path = options.path or '/v1/chat/completions', headers = headers,
    method = options.method or 'POST', body = not options.send and (options.body or (not options.method and '{}') or nil) or nil,
    send = options.send, leave_after = options.leave_after, slow = options.slow, keep = options.keep, timeout = options.timeout,
  }
end

--- Sends a request through the gateway, as key-one unless told otherwise.
function Rig:send(host, recipe, options) return http.request(through(self, host, recipe, options)) end

--- Sends a request, and returns a function that waits for its answer.
function Rig:begin(host, recipe, options) return http.send(through(self, host, recipe, options)) end

--- Sends so many at once. Returns how many answers there were of each status.
function Rig:crowd(number, host, recipe, options)
  local waiting, statuses = {}, {}
  for i = 1, number do waiting[i] = self:begin(host, recipe, options) end
  for i = 1, number do
    local status = waiting[i]().status
    statuses[status] = (statuses[status] or 0) + 1
  end
  return statuses
end

--- Calls `check` until it returns something true, for a few seconds; returns that.
function Rig.eventually(check, seconds)
  local till = socket.gettime() + (seconds or 5)
  while true do
    local result = check()
    if result or socket.gettime() > till then return result end
    socket.sleep(0.02)
  end
end

--- What the backend has counted of a metric for an application, once it is `expected` or some time (3 s) has passed.
function Rig:counted(application, metric, expected, seconds)
  local value
  Rig.eventually(function()
    value = self:usage().totals[application .. ' ' .. metric] or 0
    return value == expected
  end, seconds or 3)
  return value
end

--- How often the gateway has looked up the address of its backend.
function Rig:lookups() return tonumber(http.request({ port = self.port, path = '/lookups' }).body) end

--- The sum of the gateway's time series of this name whose labels hold all of the given ones.
function Rig:metric(name, labels)
  local sum
  local answer = http.request({ port = self.port, path = '/metrics' })
  for line in answer.body:gmatch('[^\n]+') do
    local series, text, value = line:match('^([%w_]+)({?.-}?) (%S+)$')
    if series == name then
      local fits = true
      for label, wanted in pairs(labels or {}) do
        fits = fits and text:find(label .. '="' .. wanted .. '"', 1, true) ~= nil
      end
      if fits then sum = (sum or 0) + tonumber(value) end
    end
  end
  return sum or 0
end

local function workers(self) return shell('pgrep -P ' .. self.pids.gateway):gmatch('%d+') end

--- Resident memory of the gateway's workers, in MiB.
function Rig:memory()
  local kib = 0
  for pid in workers(self) do kib = kib + tonumber(read('/proc/' .. pid .. '/status'):match('VmRSS:%s*(%d+)')) end
  return kib / 1024
end

--- Processor time that the gateway's workers have spent, in seconds.
function Rig:processor()
  local ticks = 0
  for pid in workers(self) do
    local user, system = read('/proc/' .. pid .. '/stat'):match('%) %S' .. (' %S+'):rep(10) .. ' (%d+) (%d+)')
    ticks = ticks + tonumber(user) + tonumber(system)
  end
  return ticks / 100
end

function Rig:reload() shell('kill -HUP ' .. self.pids.gateway) end
function Rig:now() return socket.gettime() end

return Rig
