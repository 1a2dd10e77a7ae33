local Rig = require('rig')

local function limit(value, metric) return { metric = metric or 'total_tokens', period = 'day', value = value } end

local function use(value) return { { application = 'one', metric = 'total_tokens', value = value } } end

describe('many requests at once', function()
  local rig

  setup(function()
    rig = Rig.start({
      open = { configuration = { enforce = { 'total_tokens' } } },
      reserving = { configuration = { enforce = { 'total_tokens' }, reserve = true } },
      uncapped = { configuration = { enforce = { 'completion_tokens' }, reserve = true, reserve_tokens = 30 } },
      brief = { configuration = { enforce = { 'total_tokens' }, reserve = true, reserve_timeout = 1 } },
    })
  end)
  teardown(function() rig:stop() end)

  before_each(function()
    rig:models({
      slow_ten = { pieces = { { wait = 1.5 }, '{"usage":{"prompt_tokens":4,"completion_tokens":6,"total_tokens":10}}' } },
      slower_ten = { pieces = { { wait = 2.5 }, '{"usage":{"total_tokens":10}}' } },
      nothing = { pieces = { '{"usage":{"total_tokens":0}}' } },
      refused = { status = 400, pieces = { '{"error":{}}' } },
    })
  end)

  it('pass a limit together where nothing is reserved, and one by one where it is', function()
    for host, most in pairs({ open = 30, reserving = 1 }) do
      rig:backend({ [host] = { limits = { limit(1000) } }, use = use(990) })
      local seen = rig:crowd(30, host, 'slow_ten', { body = '{"max_tokens":50}' })
      local passed = seen[200]
      assert.message(host).same({ [200] = passed, [429] = passed < 30 and 30 - passed or nil }, seen)
      assert.message(host).is_true(passed == most or passed > 1 and passed < most) -- a busy machine sends the last of a crowd late
      assert.message(host).equal(990 + passed * 10, rig:counted('one', 'total_tokens', 990 + passed * 10))
    end
  end)

  it('are let in as long as what they may write fits, and again when it is known what they wrote', function()
    rig:backend({ reserving = { limits = { limit(100) } } })
    local body = '{"max_tokens":40}'
    assert.same({ [200] = 3, [429] = 1 }, rig:crowd(4, 'reserving', 'slow_ten', { body = body }))
    rig:counted('one', 'total_tokens', 30)
    require('socket').sleep(1) -- until all is given back, on a busy machine too
    assert.same({ [200] = 2, [429] = 2 }, rig:crowd(4, 'reserving', 'slow_ten', { body = body }))
    assert.equal(50, rig:counted('one', 'total_tokens', 50))
  end)

  it('reserve what their prompt may come to, too', function()
    rig:backend({ reserving = { limits = { limit(100) } } })
    local body = '{"max_tokens":10,"prompt":"' .. ('word '):rep(60) .. '","image":"' .. ('x'):rep(5000) .. '"}'
    assert.same({ [200] = 2, [429] = 2 }, rig:crowd(4, 'reserving', 'slow_ten', { body = body }))
  end)

  it('reserve a number of tokens where they name no cap', function()
    rig:backend({ uncapped = { limits = { limit(100, 'completion_tokens') } } })
    assert.same({ [200] = 4, [429] = 6 }, rig:crowd(10, 'uncapped', 'slow_ten'))
  end)

  it('give back what they had reserved when the model refuses them, costs nothing, or the client leaves', function()
    rig:backend({ reserving = { limits = { limit(100) } } })
    local options = { body = '{"max_tokens":80}' }
    for _ = 1, 3 do
      for _, recipe in ipairs({ 'refused', 'nothing' }) do
        assert.is_not.equal(429, rig:send('reserving', recipe, options).status)
      end
      assert.has_error(function() rig:send('reserving', 'slow_ten', { body = options.body, timeout = 0.1 }) end)
      rig.eventually(function() return rig:send('reserving', 'nothing', options).status == 200 end)
    end
    assert.equal(200, rig:send('reserving', 'nothing', options).status)
  end)

  it('are not kept from the model for ever by what was never given back', function()
    rig:backend({ brief = { limits = { limit(20) } } })
    local options = { body = '{"max_tokens":50}' }
    local answer = rig:begin('brief', 'slower_ten', options)
    assert.equal(429, rig:send('brief', 'nothing', options).status)
    require('socket').sleep(1.3)
    assert.equal(200, rig:send('brief', 'nothing', options).status)
    assert.equal(200, answer().status)
  end)
end)

describe('an answer about limits', function()
  local rig

  setup(function()
    rig = Rig.start({
      again = { configuration = { enforce = { 'total_tokens' }, estimate = 'max_tokens', limits_ttl = 20 } },
      brief = { configuration = { enforce = { 'total_tokens' }, limits_ttl = 0.3 } },
      unlimited = { configuration = { enforce = { 'total_tokens' }, limits_ttl = 20 } },
    })
  end)
  teardown(function() rig:stop() end)

  before_each(function()
    rig:models({
      ten = { pieces = { '{"usage":{"total_tokens":10}}' } },
      nothing = { pieces = { '{"usage":{"total_tokens":0}}' } },
    })
    require('socket').sleep(0.1)
  end)

  local function asked()
    local number = 0
    for _, call in ipairs(rig:usage().calls) do
      if call.kind == 'authorize' then number = number + 1 end
    end
    return number
  end

  local function send(host, recipe, number, options)
    for _ = 1, number do assert.equal(200, rig:send(host, recipe, options).status) end
  end

  it('is used again for the same application, and for no other', function()
    rig:backend({ again = { limits = { limit(100) } }, unlimited = {} })
    send('again', 'nothing', 5)
    assert.equal(1, asked())
    send('again', 'nothing', 5, { key = 'key-two' })
    assert.equal(2, asked())
    send('unlimited', 'nothing', 5)
    assert.equal(3, asked())
  end)

  it('holds no longer than it may', function()
    rig:backend({ brief = { limits = { limit(100) } } })
    send('brief', 'nothing', 3)
    assert.equal(1, asked())
    require('socket').sleep(0.5)
    send('brief', 'nothing', 3)
    assert.equal(2, asked())
  end)

  it('holds no longer when this gateway has reported something of the application', function()
    rig:backend({ again = { limits = { limit(20) } } })
    send('again', 'ten', 1)
    assert.equal(10, rig:counted('one', 'total_tokens', 10))
    require('socket').sleep(0.1)
    local before = asked()
    send('again', 'ten', 1)
    assert.equal(before + 1, asked())
    assert.equal(20, rig:counted('one', 'total_tokens', 20))
    assert.equal(429, rig:send('again', 'ten').status)
    rig:backend({ again = { limits = { limit(1000) } } })
    send('again', 'ten', 1) -- a refusal is not kept
  end)

  it('allows no more than was left', function()
    rig:backend({ again = { limits = { limit(1000) } }, use = use(900) })
    require('socket').sleep(0.1)
    rig:send('again', 'ten', { key = 'key-two' })
    send('again', 'nothing', 1, { body = '{"max_tokens":50}' })
    local before = asked()
    send('again', 'nothing', 1, { body = '{"max_tokens":100}' })
    assert.equal(before, asked())
    assert.equal(429, rig:send('again', 'nothing', { body = '{"max_tokens":101}' }).status)
    assert.equal(before + 1, asked())
  end)
end)
