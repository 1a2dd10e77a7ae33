local Rig = require('rig')
local mime = require('mime')

local ALL = { total_tokens = 'total_tokens', prompt_tokens = 'prompt_tokens', completion_tokens = 'completion_tokens' }
local BODY = '{"model":"m","stream":true,"messages":[{"role":"user","content":"' .. ('words '):rep(20) .. '"}]}' -- 120 + 4 bytes: 16 tokens

local function chunk(text) return 'data: {"model":"m","choices":[{"delta":{"content":"' .. text .. '"}}]}\n\n' end

describe('a reply whose tokens nobody says', function()
  local rig

  setup(function()
    rig = Rig.start({
      counts = { configuration = { metrics = ALL } },
      ignores = { configuration = { metrics = ALL, on_client_abort = 'ignore' } },
      enforces = { configuration = { metrics = ALL, enforce = { 'total_tokens' } } },
      passes = { configuration = { enforce = { 'total_tokens' }, on_unreadable = 'pass' } },
      nothing = { configuration = { metrics = ALL, enforce = { 'total_tokens' }, on_missing_usage = 'nothing' } },
    })
    local endless = { chunk(''), { text = chunk('a'), times = 25 }, { wait = 3 }, { text = chunk('b'), times = 25 }, { wait = 1 } }
    rig:models({
      chat = { type = 'text/event-stream', pieces = endless },
      messages = { type = 'text/event-stream', pieces = {
        'event: message_start\ndata: {"type":"message_start","message":{"model":"m","usage":{"input_tokens":31,"output_tokens":1}}}\n\n',
        { text = 'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"type":"text_delta","text":"a"}}\n\n', times = 25 },
        { wait = 3 }, 'event: message_stop\ndata: {"type":"message_stop"}\n\n' } },
      continuous = { type = 'text/event-stream', pieces = {
        { text = 'data: {"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":9,"completion_tokens":70,"total_tokens":79}}\n\n', times = 5 },
        { wait = 3 }, { text = chunk('b'), times = 25 } } },
      late = { pieces = { { wait = 3 }, '{"usage":{"total_tokens":7}}' } },
      unsaid = { pieces = { '{"choices":[{"message":{"content":"an answer"}}]}' } },
      zeros = { pieces = { '{"choices":[{"message":{"content":"an answer"}}],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}' } },
      unsaid_stream = { type = 'text/event-stream', pieces = { { text = chunk('a'), times = 7 }, 'data: [DONE]\n\n' } },
      embeddings = { pieces = { '{"data":[{"embedding":[0.1]}]}' } },
      tokens = { pieces = { '{"tokens":[1,2,3]}' } },
      said = { pieces = { '{"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}' } },
    })
  end)
  teardown(function() rig:stop() end)
  before_each(function() rig:backend() end)

  local function counted(prompt, completion)
    assert.equal(prompt + completion, rig:counted('one', 'total_tokens', prompt + completion))
    assert.equal(prompt, rig:counted('one', 'prompt_tokens', prompt))
    assert.equal(completion, rig:counted('one', 'completion_tokens', completion))
  end

  local function estimated(host, reason) return rig:metric('llm_estimated_tokens_total', { service_id = rig.services[host].id, reason = reason }) end

  it('is charged by what was streamed until its client left, and marked', function()
    local before = estimated('counts', 'aborted')
    assert.is_true(rig:send('counts', 'chat', { body = BODY, leave_after = #chunk('') + 25 * #chunk('a') }).left)
    counted(16, 25)
    assert.equal(before + 41, estimated('counts', 'aborted'))
    assert.equal(41, rig:metric('llm_total_tokens_total', { service_id = rig.services.counts.id, model = 'm' }))
  end)

  it('is charged by the last that was said, where that is more', function()
    rig:send('counts', 'continuous', { body = BODY, leave_after = 500 })
    counted(9, 70)
    rig:send('counts', 'messages', { path = '/v1/messages', body = BODY, leave_after = 200 + 24 * 100 })
    counted(9 + 31, 70 + 25)
  end)

  it('is charged by its prompt where the client left before it began', function()
    assert.has_error(function() rig:send('counts', 'late', { body = BODY, timeout = 0.3 }) end)
    counted(16, 0)
  end)

  it('is not charged to a client that left, if told to ignore that', function()
    local before = rig:metric('llm_usage_skipped_total', { reason = 'aborted' })
    rig:send('ignores', 'chat', { body = BODY, leave_after = 1000 })
    assert.is_true(Rig.eventually(function() return rig:metric('llm_usage_skipped_total', { reason = 'aborted' }) == before + 1 end))
    assert.equal(0, rig:usage().totals['one total_tokens'] or 0)
    assert.equal(0, estimated('ignores', 'aborted'))
  end)

  it('since it is compressed is read, or kept back where limits are enforced', function()
    local function packed(coding, text) return { headers = { ['Content-Encoding'] = coding }, pieces = { { text = mime.b64(text), base64 = true } } } end
    local gzip = io.popen('printf \'{"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}\' | gzip -c'):read('*a')
    rig:models({ gzip = packed('gzip', gzip), br = packed('br', ('x'):rep(5000)), zstd = packed('zstd', 'x') })
    local answer = rig:send('enforces', 'gzip', { body = BODY })
    assert.same({ gzip, 'gzip' }, { answer.body, answer.headers['content-encoding'] })
    counted(3, 4)
    for name, host in pairs({ br = 'enforces', zstd = 'enforces' }) do
      answer = rig:send(host, name, { body = BODY })
      assert.same({ 502, nil }, { answer.status, answer.headers['content-encoding'] })
      assert.equal('unreadable_reply', require('cjson').decode(answer.body).error.code)
    end
    counted(3 + 2 * 16, 4)
    answer = rig:send('counts', 'br', { body = BODY })
    assert.same({ 200, ('x'):rep(5000), 'br' }, { answer.status, answer.body, answer.headers['content-encoding'] })
    assert.equal('x', rig:send('passes', 'zstd', { body = BODY }).body)
  end)

  it('is charged a lower bound where limits are enforced, and nothing elsewhere', function()
    rig:send('enforces', 'unsaid', { body = BODY })
    counted(16, 1)
    rig:send('enforces', 'unsaid_stream', { body = BODY })
    counted(32, 8)
    rig:send('enforces', 'zeros', { body = BODY })
    counted(48, 9)
    rig:send('enforces', 'embeddings', { path = '/v1/embeddings', body = '{"input":[1,2,3]}' })
    counted(51, 9)
    assert.equal(60, estimated('enforces', 'no_usage'))
    rig:send('enforces', 'tokens', { path = '/tokenize', body = '{"prompt":"some text"}' })
    rig:send('enforces', 'said', { body = BODY })
    rig:send('nothing', 'unsaid', { body = BODY })
    rig:send('counts', 'unsaid', { body = BODY })
    counted(52, 10)
    local function skipped(host) return rig:metric('llm_usage_skipped_total', { service_id = rig.services[host].id, reason = 'no_usage' }) end
    assert.same({ 1, 1, 1 }, { skipped('enforces'), skipped('nothing'), skipped('counts') })
  end)
end)
