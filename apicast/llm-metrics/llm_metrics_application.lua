--- Who an application is, for labels.
--
-- By default no one is asked: the id is the app_id, or the beginning of a hash of the key. With a portal configured its
-- id and name are looked up once in a while, after the reply, only for credentials that were good.

local sub = string.sub
local type = type
local md5 = ngx.md5
local cjson = require('cjson.safe')
local lrucache = require('resty.lrucache')
local log = require('llm_metrics_log')
local report = require('llm_metrics_report')

local FOUND_FOR, MISSED_FOR = 300, 30 -- seconds
local SIZE = 1000

local _M = {}

-- What the portals said outlives a policy: the gateway builds a new one each time it reads its configuration, in
-- staging with every request.
local cache = lrucache.new(SIZE)

--- @param config endpoint of the admin portal, access_token; or nil
function _M.new(config)
  return setmetatable({ config = config }, { __index = _M })
end

-- Id without asking anyone.
function _M.anonymous(credentials)
  local kind, value = report.credential(credentials)
  if not kind then return { id = '' } end
  return { id = kind == 'app_id' and value or 'key-' .. sub(md5(value), 1, 12) }
end

local function fetch(config, service, kind, value)
  -- The token goes into a header: addresses end up in logs. Headers are given to the client as a whole, for the
  -- gateway's client may lose those that are given with a call.
  local http = require('resty.http_ng').new({ options = {
    headers = { authorization = 'Basic ' .. ngx.encode_base64(':' .. config.access_token) },
    ssl = { verify = require('resty.env').enabled('OPENSSL_VERIFY') or false }, -- as the gateway does for its own calls
  } })
  local query = ngx.encode_args({ service_id = service.id, [kind] = value })
  local answer = http.get(config.endpoint .. '/admin/api/applications/find.json?' .. query)
  if answer.status ~= 200 then return nil, answer.status end
  local application = (cjson.decode(answer.body) or {}).application
  if type(application) ~= 'table' then return nil, 'no application' end
  return { id = tostring(application.id), name = type(application.name) == 'string' and application.name or nil }
end

local function key_of(config, service, kind, value)
  return config.endpoint .. ' ' .. service.id .. ':' .. kind .. ':' .. value
end

--- What is known without asking anyone; nil if the portal would have to be asked.
function _M:known(service, credentials)
  local kind, value = report.credential(credentials)
  if not kind or not self.config then return _M.anonymous(credentials) end
  return cache:get(key_of(self.config, service, kind, value))
end

--- Id and name as the portal has them. Asks the portal, so it may yield.
function _M:lookup(service, credentials)
  local kind, value = report.credential(credentials)
  local known = self:known(service, credentials)
  if known then return known end
  local key = key_of(self.config, service, kind, value)
  cache:set(key, _M.anonymous(credentials), MISSED_FOR) -- those who come meanwhile don't ask as well
  local ok, application, err = pcall(fetch, self.config, service, kind, value)
  if not ok then application, err = nil, 'error' end
  if not application then
    log.say(log.WARN, 'lookup ' .. service.id, 'the admin portal does not say who an application of product ', service.id,
      ' is: ', tostring(err))
  end
  application = application or _M.anonymous(credentials)
  cache:set(key, application, err and MISSED_FOR or FOUND_FOR)
  return application
end

return _M
