-- Stands in for the gateway's client of the 3scale backend.
local http_ng = require('resty.http_ng')

local Client = {}
Client.__index = Client

local HEADERS = { ['3scale-Options'] = 'rejection_reason_header=1&limit_headers=1&no_body=1' }

function Client:new(service, backend)
  return setmetatable({
    endpoint = service.backend.endpoint,
    authentication = { service_id = service.id, [service.backend_authentication.type] = service.backend_authentication.value },
    http = http_ng.new({ backend = backend, options = { headers = HEADERS } }),
    oauth = service.backend_version == 'oauth' and 'oauth_' or '',
  }, Client)
end

local function url(self, path, ...)
  local arguments = { ngx.encode_args(self.authentication) }
  for _, more in ipairs({ ... }) do
    local encoded = ngx.encode_args(more)
    if encoded ~= '' then arguments[#arguments + 1] = encoded end
  end
  return self.endpoint .. path .. '?' .. table.concat(arguments, '&')
end

function Client:authrep(...) return self.http.get(url(self, '/transactions/' .. self.oauth .. 'authrep.xml', ...)) end
function Client:authorize(...) return self.http.get(url(self, '/transactions/' .. self.oauth .. 'authorize.xml', ...)) end

function Client:report(batch)
  local body, index = {}, 0
  for credential, usage in pairs(batch.reports) do
    body['transactions[' .. index .. '][' .. batch.credentials_type .. ']'] = credential
    for metric, value in pairs(usage) do body['transactions[' .. index .. '][usage][' .. metric .. ']'] = value end
    index = index + 1
  end
  return self.http.post(url(self, '/transactions.xml'), body)
end

return Client
