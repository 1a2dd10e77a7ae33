--- Keeps the client's credentials from the model server, and gives it those that it asks for.
--
-- The gateway passes on whatever it read the key from. A header is removed only while it holds the credential that came
-- in: another policy of the chain may have put the upstream's own there.

local find = string.find
local gsub = string.gsub
local ipairs = ipairs
local lower = string.lower
local match = string.match
local pairs = pairs
local type = type
local concat = table.concat

local _M = {}

local KINDS = { 'user_key', 'app_key', 'app_id', 'access_token' }

local function text_of(value)
  return type(value) == 'table' and concat(value, ',') or value
end

local function holds(value, secret)
  if find(value, secret, 1, true) then return true end
  local encoded = match(value, '^%s*[Bb]asic%s+(%S+)')
  local decoded = encoded and ngx.decode_base64(encoded)
  return decoded ~= nil and find(decoded, secret, 1, true) ~= nil
end

-- Header names as nginx's variables have them.
local function plain(name)
  return (gsub(lower(name), '-', '_'))
end

local function clear_headers(fits)
  for name, value in pairs(ngx.req.get_headers(0)) do
    if fits(plain(name), text_of(value), name) then ngx.req.clear_header(name) end
  end
end

-- Arguments are cut out of the text, for encoding them anew would change the others.
local function clear_argument(name, secret)
  local arguments = ngx.var.args
  if not arguments or arguments == '' then return end
  local kept, removed = {}, false
  for argument in gsub(arguments, '&+', '&'):gmatch('[^&]+') do
    local key, value = match(argument, '^([^=]*)=?(.*)$')
    if ngx.unescape_uri(key) == name and (not secret or ngx.unescape_uri(value) == secret) then
      removed = true
    else
      kept[#kept + 1] = argument
    end
  end
  if removed then ngx.req.set_uri_args(concat(kept, '&')) end
end

-- A token stands for its application: the gateway has read the application from it and dropped it.
local function remove_token(context, where)
  local original = context.original_request and context.original_request.headers or {}
  local name = where.access_token or 'access_token'
  clear_headers(function(header, value, raw)
    if header == plain(name) then return true end
    local unchanged = not original[raw] or text_of(original[raw]) == value
    return header == 'authorization' and unchanged and find(value, '^%s*[Bb]earer%s+[%w_-]+%.[%w_-]+%.') ~= nil
  end)
  clear_argument(name)
end

local function remove_key(secret, name)
  clear_headers(function(header, value)
    return (header == 'authorization' or header == plain(name)) and holds(value, secret)
  end)
  clear_argument(name, secret)
end

--- @param config remove_credentials, upstream_authorization
function _M.apply(config, context)
  local credentials = context.credentials
  local where = context.service and context.service.credentials
  if config.remove_credentials and type(credentials) == 'table' and type(where) == 'table' then
    for _, kind in ipairs(KINDS) do
      local secret = credentials[kind]
      if type(secret) == 'string' and secret ~= '' then remove_key(secret, where[kind] or kind) end
    end
    if context.jwt then remove_token(context, where) end
  end
  if config.upstream_authorization then ngx.req.set_header('Authorization', config.upstream_authorization) end
end

return _M
