-- Stands in for the gateway's base of policies.
local _M = {}

function _M.new(name, version)
  local policy = { _NAME = name, _VERSION = version }
  local metatable = { __index = policy }
  function policy.new() return setmetatable({}, metatable) end
  for _, phase in ipairs({ 'init', 'init_worker', 'rewrite', 'access', 'content', 'balancer', 'header_filter',
    'body_filter', 'post_action', 'log', 'metrics' }) do
    policy[phase] = function() end
  end
  return policy, metatable
end

return _M
