--- Takes the usage chunk out of a stream whose client did not ask for it.
--
-- The policy asks completion streams for their usage; the server then sends one event more, with usage and no choices,
-- which some clients trip over. That event is removed. All other bytes pass as they come; what is kept for a moment is
-- the beginning of an event that may still turn out to be the one, and no more than HOLD_LIMIT of it.

local find = string.find
local gmatch = string.gmatch
local match = string.match
local sub = string.sub
local concat = table.concat
local next = next
local type = type
local cjson = require('cjson.safe')

local HOLD_LIMIT = 64 * 1024

local Stripper = {}
Stripper.__index = Stripper

function Stripper.new(parser)
  return setmetatable({ parser = parser, held = '', removed = 0 }, Stripper)
end

local function data_of(event)
  local lines = {}
  for line in gmatch(event, '[^\r\n]+') do
    if sub(line, 1, 5) == 'data:' then lines[#lines + 1] = sub(line, 6) end
  end
  return concat(lines, '\n')
end

local function is_usage_chunk(event)
  if #event > HOLD_LIMIT or not find(event, '"usage"', 1, true) then return false end
  local chunk = cjson.decode(data_of(event))
  return type(chunk) == 'table' and type(chunk.usage) == 'table'
    and type(chunk.choices) == 'table' and next(chunk.choices) == nil
end

-- False as soon as the beginning of an event shows that it is another: a client waits for its tokens.
local function may_be_usage_chunk(beginning)
  if #beginning > HOLD_LIMIT then return false end
  if find(beginning, '"choices"%s*:%s*%[%s*[^%s%]]') then return false end
  local first = match(beginning, 'data: ?([^ \r\n])')
  return not first or first == '{'
end

Stripper.may_begin = may_be_usage_chunk

-- Keeps bytes [copied, upto) of the text and drops what lies before `resume`.
local function cut(self, upto, resume)
  self.out[#self.out + 1] = sub(self.text, self.copied, upto - 1)
  self.copied = resume
  self.changed = true
end

function Stripper:event_began(first)
  self.start = first + self.shift
  self.leaked = false
end

function Stripper:event_ended(last, scanned)
  last = last + self.shift
  local start = self.start
  self.start = nil
  if not scanned or not start or self.leaked then return end
  if is_usage_chunk(sub(self.text, start, last)) then
    cut(self, start, last + 1)
    self.removed = self.removed + 1
    self.ends_in_removed = last == #self.text
  end
end

function Stripper:late_line_feed()
  if self.begins_in_removed then cut(self, self.copied, self.copied + 1) end
end

local function result(self)
  if not self.changed then return nil end
  self.out[#self.out + 1] = sub(self.text, self.copied)
  return concat(self.out)
end

local function begin(self, piece)
  self.text = self.held .. piece
  self.shift = #self.held
  self.changed = self.shift > 0
  self.held = ''
  self.out = {}
  self.copied = 1
  self.begins_in_removed, self.ends_in_removed = self.ends_in_removed, false
end

--- Reads a piece; returns what to send in its stead, or nil if the piece may pass as it is.
function Stripper:feed(piece)
  begin(self, piece)
  self.parser:feed(piece, self)
  if self.start and not self.leaked then
    local tail = sub(self.text, self.start)
    if may_be_usage_chunk(tail) then
      cut(self, self.start, #self.text + 1)
      self.held = tail
      self.start = 1
    else
      self.leaked = true
    end
  end
  return result(self)
end

--- The end of the stream: returns the bytes that were still kept.
function Stripper:finish()
  begin(self, '')
  self.parser:finish(self, 0)
  return result(self)
end

return Stripper
