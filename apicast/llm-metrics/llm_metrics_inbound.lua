--- A request on its way to the model: what it asks for, and asking its reply to say what it cost.

local open = io.open
local ipairs = ipairs
local pcall = pcall
local tonumber = tonumber
local estimate = require('llm_metrics_estimate')
local request = require('llm_metrics_request')

local _M = {}

local function file_content(path, limit)
  local file = open(path, 'rb')
  if not file then return nil end
  local text = file:read(limit + 1)
  file:close()
  return text and #text <= limit and text or nil
end

-- nginx keeps a body larger than its buffer (8 or 16 KiB) in a file.
local function body(limit)
  if (tonumber(ngx.var.http_content_length) or 0) > limit then return nil end
  if not pcall(ngx.req.read_body) then return nil end -- HTTP/2 without a length
  local text = ngx.req.get_body_data()
  if text then return #text <= limit and text or nil end
  local path = ngx.req.get_body_file()
  return path and file_content(path, limit)
end

local function asks_for_usage(config, path, headers)
  if not config.include_usage then return false end
  if not config.include_usage_paths then return request.knows_stream_options(path, headers) end
  for _, pattern in ipairs(config.include_usage_paths) do
    if ngx.re.find(path, pattern, 'jo') then return true end
  end
  return false
end

--- Reads the body of a JSON request, if anything of it is needed. Returns nil if there is nothing to be known.
function _M.read(config, context, state)
  local headers = ngx.req.get_headers()
  if config.remove_accept_encoding and headers['accept-encoding'] then
    ngx.req.clear_header('Accept-Encoding') -- usage in a compressed reply can't be seen
  end
  if context.request_unbuffered or not request.is_json(headers['content-type']) then return nil end
  if headers['content-encoding'] then return nil end
  local text = body(config.max_request_bytes)
  local fields = text and request.read(text)
  if not fields then return nil end
  state.requested_model = request.model(fields)
  return {
    text = text,
    fields = fields,
    cap = (config.reserve or config.estimate == 'max_tokens') and estimate.cap(fields.found) or nil,
    ask = asks_for_usage(config, ngx.var.uri, headers),
  }
end

--- Asks a stream for its usage.
function _M.rewrite(config, read, state)
  if not read or not read.ask then return end
  local changed, asked = request.ask_for_usage(read.text, read.fields, config.continuous_usage_stats)
  if not changed then return end
  ngx.req.set_body_data(changed)
  state.strip = config.strip_usage_chunk and not asked
end

return _M
