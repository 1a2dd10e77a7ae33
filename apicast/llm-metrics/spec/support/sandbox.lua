-- Loads a policy as the gateway does: its own files first, but the gateway's loaded modules before them; own globals;
-- no loading of code from files, no setfenv, of debug only the traceback.
local _M = {}

local ALLOWED = [[_VERSION assert print xpcall pcall error unpack next ipairs pairs select collectgarbage newproxy
  loadstring load setmetatable getmetatable tonumber tostring type rawget rawequal rawset bit coroutine io math string
  table ngx]]

function _M.load(directory)
  local loaded, env = {}, {}
  for name in ALLOWED:gmatch('%S+') do env[name] = _G[name] end
  env.os = { clock = os.clock, date = os.date, time = os.time, getenv = os.getenv }
  env.debug = { traceback = debug.traceback }
  env._G = env
  env.package = { loaded = loaded, path = directory .. '/?.lua' }

  function env.require(name)
    local module = package.loaded[name] or loaded[name]
    if module then return module end
    local path = directory .. '/' .. name .. '.lua'
    local file = io.open(path)
    if file then
      file:close()
      local chunk = assert(loadfile(path))
      setfenv(chunk, env)
      loaded[name] = chunk(name, path) or true
    else
      loaded[name] = require(name)
    end
    return loaded[name]
  end
  return env.require('init')
end

return _M
