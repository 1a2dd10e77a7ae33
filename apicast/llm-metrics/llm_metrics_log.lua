--- The error log, without floods: one line a minute for each cause, with the number of those left out.
--
-- The gateway swallows a policy's errors without a word, so everything that goes wrong here has to be said here.
-- Messages never hold credentials, tokens or bodies.

local now = ngx.now
local log = ngx.log
local concat = table.concat

local INTERVAL = 60 -- seconds
local CAUSES = 1000 -- causes remembered at once

local _M = { ERR = ngx.ERR, WARN = ngx.WARN }

local seen, causes = {}, 0

--- Logs a message unless its cause was logged within the last minute.
-- @param cause what counts as the same; the message may differ
function _M.say(level, cause, ...)
  local last = seen[cause]
  local time = now()
  if last and time - last.time < INTERVAL then
    last.omitted = last.omitted + 1
    return
  end
  if not last then
    if causes >= CAUSES then seen, causes = {}, 0 end
    causes = causes + 1
  end
  local omitted = last and last.omitted > 0 and ' (' .. last.omitted .. ' more since)' or ''
  seen[cause] = { time = time, omitted = 0 }
  log(level, 'llm-metrics: ', concat({ ... }), omitted)
end

return _M
