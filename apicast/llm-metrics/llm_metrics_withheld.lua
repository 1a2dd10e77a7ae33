--- A reply that is kept from the client: it can't be looked into, and limits are enforced on what it may hold.

local refusal = require('llm_metrics_refusal')

local _M = {}

local PROBLEM = {
  message = 'The model server compressed its reply in a way that can not be looked into', type = 'server_error', code = 'unreadable_reply',
}

--- Puts an error in the place of the reply's head, and returns the body that belongs to it.
function _M.head()
  local body, headers = refusal.body(ngx.var.uri, 502, PROBLEM), ngx.header
  ngx.status = 502
  headers.content_encoding, headers.etag, headers.content_md5, headers.content_range = nil, nil, nil, nil
  headers.content_type, headers.content_length = 'application/json', #body
  return body
end

--- The same for a piece of its body: the first one becomes the error, the others nothing.
function _M.piece(state)
  ngx.arg[1] = state.withheld
  state.withheld = ''
  if ngx.arg[2] then state.complete = true end
end

return _M
