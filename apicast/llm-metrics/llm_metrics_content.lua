--- Counts the pieces of a reply that bring content: a lower bound of the tokens that were written, where nobody says.
--
-- A piece is a line of a stream (of events or of NDJSON) that holds one of the keys that text, reasoning, or the
-- arguments of a call come under, with something in it. At least one token stands in each. Lines are searched, not
-- parsed.

local find = string.find
local huge = math.huge
local sub = string.sub

-- How such a key ends, and what a text begins with.
local KEYS = { 'content"', 'text"', 'delta"', 'response"', 'arguments"', 'reasoning"', 'thinking"', 'partial_json"' }
local TEXT = '^%s?:%s?"[^"]'
-- In the responses API what isn't a delta repeats what deltas have brought.
local RESPONSES, DELTA = #KEYS + 1, #KEYS + 2
local WORDS = { '"response.', '.delta"' }
for k = #KEYS, 1, -1 do table.insert(WORDS, 1, KEYS[k]) end

local SHORTEST = 10  -- bytes of a line that brings something
local LONGEST = 2048 -- bytes of a line that are kept for the next piece
local OVERLAP = 64   -- of a longer one: a key and the beginning of its text, cut in two

local Content = {}
Content.__index = Content

function Content.new()
  return setmetatable({ pieces = 0, rest = '', seen = false, next = {} }, Content)
end

-- The first place from i on of a word, or math.huge. It is kept, so that a piece is searched once and not for each line.
local function next_of(self, s, word, i)
  local at = self.next[word]
  if not at or at < i then
    at = find(s, WORDS[word], i, true) or huge
    self.next[word] = at
  end
  return at
end

local function holds(self, s, key, i, j)
  local at = next_of(self, s, key, i)
  while at <= j do
    local behind = at + #WORDS[key]
    if find(s, TEXT, behind) then return true end
    at = next_of(self, s, key, behind)
  end
  return false
end

-- True if the line from i to j brings something.
local function brings(self, s, i, j)
  if j - i + 1 < SHORTEST then return false end
  if next_of(self, s, RESPONSES, i) <= j and next_of(self, s, DELTA, i) > j then return false end
  for key = 1, #KEYS do
    if holds(self, s, key, i, j) then return true end
  end
  return false
end

local function line_ended(self, s, i, j)
  if self.seen or brings(self, s, i, j) then self.pieces = self.pieces + 1 end
  self.seen = false
end

local function forget(self)
  local places = self.next
  for word = 1, #WORDS do places[word] = nil end
end

--- Reads a piece of the reply.
function Content:feed(s)
  if self.rest ~= '' then s = self.rest .. s end
  forget(self)
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
  forget(self)
  line_ended(self, self.rest, 1, #self.rest)
  self.rest = ''
end

return Content
