--- A number that may be counted, and nothing else.
--
-- The 3scale backend refuses a report for one value that isn't made of plain digits, with the good ones in it, and
-- fails over one beyond 2^63. So whatever is counted is a whole number from 0 to 2^53, up to which Lua's are exact.

local find = string.find
local floor = math.floor
local tonumber = tonumber
local type = type

local LARGEST = 2 ^ 53

local _M = {}

--- The number, without its fraction; nil for whatever else a server, a client or a rule may give.
function _M.number(value)
  if type(value) ~= 'number' or value ~= value or value < 0 or value > LARGEST then return nil end
  return floor(value)
end

--- The same for a number's text: Lua alone would read hexadecimal ones, signs and infinity too.
function _M.text(text)
  if type(text) == 'number' then return _M.number(text) end
  if type(text) ~= 'string' or not find(text, '^%d+%.?%d*[eE]?[+-]?%d*$') then return nil end
  return _M.number(tonumber(text))
end

return _M
