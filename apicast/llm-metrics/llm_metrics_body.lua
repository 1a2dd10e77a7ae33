--- Reads what matters of a request's body, as leniently as any model server does.
--
-- A reader that is stricter than the server behind it lets requests pass unseen. So this one takes whatever one of
-- Python's json, Go's encoding/json and Rust's serde takes: a BOM, NaN and Infinity, lone surrogates, invalid UTF-8, any
-- depth, repeated keys, and keys in other letters, which Go takes for the same. It looks at structure, which has to be
-- whole, and skips what stands in strings.
--
-- There is no recursion, and a step takes a bounded time: a caller may pause in between.

local byte = string.byte
local find = string.find
local gsub = string.gsub
local lower = string.lower
local match = string.match
local pairs = pairs
local sub = string.sub
local type = type
local cjson = require('cjson.safe')

local TAB, LF, CR, SPACE, QUOTE, PLUS, COMMA, MINUS, DOT, ZERO, NINE, COLON, BACKSLASH = 9, 10, 13, 32, 34, 43, 44, 45, 46, 48, 57, 58, 92
local OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET = 123, 125, 91, 93
local SMALL_E, BIG_E, BIG_I = 101, 69, 73
local BOM = '\239\187\191'

local LITERALS = { 'true', 'false', 'null', 'NaN', 'Infinity', '-Infinity' }

local SLICE = 1000         -- steps between two looks at the clock
local RUN = 1024           -- bytes of white space or of one number that are passed in one step
local KEYS = 100000        -- a body with more isn't read: no server's request has as many
local LONGEST_KEY = 256    -- bytes; longer than any that is wanted, each letter escaped
local LONGEST_WORD = 256   -- bytes; what goes on longer without a blank is no text

local _M = {}

-- Members whose text is the prompt.
local PROMPTS = {
  messages = true, prompt = true, input = true, inputs = true, system = true, instructions = true, query = true,
  documents = true, texts = true, text = true, text_input = true, contents = true, suffix = true, tools = true,
}

-- A key as Go compares it: letters of either case, the long s and the Kelvin sign are the same.
local function folded(raw)
  if find(raw, '\\', 1, true) then
    local decoded = cjson.decode('["' .. raw .. '"]')
    if not decoded then return nil end
    raw = decoded[1]
  end
  local plain = lower(raw)
  if find(plain, '[\128-\255]') then plain = gsub(gsub(plain, '\197\191', 's'), '\226\132\170', 'k') end
  return plain, raw
end

