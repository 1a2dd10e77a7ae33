--- Counts the pieces of a reply that bring content: a lower bound of the tokens that were written, where nobody says.
--
-- A piece is a line of a stream (of events or of NDJSON) that holds one of the keys that text, reasoning, or the
-- arguments of a call come under, with something in it. At least one token stands in each. Lines are searched, not
-- parsed.

local find = string.find
local sub = string.sub

-- How such a key ends, and what a text begins with.
local KEYS = { 'content"', 'text"', 'delta"', 'response"', 'arguments"', 'reasoning"', 'thinking"', 'partial_json"' }
local TEXT = '^%s*:%s*"[^"]'
local LONGEST = 2048 -- bytes of a line that are kept for the next piece
local OVERLAP = 64   -- of a longer one: a key and the beginning of its text, cut in two

local Content = {}
Content.__index = Content

function Content.new()
  return setmetatable({ pieces = 0, rest = '', seen = false, last = 1 }, Content)
end

local function holds(s, key, i, j)
  while true do
    local from, to = find(s, key, i, true)
    if not from or to > j then return false end
    if find(s, TEXT, to + 1) then return true end
    i = to + 1
  end
end

-- True if the line from i to j brings something. In the responses API what isn't a delta repeats what deltas have brought.
local function brings(self, s, i, j)
  if self.last == 1 and holds(s, KEYS[1], i, j) then return true end
  local line = sub(s, i, j)
  if find(line, '"response.', 1, true) and not find(line, '.delta"', 1, true) then return false end
  for k = 1, #KEYS do
    if holds(line, KEYS[k], 1, #line) then
      self.last = k
      return true
    end
  end
  return false
end

local function line_ended(self, s, i, j)
  if self.seen or brings(self, s, i, j) then self.pieces = self.pieces + 1 end
  self.seen = false
end

--- Reads a piece of the reply.
function Content:feed(s)
  if self.rest ~= '' then s = self.rest .. s end
  local i, n = 1, #s
  while true do
    local e = find(s, '\n', i, true)
    if not e then break end
    line_ended(self, s, i, e - 1)
    i = e + 1
  end
  if n - i >= LONGEST then
    self.seen = self.seen or brings(self, s, i, n)
    i = n - OVERLAP
  end
  self.rest = sub(s, i)
end

--- The reply has ended.
function Content:finish()
  line_ended(self, self.rest, 1, #self.rest)
  self.rest = ''
end

return Content
