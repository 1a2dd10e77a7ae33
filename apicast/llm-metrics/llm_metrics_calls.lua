--- Which requests call a model: these are limited and counted, whatever their verb.
--
-- A POST does, on every path. Of other verbs it depends on the path: GET /v1/models and GET /v1/responses/ID show
-- something, while some servers take GET or PUT where others take POST.

local find = string.find
local gsub = string.gsub
local ipairs = ipairs

local _M = {}

-- Ends of paths, as patterns of Lua.
local MODEL_PATHS = {
  '/completions?', '/responses', '/messages', '/embeddings?', '/embed', '/embed_%w+', '/rerank', '/score', '/classify', '/pooling',
  '/moderations', '/generate', '/generate_stream', '/infer', '/infer_stream', '/infill', '/predict', '/invocations', '/realtime',
  '/api/chat', '/audio/%w+', '/images/%w+', ':%w+[cC]ontent', ':predict',
}

local function ends_so(path)
  path = gsub(path, '/+$', '')
  for i = 1, #MODEL_PATHS do
    if find(path, MODEL_PATHS[i] .. '$') then return true end
  end
  return false
end

--- @param patterns regular expressions of paths on which a model is called, or nil for those of the known APIs
function _M.model(method, path, patterns)
  if method == 'POST' then return true end
  if method == 'OPTIONS' then return false end -- a browser's question before it sends the request
  if not patterns then return ends_so(path) end
  for _, pattern in ipairs(patterns) do
    if ngx.re.find(path, pattern, 'jo') then return true end
  end
  return false
end

return _M
