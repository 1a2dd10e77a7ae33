--- The request's side: what a body says, and asking a stream for its usage.
--
-- A body is never encoded anew. The few bytes that ask for the usage are spliced into the text; every other byte stays,
-- and so do key order, escapes, big integers and repeated keys.

local find = string.find
local lower = string.lower
local sub = string.sub
local type = type
local cjson = require('cjson.safe')
local Scanner = require('llm_metrics_json')
local estimate = require('llm_metrics_estimate')

local _M = {}

local BODY = estimate.add_to({ model = 'text', stream = 'text', stream_options = 'text' })
local OPTIONS = { include_usage = 'text', continuous_usage_stats = 'text' }
local LAST_WINS = { keep_null = true }

--- Reads what matters of a JSON object; nil if the text is none.
function _M.read(text)
  local scanner = Scanner.new(BODY, LAST_WINS):feed(text)
  if not scanner:complete() or scanner.trailing or not find(text, '^%s*{') then return nil end
  return scanner
end

function _M.model(scanner)
  local model = scanner.found.model and cjson.decode('[' .. scanner.found.model .. ']')
  model = model and model[1]
  return type(model) == 'string' and model or nil
end

-- Applied from the end of the text to its beginning, so that positions stay right.
local function replace(text, from, to, by)
  return sub(text, 1, from - 1) .. by .. sub(text, to + 1)
end

local function set_option(options, key, value)
  local inner = Scanner.new(OPTIONS, LAST_WINS):feed(options)
  if inner.found[key] then return replace(options, inner.from[key], inner.to[key], value) end
  local comma = find(options, '^{%s*}') and '' or ','
  return replace(options, 2, 1, '"' .. key .. '":' .. value .. comma)
end

--- The same body, asking for the usage of a stream.
-- @param continuous ask for it with every chunk too (vLLM's own option)
-- @return the new text, or nil if there is nothing to do; true if the client had asked for usage itself
function _M.ask_for_usage(text, scanner, continuous)
  local found = scanner.found
  if found.stream ~= 'true' then return nil, false end
  local options = found.stream_options
  local given = options and sub(options, 1, 1) == '{'
  if options and not given and options ~= 'null' and options ~= 'false' then return nil, false end
  local asked = given and Scanner.new(OPTIONS, LAST_WINS):feed(options).found.include_usage == 'true'
  if asked and not continuous then return nil, true end

  local wanted = given and options or '{}'
  if continuous then wanted = set_option(wanted, 'continuous_usage_stats', 'true') end
  wanted = set_option(wanted, 'include_usage', 'true')
  if wanted == options then return nil, true end
  local changed
  if options then
    changed = replace(text, scanner.from.stream_options, scanner.to.stream_options, wanted)
  else
    local behind = scanner.to.stream
    changed = replace(text, behind + 1, behind, ',"stream_options":' .. wanted)
  end
  -- The scanner reads structure only. What is no JSON all the way through is the server's to refuse, as it came.
  if not cjson.decode(text) then return nil, false end
  return changed, asked
end

--- True for the media types of JSON.
function _M.is_json(content_type)
  local media = type(content_type) == 'string' and lower(content_type):match('^%s*([^;%s]+)')
  return media ~= nil and media ~= false and (media == 'application/json' or find(media, '^application/[%w!#$&^_.%-]+%+json$') ~= nil)
end

-- APIs that say their usage unasked, and refuse or don't know the option.
local OTHER_APIS = { '/messages$', '/responses$', '/audio/', '/images/', '/responses/', '/messages/' }

--- True if a stream from this path has to be asked for its usage.
function _M.knows_stream_options(path, headers)
  if headers['anthropic-version'] then return false end
  for i = 1, #OTHER_APIS do
    if find(path, OTHER_APIS[i]) then return false end
  end
  return true
end

return _M
