--- What a reply says of its tokens, in one form for all APIs.
--
-- Where it stands: `usage` (chat, completions, embeddings, messages, audio, images, vLLM's rerank), `response.usage`
-- (events of the responses API), `message.usage` (the first event of the messages API), `meta.billed_units` and
-- `meta.tokens` (rerank of Cohere's kind).

local find = string.find
local sub = string.sub
local ceil = math.ceil
local floor = math.floor
local max = math.max
local pairs = pairs
local tonumber = tonumber
local type = type
local cjson = require('cjson.safe')

local LARGEST = 2 ^ 53 -- beyond it a number of Lua is no longer exact

local _M = {
  --- What a Scanner looks for in a reply or in an event's data.
  wanted = {
    usage = 'text', model = 'text', data = 'count',
    response = { usage = 'text', model = 'text' },
    message = { usage = 'text', model = 'text' },
    meta = { billed_units = 'text', tokens = 'text' },
  },
  --- The names under which numbers can be reported.
  fields = {
    total_tokens = true, prompt_tokens = true, completion_tokens = true, cached_tokens = true,
    reasoning_tokens = true, seconds = true, images = true, search_units = true,
  },
}

local Usage = {}
Usage.__index = Usage

--- @param path the request's path: pictures are counted where they are made
function _M.new(path)
  return setmetatable({ pictures = path and find(path, '/images/', 1, true) ~= nil }, Usage)
end

local function object(text)
  local decoded = text and cjson.decode(text)
  return type(decoded) == 'table' and decoded or nil
end

local function overlay(base, changes)
  local all = {}
  for key, value in pairs(base) do all[key] = value end
  for key, value in pairs(changes) do
    if value ~= cjson.null then all[key] = value end
  end
  return all
end

--- Takes what a Scanner found. Usage that comes again replaces the earlier one: the numbers are cumulative.
-- Only the messages API spreads it: its last event completes what its first one said.
function Usage:take(found)
  local opening = object(found['message.usage'])
  local whole = object(found.usage) or object(found['response.usage'])
  local rerank = object(found['meta.tokens']) or object(found['meta.billed_units'])
  if opening then
    self.opening, self.raw = opening, opening
  elseif whole and self.opening then
    self.raw = overlay(self.raw, whole)
  elseif whole then
    self.raw = whole
  elseif rerank and not self.raw then
    self.raw = overlay(object(found['meta.billed_units']) or {}, rerank)
  end
  local model = found.model or found['response.model'] or found['message.model']
  if model and sub(model, 1, 1) == '"' then
    self.model = find(model, '\\', 1, true) and (cjson.decode('[' .. model .. ']') or {})[1] or sub(model, 2, -2)
  end
  if self.pictures and found.data then self.images = found.data end
end

--- A whole number from 0 to 2^53, or nil: whatever else a server sends is no count.
local function count(value)
  value = type(value) == 'number' and value or nil
  if not value or value ~= value or value < 0 or value > LARGEST then return nil end
  return floor(value)
end
_M.count = count

local function detail(raw, ...)
  for i = 1, select('#', ...), 2 do
    local group, key = select(i, ...)
    local details = raw[group]
    local value = type(details) == 'table' and count(details[key]) or nil
    if value then return value end
  end
end

local function prompt_tokens(raw)
  local prompt = count(raw.prompt_tokens)
  if prompt then return prompt end
  local input = count(raw.input_tokens)
  -- The messages API doesn't count what was read from or written to the cache among the input.
  local written, read = count(raw.cache_creation_input_tokens), count(raw.cache_read_input_tokens)
  if not (input or written or read) then return nil end
  return (input or 0) + (written or 0) + (read or 0)
end

local function seconds(raw)
  local value = raw.type == 'duration' and tonumber(raw.seconds) or nil
  return value and count(ceil(value)) -- a second begun is a second
end

--- The numbers under the names of `fields`, beside everything the server said under its own names; nil if it said nothing.
function Usage:numbers()
  local raw = self.raw
  if not raw and not self.images then return nil end
  raw = raw or {}
  local prompt = prompt_tokens(raw)
  local completion = count(raw.completion_tokens) or count(raw.output_tokens)
  local total = count(raw.total_tokens)
  if not total and (prompt or completion) then total = (prompt or 0) + (completion or 0) end
  local numbers = {
    prompt_tokens = prompt,
    completion_tokens = completion or (total and prompt and max(total - prompt, 0)),
    total_tokens = total,
    cached_tokens = count(raw.cache_read_input_tokens)
      or detail(raw, 'prompt_tokens_details', 'cached_tokens', 'input_tokens_details', 'cached_tokens'),
    reasoning_tokens = detail(raw, 'completion_tokens_details', 'reasoning_tokens', 'output_tokens_details', 'reasoning_tokens'),
    seconds = seconds(raw),
    images = self.images,
    search_units = count(raw.search_units),
  }
  for key, value in pairs(raw) do
    if not _M.fields[key] and value ~= cjson.null then numbers[key] = value end
  end
  return numbers
end

--- True once anything was said that can be counted.
function Usage:seen()
  return self.raw ~= nil or self.images ~= nil
end

return _M
