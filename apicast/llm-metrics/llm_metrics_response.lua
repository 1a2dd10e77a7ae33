--- The reply's side: watches it go by and finds its usage.

local find = string.find
local lower = string.lower
local type = type
local Parser = require('llm_metrics_sse')
local Scanner = require('llm_metrics_json')
local Stripper = require('llm_metrics_strip')
local Usage = require('llm_metrics_usage')
local is_json = require('llm_metrics_request').is_json

local _M = {}

local function watch_events(watch)
  watch.events = Parser.new(Usage.wanted, function(found, scanner)
    watch.usage:take(found)
    watch.malformed = watch.malformed or scanner.error ~= nil
    watch.overflow = watch.overflow or scanner.overflow
  end)
end

--- Looks at a reply's head.
-- @param head status, content_type, content_encoding, path, strip (take the usage chunk out)
-- @return a watch to feed the body to, or nil and the reason why there is none (nil if no usage is to be expected)
function _M.watch(head)
  if head.status < 200 or head.status > 299 or head.status == 204 then return nil end
  local media = type(head.content_type) == 'string' and lower(head.content_type) or nil
  local stream = media and find(media, '^%s*text/event%-stream') ~= nil
  if media and not stream and not is_json(media) then return nil end
  local encoding = head.content_encoding
  if encoding and encoding ~= '' and lower(encoding) ~= 'identity' then return nil, 'encoding' end

  local watch = setmetatable({ usage = Usage.new(head.path), bytes = 0, typed = media ~= nil }, { __index = _M })
  if stream then
    watch_events(watch)
    if head.strip then watch.stripper = Stripper.new(watch.events) end
  else
    watch.scanner = Scanner.new(Usage.wanted)
  end
  return watch
end

--- Reads a piece of the body. Returns what to send in its stead, or nil if it passes as it is.
function _M:feed(piece)
  self.bytes = self.bytes + #piece
  if self.stripper then return self.stripper:feed(piece) end
  if self.events then self.events:feed(piece) else self.scanner:feed(piece) end
end

--- The body has ended, or will not go on. Returns what was still kept of it, or nil.
function _M:finish()
  if self.finished then return nil end
  self.finished = true
  if self.stripper then return self.stripper:finish() end
  if self.events then
    self.events:finish()
    return nil
  end
  self.usage:take(self.scanner.found)
  self.malformed = not self.scanner:complete() or self.scanner.error ~= nil
  self.overflow = self.scanner.overflow
end

--- After an error: the bytes that were kept together with those that were just fed, or nil if none are ever kept.
function _M:rescue()
  return self.stripper and self.stripper.text
end

--- True once a stream has brought its first event.
function _M:begun()
  return self.events ~= nil and (self.events.events > 0 or self.events.has_data)
end

--- Why there is no usage, in one word; nil if none was to be expected.
function _M:missing(aborted)
  if self.overflow then return 'too_large' end
  if aborted then return 'aborted' end
  if not self.typed and self.scanner.error then return nil end -- no type said it was JSON
  if self.bytes == 0 then return nil end
  return self.malformed and 'malformed' or 'no_usage'
end

return _M
