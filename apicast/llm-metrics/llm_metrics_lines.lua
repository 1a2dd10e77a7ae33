--- Parser of documents that stand one on each line (NDJSON), for replies that arrive cut anywhere.
--
-- Nothing is collected: a line's bytes go straight into a Scanner. Lines that are whole in the piece at hand and don't
-- name any number cost no more than a search for its words.

local find = string.find
local Scanner = require('llm_metrics_json')
local forms = require('llm_metrics_forms')

local MODEL_LINES = 3 -- lines that may say the model's name; later ones aren't asked

local Lines = {}
Lines.__index = Lines

--- @param wanted what each line is searched for, see Scanner
-- @param on_data called with (found, scanner) after each line that was read
function Lines.new(wanted, on_data)
  return setmetatable({ scanner = Scanner.new(wanted), on_data = on_data, events = 0, has_data = false, places = {} }, Lines)
end

local function line_ended(self)
  if not self.has_data then return end
  self.events = self.events + 1
  if not self.scanner:untouched() then self.on_data(self.scanner.found, self.scanner) end
  self.scanner:reset()
  self.has_data = false
end

local function scan(self, s, i, j)
  if j < i then return end
  self.has_data = true
  self.scanner:feed(s, i, j)
end

--- Reads one piece.
function Lines:feed(s)
  local i, n, word = 1, #s, 0
  forms.anew(self.places)
  while i <= n do
    local e = find(s, '\n', i, true)
    if e and not self.has_data and self.events >= MODEL_LINES then
      if word < i then word = forms.named(s, i, self.places) end
      if word > e then
        self.events = self.events + 1
      else
        scan(self, s, i, e - 1)
        line_ended(self)
      end
    else
      scan(self, s, i, (e or n + 1) - 1)
      if e then line_ended(self) end
    end
    i = (e or n) + 1
  end
end

--- The reply has ended: what is left of a line counts.
function Lines:finish()
  line_ended(self)
end

return Lines
