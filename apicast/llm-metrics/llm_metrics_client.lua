--- The gateway's HTTP client, for a caller who doesn't wait as long as the gateway's sockets do.
--
-- The sockets are told how long to wait, rather than the call given up from outside: a thread that ends in the middle of
-- looking up an address keeps the worker from ever looking it up again, and the gateway's own calls with it.

local type = type
local resty = require('resty.http_ng.backend.resty')

local _M = {}

--- What apicast.backend_client and resty.http_ng take as their backend.
-- @param milliseconds to wait for a connection, and for each piece of the answer
function _M.new(milliseconds)
  local seconds = milliseconds / 1000
  local waits = { connect_timeout = seconds, send_timeout = seconds, read_timeout = seconds }
  return {
    send = function(_, request)
      request.proxy_options = { upstream_connection_opts = waits } -- where the client of APIcast 2.16 looks for them
      request.upstream_connection_opts = waits                     -- and that of 2.15
      return resty:send(request)
    end,
  }
end

--- False if nothing was sent: the client sets a request's path once it has a connection.
function _M.was_sent(answer)
  return type(answer.request) ~= 'table' or answer.request.path ~= nil
end

return _M
