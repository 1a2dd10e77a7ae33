--- Scanner: finds a few values in a JSON document that arrives in pieces.
--
-- Memory stays constant whatever the document's size and depth: nothing but the wanted values is kept. The scanner
-- reads structure, it doesn't judge it: what it skips may be malformed inside.
--
-- `wanted` is a tree of keys: a table goes down into an object, 'text' keeps the value's bytes, 'count' counts the
-- elements of an array. Values are found under their path ('response.usage'), the last one of a repeated key wins,
-- and a null never replaces a value. A document that is an array is searched as each of its elements would be.

local byte = string.byte
local find = string.find
local sub = string.sub
local concat = table.concat
local cjson = require('cjson.safe')

local SPACE, QUOTE, BACKSLASH, COMMA, COLON = 32, 34, 92, 44, 58
local OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET = 123, 125, 91, 93

-- Bytes that numbers, true, false and null begin with.
local LITERAL = {}
for c in ('-0123456789tfn'):gmatch('.') do LITERAL[byte(c)] = true end

local DEFAULT_LIMIT = 64 * 1024 -- bytes of one kept value
local KEY_LIMIT = 256

local Scanner = {}
Scanner.__index = Scanner

local value, in_string, in_literal, in_skipped, in_counted, first_key, next_key, colon, after_value, after_element, done, failed

--- A scanner for one document (`reset` makes it ready for the next).
-- @param options limit: most bytes of a kept value
function Scanner.new(wanted, options)
  options = options or {}
  return setmetatable({
    wanted = wanted,
    limit = options.limit or DEFAULT_LIMIT,
    nodes = {}, -- by depth
    paths = {},
  }, Scanner):reset()
end

function Scanner:reset()
  self.state = value
  self.node = self.wanted -- what is wanted of the value that comes next
  self.path = nil
  self.depth = 0          -- open objects that hold wanted keys
  self.in_list = false    -- the document is an array
  self.level = 0          -- open brackets inside a skipped value
  self.escaped = false    -- the last piece ended in an odd number of backslashes
  self.kept = nil         -- pieces of the value being kept
  if self.any ~= false then self.found, self.any = {}, false end
  self.in_key = false
  self.overflow = false   -- a wanted value was longer than the limit
  self.error = nil
  return self
end

-- The first byte from i to j that is no white space, or nil.
local function solid(s, i, j)
  while i <= j do
    if byte(s, i) > SPACE then return i end
    i = i + 1
  end
end

local function fail(self, message)
  self.error = message
  self.state = failed
  self.kept = nil
end

local function keep_from(self, i, limit)
  self.kept = {}
  self.kept_bytes = 0
  self.kept_limit = limit
  self.kept_from = i
end

