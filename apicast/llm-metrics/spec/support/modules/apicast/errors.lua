-- Stands in for the gateway's refusals.
local _M = {}

local function refuse(status, text)
  ngx.var.cached_key = nil
  ngx.status = status
  ngx.header.content_type = 'text/plain; charset=utf-8'
  ngx.print(text)
  return ngx.exit(ngx.status)
end

function _M.no_credentials() return refuse(401, 'Authentication parameters missing') end
function _M.authorization_failed() return refuse(403, 'Authentication failed') end
function _M.no_match() return refuse(404, 'No Mapping Rule matched') end
function _M.limits_exceeded(_, retry_after)
  if retry_after then ngx.header['Retry-After'] = retry_after end
  return refuse(429, 'Limits exceeded')
end

return _M
