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
local max = math.max
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

-- What every document that says any number has in it.
local NAMES = { 'usage', 'tokens', '_count"', 'timings' }

--- The first byte from i on where a number may be said, or math.huge: most pieces of a stream need no more of a look.
function _M.named(s, i)
  local at = huge
  for k = 1, #NAMES do
    local p = find(s, NAMES[k], i, true)
    if p and p < at then at = p end
  end
  return at
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
  value = count(value)
  if value then self[name] = max(self[name] or 0, value) end
end

local function sum(a, b)
  a = count(a)
  return a and a + (count(b) or 0)
end

--- Takes what a Scanner found.
function Outside:take(found)
  if not found.usage then
    raise(self, 'prompt', found.tokens_evaluated or sum(found['timings.prompt_n'], found['timings.cache_n']))
    raise(self, 'completion', found.tokens_predicted or found['timings.predicted_n'])
  end
  raise(self, 'prompt', found.prompt_eval_count or found['details.input_length'] or found['details.prefill'])
  raise(self, 'completion', found.eval_count or found['details.generated_tokens'])
  raise(self, 'prompt', found['meta_info.prompt_tokens'] or found.num_input_tokens)
  raise(self, 'completion', found['meta_info.completion_tokens'])
  raise(self, 'cached', found['meta_info.cached_tokens'])
  -- Triton's are those of one piece: they add up.
  local more = count(found.num_output_tokens)
  if more then self.completion = count((self.completion or 0) + more) end
end

function Outside:seen()
  return self.prompt ~= nil or self.completion ~= nil
end

return _M
