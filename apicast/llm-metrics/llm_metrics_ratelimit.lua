--- Headers that tell a client what is left of a limit: OpenAI's, and on paths of the messages API Anthropic's.

local date = os.date
local floor = math.floor
local format = string.format
local max = math.max
local time = ngx.time
local is_messages = require('llm_metrics_refusal').is_messages

local _M = {}

-- "1h0m30s", as OpenAI writes times to wait.
local function duration(seconds)
  local text = ''
  if seconds >= 3600 then text = format('%dh', floor(seconds / 3600)) end
  if seconds >= 60 then text = text .. format('%dm', floor(seconds % 3600 / 60)) end
  return text .. format('%ds', seconds % 60)
end
_M.duration = duration

--- The headers, name -> value.
-- @param left of the tightest limit: maximum; remaining; reset in seconds, or nil where it never ends
function _M.headers(path, left)
  local headers, prefix = {}, 'x-ratelimit-%s-tokens'
  local reset = left.reset and duration(left.reset)
  if is_messages(path) then
    prefix = 'anthropic-ratelimit-tokens-%s'
    reset = left.reset and date('!%Y-%m-%dT%H:%M:%SZ', time() + left.reset)
  end
  headers[format(prefix, 'limit')] = left.maximum and format('%.0f', left.maximum)
  headers[format(prefix, 'remaining')] = format('%.0f', max(left.remaining or 0, 0))
  headers[format(prefix, 'reset')] = reset
  return headers
end

return _M
