local Rig = require('rig')

describe('memory of the gateway', function()
  local rig

  setup(function()
    rig = Rig.start({ count = { configuration = { metrics = { total_tokens = 'total_tokens' } } } })
    rig:backend()
  end)
  teardown(function() rig:stop() end)

  local function grows(recipe, path)
    rig:models(recipe)
    rig:send('count', 'warm', { keep = false })
    rig:counted('one', 'total_tokens', 1)
    local before = rig:memory()
    local answer = rig:send('count', 'big', { keep = false, timeout = 120, path = path, body = '{"stream":true}' })
    return rig:memory() - before, answer.bytes
  end

  it('stays the same for a stream of 200 MB', function()
    local event = 'data: {"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"' .. ('word '):rep(190) .. '"}}]}\n\n'
    local growth, bytes = grows({
      warm = { type = 'text/event-stream', pieces = { 'data: {"usage":{"total_tokens":1}}\n\n' } },
      big = { quiet = true, type = 'text/event-stream', pieces = { { text = event:rep(64), times = math.ceil(200e6 / #event / 64) },
        'data: {"usage":{"total_tokens":6}}\n\n' } },
    })
    assert.equal(7, rig:counted('one', 'total_tokens', 7))
    assert(bytes > 200e6)
    assert(growth < 16, growth .. ' MiB')
  end)

  it('stays the same for a JSON body of 50 MB', function()
    rig:backend()
    local growth, bytes = grows({
      warm = { pieces = { '{"usage":{"total_tokens":1}}' } },
      big = { quiet = true, pieces = { '{"data":[{"embedding":[', { text = ('-0.012345678,'):rep(5000), times = 770 }, '0]}],"x":"',
        { text = ('A'):rep(50000), times = 10 }, '","usage":{"total_tokens":8}}' } },
    }, '/v1/embeddings')
    assert.equal(9, rig:counted('one', 'total_tokens', 9))
    assert(bytes > 50e6)
    assert(growth < 16, growth .. ' MiB')
  end)
end)
