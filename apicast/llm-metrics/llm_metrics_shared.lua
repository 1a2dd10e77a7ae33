--- Memory that all workers of this gateway share. The gateway's configuration can't be given a dictionary of one's own, so
-- a part of one of its own is used, with keys that begin with a name that nobody else has.

local _M = {}

--- The dictionary, or nil: then each worker is on its own, nothing is reserved, and no answer is used twice.
function _M.dictionary()
  return ngx.shared.rate_limit_headers or ngx.shared.api_keys
end

--- A key for something of one application of a product.
function _M.key(what, service, kind, id)
  return 'llm-metrics/' .. what .. '/' .. service.id .. '/' .. kind .. '/' .. id
end

return _M
