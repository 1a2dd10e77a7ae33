-- Stands in for the gateway's layered tables.
local function layered(own, below, write)
  return setmetatable({}, {
    __index = function(_, key)
      local value = own[key]
      if value == nil and below then value = below[key] end
      return value
    end,
    __newindex = write or function() error('read only') end,
  })
end

return {
  readonly = function(own, below) return layered(own or {}, below) end,
  readwrite = function(own, below) return layered(own, below, function(_, key, value) own[key] = value end) end,
}
