--- Tokens that model servers say elsewhere than in a usage object: each server's own form, under two names.
--
--   Ollama                   prompt_eval_count, eval_count, in the last line of its NDJSON
--   llama.cpp                tokens_evaluated, tokens_predicted, or timings
--   text-generation-inference  details, and the headers x-prompt-tokens, x-generated-tokens
--   text-embeddings-inference  the header x-compute-tokens
--   SGLang                   meta_info
--   Triton                   num_input_tokens, and num_output_tokens of each piece of a stream

local find = string.find
local huge = math.huge
local pairs = pairs
local count = require('llm_metrics_count').text

local _M = {}

local WANTED = {
  prompt_eval_count = 'text', eval_count = 'text',
  tokens_evaluated = 'text', tokens_predicted = 'text', timings = { prompt_n = 'text', cache_n = 'text', predicted_n = 'text' },
  details = { generated_tokens = 'text', input_length = 'text', prefill = 'count' },
  meta_info = { prompt_tokens = 'text', completion_tokens = 'text', cached_tokens = 'text' },
  num_input_tokens = 'text', num_output_tokens = 'text',
}

--- What a Scanner looks for: these beside `others`.
function _M.wanted(others)
  for key, what in pairs(WANTED) do others[key] = what end
  return others
end

-- What every document that says any number has in it, beside "usage": tokens, a count, timings. Each is looked for by
-- letters that a chat has few of, for a search stops at each byte that its first one stands for.
local NAMES = { 'kens', '_count"', 'gs"' }

-- A usage that isn't null: servers that are asked for it at the end say null until then.
local function usage(s, i)
  local p = find(s, 'usage', i, true)
  while p and find(s, '^": ?null', p + 5) do p = find(s, 'usage', p + 5, true) end
  return p or huge
end

--- The first byte from i on where a number may be said, or math.huge: most pieces of a stream need no more of a look.
-- @param places where each word was found last in this s; begin with `anew`
function _M.named(s, i, places)
  if places[0] < i then places[0] = usage(s, i) end
  local at = places[0]
  for k = 1, #NAMES do
    if places[k] < i then places[k] = find(s, NAMES[k], i, true) or huge end
    if places[k] < at then at = places[k] end
  end
  return at
end

--- True if a number may be said anywhere in s.
function _M.mentioned(s)
  if usage(s, 1) < huge then return true end
  for k = 1, #NAMES do
    if find(s, NAMES[k], 1, true) then return true end
  end
  return false
end

--- Places for a new s.
function _M.anew(places)
  for k = 0, #NAMES do places[k] = 0 end
  return places
end

--- Tokens in a reply's head, or nil.
-- @param header gives a header's value by its name
function _M.of_head(header)
  local prompt = count(header['x-compute-tokens'] or header['x-prompt-tokens'])
  local completion = count(header['x-generated-tokens'])
  return (prompt or completion) and { prompt = prompt, completion = completion } or nil
end

local Outside = {}
Outside.__index = Outside

--- @param said what `of_head` found
function _M.new(said)
  return setmetatable({ prompt = said and said.prompt, completion = said and said.completion }, Outside)
end

local function raise(self, name, value)
  value = value and count(value)
  if value and value > (self[name] or -1) then self[name] = value end
end

-- llama.cpp's timings leave out of the prompt what came from a cache. Where there is a usage object, it knows better.
local function take_timings(self, found)
  if found.usage or not found['timings.predicted_n'] then return end
  local read, cached = count(found['timings.prompt_n'] or ''), count(found['timings.cache_n'] or '')
  if read then raise(self, 'prompt', read + (cached or 0)) end
  raise(self, 'completion', found['timings.predicted_n'])
end

--- Takes what a Scanner found.
function Outside:take(found)
  raise(self, 'prompt', found.prompt_eval_count or found.tokens_evaluated or found['details.input_length'] or found['details.prefill']
    or found['meta_info.prompt_tokens'] or found.num_input_tokens)
  raise(self, 'completion', found.eval_count or found.tokens_predicted or found['details.generated_tokens']
    or found['meta_info.completion_tokens'])
  raise(self, 'cached', found['meta_info.cached_tokens'])
  if not found.tokens_evaluated then take_timings(self, found) end
  -- Triton's are those of one piece: they add up.
  local more = found.num_output_tokens and count(found.num_output_tokens)
  if more then self.completion = count((self.completion or 0) + more) end
end

function Outside:seen()
  return self.prompt ~= nil or self.completion ~= nil
end

return _M
