--- Calls that are made aside of the request that waits for them.
--
-- A client that leaves ends its request wherever it is. In the middle of looking up an address that keeps the worker from
-- ever looking it up again: it stays with the last one, and so do the gateway's own calls. In a timer a call runs to its
-- end, whoever has gone, and the request waits for it no longer than it should.

local pcall = pcall
local timer_at = ngx.timer.at
local semaphore = require('ngx.semaphore')

local MOST = 500 -- calls at once in a worker; the gateway's timers are limited

local _M = {}

local under_way = 0

--- Makes a call and returns what it returns, or nil if that takes longer than so many seconds or the call raises an error.
function _M.call(seconds, call)
  if ngx.get_phase() == 'timer' then return call() end
  if under_way >= MOST then return nil end
  local done, answer = semaphore.new(), nil
  local ok = timer_at(0, function()
    under_way = under_way + 1
    local called, result = pcall(call)
    under_way = under_way - 1
    answer = called and result or nil
    done:post()
  end)
  if not ok then return call() end
  done:wait(seconds)
  return answer
end

return _M
