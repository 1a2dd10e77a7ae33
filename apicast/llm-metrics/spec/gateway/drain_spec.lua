local Rig = require('rig')

local DRAIN = { metrics = { total_tokens = 'total_tokens' }, on_client_abort = 'drain' }
local BODY = '{"model":"m","stream":true,"messages":[{"role":"user","content":"hello"}]}'
local LAST = 'data: {"model":"m","choices":[],"usage":{"total_tokens":57}}\n\n'

local function chunk(text) return 'data: {"model":"m","choices":[{"delta":{"content":"' .. text .. '"}}]}\n\n' end

describe('an answer that is read to its end', function()
  local rig

  setup(function()
    rig = Rig.start({
      drains = { configuration = DRAIN },
      enforces = { configuration = { enforce = { 'total_tokens' }, on_client_abort = 'drain', limits_ttl = 0 } },
    })
    rig:models({
      chat = { type = 'text/event-stream', headers = { ['Set-Cookie'] = { 'a=1', 'b=2' }, ['X-Own'] = 'yes' },
        pieces = { { text = chunk('a'), times = 25 }, { wait = 0.5 }, { text = chunk('b'), times = 25 }, LAST, 'data: [DONE]\n\n' } },
      slow = { type = 'text/event-stream', pieces = { chunk('a'), { wait = 0.5 }, chunk('b'), LAST } },
      long = { quiet = true, pieces = { '{"x":"', { text = ('x'):rep(65536), times = 300 }, '","usage":{"total_tokens":9}}' } },
      late = { pieces = { { wait = 0.6 }, '{"usage":{"total_tokens":7}}' } },
      sized = { headers = { ['Content-Length'] = '28' }, pieces = { '{"usage":{"total_tokens":3}}' } },
      failure = { status = 500, pieces = { '{"error":{}}' } },
      broken = { pieces = { '{"x":"', { wait = 0.1 }, { reset = true } } },
    })
  end)
  teardown(function() rig:stop() end)
  before_each(function()
    rig:backend()
    rig:seen()
  end)

  it('is charged as a whole, though its client left in the middle', function()
    assert.is_true(rig:send('drains', 'chat', { body = BODY, leave_after = 25 * #chunk('a') }).left)
    assert.equal(57, rig:counted('one', 'total_tokens', 57))
    assert.equal(1, rig:usage().totals['one hits'])
    assert.equal(0, rig:metric('llm_estimated_tokens_total', { service_id = rig.services.drains.id }))
  end)

  it('is charged though its client left before it began', function()
    assert.has_error(function() rig:send('drains', 'late', { body = BODY, timeout = 0.3 }) end)
    assert.equal(7, rig:counted('one', 'total_tokens', 7))
  end)

  it('is what it is without, and the model gets what it gets without', function()
    local before = rig:metric('llm_requests_total', { service_id = rig.services.drains.id })
    local answer = rig:send('drains', 'chat', { body = BODY, path = '/v1/chat/completions?a=%2b1', headers = { ['X-LLM-Metrics-Inner'] = 'guessed' } })
    assert.same({ 200, chunk('a'):rep(25) .. chunk('b'):rep(25) .. 'data: [DONE]\n\n' }, { answer.status, answer.body })
    assert.same({ 'text/event-stream', 'yes' }, { answer.headers['content-type'], answer.headers['x-own'] })
    assert.equal(57, rig:counted('one', 'total_tokens', 57))
    local list = rig:seen()
    assert.equal(1, #list)
    assert.equal('/v1/chat/completions?a=%2b1', list[1].uri)
    assert.is_nil(list[1].headers['x-llm-metrics-inner'])
    assert.is_nil(list[1].headers.authorization)
    assert.is_truthy(list[1].body:find('"include_usage":true', 1, true))
    assert.equal(before + 1, rig:metric('llm_requests_total', { service_id = rig.services.drains.id }))
    answer = rig:send('drains', 'sized', { send = { '{"mo', 'del":"m"}' } })
    assert.same({ '{"usage":{"total_tokens":3}}', '28' }, { answer.body, answer.headers['content-length'] })
    assert.equal('{"model":"m"}', rig:seen()[1].body)
    assert.equal(500, rig:send('drains', 'failure', { body = BODY }).status)
    assert.equal(403, rig:send('drains', 'sized', { key = 'wrong' }).status)
    assert.equal(404, rig:send('drains', 'sized', { path = '/unmapped' }).status)
    assert.is_true(rig:send('drains', 'broken', { body = BODY }).cut)
  end)

  it('is not held back', function()
    local answer = rig:send('drains', 'slow', { body = BODY })
    assert(answer.pieces[1].at < 0.3, 'first piece at ' .. answer.pieces[1].at)
    assert.equal(chunk('a') .. chunk('b'), answer.body)
  end)

  it('comes whole to a slow client, and is not kept in memory', function()
    rig:send('drains', 'long', { keep = false })
    local before = rig:memory()
    local answer = rig:send('drains', 'long', { slow = 0.002, keep = false })
    assert.equal(6 + 300 * 65536 + 29, answer.bytes)
    assert(rig:memory() - before < 16, rig:memory() - before .. ' MiB more')
  end)

  it('is limited as others are', function()
    rig:backend({ enforces = { limits = { { metric = 'total_tokens', period = 'day', value = 10 } } },
      use = { { application = 'one', metric = 'total_tokens', value = 10 } } })
    local answer = rig:send('enforces', 'sized', { body = BODY })
    assert.equal(429, answer.status)
    assert.is_truthy(answer.headers['retry-after'])
    assert.equal(0, #rig:seen())
    assert.equal(400, rig:send('enforces', 'sized', { body = '{"stream":true' }).status)
  end)

  it('leaves no error', function()
    assert.equal(0, rig:metric('llm_policy_errors_total'))
  end)
end)
