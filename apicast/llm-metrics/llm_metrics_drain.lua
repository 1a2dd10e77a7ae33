--- Reads a model's answer to its end although the client has gone.
--
-- nginx ends its call to the model together with the client's, and no policy can keep it from that. So, where it is
-- asked for, a request is sent through the gateway once more, from a timer that nobody can leave: the outer request
-- passes on what the inner one brings, and all that is authorized, limited and counted belongs to the inner one. When
-- the client leaves, the timer goes on reading.

local gmatch = string.gmatch
local lower = string.lower
local match = string.match
local open = io.open
local pcall = pcall
local tonumber = tonumber
local concat = table.concat
local timer_at = ngx.timer.at
local log = require('llm_metrics_log')
local semaphore = require('ngx.semaphore')
local shared = require('llm_metrics_shared')

local MARK = 'X-LLM-Metrics-Inner' -- with a secret: a client must not say it
local MOST = 200      -- answers at once in a worker; the gateway's timers are limited
local AHEAD = 64      -- pieces that are read before the client has taken them
local CONNECT, SEND, READ = 1000, 10000, 600000 -- milliseconds
local PIECE = 64 * 1024

-- Headers that belong to one connection, or are said anew.
local OWN = {
  connection = true, ['keep-alive'] = true, ['transfer-encoding'] = true, ['content-length'] = true, expect = true, te = true,
  trailer = true, upgrade = true, ['proxy-connection'] = true, [lower(MARK)] = true,
}

local _M = {}

local under_way = 0

-- What inner requests are known by, the same in all workers; nil where they share no memory.
local function secret()
  local dictionary = shared.dictionary()
  if not dictionary then return nil end
  local known = dictionary:get('llm-metrics/inner')
  if known then return known end
  local file = open('/dev/urandom', 'rb')
  local random = file and file:read(32)
  if file then file:close() end
  if not random then return nil end
  dictionary:add('llm-metrics/inner', ngx.encode_base64(random))
  return dictionary:get('llm-metrics/inner')
end

--- True for the inner request. Call it before anything else sees the request's headers.
function _M.is_inner()
  local mark = ngx.var.http_x_llm_metrics_inner
  if not mark then return false end
  ngx.req.clear_header(MARK)
  local known = secret()
  return known ~= nil and mark == known
end

local function request_text(mark, body)
  local lines = { ngx.req.get_method() .. ' ' .. ngx.var.request_uri .. ' ' .. ngx.var.server_protocol }
  for line in gmatch(ngx.req.raw_header(true), '[^\r\n]+') do
    if not OWN[lower(match(line, '^[^:]*'))] then lines[#lines + 1] = line end
  end
  lines[#lines + 1] = MARK .. ': ' .. mark
  lines[#lines + 1] = 'Content-Length: ' .. #body
  lines[#lines + 1] = 'Connection: close\r\n\r\n'
  return concat(lines, '\r\n') .. body
end

-- Hands a piece over, and waits while too many lie there, unless nobody takes them any more.
local function push(job, piece)
  if job.gone then return end
  job.last = job.last + 1
  job.pieces[job.last] = piece
  job.ready:post()
  while not job.gone and job.last - job.first >= AHEAD do job.room:wait(1) end
end

-- The next piece, or nil at the end.
local function take(job)
  while job.first > job.last do
    if job.ended then return nil end
    job.ready:wait(60)
  end
  local piece = job.pieces[job.first]
  job.pieces[job.first] = nil
  job.first = job.first + 1
  job.room:post()
  return piece
end

-- The bytes of the answer are passed on as they are, head and all.
local function exchange(job)
  local socket = ngx.socket.tcp()
  socket:settimeouts(CONNECT, SEND, READ)
  if not socket:connect(job.address, job.port) then return end
  if job.tls and not socket:sslhandshake(nil, job.host, false) then return end
  push(job, '')
  job.go:wait(SEND / 1000)
  if job.gone or not job.going or not socket:send(job.request) then return socket:close() end
  while true do
    local piece = socket:receiveany(PIECE)
    if not piece then return socket:close() end
    push(job, piece)
  end
end

local function run(_, job)
  under_way = under_way + 1
  local ok, err = pcall(exchange, job)
  under_way = under_way - 1
  if not ok then log.say(log.ERR, 'drain', 'error while reading an answer to its end: ', tostring(err)) end
  job.ended = true
  job.ready:post()
end

local function body_of(limit)
  if (tonumber(ngx.var.http_content_length) or 0) > limit or not pcall(ngx.req.read_body) then return nil end
  local text, path = ngx.req.get_body_data(), ngx.req.get_body_file()
  if text or not path then return text or '' end
  local file = open(path, 'rb')
  if not file then return nil end
  text = file:read('*a')
  file:close()
  return text
end

local function new_job(limit)
  if under_way >= MOST or ngx.req.http_version() >= 2 or ngx.var.http_upgrade then return nil end
  local mark, body = secret(), body_of(limit)
  if not mark or not body then return nil end
  return {
    request = request_text(mark, body), address = ngx.var.server_addr, port = tonumber(ngx.var.server_port),
    tls = ngx.var.scheme == 'https', host = ngx.var.host, pieces = {}, first = 1, last = 0,
    ready = semaphore.new(), room = semaphore.new(), go = semaphore.new(),
  }
end

--- Answers a request by one that nobody can leave, and ends it. Returns where that isn't possible: the request goes on
-- by itself.
function _M.relay(config, state)
  local job = new_job(config.max_request_bytes)
  if not job or not timer_at(0, run, job) then return end
  -- Written past nginx: what Lua prints slower than it comes breaks where a gateway has filters in Lua.
  local client = take(job) and ngx.req.socket(true)
  if not client then
    job.gone = true
    job.go:post()
    return log.say(log.ERR, 'drain', 'the gateway can not call itself: answers are not read to their end')
  end
  client:settimeout(READ)
  ngx.var.cached_key = nil
  state.relay, job.going = job, true
  job.go:post()
  local piece = take(job)
  while piece and client:send(piece) do piece = take(job) end
  return ngx.exit(444)
end

--- The outer request is over: what may still come is read for nobody.
function _M.leave(state)
  state.relay.gone = true
  state.relay.room:post()
end

return _M
