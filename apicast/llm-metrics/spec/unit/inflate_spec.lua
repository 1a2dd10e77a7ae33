local Inflate = require('llm_metrics_inflate')
local fixtures = require('fixtures')
local watching = require('watching')

local function gzip(text)
  local path = os.tmpname()
  local file = assert(io.open(path, 'wb'))
  file:write(text)
  file:close()
  local pipe = assert(io.popen('gzip -nc ' .. path))
  local packed = pipe:read('*a')
  pipe:close()
  os.remove(path)
  assert(packed:byte(1) == 31 and #packed > 10)
  return packed
end

describe('a compressed reply', function()
  for _, fixture in ipairs(fixtures.streams) do
    it('is read: ' .. fixture.file .. ', cut anywhere, and its bytes stay', function()
      local packed = gzip(fixture.text)
      for cut = 0, #packed - 1, 7 do
        local numbers, _, out = watching.watch(watching.pieces(packed, cut),
          { type = 'text/event-stream', path = fixture.path, encoding = 'gzip', strip = true })
        assert.same(fixture.numbers, numbers)
        assert.equal(packed, out)
      end
    end)
  end

  it('is read byte by byte', function()
    local packed, pieces = gzip('{"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}'), {}
    for i = 1, #packed do pieces[i] = packed:sub(i, i) end
    assert.same({ prompt_tokens = 3, completion_tokens = 4, total_tokens = 7 },
      (watching.watch(pieces, { type = 'application/json', encoding = 'X-GZIP' })))
  end)

  it('that is none, or a bomb, is said to be unread, and costs little', function()
    for _, packed in ipairs({ 'no gzip at all', gzip(('\0'):rep(20 * 1024 * 1024)), (gzip('{}'):sub(1, 10)) .. ('\255'):rep(50) }) do
      local began = os.clock()
      local numbers, _, out, watch = watching.watch({ packed }, { type = 'application/json', encoding = 'gzip' })
      assert.is_nil(numbers)
      assert.equal('encoding', watch:missing(false))
      assert.equal(packed, out)
      assert(os.clock() - began < 0.1)
    end
  end)

  it('leaves nothing behind', function()
    local packed = gzip(('x'):rep(100000))
    for _ = 1, 2000 do
      local inflate, bytes = Inflate.new(), 0
      inflate:feed(packed, function(inner) bytes = bytes + #inner end)
      assert.equal(100000, bytes)
      assert.is_true(inflate.ended)
    end
  end)
end)
