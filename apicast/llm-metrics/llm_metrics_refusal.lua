--- Answers that end a request before the model is called, in the form of the API that it was made to, so that its
-- clients read them as they do the model server's own.

local find = string.find
local pairs = pairs
local tostring = tostring
local cjson = require('cjson.safe')

-- What the messages API calls an error of this status.
local OF_MESSAGES = {
  [400] = 'invalid_request_error', [413] = 'request_too_large', [415] = 'invalid_request_error', [429] = 'rate_limit_error',
}

local _M = {}

--- True for paths of the messages API, which has forms and headers of its own.
function _M.is_messages(path)
  return find(path, '/messages$') ~= nil or find(path, '/messages/[%w_/%-]+$') ~= nil
end

--- The body of an error.
-- @param problem message; type and code, as OpenAI's API has them
function _M.body(path, status, problem)
  if _M.is_messages(path) then
    return cjson.encode({
      type = 'error', error = { type = OF_MESSAGES[status] or 'api_error', message = problem.message },
    })
  end
  return cjson.encode({
    error = { message = problem.message, type = problem.type, param = cjson.null, code = problem.code or cjson.null },
  })
end

--- Ends the request.
-- @param headers name -> value, or nil
function _M.send(status, problem, headers)
  local body = _M.body(ngx.var.uri, status, problem)
  ngx.var.cached_key = nil -- as the gateway's own refusals do: nothing is authorized afterwards
  ngx.status = status
  for name, value in pairs(headers or {}) do ngx.header[name] = tostring(value) end
  ngx.header.content_type = 'application/json'
  ngx.header.content_length = #body
  ngx.print(body)
  return ngx.exit(status)
end

return _M
