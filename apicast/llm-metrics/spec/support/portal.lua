-- A stand-in of the admin portal's search for an application.
local cjson = require('cjson')

local _M = {}

local calls = {}

function _M.find()
  calls[#calls + 1] = { uri = ngx.var.request_uri, authorization = ngx.var.http_authorization }
  local key = ngx.var.arg_user_key
  if key ~= 'key-one' then
    ngx.status = 404
    return ngx.say('{}')
  end
  ngx.header.content_type = 'application/json'
  local body = cjson.encode({ application = { id = 41, name = 'Chat of one' } })
  ngx.header.content_length = #body
  ngx.print(body)
end

function _M.show()
  ngx.say(cjson.encode(calls))
end

return _M
