-- Stands in for the gateway's HTTP client: plain HTTP over a cosocket, connections kept alive.
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

local function send(method, url, body, headers)
  local host, port, path = url:match('^http://([^:/]+):(%d+)(.*)$')
  local socket = ngx.socket.tcp()
  socket:settimeout(10000)
  local ok, err = socket:connect(host, tonumber(port))
  if not ok then return { status = 0, error = err, headers = {} } end
  local lines = { method .. ' ' .. path .. ' HTTP/1.1', 'Host: ' .. host }
  for name, value in pairs(headers or {}) do lines[#lines + 1] = name .. ': ' .. value end
  if body then
    lines[#lines + 1] = 'Content-Type: application/x-www-form-urlencoded'
    lines[#lines + 1] = 'Content-Length: ' .. #body
  end
  socket:send(table.concat(lines, '\r\n') .. '\r\n\r\n' .. (body or ''))
  local answer
  answer, err = read(socket)
  if not answer then
    socket:close()
    return { status = 0, error = err, headers = {} }
  end
  if answer.headers.connection == 'close' then socket:close() else socket:setkeepalive() end
  return answer
end

function _M.new(client)
  local headers = client.options.headers
  return {
    get = function(url) return send('GET', url, nil, headers) end,
    post = function(url, body) return send('POST', url, type(body) == 'table' and ngx.encode_args(body) or body, headers) end,
  }
end

return _M
