--- Tokens that are under way: kept in the gateway's shared memory from before the backend is asked until the report of
-- what they came to is in, so that those who ask meanwhile are told of them.
--
-- Who comes first is asked for with nothing beside it, the next with what the first has reserved, and so on: adding and
-- reading is one step of the dictionary, so no two requests can miss each other. What is never given back, since a worker
-- died, expires: amounts are kept by the time they were reserved in, and each such time as a whole goes once it is old.

local floor = math.floor
local now = ngx.now
local pairs = pairs
local shared = require('llm_metrics_shared')

local SPANS = 4 -- that the time of a reservation is divided into: it lasts for 4 to 5 of them

local _M = {}

local Reservation = {}
Reservation.__index = Reservation

--- Reserves amounts (metric -> number) for an application.
-- @param seconds that a reservation lasts at least
-- @return the reservation and what others have reserved (metric -> number); nil where there is no shared memory
function _M.take(service, kind, id, amounts, seconds, dictionary)
  dictionary = dictionary or shared.dictionary()
  if not dictionary then return nil end
  local span = seconds / SPANS
  local current = floor(now() / span)
  local self = setmetatable({ dictionary = dictionary, held = {}, keys = {} }, Reservation)
  local others = {}
  for metric, amount in pairs(amounts) do
    local prefix = shared.key('reserved', service, kind, id) .. '/' .. metric .. '/'
    local own = prefix .. current
    local sum = (dictionary:incr(own, amount, 0, span * (SPANS + 1)) or amount) - amount
    for before = current - SPANS, current - 1 do sum = sum + (dictionary:get(prefix .. before) or 0) end
    self.held[metric], self.keys[metric] = amount, own
    others[metric] = sum > 0 and sum or 0
  end
  return self, others
end

--- Keeps what the request has come to (metric -> number), instead of what it might have; nothing for other metrics.
function Reservation:settle(usage)
  for metric, held in pairs(self.held) do
    local amount = usage[metric] or 0
    if amount ~= held then self.dictionary:incr(self.keys[metric], amount - held) end
    self.held[metric] = amount
  end
end

--- Gives it all back.
function Reservation:release() self:settle({}) end

return _M
