--- Parser of server-sent events, for streams that arrive cut anywhere.
--
-- Follows the format's own rules: lines end in LF, CRLF or CR, a BOM may come first, comments and unknown fields are
-- passed over, the data lines of one event are one document. It differs in one thing: an event that the end of the
-- stream cuts off still counts, for it was paid for.
--
-- Nothing is collected: data bytes go straight into a Scanner. Events that are whole in the piece at hand and don't name
-- any usage cost no more than a search for its words.

local byte = string.byte
local find = string.find
local sub = string.sub
local huge = math.huge
local Scanner = require('llm_metrics_json')
local forms = require('llm_metrics_forms')

local LF, CR, COLON, SPACE = 10, 13, 58, 32
local BOM = '\239\187\191'
local NAME_LIMIT = 5     -- "data" and one more byte, which tells that it is another name
local MODEL_EVENTS = 3   -- events that may say the model's name; later ones aren't asked

local Parser = {}
Parser.__index = Parser

local line_start, field_name, value_start, data, skipped

--- @param wanted what each event's data is searched for, see Scanner
-- @param on_data called with (found, scanner) after each event that had data
function Parser.new(wanted, on_data)
  return setmetatable({
    scanner = Scanner.new(wanted),
    on_data = on_data,
    state = line_start,
    bom = 0,
    events = 0,        -- events with data so far
    has_data = false,  -- the event at hand has a data line
    scanned = false,   -- the scanner was given some of it
    open = false,      -- the event at hand has a line that is no comment
    places = {},       -- of the words that name usage, in this piece
    skip_lf = false,   -- the last piece ended in a CR: its LF may follow
  }, Parser)
end

local function event_ended(self, last)
  if self.has_data then
    self.events = self.events + 1
    if self.scanned then
      self.on_data(self.scanner.found, self.scanner)
      self.scanner:reset()
    end
  end
  if self.sink and self.open then self.sink:event_ended(last, self.scanned) end
  self.has_data, self.scanned, self.open = false, false, false
end

local function scan(self, s, i, j)
  if j < i then return end
  self.scanned = true
  self.scanner:feed(s, i, j)
end

-- The positions of the next LF and CR are kept: most pieces have no CR at all.
local function next_end(self, s, i)
  if self.next_lf < i then self.next_lf = find(s, '\n', i, true) or huge end
  if self.next_cr < i then self.next_cr = find(s, '\r', i, true) or huge end
  return self.next_lf < self.next_cr and self.next_lf or self.next_cr
end

-- The position behind the line's end at e, which a CR shares with the LF that follows it.
local function behind(self, s, e, n)
  if byte(s, e) == CR then
    if e == n then
      self.skip_lf = true
    elseif byte(s, e + 1) == LF then
      return e + 2
    end
  end
  return e + 1
end

-- The last byte of the last blank line (LF or CRLF) in s from i to j, or nil.
local function last_blank_line(s, i, j)
  for k = j, i + 1, -1 do
    if byte(s, k) == LF then
      local before = byte(s, k - 1)
      if before == LF or (before == CR and k - 2 >= i and byte(s, k - 2) == LF) then return k end
    end
  end
end

-- Passes all events that end in this piece before any usage is named. Returns the position behind them, or nil.
local function pass_events(self, s, i, n)
  if self.has_data or self.events < MODEL_EVENTS then return end
  if self.next_usage < i then self.next_usage = forms.named(s, i, self.places) end
  local last = last_blank_line(s, i, self.next_usage < n and self.next_usage or n)
  if not last then return end
  self.has_data = true
  event_ended(self, last)
  return last + 1
end

function line_start(self, s, i, n)
  local c = byte(s, i)
  if c == LF or c == CR then
    local p = behind(self, s, i, n)
    event_ended(self, p - 1)
    return p
  end
  if c == COLON then
    self.state = skipped
    return i + 1
  end
  if not self.open then
    self.open = true
    if self.sink then self.sink:event_began(i) end
  end
  if sub(s, i, i + 4) == 'data:' then
    local p = pass_events(self, s, i, n)
    if p then return p end
    self.name = 'data'
    self.state = value_start
    return i + 5
  end
  self.name = ''
  self.state = field_name
  return i
end

function field_name(self, s, i, n)
  local e = next_end(self, s, i)
  local c = find(s, ':', i, true) or huge
  local last = (c < e and c or e) - 1
  if last > n then last = n end
  if #self.name < NAME_LIMIT then self.name = self.name .. sub(s, i, last < i + NAME_LIMIT and last or i + NAME_LIMIT) end
  if c < e then
    self.state = value_start
    return c + 1
  elseif e > n then
    return n + 1
  end
  self.has_data = self.has_data or self.name == 'data' -- a name alone has the empty value
  self.state = line_start
  return behind(self, s, e, n)
end

function value_start(self, s, i)
  if self.name ~= 'data' then
    self.state = skipped
    return i
  end
  if self.has_data then scan(self, '\n', 1, 1) end -- what joins the data lines of an event
  self.has_data = true
  self.state = data
  return byte(s, i) == SPACE and i + 1 or i
end

function data(self, s, i, n)
  local e = next_end(self, s, i)
  if e > n then
    scan(self, s, i, n)
    return n + 1
  end
  scan(self, s, i, e - 1)
  self.state = line_start
  return behind(self, s, e, n)
end

function skipped(self, s, i, n)
  local e = next_end(self, s, i)
  if e > n then return n + 1 end
  self.state = line_start
  return behind(self, s, e, n)
end

local function behind_bom(self, s, i, n)
  while self.bom < #BOM and i <= n do
    if byte(s, i) ~= byte(BOM, self.bom + 1) then
      self.bom = #BOM
      return i
    end
    self.bom = self.bom + 1
    i = i + 1
  end
  return i
end

--- Reads one piece. The sink, if there is one, is told where events begin and end in it:
-- event_began(first), event_ended(last, false if it can't hold usage), and late_line_feed() when the piece begins with the second half of an end.
function Parser:feed(s, sink)
  local i, n = 1, #s
  if n == 0 then return end
  self.sink = sink
  self.next_lf, self.next_cr, self.next_usage = 0, 0, 0
  forms.anew(self.places)
  if self.skip_lf then
    self.skip_lf = false
    if byte(s, 1) == LF then
      i = 2
      if sink then sink:late_line_feed() end
    end
  end
  if self.bom < #BOM then i = behind_bom(self, s, i, n) end
  while i <= n do i = self:state(s, i, n) end
end

--- True between two events: nothing of the next one has been read.
function Parser:between()
  return self.state == line_start and not self.open and not self.has_data and not self.skip_lf
end

--- The stream has ended: what is left of an event counts. A sink is told of its end at `last`.
function Parser:finish(sink, last)
  self.sink = sink
  event_ended(self, last or 0)
end

return Parser
