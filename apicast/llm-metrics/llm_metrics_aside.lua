--- Calls that are made aside of the request that waits for them.
--
-- A client that leaves ends its request wherever it is. In the middle of looking up an address that keeps the worker from
-- ever looking it up again: it stays with the last one, and so do the gateway's own calls. In a timer a call runs to its
-- end, whoever has gone, and the request waits for it no longer than it should.

local pcall = pcall
local unpack = unpack
local timer_at = ngx.timer.at
local semaphore = require('ngx.semaphore')

local MOST = 500 -- calls at once in a worker; the gateway's timers are limited

local _M = {}

local under_way = 0

local function run(_, job)
  under_way = under_way + 1
  local ok, answer = pcall(job.call, unpack(job))
  under_way = under_way - 1
  job.answer = ok and answer or nil
  job.done:post()
end

--- Returns what call(...) returns, or nil if that takes longer than so many seconds or raises an error.
-- @param call no closure over what the request has on its stack, which is gone when the client is
function _M.call(seconds, call, ...)
  if ngx.get_phase() == 'timer' then return call(...) end
  if under_way >= MOST then return nil end
  local job = { done = semaphore.new(), call = call, ... }
  if not timer_at(0, run, job) then return call(...) end
  job.done:wait(seconds)
  return job.answer
end

return _M