local function keep_to(self, s, last)
  local kept = self.kept
  if not kept then return end
  self.kept_bytes = self.kept_bytes + last - self.kept_from + 1
  if self.kept_bytes > self.kept_limit then
    self.kept = nil
    self.overflow = self.overflow or not self.in_key
  else
    kept[#kept + 1] = sub(s, self.kept_from, last)
  end
end

-- What comes behind a value that has ended.
local function go_on(self)
  self.state = self.depth > 0 and after_value or self.in_list and after_element or done
end

local function value_ended(self, s, last)
  keep_to(self, s, last)
  if self.kept then
    local text = concat(self.kept)
    self.kept = nil
    if text ~= 'null' then self.found[self.path], self.any = text, true end
  end
  go_on(self)
end

local function key_ended(self, s, last)
  keep_to(self, s, last)
  local key = self.kept and concat(self.kept)
  self.kept = nil
  self.in_key = false
  if key and find(key, '\\', 1, true) then
    key = cjson.decode('[' .. key .. ']')
    key = key and key[1]
  elseif key then
    key = sub(key, 2, -2)
  end
  local node = key and self.nodes[self.depth][key]
  self.node = node
  if node then
    local parent = self.paths[self.depth]
    self.path = parent and parent .. '.' .. key or key
  end
  self.state = colon
end

function value(self, s, i, j)
  local p = solid(s, i, j)
  if not p then return j + 1 end
  local c, node = byte(s, p), self.node
  if c == OPEN_BRACE and type(node) == 'table' then
    self.depth = self.depth + 1
    self.nodes[self.depth] = node
    self.paths[self.depth] = self.path or false
    self.state = first_key
    return p + 1
  end
  if c == OPEN_BRACKET and type(node) == 'table' and self.depth == 0 and not self.in_list then
    self.in_list = true
    return p + 1
  end
  if c == CLOSE_BRACKET and self.in_list and self.depth == 0 and not self.path then -- an empty array
    self.state = done
    return p + 1
  end
  if node == 'text' then keep_from(self, p, self.limit) end
  if c == OPEN_BRACE or c == OPEN_BRACKET then
    self.level = 1
    if node == 'count' and c == OPEN_BRACKET then
      self.count, self.empty = 0, true
      self.skipping = in_counted
    else
      self.skipping = in_skipped
    end
    self.state = self.skipping
  elseif c == QUOTE then
    self.ended = value_ended
    self.state = in_string
  elseif LITERAL[c] then
    self.state = in_literal
    return p
  else
    fail(self, 'unexpected byte where a value begins')
  end
  return p + 1
end

-- Plain finds of the closing quote are several times faster than looking at each byte: pictures come as megabytes of text.
function in_string(self, s, i, j)
  local start, from = i, i
  while true do
    local p = find(s, '"', from, true)
    local last = (p and p <= j) and p - 1 or j
    local b = last
    while b >= start and byte(s, b) == BACKSLASH do b = b - 1 end
    local odd = (last - b) % 2 == 1
    if b < start and self.escaped then odd = not odd end
    if not p or p > j then
      self.escaped = odd
      return j + 1
    end
    if not odd then
      self.escaped = false
      if self.ended then self.ended(self, s, p) else self.state = self.skipping end
      return p + 1
    end
    self.escaped = false
    start, from = p + 1, p + 1
  end
end

function in_literal(self, s, i, j)
  while i <= j do
    local c = byte(s, i)
    if c == COMMA or c == CLOSE_BRACE or c == CLOSE_BRACKET or c <= SPACE then
      value_ended(self, s, i - 1)
      return i
    end
    i = i + 1
  end
  return i
end

function in_skipped(self, s, i, j)
  local level = self.level
  while i <= j do
    local c = byte(s, i)
    if c == QUOTE then
      self.level = level
      self.ended = nil
      self.state = in_string
      return i + 1
    elseif c == OPEN_BRACE or c == OPEN_BRACKET then
      level = level + 1
    elseif c == CLOSE_BRACE or c == CLOSE_BRACKET then
      level = level - 1
      if level == 0 then
        value_ended(self, s, i)
        return i + 1
      end
    end
    i = i + 1
  end
  self.level = level
  return i
end

function in_counted(self, s, i, j)
  while i <= j do
    local c = byte(s, i)
    if c == CLOSE_BRACE or c == CLOSE_BRACKET then
      self.level = self.level - 1
      if self.level == 0 then
        self.found[self.path], self.any = self.empty and 0 or self.count + 1, true
        value_ended(self, s, i)
        return i + 1
      end
    elseif c > SPACE then
      self.empty = false
      if c == QUOTE then
        self.ended = nil
        self.state = in_string
        return i + 1
      elseif c == OPEN_BRACE or c == OPEN_BRACKET then
        self.level = self.level + 1
      elseif c == COMMA and self.level == 1 then
        self.count = self.count + 1
      end
    end
    i = i + 1
  end
  return i
end

local function object_ended(self)
  self.depth = self.depth - 1
  go_on(self)
end

function next_key(self, s, i, j)
  local p = solid(s, i, j)
  if not p then return j + 1 end
  if byte(s, p) ~= QUOTE then
    fail(self, 'no key where one begins')
    return p + 1
  end
  self.in_key = true
  keep_from(self, p, KEY_LIMIT)
  self.ended = key_ended
  self.state = in_string
  return p + 1
end

function first_key(self, s, i, j)
  local p = solid(s, i, j)
  if not p then return j + 1 end
  if byte(s, p) == CLOSE_BRACE then
    object_ended(self)
    return p + 1
  end
  self.state = next_key
  return p
end

function colon(self, s, i, j)
  local p = solid(s, i, j)
  if not p then return j + 1 end
  if byte(s, p) == COLON then self.state = value else fail(self, 'no colon after a key') end
  return p + 1
end

function after_value(self, s, i, j)
  local p = solid(s, i, j)
  if not p then return j + 1 end
  local c = byte(s, p)
  if c == COMMA then
    self.state = next_key
  elseif c == CLOSE_BRACE then
    object_ended(self)
  else
    fail(self, 'neither comma nor end after a value')
  end
  return p + 1
end

function after_element(self, s, i, j)
  local p = solid(s, i, j)
  if not p then return j + 1 end
  local c = byte(s, p)
  if c == COMMA then
    self.node, self.path = self.wanted, nil
    self.state = value
  elseif c == CLOSE_BRACKET then
    self.state = done
  else
    fail(self, 'neither comma nor end after an element')
  end
  return p + 1
end

function done(_, _, _, j)
  return j + 1
end

function failed(_, _, _, j)
  return j + 1
end

--- Reads bytes i to j of s.
function Scanner:feed(s, i, j)
  i, j = i or 1, j or #s
  if self.kept then self.kept_from = i end
  while i <= j do i = self:state(s, i, j) end
  keep_to(self, s, j)
  return self
end

--- True once the whole document was read.
function Scanner:complete()
  return self.state == done
end

--- True while nothing but white space was read.
function Scanner:untouched()
  return self.state == value and self.depth == 0 and not self.in_list
end

return Scanner
