-- Stands in for the gateway's usage of a request.
local Usage = {}
Usage.__index = Usage

function Usage.new() return setmetatable({ deltas = {} }, Usage) end

function Usage:add(metric, value) self.deltas[metric] = (self.deltas[metric] or 0) + value end

function Usage:format()
  local formatted = {}
  for metric, value in pairs(self.deltas) do formatted['usage[' .. metric .. ']'] = value end
  return formatted
end

function Usage:encoded_format()
  local list = {}
  for key, value in pairs(self:format()) do list[#list + 1] = ngx.escape_uri(key) .. '=' .. value end
  table.sort(list)
  return table.concat(list, '&')
end

return Usage