-- The last byte of a literal that begins at i, or nil.
local function literal(s, i)
  for k = 1, #LITERALS do
    local text = LITERALS[k]
    if sub(s, i, i + #text - 1) == text then return i + #text - 1 end
  end
end

-- Looks for a string's end from `from` on. Returns the closing quote's position, or nil and
-- where to go on looking, or nothing if there is none.
local function string_end(s, from)
  for _ = 1, SLICE do
    local p = find(s, '"', from, true)
    if not p then return nil end
    local b = p - 1
    while byte(s, b) == BACKSLASH do b = b - 1 end
    if (p - 1 - b) % 2 == 0 then return p end
    from = p + 1
  end
  return nil, from
end

-- In which of two encodings that aren't UTF-8 a text is that Python would read, by its first bytes.
local function other_charset(s)
  local a, b, c, d = byte(s, 1, 4)
  if (a == 255 and b == 254) or (a == 254 and b == 255) or (a == 0 and b == 0 and c == 254 and d == 255) then return true end
  if not b then return false end
  -- Without a mark its first letter would have to be one that a document begins with.
  local first = (a == 0 and b == 0 and c == 0 and d) or (a == 0 and b) or (b == 0 and a)
  return first and first ~= 0 and find(string.char(first), '[%s{%[]') ~= nil
end

local Reader = {}
Reader.__index = Reader

-- The steps: each reads from byte i on and returns where to go on, or nil and why the text can't be read.
local root, value, first_value, key, first_key, colon, after, in_string, in_number

-- The first byte from i on that is no white space; after a long run of it, nothing and where the next step goes on.
local function solid(s, i)
  local stop, c = i + RUN, byte(s, i)
  while c == SPACE or c == LF or c == CR or c == TAB do
    i = i + 1
    if i == stop then return nil, i end
    c = byte(s, i)
  end
  return i, c
end

-- Notes the key of an object that is searched.
local function named(self, raw)
  local depth = self.depth
  local plain, exact = folded(raw)
  if depth == 1 then self.in_prompt = plain ~= nil and PROMPTS[plain] == true end
  local node = self.nodes[depth]
  local name = node and plain and self.real[node][plain]
  self.name[depth] = name
  self.exact[depth] = exact == name
end

local function path_of(self, depth)
  local parent, name = self.paths[depth], self.name[depth]
  return parent and parent .. '.' .. name or name
end

-- A value that was looked for has ended.
local function found(self, depth)
  local path, from, to = path_of(self, depth), self.from[depth], self.ended
  local text, exact = sub(self.text, from, to), self.exact[depth]
  self.spans[path] = self.spans[path] or {}
  self.spans[path][#self.spans[path] + 1] = { from = from, to = to, exact = exact, text = text }
  if exact then self.found[path] = text end
  if text ~= 'null' then self.folded[path] = text end -- to Go a null says nothing
end

-- Counts what a prompt is made of, without pictures, which come as one long word.
local function prompt_text(self, from, to)
  local length = to - from + 1
  if length > LONGEST_WORD then
    local beginning = sub(self.text, from, from + LONGEST_WORD)
    if not find(beginning, '[ \\]') or find(beginning, '^data:') then return end
  end
  self.prompt_bytes = self.prompt_bytes + length
end

local function enter(self, is_object, node, path)
  local depth = self.depth + 1
  self.depth, self.objects[depth] = depth, is_object
  self.nodes[depth], self.paths[depth], self.name[depth] = node, path, nil
end

local function leave(self, i)
  self.depth = self.depth - 1
  self.ended = i
  self.state = after
  return i + 1
end

local function in_text(self, i, then_)
  self.started, self.behind_string = i, then_
  self.state = in_string
  return i + 1
end

function value(self, s, i)
  local at, c = solid(s, i)
  if not at then return c end
  local depth = self.depth
  local name = depth > 0 and self.objects[depth] and self.name[depth]
  if name then self.from[depth] = at end
  if c == QUOTE then return in_text(self, at, after) end
  if c == OPEN_BRACE then
    local node = name and self.nodes[depth][name]
    if type(node) ~= 'table' then node = depth == 0 and self.wanted or nil end
    enter(self, true, node, node and depth > 0 and path_of(self, depth) or nil)
    self.state = first_key
    return at + 1
  elseif c == OPEN_BRACKET then
    enter(self, false)
    self.state = first_value
    return at + 1
  elseif c and ((c >= ZERO and c <= NINE) or (c == MINUS and byte(s, at + 1) ~= BIG_I)) then
    if self.in_prompt then self.prompt_numbers = self.prompt_numbers + 1 end
    self.started, self.digits = at, c ~= MINUS
    self.state = in_number
    return at + 1
  end
  self.ended = literal(s, at)
  if not self.ended then return nil, 'malformed' end
  self.state = after
  return self.ended + 1
end

-- True if another document than an object may begin here.
local function is_document(s, i, c)
  return c == OPEN_BRACKET or c == QUOTE or c == MINUS or (c >= ZERO and c <= NINE) or literal(s, i) ~= nil
end

function root(self, s, i)
  local at, c = solid(s, i)
  if not at then return c end
  if not c then return nil, 'empty' end
  if c ~= OPEN_BRACE then return nil, is_document(s, at, c) and 'not_an_object' or 'malformed' end
  return value(self, s, at)
end

function first_value(self, s, i)
  local at, c = solid(s, i)
  if not at then return c end
  if c == CLOSE_BRACKET then return leave(self, at) end
  return value(self, s, at)
end

function key(self, s, i)
  local at, c = solid(s, i)
  if not at then return c end
  if c ~= QUOTE then return nil, 'malformed' end
  self.keys = self.keys + 1
  if self.keys > KEYS then return nil, 'too_complex' end
  return in_text(self, at, colon)
end

function first_key(self, s, i)
  local at, c = solid(s, i)
  if not at then return c end
  if c == CLOSE_BRACE then return leave(self, at) end
  return key(self, s, at)
end

function colon(self, s, i)
  local at, c = solid(s, i)
  if not at then return c end
  if c ~= COLON then return nil, 'malformed' end
  self.state = value
  return at + 1
end

function after(self, s, i)
  local at, c = solid(s, i)
  if not at then return c end
  local depth = self.depth
  if depth == 0 then
    if c then return nil, 'malformed' end
    self.state = nil
    return at
  end
  local is_object, name = self.objects[depth], self.name[depth]
  if name and self.nodes[depth][name] == 'text' then found(self, depth) end
  self.name[depth] = nil
  if c == COMMA then
    self.state = is_object and key or value
    return at + 1
  elseif c == (is_object and CLOSE_BRACE or CLOSE_BRACKET) then
    return leave(self, at)
  end
  return nil, 'malformed'
end

function in_string(self, s, i)
  local p, from = string_end(s, i)
  if not p then
    if not from then return nil, 'malformed' end
    self.tired = true
    return from
  end
  local depth = self.depth
  if self.behind_string == colon then
    if self.nodes[depth] and p - self.started <= LONGEST_KEY then
      named(self, sub(s, self.started + 1, p - 1))
    elseif depth == 1 then
      self.in_prompt = false
    end
  elseif self.in_prompt then
    prompt_text(self, self.started + 1, p - 1)
  end
  self.ended = p
  self.state = self.behind_string
  return p + 1
end

-- True for a number that isn't made of digits alone, from i to the last byte.
local function is_number(s, i, last)
  local behind = match(s, '^-?0()', i) or match(s, '^-?[1-9]%d*()', i)
  behind = behind and match(s, '^%.%d+()', behind) or behind
  behind = behind and match(s, '^[eE][+-]?%d+()', behind) or behind
  return behind == last + 1
end

function in_number(self, s, i)
  local stop, c = i + RUN, byte(s, i)
  while i < stop and c do
    if c < ZERO or c > NINE then
      if c ~= DOT and c ~= SMALL_E and c ~= BIG_E and c ~= MINUS and c ~= PLUS then break end
      self.digits = false
    end
    i = i + 1
    c = byte(s, i)
  end
  if i == stop then return i end
  local plain = self.digits and (byte(s, self.started) ~= ZERO or i - self.started == 1)
  if not plain and not is_number(s, self.started, i - 1) then return nil, 'malformed' end
  self.ended = i - 1
  self.state = after
  return i
end

-- Reads the whole text. Returns true, or nil and why it can't be read.
local function walk(self, pause)
  local s, i, steps, reason = self.text, self.at, 0, nil
  while self.state do
    i, reason = self:state(s, i)
    if not i then return nil, reason end
    steps = steps + 1
    if steps >= SLICE or self.tired then
      steps, self.tired = 0, false
      if pause and not pause() then return nil, 'too_complex' end
    end
  end
  return true
end

-- folded name -> name, for a tree of wanted keys and the trees in it.
local function real_names(tree, all)
  local names = {}
  for key, inner in pairs(tree) do
    names[lower(key)] = key
    if type(inner) == 'table' then real_names(inner, all) end
  end
  all[tree] = names
  return all
end

--- What a reader looks for: a tree of keys, a table going down into an object.
function _M.wanting(tree)
  return { tree = tree, real = real_names(tree, {}) }
end

--- Reads an object.
-- @param wanting see `wanting`
-- @param pause called in between, or nil; false ends the reading
-- @return found (path -> text, the last of a repeated key), folded (the same as Go reads it), spans (path -> list of
--   from, to, exact, text), prompt_bytes and prompt_numbers; or nil and why not: `malformed`, `charset`,
--   `not_an_object`, `too_complex`, `empty`
function _M.read(text, wanting, pause)
  if other_charset(text) then return nil, 'charset' end
  local self = setmetatable({
    text = text, at = sub(text, 1, 3) == BOM and 4 or 1, state = root, depth = 0, keys = 0, tired = false, wanted = wanting.tree, real = wanting.real,
    objects = {}, nodes = {}, paths = {}, name = {}, exact = {}, from = {}, -- by depth
    found = {}, folded = {}, spans = {}, prompt_bytes = 0, prompt_numbers = 0, in_prompt = false,
  }, Reader)
  local whole, reason = walk(self, pause)
  if not whole then return nil, reason end
  return self
end

return _M
