--- The reply's side: watches it go by and finds its usage.

local byte = string.byte
local find = string.find
local floor = math.floor
local lower = string.lower
local match = string.match
local type = type
local Content = require('llm_metrics_content')
local Inflate = require('llm_metrics_inflate')
local Lines = require('llm_metrics_lines')
local Parser = require('llm_metrics_sse')
local Scanner = require('llm_metrics_json')
local Skim = require('llm_metrics_skim')
local Stripper = require('llm_metrics_strip')
local Usage = require('llm_metrics_usage')
local is_json = require('llm_metrics_request').is_json

local SAMPLE = 64 * 1024 -- bytes of a reply in which content is counted, of each kind of stream some hundred pieces

local _M = {}

-- The media types of documents that stand one on each line.
local LINES = { 'ndjson', 'jsonl', 'jsonlines', 'jsonstream', 'stream+json', 'json-seq', 'json-lines' }

local function is_lines(media)
  local kind = match(media, '^%s*%a+/([^;%s]+)')
  for i = 1, #LINES do
    if kind == LINES[i] or kind == 'x-' .. LINES[i] then return true end
  end
  return false
end

-- A reply of many documents: events, or lines.
local function watch_stream(watch, kind)
  watch.events = kind.new(Usage.wanted, function(found, scanner)
    watch.usage:take(found)
    watch.malformed = watch.malformed or scanner.error ~= nil
    watch.overflow = watch.overflow or scanner.overflow
  end)
end

local GZIP = { gzip = true, ['x-gzip'] = true }
local BOM = '\239\187\191'

-- A server may begin its JSON with a BOM. Returns the position behind as much of it as is in this piece.
local function behind_bom(self, piece)
  local i = 1
  while self.bom < #BOM and i <= #piece do
    self.bom = byte(piece, i) == byte(BOM, self.bom + 1) and self.bom + 1 or #BOM + 1
    if self.bom <= #BOM then i = i + 1 end
  end
  return i
end

--- Looks at a reply's head.
-- @param head status, content_type, content_encoding, path, strip (take the usage chunk out), tokens (see llm_metrics_forms),
--   bound (count pieces of content)
-- @return a watch to feed the body to, or nil and the reason why there is none (nil if no usage is to be expected)
function _M.watch(head)
  if head.status < 200 or head.status > 299 or head.status == 204 then return nil end
  local media = type(head.content_type) == 'string' and lower(head.content_type) or nil
  local stream = media and find(media, '^%s*text/event%-stream') ~= nil
  local lines = media and not stream and is_lines(media)
  local watch = setmetatable({ usage = Usage.new(head.path, head.tokens), bytes = 0, typed = media ~= nil, bom = 0 }, { __index = _M })
  if head.tokens and media and not is_json(media) then return watch end -- the head has said it all
  if media and not stream and not lines and not is_json(media) then return nil end
  local encoding = head.content_encoding
  if encoding and encoding ~= '' and lower(encoding) ~= 'identity' then
    watch.inflate = GZIP[lower(encoding)] and Inflate.new()
    if not watch.inflate and head.tokens then return watch end
    if not watch.inflate then return nil, 'encoding' end
  end

  if head.bound then watch.content, watch.passed, watch.counted = Content.new(), 0, 0 end
  if stream then
    watch_stream(watch, Parser)
    if head.strip and not watch.inflate then watch.stripper = Stripper.new(watch.events) end
    watch.skim = Skim.new(watch.events, watch.stripper)
  elseif lines then
    watch_stream(watch, Lines)
  else
    watch.scanner = Scanner.new(Usage.wanted)
  end
  return watch
end

-- Counts what brings content in the reply's beginning; what comes after it is taken to bring as much.
local function count_content(self, piece)
  self.passed = self.passed + #piece
  if self.counted >= SAMPLE then return end
  self.counted = self.passed
  self.content:feed(piece)
end

local function look(self, piece)
  if self.content then count_content(self, piece) end
  if self.skim then return self.skim:feed(piece) end
  if self.events then
    self.events:feed(piece)
  elseif self.scanner then
    self.scanner:feed(piece, self.bom < #BOM and behind_bom(self, piece) or 1)
  end
end

--- Reads a piece of the body. Returns what to send in its stead, or nil if it passes as it is.
function _M:feed(piece)
  self.bytes = self.bytes + #piece
  if not self.inflate then return look(self, piece) end
  self.inflate:feed(piece, function(inner) look(self, inner) end)
end

--- The body has ended, or will not go on. Returns what was still kept of it, or nil.
function _M:finish()
  if self.finished then return nil end
  self.finished = true
  if self.content then self.content:finish() end
  if self.skim then return self.skim:finish() end
  if self.events then
    self.events:finish()
    return nil
  end
  if not self.scanner then return nil end
  self.usage:take(self.scanner.found)
  self.malformed = not self.scanner:complete() or self.scanner.error ~= nil
  self.overflow = self.scanner.overflow
end

--- After an error: the bytes that were kept together with those that were just fed, or nil if none are ever kept.
function _M:rescue()
  return self.stripper and self.skim:rescue()
end

--- How many pieces of the reply brought content.
function _M:pieces()
  if not self.content or self.passed == 0 then return 0 end
  return floor(self.content.pieces * self.passed / self.counted)
end

--- True once a stream has brought its first event.
function _M:begun()
  return self.events ~= nil and (self.events.events > 0 or self.events.has_data)
end

--- Why there is no usage, in one word; nil if none was to be expected.
function _M:missing(aborted)
  if self.inflate and self.inflate.failed then return 'encoding' end
  if self.overflow then return 'too_large' end
  if aborted then return 'aborted' end
  if not self.typed and self.scanner and self.scanner.error then return nil end -- no type said it was JSON
  if self.bytes == 0 then return nil end
  return self.malformed and 'malformed' or 'no_usage'
end

return _M
