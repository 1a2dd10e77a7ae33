-- Stands in for the policy `apicast`: credentials, mapping rules, authorization with its cache, the upstream.
local backend_client = require('apicast.backend_client')
local errors = require('apicast.errors')
local Usage = require('apicast.usage')

local _M = require('apicast.policy').new('APIcast', 'builtin')

local function bearer(value)
  local key = value and value:match('^Bearer%s+(.+)$')
  if key then return key end
  local basic = value and value:match('^Basic%s+(.+)$')
  return basic and (ngx.decode_base64(basic) or ''):match('^([^:]*)')
end

local function credential(service, name)
  local where = service.credentials
  if where.location == 'query' then return ngx.var['arg_' .. where[name]] end
  if where.location == 'headers' then return ngx.var['http_' .. where[name]:gsub('-', '_')] end
  return bearer(ngx.var.http_authorization)
end

local function extract(service)
  if service.backend_version == '1' then
    local key = credential(service, 'user_key')
    return key and { user_key = key }
  end
  if service.backend_version == 'oauth' then -- the real one checks the token and takes the client's id from it
    local token = bearer(ngx.var.http_authorization)
    return token and { app_id = token:match('^%w+%.([%w_]+)%.') }
  end
  local id, key = credential(service, 'app_id'), credential(service, 'app_key')
  return id and { app_id = id, app_key = key }
end

local function client_has_gone() ngx.exit(499) end

function _M:rewrite(context)
  ngx.on_abort(client_has_gone)
  local service = context.service
  local credentials = extract(service)
  if not credentials then return errors.no_credentials(service) end
  context.credentials = credentials
  if service.backend_version == 'oauth' then context.jwt = { azp = credentials.app_id } end
  context.usage = context.usage or Usage.new()
  if ngx.var.uri ~= '/unmapped' then context.usage:add('hits', 1) end
  ngx.var.cached_key = service.id .. ':' .. (credentials.user_key or credentials.app_id)
end

local function decide(service, key, answer)
  local cache = ngx.shared.api_keys
  if answer.status == 200 then
    cache:set(key, 200)
    return true
  end
  if answer.status == 0 or answer.status >= 499 then return cache:get(key) == 200 end
  cache:delete(key)
  return false, answer.headers['3scale-rejection-reason'], answer.headers['3scale-limit-reset'],
    answer.headers['3scale-limit-max-value']
end

function _M:access(context)
  context[self] = true
  local service, usage = context.service, context.usage:encoded_format()
  if usage == '' then return errors.no_match(service) end
  local key = ngx.var.cached_key .. ':' .. usage
  if ngx.shared.api_keys:get(key) == 200 then
    ngx.var.cached_key = key
    return
  end
  ngx.var.cached_key = nil
  local answer = backend_client:new(service):authrep(context.usage:format(), context.credentials)
  local allowed, reason, reset, maximum = decide(service, key, answer)
  if allowed then return end
  if reason == 'limits_exceeded' and maximum ~= '0' then return errors.limits_exceeded(service, reset) end
  return errors.authorization_failed(service)
end

function _M:content(context)
  ngx.var.proxy_pass = context.service.api_backend -- without a path: nginx adds the request's own
  return ngx.exec('@upstream')
end

function _M:post_action(context)
  local key = ngx.var.cached_key
  if not context[self] or not key or key == '' then return end
  local answer = backend_client:new(context.service):authrep(context.usage:format(), context.credentials)
  decide(context.service, key, answer)
end

return _M
