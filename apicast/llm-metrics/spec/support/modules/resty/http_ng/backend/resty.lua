-- Stands in for the gateway's HTTP client where it talks: plain HTTP over a cosocket, connections kept alive.
local _M = {}

local function read(socket)
  local line, err = socket:receive('*l')
  if not line then return nil, err end
  local answer = { status = tonumber(line:match('^HTTP/%S+ (%d+)')), headers = {} }
  while true do
    line, err = socket:receive('*l')
    if not line then return nil, err end
    if line == '' then break end
    local name, value = line:match('^(.-):%s*(.*)$')
    answer.headers[name:lower()] = value
  end
  local length = tonumber(answer.headers['content-length'])
  if length and length > 0 then
    answer.body, err = socket:receive(length)
    if not answer.body then return nil, err end
  end
  answer.body = answer.body or ''
  return answer
end

-- Addresses are looked up as the gateway does it: one asks, and who comes meanwhile takes what was known before. A lookup
-- that never ends leaves everyone with that for good. Names ending in .test take a while and are known for a moment.
local TAKES, KNOWN_FOR = 0.3, 0.2 -- seconds
local looking, known = {}, {}
_M.lookups = 0

local function look_up()
  _M.lookups = _M.lookups + 1
  ngx.sleep(TAKES)
  return { address = '127.0.0.1', till = ngx.now() + KNOWN_FOR }
end

local function address_of(host)
  if not host:find('%.test$') then return host end
  local entry = known[host]
  if entry and (entry.till > ngx.now() or looking[host]) then return entry.address end
  if looking[host] then return look_up().address end
  looking[host] = true
  known[host] = look_up()
  looking[host] = nil
  return known[host].address
end

local function failure(request, err)
  return { status = 0, error = err, headers = {}, request = request }
end

local function wait_of(request)
  local waits = require('stubs').waits(request)
  return waits and waits.read_timeout * 1000 or 10000
end

function _M:send(request)
  local host, port, path = request.url:match('^http://([^:/]+):(%d+)(.*)$')
  local socket = ngx.socket.tcp()
  socket:settimeout(wait_of(request))
  local ok, err = socket:connect(address_of(host), tonumber(port))
  if not ok then return failure(request, err) end
  request.path = path
  local lines = { request.method .. ' ' .. path .. ' HTTP/1.1', 'Host: ' .. host }
  for name, value in pairs(request.headers or {}) do lines[#lines + 1] = name .. ': ' .. value end
  if request.body then
    lines[#lines + 1] = 'Content-Type: application/x-www-form-urlencoded'
    lines[#lines + 1] = 'Content-Length: ' .. #request.body
  end
  socket:send(table.concat(lines, '\r\n') .. '\r\n\r\n' .. (request.body or ''))
  local answer
  answer, err = read(socket)
  if not answer then
    socket:close()
    return failure(request, err)
  end
  if answer.headers.connection == 'close' then socket:close() else socket:setkeepalive() end
  return answer
end

return _M
