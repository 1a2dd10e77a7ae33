--- Skims a stream of events: only those that may say a number are parsed, the others aren't looked into.
--
-- A piece of a stream mostly ends in the middle of an event. That beginning is kept as it came until the event's end is
-- there, so a parser is never left halfway, and the many pieces that no number is named in cost a search for its words.
-- Events that are longer than a piece, and line ends that are no LF, are parsed as they come.

local byte = string.byte
local find = string.find
local max = math.max
local sub = string.sub
local mentioned = require('llm_metrics_forms').mentioned

local LF = 10
local MODEL_EVENTS = 3 -- events that may say the model's name; later ones aren't asked
local LONGEST_WORD = 7 -- bytes of what numbers are named by
local DISTANCES = { 256, 4096 } -- bytes from the back that are searched for an end

local Skim = {}
Skim.__index = Skim

--- @param parser of the events
-- @param stripper that takes the usage chunk out, or nil
function Skim.new(parser, stripper)
  return setmetatable({
    parser = parser, stripper = stripper,
    between = false, -- the parser stands between two events
    carry = '',      -- the beginning of the next event
    held = false,    -- it hasn't been sent yet
    piece = '', unsent = '',
  }, Skim)
end

-- The last byte of the last place of `blank` in s, or nil. An event's end is mostly near, and a search is quicker than a
-- look at each byte.
local function last_place(s, blank)
  local at
  for k = 1, #DISTANCES do
    local from = max(#s - DISTANCES[k], 1)
    at = find(s, blank, from, true)
    if at or from == 1 then break end
  end
  local last
  while at do
    last = at
    at = find(s, blank, at + 1, true)
  end
  return last and last + #blank - 1
end

-- The last byte of the last blank line in s, or nil.
local function last_blank_line(s)
  local last = last_place(s, '\n\n')
  if last == #s or not find(s, '\r', 1, true) then return last end
  local other = last_place(s, '\n\r\n')
  return last and other and max(last, other) or last or other
end

local function mentions(self, s)
  if mentioned(s) then return true end
  local carry = self.carry
  if carry == '' then return false end
  -- The last event's beginning was searched when it came; a word may stand on both sides of the cut.
  return self.mentioned or mentioned(sub(carry, -LONGEST_WORD) .. sub(s, 1, LONGEST_WORD))
end

-- Keeps the beginning of the next event. Returns what to send, of `out` and it.
local function keep(self, out, tail)
  self.carry = tail
  self.held = self.stripper ~= nil and tail ~= '' and self.stripper.may_begin(tail)
  self.mentioned = mentioned(tail)
  if self.held then return out end
  return out .. tail
end

-- Has whole events, or all there is, parsed. Returns what to send of them.
local function parse(self, text)
  if not self.stripper then
    self.parser:feed(text)
    return text
  end
  return self.stripper:feed(text) or text
end

-- The rest of an event whose beginning has gone to the client: nothing can be taken out of it. Returns its bytes in s.
local function parse_begun(self, s)
  local _, stop = find(s, '\n\r?\n')
  if byte(self.carry, -1) == LF then
    local _, at_once = find(s, '^\r?\n')
    stop = at_once or stop
  end
  self.parser:feed(self.carry .. sub(s, 1, stop or #s))
  self.carry = ''
  return sub(s, 1, stop or #s)
end

local function slow(self, s, last)
  local sent, carry = '', self.carry
  if carry ~= '' and not self.held then
    sent = parse_begun(self, s)
    s, last = sub(s, #sent + 1), last and last - #sent
  elseif carry ~= '' then
    s, last = carry .. s, last and last + #carry
  end
  self.carry, self.held = '', false
  if not last or last < 0 or self.parser.events < MODEL_EVENTS then
    if s ~= '' then sent = sent .. parse(self, s) end
    self.between = self.parser.events >= MODEL_EVENTS and self.parser:between()
    return sent
  end
  if last > 0 then sent = sent .. parse(self, sub(s, 1, last)) end
  self.between = true
  return keep(self, sent, sub(s, last + 1))
end

local function unsent(self)
  return self.held and self.carry or self.stripper and self.stripper.held or ''
end

--- Reads a piece; returns what to send in its stead, or nil if the piece may pass as it is.
function Skim:feed(s)
  self.piece, self.unsent = s, unsent(self)
  local last = self.between and last_blank_line(s) or nil
  if last and not mentions(self, s) then
    self.parser.events = self.parser.events + 1
    local tail = sub(s, last + 1)
    local before, hold = self.held, self.stripper ~= nil and tail ~= '' and self.stripper.may_begin(tail)
    local carry = self.carry
    self.carry, self.held, self.mentioned = tail, hold, false
    if not before and not hold then return nil end
    local out = hold and sub(s, 1, last) or s
    return before and carry .. out or out
  end
  local out = slow(self, s, last or last_blank_line(s))
  if out ~= s then return out end
end

--- The end of the stream: returns the bytes that were still kept, or nil.
function Skim:finish()
  self.piece, self.unsent = '', unsent(self)
  local rest, carry, held = '', self.carry, self.held
  self.carry, self.held = '', false
  if carry ~= '' and held then
    rest = parse(self, carry)
  elseif carry ~= '' then
    self.parser:feed(carry)
  end
  if self.stripper then rest = rest .. (self.stripper:finish() or '') else self.parser:finish() end
  if rest ~= '' then return rest end
end

--- After an error: all bytes that were kept, with those that were just fed.
function Skim:rescue()
  return self.unsent .. self.piece
end

return Skim
