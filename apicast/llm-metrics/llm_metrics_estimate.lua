--- The most that a request lets the model write, read as model servers read it.
--
-- A request may name its cap several times, in the words of several APIs, and each server takes the one that it knows: so
-- the largest of all counts. Servers take numbers as text and as floats, and write as many answers as they are asked for.

local gsub = string.gsub
local huge = math.huge
local ipairs = ipairs
local ceil = math.ceil
local find = string.find
local max = math.max
local min = math.min
local pairs = pairs
local sub = string.sub
local tonumber = tonumber
local cjson = require('cjson.safe')

local NONE = {}
local MOST = 2 ^ 53 -- a number of Lua is exact up to here; the backend takes such an one, and no limit is larger

local _M = {
  --- What a Scanner has to look for in a request.
  wanted = {
    max_tokens = 'text', max_completion_tokens = 'text', max_output_tokens = 'text', max_tokens_to_sample = 'text',
    max_new_tokens = 'text', n_predict = 'text',                              -- SGLang, llama.cpp
    parameters = { max_new_tokens = 'text', max_tokens = 'text' },            -- TGI, Triton
    options = { num_predict = 'text' },                                       -- Ollama
    sampling_params = { max_new_tokens = 'text' },                            -- SGLang
    generationConfig = { maxOutputTokens = 'text' },                          -- Gemini
    n = 'text', best_of = 'text',
  },
}

local CAPS = {
  'max_tokens', 'max_completion_tokens', 'max_output_tokens', 'max_tokens_to_sample', 'max_new_tokens', 'n_predict',
  'parameters.max_new_tokens', 'parameters.max_tokens', 'options.num_predict', 'sampling_params.max_new_tokens',
  'generationConfig.maxOutputTokens',
}

-- A whole number of at least 1, or nil: below it a number is no cap (-1 says "without end" to some servers).
local function number(text)
  if text == 'true' then return 1 end -- as a bool is an int to Python
  if sub(text, 1, 1) == '"' then
    local decoded = cjson.decode('[' .. text .. ']')
    text = gsub(decoded and decoded[1] or '', '_', '')
  end
  if not find(text, '^%s*[+-]?%d*%.?%d*[eE]?[+-]?%d*%s*$') then return nil end -- no 0x10, no nan
  local value = tonumber((gsub(text, '^%s*%+', '')))
  if not value or value ~= value or value <= 0 then return nil end
  return value == huge and MOST or min(ceil(value), MOST)
end

-- The largest number that any occurrence of a key says, for servers differ in which of them they take.
local function largest(spans)
  local most
  for _, span in ipairs(spans or NONE) do
    local value = number(span.text)
    if value then most = max(most or 0, value) end
  end
  return most
end

--- The most tokens that the request lets the model write, from 1 to 2^53; nil if it names no cap.
-- @param fields of a request, see llm_metrics_body
function _M.cap(fields)
  local cap
  for i = 1, #CAPS do
    local value = largest(fields.spans[CAPS[i]])
    if value then cap = max(cap or 0, value) end
  end
  if not cap then return nil end
  return min(cap * max(largest(fields.spans.n) or 1, largest(fields.spans.best_of) or 1), MOST)
end

--- Adds what this looks for to what else is looked for.
function _M.add_to(wanted)
  for key, value in pairs(_M.wanted) do wanted[key] = value end
  return wanted
end

return _M
