--- The largest request that a model is asked: what it reads costs tokens, however little it may write.

local open = io.open
local pcall = pcall
local tonumber = tonumber
local prometheus = require('llm_metrics_prometheus')
local refusal = require('llm_metrics_refusal')

local _M = {}

local function file_size(path)
  local file = open(path, 'rb')
  if not file then return nil end
  local size = file:seek('end')
  file:close()
  return size
end

-- The body's bytes. A body that comes in chunks has to be here first, and one that is not to be kept can't be measured.
local function size(context)
  local declared = tonumber(ngx.var.http_content_length)
  if declared or context.request_unbuffered then return declared end
  if not pcall(ngx.req.read_body) then return nil end -- HTTP/2 without a length
  local text = ngx.req.get_body_data()
  if text then return #text end
  local path = ngx.req.get_body_file()
  return path and file_size(path) or 0
end

--- Ends a request with 413 if its body is larger than it may be, or of unknown size.
function _M.check(config, context)
  local most = config.max_prompt_bytes
  if not most or not context.service then return end
  local bytes = size(context)
  if bytes and bytes <= most then return end
  if not bytes and ngx.var.http_transfer_encoding == nil and ngx.req.http_version() < 2 then return end -- no body
  prometheus.limited(context.service)
  return refusal.send(413, {
    message = 'The request is larger than ' .. most .. ' bytes', type = 'invalid_request_error', code = 'request_too_large',
  })
end

return _M
