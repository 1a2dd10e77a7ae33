-- An HTTP client for tests, on plain sockets: it notes when each piece arrives, and can leave in the middle.
local socket = require('socket')

local _M = {}

local function head(connection)
  local line = connection:receive('*l')
  if not line then
    connection:close()
    error('no answer')
  end
  local answer = { status = tonumber(line:match('^HTTP/%S+ (%d+)')), headers = {}, pieces = {} }
  while true do
    line = assert(connection:receive('*l'))
    if line == '' then return answer end
    local name, value = line:match('^(.-):%s*(.*)$')
    answer.headers[name:lower()] = value
  end
end

local function note(answer, began, piece, keep)
  answer.bytes = (answer.bytes or 0) + #piece
  if keep then answer.pieces[#answer.pieces + 1] = { at = socket.gettime() - began, text = piece } end
end

local function read_chunked(connection, answer, began, options)
  while true do
    local size = tonumber((connection:receive('*l') or ''):match('^%x+') or '', 16)
    if not size then
      answer.cut = true
      return
    end
    if size == 0 then return connection:receive('*l') end
    local piece = connection:receive(size)
    if not piece then
      answer.cut = true
      return
    end
    connection:receive('*l')
    note(answer, began, piece, options.keep ~= false)
    if options.leave_after and answer.bytes >= options.leave_after then
      answer.left = true
      return
    end
    if options.slow then socket.sleep(options.slow) end
  end
end

local function read_body(connection, answer, began, options)
  local length = tonumber(answer.headers['content-length'])
  if answer.headers['transfer-encoding'] == 'chunked' then
    read_chunked(connection, answer, began, options)
  elseif length then
    local left = length
    while left > 0 do
      local piece, err, part = connection:receive(math.min(left, 65536))
      piece = piece or part
      note(answer, began, piece, options.keep ~= false)
      left = left - #piece
      if err then
        answer.cut = true
        return
      end
      if options.slow then socket.sleep(options.slow) end
    end
  end
end

--- options: port, host, method, path, headers, body, leave_after (bytes), slow (seconds between reads),
-- keep = false (don't keep the body), send (list of body pieces, sent chunked)
function _M.request(options) return _M.send(options)() end

--- Sends a request, and returns a function that waits for its answer: many can be under way at once.
function _M.send(options)
  local connection = assert(socket.tcp())
  connection:settimeout(options.timeout or 30)
  connection:setoption('tcp-nodelay', true)
  assert(connection:connect('127.0.0.1', options.port))
  local method = options.method or (options.body and 'POST' or 'GET')
  local lines = { method .. ' ' .. (options.path or '/') .. ' HTTP/1.1', 'Host: ' .. (options.host or 'localhost'), 'Connection: close' }
  for name, value in pairs(options.headers or {}) do lines[#lines + 1] = name .. ': ' .. value end
  if options.body then lines[#lines + 1] = 'Content-Length: ' .. #options.body end
  if options.send then lines[#lines + 1] = 'Transfer-Encoding: chunked' end
  local began = socket.gettime()
  connection:send(table.concat(lines, '\r\n') .. '\r\n\r\n' .. (options.body or ''))
  for _, piece in ipairs(options.send or {}) do connection:send(string.format('%x\r\n%s\r\n', #piece, piece)) end
  if options.send then connection:send('0\r\n\r\n') end
  return function()
    local answer = head(connection)
    if method ~= 'HEAD' and answer.status ~= 204 and answer.status ~= 101 then read_body(connection, answer, began, options) end
    connection:close()
    local texts = {}
    for i, piece in ipairs(answer.pieces) do texts[i] = piece.text end
    answer.body = table.concat(texts)
    answer.took = socket.gettime() - began
    return answer
  end
end

return _M
