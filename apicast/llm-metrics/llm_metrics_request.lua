--- The request's side: what a body says, and asking a stream for its usage.
--
-- A body is never encoded anew. The few bytes that ask for the usage are spliced into the text; every other byte stays,
-- and so do key order, escapes, big integers and repeated keys.

local find = string.find
local ipairs = ipairs
local lower = string.lower
local sub = string.sub
local tonumber = tonumber
local type = type
local concat = table.concat
local cjson = require('cjson.safe')
local body = require('llm_metrics_body')
local estimate = require('llm_metrics_estimate')

local _M = {}

local BODY = body.wanting(estimate.add_to({ model = 'text', stream = 'text', stream_options = 'text' }))
local OPTIONS = body.wanting({ include_usage = 'text', continuous_usage_stats = 'text' })

--- Reads what matters of a JSON object; nil and the reason if it can't be read, see llm_metrics_body.
-- @param pause called in between, or nil
function _M.read(text, pause)
  return body.read(text, BODY, pause)
end

local function decoded(text)
  local list = text and cjson.decode('[' .. text .. ']')
  return list and list[1]
end

--- The model's name, or nil.
function _M.model(fields)
  local model = decoded(fields.found.model or fields.folded.model)
  return type(model) == 'string' and model or nil
end

-- The words that pydantic takes for true.
local TRUE = { ['1'] = true, on = true, t = true, ['true'] = true, y = true, yes = true }

-- True for what servers in Python take for true, where a field is declared as a bool: words, and the number 1.
local function lax_true(text)
  if not text then return false end
  if text == 'true' then return true end
  if sub(text, 1, 1) == '"' then
    local word = decoded(text)
    return type(word) == 'string' and TRUE[lower(word)] == true
  end
  return find(text, '^[%d.eE+-]+$') ~= nil and tonumber(text) == 1
end

-- True for what servers in Go take for true: keys in letters of either case, the last one but for nulls, and nothing at
-- all where one is no bool.
local function go_true(spans)
  local result = false
  for _, span in ipairs(spans or {}) do
    if span.text == 'true' or span.text == 'false' then
      result = span.text == 'true'
    elseif span.text ~= 'null' then
      return false
    end
  end
  return result
end

local function is_true(fields, key)
  return lax_true(fields.found[key]) or go_true(fields.spans[key])
end

--- True if one of the model servers would answer this with a stream.
function _M.streams(fields)
  return is_true(fields, 'stream')
end

-- @param edits list of from, to, by, in the order of the text
local function edited(text, edits)
  local pieces, at = {}, 1
  for _, edit in ipairs(edits) do
    pieces[#pieces + 1] = sub(text, at, edit.from - 1)
    pieces[#pieces + 1] = edit.by
    at = edit.to + 1
  end
  pieces[#pieces + 1] = sub(text, at)
  return concat(pieces)
end

-- An object in which a key is true, whoever reads it: each that is there is set.
local function set_option(options, key)
  local inner = body.read(options, OPTIONS)
  local edits, exact = {}, false
  for _, span in ipairs(inner.spans[key] or {}) do
    exact = exact or span.exact
    if not lax_true(span.text) then edits[#edits + 1] = { from = span.from, to = span.to, by = 'true' } end
  end
  if not exact then
    local comma = find(options, '^{%s*}') and '' or ','
    table.insert(edits, 1, { from = 2, to = 1, by = '"' .. key .. '":true' .. comma })
  end
  return edits[1] and edited(options, edits) or options
end

local function asking(options, continuous)
  local wanted = sub(options, 1, 1) == '{' and options or '{}'
  if continuous then wanted = set_option(wanted, 'continuous_usage_stats') end
  return set_option(wanted, 'include_usage')
end

-- True if one of the servers would take these options for asking.
local function asks(span)
  local inner = sub(span.text, 1, 1) == '{' and body.read(span.text, OPTIONS)
  return inner and is_true(inner, 'include_usage') or false
end

-- True for what stands where options should: the server refuses it.
local function is_wrong(span)
  return sub(span.text, 1, 1) ~= '{' and span.text ~= 'null' and span.text ~= 'false'
end

--- The same body, asking for the usage of a stream.
-- @param continuous ask for it with every chunk too (vLLM's own option)
-- @return the new text, or nil if there is nothing to do; true if the client had asked for usage itself
function _M.ask_for_usage(text, fields, continuous)
  if not _M.streams(fields) then return nil, false end
  local edits, asked, exact = {}, false, false
  for _, span in ipairs(fields.spans.stream_options or {}) do
    if is_wrong(span) then return nil, false end
    asked, exact = asked or asks(span), exact or span.exact
    local wanted = asking(span.text, continuous)
    if wanted ~= span.text then edits[#edits + 1] = { from = span.from, to = span.to, by = wanted } end
  end
  if not exact then
    local streams = fields.spans.stream
    local behind = streams[#streams].to
    edits[#edits + 1] = { from = behind + 1, to = behind, by = ',"stream_options":' .. asking('{}', continuous) }
    table.sort(edits, function(a, b) return a.from < b.from end)
  end
  return edits[1] and edited(text, edits) or nil, asked
end

--- True for the media types of JSON.
function _M.is_json(content_type)
  local media = type(content_type) == 'string' and lower(content_type):match('^%s*([^;%s]+)')
  return media ~= nil and media ~= false and (media == 'application/json' or find(media, '^application/[%w!#$&^_.%-]+%+json$') ~= nil)
end

-- APIs that say their usage unasked, and refuse or don't know the option.
local OTHER_APIS = { '/messages$', '/responses$', '/audio/', '/images/', '/responses/', '/messages/' }

--- True if a stream from this path has to be asked for its usage. Nothing else of a request may say so: it is the client's.
function _M.knows_stream_options(path)
  if find(path, '/completions/*$') then return true end -- whatever stands before it
  for i = 1, #OTHER_APIS do
    if find(path, OTHER_APIS[i]) then return false end
  end
  return true
end

return _M
