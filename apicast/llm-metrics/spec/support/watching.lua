-- Feeds replies to the policy's parsers in pieces, without a gateway.
local response = require('llm_metrics_response')

local _M = {}

local FIELDS = { 'prompt_tokens', 'completion_tokens', 'total_tokens', 'cached_tokens', 'reasoning_tokens', 'seconds',
  'images', 'search_units' }

function _M.pieces(text, ...)
  local list, from = {}, 1
  for _, cut in ipairs({ ... }) do
    list[#list + 1] = text:sub(from, cut)
    from = cut + 1
  end
  list[#list + 1] = text:sub(from)
  return list
end

--- @return numbers (nil if none were found), model, the bytes that went on, the watch
function _M.watch(pieces, options)
  local watch = response.watch({ status = 200, content_type = options.type, path = options.path, strip = options.strip,
    tokens = options.tokens, content_encoding = options.encoding })
  local out = {}
  for _, piece in ipairs(pieces) do
    if piece ~= '' then out[#out + 1] = watch:feed(piece) or piece end
  end
  out[#out + 1] = watch:finish()
  local said, numbers = watch.usage:numbers(), nil
  for _, field in ipairs(FIELDS) do
    if said and said[field] then
      numbers = numbers or {}
      numbers[field] = said[field]
    end
  end
  return numbers, watch.usage.model, table.concat(out), watch
end

--- Numbers that are the same each time, from a seed that is told.
function _M.random(seed)
  local state = seed
  return function(low, high)
    state = (state * 16807) % 2147483647
    return low + state % (high - low + 1)
  end
end

return _M
