--- What a reply says of its tokens, in one form for all APIs.
--
-- Where a usage object stands: `usage` (chat, completions, embeddings, messages, audio, images, vLLM's rerank),
-- `response.usage` (events of the responses API), `message.usage` (the first event of the messages API), and where
-- others put it. What servers say outside of one is read by llm_metrics_forms. Numbers of a stream are cumulative:
-- the largest one counts, and an empty or null usage is nothing.

local find = string.find
local sub = string.sub
local ceil = math.ceil
local max = math.max
local next = next
local pairs = pairs
local tonumber = tonumber
local type = type
local cjson = require('cjson.safe')
local count = require('llm_metrics_count').number
local forms = require('llm_metrics_forms')

-- Paths of usage objects, in the order in which they are taken.
local OBJECTS = { 'message.usage', 'response.usage', 'usage', 'x_groq.usage', 'delta.usage', 'metadata.usage', 'usageMetadata' }

local _M = {
  count = count,
  --- What a Scanner looks for in a reply or in an event's data.
  wanted = forms.wanted({
    usage = 'text', model = 'text', data = 'count',
    response = { usage = 'text', model = 'text' },
    message = { usage = 'text', model = 'text' },
    x_groq = { usage = 'text' }, delta = { usage = 'text' }, metadata = { usage = 'text' }, usageMetadata = 'text',
    meta = { billed_units = 'text', tokens = 'text' },
  }),
  --- The names under which numbers can be reported.
  fields = {
    total_tokens = true, prompt_tokens = true, completion_tokens = true, cached_tokens = true,
    reasoning_tokens = true, seconds = true, images = true, search_units = true,
  },
}

local Usage = {}
Usage.__index = Usage

--- @param path the request's path: pictures are counted where they are made
-- @param said tokens of the reply's head (prompt, completion), or nil
function _M.new(path, said)
  return setmetatable({
    pictures = path and find(path, '/images/', 1, true) ~= nil,
    outside = forms.new(said),
  }, Usage)
end

local function object(text)
  local decoded = text and cjson.decode(text)
  return type(decoded) == 'table' and decoded or nil
end

-- What was said before stands unless it is outdone: numbers never fall, a null says nothing.
local function overlay(base, changes)
  local all = {}
  for key, value in pairs(base) do all[key] = value end
  for key, value in pairs(changes) do
    local before = all[key]
    if type(before) == 'number' and type(value) == 'number' then
      all[key] = before > value and before or value -- a NaN falls behind any number
    elseif type(before) == 'table' and type(value) == 'table' then
      all[key] = overlay(before, value)
    elseif value ~= cjson.null then
      all[key] = value
    end
  end
  return all
end

--- Takes what a Scanner found.
function Usage:take(found)
  for i = 1, #OBJECTS do
    local said = found[OBJECTS[i]] and object(found[OBJECTS[i]])
    if said and next(said) then self.raw = self.raw and overlay(self.raw, said) or said end
  end
  local rerank = not self.raw and (object(found['meta.tokens']) or object(found['meta.billed_units']))
  if rerank then self.raw = overlay(object(found['meta.billed_units']) or {}, rerank) end
  self.outside:take(found)
  local model = found.model or found['response.model'] or found['message.model']
  if model and sub(model, 1, 1) == '"' then
    self.model = find(model, '\\', 1, true) and (cjson.decode('[' .. model .. ']') or {})[1] or sub(model, 2, -2)
  end
  if self.pictures and found.data then self.images = found.data end
end

-- The first countable one of these; a name with a dot goes down into an object.
local function first(raw, ...)
  for i = 1, select('#', ...) do
    local group, key = select(i, ...):match('^(.-)%.(.+)$')
    local value
    if group then
      value = type(raw[group]) == 'table' and raw[group][key] or nil
    else
      value = raw[select(i, ...)]
    end
    value = count(value)
    if value then return value end
  end
end

local function prompt_tokens(raw)
  local prompt = first(raw, 'prompt_tokens', 'promptTokenCount')
  if prompt then return prompt end
  local input = first(raw, 'input_tokens', 'inputTokens', 'tokens.input_tokens')
  -- The messages API doesn't count what was read from or written to the cache among the input.
  local written = first(raw, 'cache_creation_input_tokens', 'cacheWriteInputTokens')
  local read = first(raw, 'cache_read_input_tokens', 'cacheReadInputTokens')
  if not (input or written or read) then return nil end
  return (input or 0) + (written or 0) + (read or 0)
end

local function completion_tokens(raw)
  local written = first(raw, 'completion_tokens', 'output_tokens', 'outputTokens', 'tokens.output_tokens')
  if written then return written end
  local answer, thoughts = count(raw.candidatesTokenCount), count(raw.thoughtsTokenCount)
  return (answer or thoughts) and (answer or 0) + (thoughts or 0)
end

local function seconds(raw)
  local value = raw.type == 'duration' and tonumber(raw.seconds) or nil
  return value and count(ceil(value)) -- a second begun is a second
end

-- Prompt, completion and total; a total never is less than its parts.
local function sums(raw, outside)
  local prompt = prompt_tokens(raw) or outside.prompt
  local completion = completion_tokens(raw) or outside.completion
  local total = first(raw, 'total_tokens', 'totalTokenCount', 'totalTokens')
  if total and prompt and not completion then completion = max(total - prompt, 0) end
  if prompt or completion then total = count(max(total or 0, (prompt or 0) + (completion or 0))) end
  return prompt, completion, total
end

--- The numbers under the names of `fields`, beside everything the server said under its own names; nil if it said nothing.
function Usage:numbers()
  if not self:seen() then return nil end
  local raw = self.raw or {}
  local prompt, completion, total = sums(raw, self.outside)
  local numbers = {
    prompt_tokens = prompt,
    completion_tokens = completion,
    total_tokens = total,
    cached_tokens = first(raw, 'cache_read_input_tokens', 'prompt_tokens_details.cached_tokens', 'input_tokens_details.cached_tokens',
      'cachedContentTokenCount', 'cacheReadInputTokens') or self.outside.cached,
    reasoning_tokens = first(raw, 'completion_tokens_details.reasoning_tokens', 'output_tokens_details.reasoning_tokens',
      'thoughtsTokenCount'),
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
  return self.raw ~= nil or self.images ~= nil or self.outside:seen()
end

return _M
