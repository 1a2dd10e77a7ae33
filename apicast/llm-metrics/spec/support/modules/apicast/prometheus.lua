-- Stands in for the gateway's metrics: kept in a shared dictionary, printed as Prometheus reads them.
local registered = {}
local values = ngx.shared.prometheus_metrics

local function series(name, labels, given)
  local pairs_ = {}
  for i, label in ipairs(labels or {}) do pairs_[i] = label .. '="' .. tostring(given[i]) .. '"' end
  return name .. (pairs_[1] and '{' .. table.concat(pairs_, ',') .. '}' or '')
end

local function register(kind, name, _, labels)
  if not values then return nil end
  if not registered[name] then
    registered[name] = {
      inc = function(_, value, given) values:incr(series(name, labels, given), value, 0) end,
      observe = function(_, value, given)
        values:incr(series(name .. '_count', labels, given), 1, 0)
        values:incr(series(name .. '_sum', labels, given), value, 0)
      end,
      kind = kind,
    }
  end
  return registered[name]
end

return setmetatable({
  collect = function()
    local lines = {}
    for _, key in ipairs(values:get_keys(0)) do lines[#lines + 1] = key .. ' ' .. values:get(key) end
    table.sort(lines)
    return table.concat(lines, '\n') .. '\n'
  end,
}, { __call = function(_, ...) return register(...) end })
