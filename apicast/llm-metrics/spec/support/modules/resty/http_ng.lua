-- Stands in for the gateway's HTTP client: builds requests and has them sent.
local _M = {}

function _M.new(client)
  local headers = client.options.headers
  local backend = client.backend or require('resty.http_ng.backend.resty')
  return {
    get = function(url) return backend:send({ method = 'GET', url = url, headers = headers }) end,
    post = function(url, body)
      local text = type(body) == 'table' and ngx.encode_args(body) or body
      return backend:send({ method = 'POST', url = url, body = text, headers = headers })
    end,
  }
end

return _M
