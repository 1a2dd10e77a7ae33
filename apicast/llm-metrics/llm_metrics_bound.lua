--- What a reply cost at the least, where its server didn't say: a client that leaves, and a server that says nothing.

local ceil = math.ceil
local find = string.find
local max = math.max
local pairs = pairs

local BYTES = 8 -- of text in a token; in most languages there are fewer

-- Paths whose replies say no tokens, for no model writes or reads any there.
local SILENT = {
  '/tokenize$', '/detokenize$', '/apply%-template$', '/count_tokens$', '/files', '/batches', '/uploads', '/models', '/fine_tuning', '/load_lora',
  '/unload_lora', '/api/show$', '/api/pull$', '/api/push$', '/api/create$', '/api/copy$', '/slots', '/props', '/health', '/sleep', '/wake_up',
}

local _M = {}

--- The tokens that a prompt has at the least.
-- @param fields what llm_metrics_body has read
function _M.prompt(fields)
  return fields.prompt_numbers + ceil(fields.prompt_bytes / BYTES)
end

--- True if a reply from this path should say what it cost.
function _M.expected(path)
  for i = 1, #SILENT do
    if find(path, SILENT[i]) then return false end
  end
  return true
end

--- Numbers of at least what is known, and how many tokens that adds to those that were said.
-- @param numbers what the server said, or nil
-- @param prompt, completion lower bounds
function _M.raise(numbers, prompt, completion)
  local said = numbers or {}
  if (said.prompt_tokens or 0) > 0 then prompt = said.prompt_tokens end -- no prompt has none
  completion = max(said.completion_tokens or 0, completion)
  local before = said.total_tokens or 0
  local total = max(before, prompt + completion)
  if total == before then return numbers, 0 end
  local raised = {}
  for key, value in pairs(said) do raised[key] = value end
  raised.prompt_tokens, raised.completion_tokens, raised.total_tokens, raised.estimated = prompt, completion, total, true
  return raised, total - before
end

return _M
