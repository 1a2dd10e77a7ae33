local fixtures = require('fixtures')
local Rig = require('rig')

local ALL = { metrics = { total_tokens = 'total_tokens', prompt_tokens = 'prompt_tokens', completion_tokens = 'completion_tokens',
  cached_tokens = 'cached_tokens', reasoning_tokens = 'reasoning_tokens' } }

local function old_rule(metric)
  return { metric = metric, increment = '{{llm_usage.' .. metric .. '}}', condition = { combine_op = 'and',
    operations = { { left = '{{status}}', left_type = 'liquid', op = '==', right = '200', right_type = 'plain' } } } }
end

local function split(text, size)
  local list = {}
  for from = 1, #text, size do list[#list + 1] = text:sub(from, from + size - 1) end
  return list
end

describe('in the gateway', function()
  local rig

  setup(function()
    rig = Rig.start({
      all = { configuration = ALL },
      plain = { policies = { { name = 'apicast' } } },
      old = { configuration = { enable_sse_support = true,
        rules = { old_rule('total_tokens'), old_rule('prompt_tokens'), old_rule('completion_tokens') } } },
      other_rules = { configuration = { rules = {
        { metric = 'cached_tokens', increment = '1', condition = { combine_op = 'or', operations = {
          { left = '{{status}}', left_type = 'liquid', op = '==', right = '500' },
          { left = '{{resp.headers.x-kind}}', left_type = 'liquid', op = 'matches', right = '^sp' } } } },
        { metric = 'broken', increment = '{{ llm_usage.total_tokens | no_such_filter }}' },
        { metric = 'broken', increment = '1', condition = { operations = { { left = 'a', op = '~', right = 'b' } } } },
        { metric = '{{llm_usage.kind}}_tokens', increment = '{{llm_usage.details.some}}' },
        { metric = 'total_tokens', increment = '{{llm_usage.total_tokens}}' },
      } } },
      own_number = { configuration = { rules = { { metric = 'total_tokens', increment = ' {{llm_usage.own}} ' } } } },
      unset = {},
      no_upstream = { policies = { { name = 'llm-metrics', configuration = { rules = { { metric = 'cached_tokens', increment = '1' } } } },
        { name = 'echo' }, { name = 'apicast' } } },
    })
  end)
  teardown(function() rig:stop() end)
  before_each(function() rig:backend() end)

  local function counted(expected, application)
    for _, metric in ipairs({ 'total_tokens', 'prompt_tokens', 'completion_tokens', 'cached_tokens', 'reasoning_tokens' }) do
      assert.message(metric).equal(expected[metric] or 0, rig:counted(application or 'one', metric, expected[metric] or 0))
    end
  end

  for _, fixture in ipairs(fixtures.replies) do
    it('the usage of ' .. fixture.file .. ' is reported and its bytes stay', function()
      rig:models({ reply = { pieces = split(fixture.text, 50) } })
      local answer = rig:send('all', 'reply', { path = fixture.path })
      assert.equal(200, answer.status)
      assert.equal(fixture.text, answer.body)
      counted(fixture.numbers or {})
    end)
  end

  for _, fixture in ipairs(fixtures.streams) do
    it('the usage of ' .. fixture.file .. ' is reported and its bytes stay', function()
      rig:models({ stream = { type = 'text/event-stream; charset=utf-8', pieces = split(fixture.text, 37) } })
      local answer = rig:send('all', 'stream', { path = fixture.path })
      assert.equal(fixture.text, answer.body)
      counted(fixture.numbers)
    end)
  end

  it('tokens in lines and in headers are reported, and those of a compressed reply if its head says them', function()
    rig:models({
      lines = { type = 'application/x-ndjson', pieces = { '{"message":{"content":"a"},"done":false}\n{"done":true,"prompt_eval',
        '_count":26,"eval_count":298}\n' } },
      embed = { headers = { ['X-Compute-Tokens'] = '11' }, pieces = { '[[0.1,0.2]]' } },
      packed = { headers = { ['X-Compute-Tokens'] = '11', ['Content-Encoding'] = 'br' }, pieces = { 'abc' } },
      wrong = { headers = { ['X-Compute-Tokens'] = '1e400' }, pieces = { '[[0.1,0.2]]' } },
    })
    assert.equal('{"message":{"content":"a"},"done":false}\n{"done":true,"prompt_eval_count":26,"eval_count":298}\n',
      rig:send('all', 'lines', { path = '/api/chat' }).body)
    counted({ prompt_tokens = 26, completion_tokens = 298, total_tokens = 324 })
    assert.equal('[[0.1,0.2]]', rig:send('all', 'embed', { path = '/embed' }).body)
    assert.equal('abc', rig:send('all', 'packed', { path = '/embed' }).body)
    counted({ prompt_tokens = 48, completion_tokens = 298, total_tokens = 346 })
    local before = rig:metric('llm_usage_skipped_total', { reason = 'no_usage' })
    rig:send('all', 'wrong', { path = '/embed' })
    assert.is_true(Rig.eventually(function() return rig:metric('llm_usage_skipped_total', { reason = 'no_usage' }) == before + 1 end))
  end)

  it('the first piece of a stream leaves before the second is in, with and without taking out usage', function()
    rig:models({ slow = { type = 'text/event-stream', pieces = {
      'data: {"choices":[{"delta":{"content":"a"}}]}\n\n', { wait = 0.4 }, ': ping\n\n', { wait = 0.4 },
      'data: {"choices":[{"delta":{"content":"b', { wait = 0.4 }, '"}}]}\n\n', { wait = 0.4 },
      'data: {"choices":[],"usage":{"total_tokens":5}}\n\n', 'data: [DONE]\n\n' } } })
    for _, body in ipairs({ '{}', '{"stream":true}' }) do
      local answer = rig:send('all', 'slow', { body = body })
      local at, text = {}, ''
      for _, piece in ipairs(answer.pieces) do
        text = text .. piece.text
        for mark, wanted in pairs({ a = '"a"}}]}\n\n', ping = ': ping\n\n', b = '"b', rest = '"b"}}]}' }) do
          if not at[mark] and text:find(wanted, 1, true) then at[mark] = piece.at end
        end
      end
      assert(at.a < 0.3, 'first event at ' .. at.a)
      assert(at.ping - at.a > 0.3 and at.ping < 0.7, 'comment at ' .. at.ping)
      assert(at.b < 1.1, 'half an event at ' .. at.b)
      assert(at.rest < 1.5, 'the other half at ' .. at.rest)
    end
    assert.equal(10, rig:counted('one', 'total_tokens', 10))
  end)

  it('usage is reported whether the authorization came from the cache or not', function()
    rig:models({ json = { pieces = { '{"usage":{"total_tokens":3}}' } } })
    for _ = 1, 3 do rig:send('all', 'json') end
    assert.equal(9, rig:counted('one', 'total_tokens', 9))
    assert.equal(3, rig:counted('one', 'hits', 3))
    for _, call in ipairs(rig:usage().calls) do
      if call.kind == 'authrep' then assert.is_nil(call.arguments['usage[total_tokens]']) end
    end
  end)

  it('a client that leaves in the middle pays for what was seen, and what was not is counted as missed', function()
    rig:models({
      continuous = { type = 'text/event-stream', pieces = {
        'data: {"choices":[{}],"usage":{"total_tokens":6}}\n\n', { wait = 0.1 },
        { text = 'data: {"choices":[{}],"usage":{"total_tokens":7}}\n\n', times = 3 }, { wait = 1 }, { text = 'data: x\n\n', times = 1000 } } },
      silent = { type = 'text/event-stream', pieces = { 'data: {"choices":[{}]}\n\n', { wait = 0.5 }, { text = 'data: x\n\n', times = 1000 } } },
    })
    local answer = rig:send('all', 'continuous', { leave_after = 150 })
    assert.is_true(answer.left)
    assert.equal(7, rig:counted('one', 'total_tokens', 7))
    local before = rig:metric('llm_usage_skipped_total', { reason = 'aborted' })
    rig:send('all', 'silent', { leave_after = 10 })
    assert.is_true(Rig.eventually(function() return rig:metric('llm_usage_skipped_total', { reason = 'aborted' }) == before + 1 end))
    assert.equal(7, rig:counted('one', 'total_tokens', 7))
  end)

  it('a client that leaves before the reply begins is counted as missed, and as gone', function()
    rig:models({ late = { pieces = { { wait = 0.5 }, '{"usage":{"total_tokens":7}}' } } })
    local labels = { service_id = rig.services.all.id, reason = 'aborted' }
    local before = rig:metric('llm_usage_skipped_total', labels)
    assert.has_error(function() rig:send('all', 'late', { timeout = 0.2 }) end)
    assert.is_true(Rig.eventually(function() return rig:metric('llm_usage_skipped_total', labels) == before + 1 end))
    assert.equal(1, rig:metric('llm_requests_total', { service_id = rig.services.all.id, status = '499' }))
    assert.equal(0, rig:usage().totals['one total_tokens'] or 0)
  end)

  it('an upstream that breaks off is paid for as far as it said', function()
    rig:models({ broken = { type = 'text/event-stream', pieces = {
      'data: {"choices":[{}],"usage":{"total_tokens":6}}\n\ndata: {"cho', { wait = 0.1 }, { reset = true } } } })
    local answer = rig:send('all', 'broken')
    assert.equal(200, answer.status)
    assert.equal(6, rig:counted('one', 'total_tokens', 6))
    rig:models({ broken = { pieces = { '{"usage":{"total_tokens":7},"x":"', { wait = 0.1 }, { reset = true } } } })
    rig:send('all', 'broken')
    assert.equal(13, rig:counted('one', 'total_tokens', 13))
  end)

  it('other replies pass untouched: pages, pictures, compressed bodies, errors, no type', function()
    local binary = {}
    for i = 0, 255 do binary[i + 1] = string.char(i) end
    binary = table.concat(binary):rep(200)
    local mime = require('mime')
    rig:models({
      page = { status = 404, type = 'text/html', pieces = { '<html>"usage":{"total_tokens":5}</html>' } },
      failure = { status = 500, pieces = { '{"usage":{"total_tokens":5}}' } },
      picture = { type = 'image/png', pieces = { { text = mime.b64(binary), base64 = true } } },
      gzip = { headers = { ['Content-Encoding'] = 'gzip' }, pieces = { { text = mime.b64(binary), base64 = true } } },
      untyped = { type = '', pieces = { 'just text' } },
      nothing = { status = 204 },
      wrong = { pieces = { '{"usage":{"total_tokens":5' } },
      null = { pieces = { 'null' } },
    })
    local before = rig:metric('llm_usage_skipped_total', { reason = 'encoding' })
    local errors = rig:metric('llm_policy_errors_total')
    assert.equal('<html>"usage":{"total_tokens":5}</html>', rig:send('all', 'page').body)
    assert.equal(500, rig:send('all', 'failure').status)
    assert.equal(binary, rig:send('all', 'picture').body)
    local gzip = rig:send('all', 'gzip')
    assert.equal(binary, gzip.body)
    assert.equal('gzip', gzip.headers['content-encoding'])
    assert.equal('just text', rig:send('all', 'untyped').body)
    assert.equal(204, rig:send('all', 'nothing').status)
    assert.equal('{"usage":{"total_tokens":5', rig:send('all', 'wrong').body)
    assert.equal('null', rig:send('all', 'null').body)
    assert.equal(before + 1, rig:metric('llm_usage_skipped_total', { reason = 'encoding' }))
    assert.equal(errors, rig:metric('llm_policy_errors_total'))
    assert.equal(0, rig:counted('one', 'total_tokens', 0))
  end)

  it('requests that call no model have no effect: HEAD, GET, OPTIONS', function()
    rig:models({ json = { pieces = { '{"usage":{"total_tokens":3}}' } } })
    for _, request in ipairs({ { 'HEAD', '/v1/models' }, { 'GET', '/v1/responses/resp_1' }, { 'OPTIONS', '/v1/chat/completions' } }) do
      assert.equal(200, rig:send('all', 'json', { method = request[1], path = request[2] }).status)
    end
    assert.equal(3, rig:counted('one', 'hits', 3))
    assert.equal(0, rig:usage().totals['one total_tokens'] or 0)
  end)

  it('what calls a model is counted whatever its verb', function()
    rig:models({ json = { pieces = { '{"usage":{"total_tokens":3}}' } } })
    for _, method in ipairs({ 'GET', 'PUT', 'PATCH', 'DELETE', 'REPORT' }) do
      assert.equal(200, rig:send('all', 'json', { method = method }).status)
    end
    counted({ total_tokens = 15 })
  end)

  it('a switch to another protocol passes', function()
    rig:models({ switch = { status = 101, type = false, headers = { Upgrade = 'websocket', Connection = 'upgrade' } } })
    local status = rig:send('all', 'switch', { headers = { Upgrade = 'websocket' } }).status
    assert.equal(rig:send('plain', 'switch', { headers = { Upgrade = 'websocket' } }).status, status)
  end)

  it('the configuration of the policy\'s first version reports the same', function()
    rig:models({ json = { pieces = { '{"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}' } },
      stream = { type = 'text/event-stream', pieces = { fixtures.read('streams/chat.sse') } },
      created = { status = 201, pieces = { '{"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}' } } })
    rig:send('old', 'json')
    counted({ prompt_tokens = 3, completion_tokens = 4, total_tokens = 7 })
    rig:send('old', 'stream')
    counted({ prompt_tokens = 22, completion_tokens = 25, total_tokens = 47 })
    rig:send('old', 'created')
    counted({ prompt_tokens = 22, completion_tokens = 25, total_tokens = 47 })
  end)

  it('rules may count without usage and under any name, and a broken one harms no other', function()
    rig:models({ special = { headers = { ['X-Kind'] = 'special' }, pieces = {
      '{"usage":{"total_tokens":7,"kind":"reasoning","details":{"some":2}}}' } }, failure = { status = 500, pieces = { '{}' } } })
    local before = rig:metric('llm_policy_errors_total', { where = 'rules' })
    rig:send('other_rules', 'special')
    counted({ cached_tokens = 1, reasoning_tokens = 2, total_tokens = 7 })
    rig:send('other_rules', 'failure')
    counted({ cached_tokens = 2, reasoning_tokens = 2, total_tokens = 7 })
    assert(rig:metric('llm_policy_errors_total', { where = 'rules' }) >= before + 2)
    assert.is_truthy(rig:error_log():find('llm%-metrics: rule [23]: '))
  end)

  it('rules count without an upstream of nginx too, as where the gateway answers through a proxy, but only what it lets in', function()
    assert.equal(200, rig:send('no_upstream', 'json').status)
    counted({ cached_tokens = 1 })
    assert.equal(403, rig:send('no_upstream', 'json', { key = 'wrong' }).status)
    assert.equal(404, rig:send('no_upstream', 'json', { path = '/unmapped' }).status)
    assert.equal(200, rig:send('no_upstream', 'json', { key = 'key-two' }).status)
    counted({ cached_tokens = 1 }, 'two')
    counted({ cached_tokens = 1 })
  end)

  it('rules add whole numbers written in plain digits and nothing else', function()
    local total = 0
    for text, counts in pairs({ ['7'] = 7, ['1e3'] = 1000, ['5.5'] = 5, ['"0x10"'] = 0, ['"inf"'] = 0, ['"nan"'] = 0, ['-1'] = 0,
      ['1e300'] = 0, ['"+5"'] = 0, ['"#5"'] = 0, ['9007199254740993000'] = 0 }) do
      rig:models({ odd = { pieces = { '{"usage":{"own":' .. text .. '}}' } } })
      assert.equal(200, rig:send('own_number', 'odd').status)
      total = total + counts
    end
    assert.equal(total, rig:counted('one', 'total_tokens', total))
    for _, call in ipairs(rig:usage().calls) do
      for key, value in pairs(call.body or {}) do
        if key:find('[usage]', 1, true) then assert.is_truthy(value:match('^%d+$')) end
      end
    end
  end)

  it('requests that the gateway refuses report nothing', function()
    rig:models({ json = { pieces = { '{"usage":{"total_tokens":3}}' } } })
    rig:seen()
    assert.equal(403, rig:send('other_rules', 'json', { key = 'wrong' }).status)
    assert.equal(404, rig:send('other_rules', 'json', { path = '/unmapped' }).status)
    assert.equal(401, rig:send('other_rules', 'json', { headers = { Authorization = '' } }).status)
    for _, call in ipairs(rig:usage().calls) do assert.not_equal('report', call.kind) end
    assert.equal(0, #rig:seen())
  end)

  it('without any configuration nothing is reported, and Prometheus counts', function()
    rig:models({ json = { pieces = { '{"model":"quiet","usage":{"total_tokens":3}}' } } })
    assert.equal(200, rig:send('unset', 'json').status)
    assert.is_true(Rig.eventually(function() return rig:metric('llm_total_tokens_total', { model = 'quiet' }) == 3 end))
    for _, call in ipairs(rig:usage().calls) do assert.not_equal('report', call.kind) end
  end)

  it('a client slower than the model gets every byte', function()
    local piece = ('x'):rep(65536)
    rig:models({ long = { quiet = true, pieces = { '{"x":"', { text = piece, times = 100 }, '","usage":{"total_tokens":9}}' } } })
    local answer = rig:send('all', 'long', { slow = 0.005 })
    assert.equal('{"x":"' .. piece:rep(100) .. '","usage":{"total_tokens":9}}', answer.body)
    assert.equal(9, rig:counted('one', 'total_tokens', 9))
  end)
end)
