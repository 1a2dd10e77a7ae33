local Parser = require('llm_metrics_sse')
local Skim = require('llm_metrics_skim')
local Stripper = require('llm_metrics_strip')
local Usage = require('llm_metrics_usage')
local watching = require('watching')

-- A stream as servers and those who wish them ill send it.
local function stream(random)
  local ends = ({ '\n', '\r\n', '\r', '\n' })[random(1, 4)]
  local events = {
    function() return 'data: {"model":"m","choices":[{"index":0,"delta":{"content":"' .. ('word '):rep(random(0, 30)) .. '"}}]}' end,
    function() return 'data: {"model":"m","choices":[{"delta":{"content":"\\"usage\\": tokens"}}],"usage":null}' end,
    function() return 'data: {"choices":[{"delta":{}}],"usage":{"prompt_tokens":' .. random(1, 9) .. ',"completion_tokens":' .. random(1, 99) .. '}}' end,
    function() return ': ping' end,
    function() return 'data: {"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":' .. random(1, 400) .. '}}' end,
    function() return 'event: x' .. ends .. 'id: 5' .. ends .. 'data: {"a":' .. ends .. 'data: 1}' end,
    function() return 'data: {"x":"' .. ('y'):rep(random(1, 5) == 1 and 6000 or 10) .. '"}' end,
    function() return 'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":' .. random(1, 200) .. '}}' end,
  }
  local list = {}
  for i = 1, random(1, 40) do list[i] = events[random(1, random(1, 3) == 1 and #events or 3)]() end
  list[#list + 1] = events[#events]()
  if random(1, 2) == 1 then list[#list + 1] = 'data: [DONE]' end
  return table.concat(list, ends .. ends) .. (random(1, 3) == 1 and '' or ends .. ends)
end

local function pieces(random, text)
  local list, from = {}, 1
  local most = ({ 3, 40, 300, 5000 })[random(1, 4)]
  while from <= #text do
    local size = random(1, most)
    list[#list + 1] = text:sub(from, from + size - 1)
    from = from + size
  end
  return list
end

local function run(list, strip, skims)
  local usage, out = Usage.new('/v1/chat/completions'), {}
  local parser = Parser.new(Usage.wanted, function(found) usage:take(found) end)
  local stripper = strip and Stripper.new(parser) or nil
  local reader = skims and Skim.new(parser, stripper) or stripper or parser
  for _, piece in ipairs(list) do out[#out + 1] = reader:feed(piece) or piece end
  out[#out + 1] = reader:finish()
  local numbers = usage:numbers() or {}
  return table.concat(out), { numbers.prompt_tokens, numbers.completion_tokens }, reader
end

describe('skimming a stream', function()
  it('finds the same numbers, and sends the same bytes, as parsing all of it', function()
    for seed = 1, 1500 do
      local random = watching.random(seed * 7919)
      local text, strip = stream(random), random(1, 2) == 1
      local bytes, numbers = run({ text }, strip, false)
      local cut_bytes, cut_numbers, skim = run(pieces(random, text), strip, true)
      assert.message('seed ' .. seed).equal(bytes, cut_bytes)
      assert.message('seed ' .. seed).same(numbers, cut_numbers)
      assert.equal('', skim.carry)
    end
  end)

  it('sees a word that a cut goes through', function()
    local before = ('data: {"choices":[{"delta":{"content":"word"}}]}\n\n'):rep(5)
    local text = before .. 'data: {"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":7}}\n\n'
    for cut = #before, #text do
      local _, numbers = run({ text:sub(1, #before - 20), text:sub(#before - 19, cut), text:sub(cut + 1) }, cut % 2 == 0, true)
      assert.message('cut ' .. cut).same({ 5, 7 }, numbers)
    end
  end)

  it('doesn\'t parse what names no number', function()
    local events = ('data: {"choices":[{"delta":{"content":"word"}}]}\n\n'):rep(1000)
    for _, strip in ipairs({ false, true }) do
      local parser = Parser.new(Usage.wanted, function() end)
      local skim, fed = Skim.new(parser, strip and Stripper.new(parser) or nil), 0
      local feed = parser.feed
      function parser.feed(self, s, sink)
        fed = fed + #s
        return feed(self, s, sink)
      end
      for i = 1, #events, 1000 do skim:feed(events:sub(i, i + 999)) end
      assert(fed < 3000, fed .. ' bytes parsed')
    end
  end)

  it('gives all that was kept, and what was just fed, after an error', function()
    local parser = Parser.new(Usage.wanted, function() end)
    local skim = Skim.new(parser, Stripper.new(parser))
    local sent = {}
    for _, piece in ipairs({ ('data: {"choices":[1]}\n\n'):rep(5), 'data: {"choices":[1]}\n\ndata: {"id' }) do sent[#sent + 1] = skim:feed(piece) or piece end
    assert.equal(('data: {"choices":[1]}\n\n'):rep(6), table.concat(sent))
    parser.feed = function() error('broken') end
    assert.has_error(function() skim:feed('":1,"usage":2}\n\nx') end)
    assert.equal('data: {"id":1,"usage":2}\n\nx', skim:rescue())
  end)
end)
