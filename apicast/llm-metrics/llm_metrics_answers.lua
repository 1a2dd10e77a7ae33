--- The backend's last answer about an application's limits, used again for a moment.
--
-- An answer says how much is left of the tightest limit. So much may be asked for again, until the answer is old or this
-- gateway has reported something: that leaves less, and which worker did so is told in the gateway's shared memory.

local huge = math.huge
local min = math.min
local now = ngx.now
local pairs = pairs
local lrucache = require('resty.lrucache')
local shared = require('llm_metrics_shared')

-- Seconds that a report takes at most to show in an answer: measured are 1 to 5 ms, and a clock ticks in one.
local LAG = 0.02
local LONGEST = 60 -- seconds that an answer holds at most
local SIZE = 10000 -- applications in a worker

local _M = { LAG = LAG }

local cache = lrucache.new(SIZE)

local function reported_at(service, kind, id)
  local dictionary = shared.dictionary()
  if not dictionary then return huge end
  return dictionary:get(shared.key('reported', service, kind, id)) or 0
end

--- An answer that allowed something and still holds for these needs (metric -> number), or nil.
function _M.find(service, kind, id, needs)
  local answer = cache:get(service.id .. kind .. id)
  if not answer or answer.till <= now() then return nil end
  for metric, number in pairs(needs) do
    local room = answer.room[metric]
    if not room or number > room then return nil end
  end
  if answer.asked - LAG <= reported_at(service, kind, id) then return nil end
  return answer
end

--- Keeps an answer that allowed these needs.
-- @param answer calls, maximum, reset: as llm_metrics_backend says; gets room (metric -> number), asked and till
-- @param asked when the backend was asked, or a little before
function _M.keep(service, kind, id, needs, answer, asked, seconds)
  if seconds <= 0 then return end
  seconds = min(seconds, LONGEST)
  local room = {}
  for metric, number in pairs(needs) do room[metric] = answer.calls and answer.calls * number or huge end
  answer.room, answer.asked = room, asked
  answer.till = asked + min(answer.reset or seconds, seconds)
  cache:set(service.id .. kind .. id, answer, seconds)
end

--- Notes that something was reported for an application: earlier answers hold no longer.
function _M.outdate(service, kind, id)
  local dictionary = shared.dictionary()
  if not dictionary then return end
  ngx.update_time() -- the gateway's clock may be 100 ms coarse
  dictionary:set(shared.key('reported', service, kind, id), now(), 2 * LONGEST)
end

return _M
