-- The reference readers that spec/readers/build.sh has built: what model servers make of a body.
local mime = require('mime')

local _M = {}

local NAMES = { 'python', 'go', 'serde' }
local directory = os.getenv('READERS')

local function exists(path)
  local file = io.open(path)
  if file then file:close() end
  return file ~= nil
end

--- The readers that there are on this machine. In CI build.sh fails where one is missing.
function _M.there()
  local list = {}
  for _, name in ipairs(NAMES) do
    if directory and exists(directory .. '/' .. name) then list[#list + 1] = name end
  end
  return list
end

--- What a reader says of each body: 'true', 'false' or 'error'.
function _M.read(name, bodies)
  local path = os.tmpname()
  local file = assert(io.open(path, 'wb'))
  for _, body in ipairs(bodies) do file:write((mime.b64(body) or ''), '\n') end
  file:close()
  local pipe = assert(io.popen(directory .. '/' .. name .. ' < ' .. path))
  local verdicts = {}
  for line in pipe:lines() do verdicts[#verdicts + 1] = line end
  pipe:close()
  os.remove(path)
  assert(#verdicts == #bodies, name .. ' read ' .. #verdicts .. ' of ' .. #bodies .. ' bodies')
  return verdicts
end

return _M
