--- A request on its way to the model: what it asks for, and asking its reply to say what it cost.
--
-- The body decides, its headers don't: a model server reads what it gets, whatever a client declares it to be. What can't
-- be read is said to be so, for it may be a stream that nobody has asked for its usage.

local clock = os.clock
local find = string.find
local ipairs = ipairs
local lower = string.lower
local match = string.match
local open = io.open
local pcall = pcall
local sub = string.sub
local tonumber = tonumber
local type = type
local bound = require('llm_metrics_bound')
local estimate = require('llm_metrics_estimate')
local prometheus = require('llm_metrics_prometheus')
local refusal = require('llm_metrics_refusal')
local request = require('llm_metrics_request')

local SLICE = 0.002 -- seconds of the processor after which others get their turn
local LONGEST = 0.25 -- seconds of the processor that a body may take in all
local FORM, BOUNDARY = 'multipart/form-data', '--'

local _M = {}

-- Why a body can't be read: the status that says so, and words.
local REASONS = {
  too_large = { 413, 'The request is too large to be looked into' },
  too_complex = { 413, 'The request is too complex to be looked into' },
  encoding = { 415, 'The request is compressed; send it as it is' },
  charset = { 415, 'The request is not in UTF-8' },
  malformed = { 400, 'The request is not valid JSON' },
  not_an_object = { 400, 'The request is not a JSON object' },
  unbuffered = { 400, 'The request can not be looked into, because it is passed on unbuffered' },
}

local function media_type(header)
  return type(header) == 'string' and match(lower(header), '^%s*([^;,%s]+)') or ''
end

local function content(path, limit)
  local file = open(path, 'rb')
  if not file then return nil end
  local text = file:read(limit + 1)
  file:close()
  return text
end

-- What nginx has of the body, up to one byte more than the limit; one larger than its buffer (8 or 16 KiB) is in a file.
local function received(limit)
  local text = ngx.req.get_body_data()
  if text then return text end
  local path = ngx.req.get_body_file()
  return path and content(path, limit) or ''
end

-- The body, or nil and why there is none. A form may be as large as it likes, for its first bytes show what it is.
local function body(limit)
  local large = (tonumber(ngx.var.http_content_length) or 0) > limit
  local form = media_type(ngx.var.http_content_type) == FORM
  if large and not form then return nil, 'too_large' end
  if not pcall(ngx.req.read_body) then return nil, 'unbuffered' end -- HTTP/2 without a length
  local text = received(large and #BOUNDARY or limit)
  if form and sub(text, 1, #BOUNDARY) == BOUNDARY then return nil end
  if large or #text > limit then return nil, 'too_large' end
  return text
end

-- Lets others have their turn while a large body is read, and gives false once it has taken too long.
local function pacer()
  local began, spent = clock(), 0
  return function()
    local took = clock() - began
    if took < SLICE then return true end
    spent = spent + took
    if spent > LONGEST then return false end
    ngx.sleep(0)
    began = clock()
    return true
  end
end

-- Bodies of other kinds, whose first byte isn't one that any JSON begins with.
local function is_other(text, media)
  if find(text, '^%s*[{["]') then return false end
  return media == 'application/x-www-form-urlencoded' or media == 'application/octet-stream'
    or find(media, '^audio/') ~= nil or find(media, '^image/') ~= nil or find(media, '^video/') ~= nil
end

local function is_compressed(text)
  local coding = ngx.var.http_content_encoding
  if coding and coding ~= '' and lower(coding) ~= 'identity' then return true end
  return find(text, '^\31\139') ~= nil or find(text, '^\40\181\47\253') ~= nil -- gzip, zstd
end

-- What the body says, or nil and why it can't be read; nil alone if it is no matter of JSON.
local function fields_of(text)
  local fields, reason = request.read(text, pacer())
  if fields or reason == 'empty' then return fields end
  if reason == 'malformed' then
    if is_compressed(text) then return nil, 'encoding' end
    if is_other(text, media_type(ngx.var.http_content_type)) then return nil end
  end
  return nil, reason
end

local function asks_for_usage(config, path)
  if not config.include_usage then return false end
  if not config.include_usage_paths then return request.knows_stream_options(path) end
  for _, pattern in ipairs(config.include_usage_paths) do
    if ngx.re.find(path, pattern, 'jo') then return true end
  end
  return false
end

-- Counts a request that can't be read. Where token limits hold it isn't let through.
local function unread(config, context, reason)
  prometheus.unread(context.service or {}, reason)
  if not config.enforce[1] or config.on_unreadable == 'pass' then return nil end
  local status, message = REASONS[reason][1], REASONS[reason][2]
  return refusal.send(status, { message = message, type = 'invalid_request_error', code = 'unreadable_request' })
end

--- Reads the body of a request. Returns nil if there is nothing to be known.
function _M.read(config, context, state)
  -- Usage in a compressed reply can't be seen.
  if config.remove_accept_encoding and ngx.var.http_accept_encoding then ngx.req.clear_header('Accept-Encoding') end
  if context.request_unbuffered then return unread(config, context, 'unbuffered') end
  local text, reason = body(config.max_request_bytes)
  if reason then return unread(config, context, reason) end
  local fields
  if text then fields, reason = fields_of(text) end
  if reason then return unread(config, context, reason) end
  if not fields then return nil end
  state.requested_model, state.prompt_bound = request.model(fields), bound.prompt(fields)
  return {
    text = text,
    fields = fields,
    cap = (config.reserve or config.estimate == 'max_tokens') and estimate.cap(fields) or nil,
    ask = asks_for_usage(config, ngx.var.uri),
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
