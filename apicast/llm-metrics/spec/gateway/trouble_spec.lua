local fixtures = require('fixtures')
local Rig = require('rig')

local SOURCE = '.' -- test.sh runs where the policy's files are

local function shell(command) assert(os.execute(command) == 0, command) end

-- The policy with one function broken.
local function broken_policy(file, line)
  local directory = os.tmpname()
  os.remove(directory)
  shell('mkdir -p ' .. directory .. ' && cp ' .. SOURCE .. '/*.lua ' .. directory .. ' && chmod 755 ' .. directory)
  local path = directory .. '/' .. file
  local handle = assert(io.open(path))
  local text = handle:read('*a')
  handle:close()
  local from, to = text:find(line, 1, true)
  assert(from, line .. ' is not in ' .. file)
  handle = assert(io.open(path, 'w'))
  handle:write(text:sub(1, to), " error('broken on purpose') ", text:sub(to + 1))
  handle:close()
  return directory
end

describe('a policy with an error', function()
  local CONFIG = { enforce = { 'total_tokens' }, limits_ttl = 0 }
  local stream = fixtures.read('streams/chat.sse')
  local cases = {
    { where = 'rewrite', file = 'llm_metrics.lua', line = 'function phases.rewrite(self, context)', counts = true, blocks = true },
    { where = 'body', file = 'llm_metrics_inbound.lua', line = 'function _M.read(config, context, state)', whole = true, counts = true, blocks = true },
    { where = 'body', file = 'llm_metrics_inbound.lua', line = 'function _M.rewrite(config, read, state)', whole = true, counts = true, blocks = true },
    { where = 'limits', file = 'llm_metrics_limits.lua', line = 'function _M.enforce(policy, context, state, request)', counts = true },
    { where = 'credentials', file = 'llm_metrics_credentials.lua', line = 'function _M.apply(config, context)', counts = true, blocks = true, leaks = true },
    { where = 'header_filter', file = 'llm_metrics_response.lua', line = 'function _M.watch(head)', whole = true, blocks = true },
    { where = 'body_filter', file = 'llm_metrics_usage.lua', line = 'function Usage:take(found)', whole = true, blocks = true },
    { where = 'body_filter', file = 'llm_metrics_strip.lua', line = 'local function is_usage_chunk(event)', whole = true, blocks = true },
    { where = 'post_action', file = 'llm_metrics_accounting.lua', line = 'function _M.settle(self, context, state)', blocks = true },
    { where = 'report', file = 'llm_metrics_backend.lua', line = 'function _M.report(service, kind, id, usage, timeout)', blocks = true },
  }

  for _, case in ipairs(cases) do
    it('in ' .. case.file .. ' (' .. case.where .. ') breaks no request, and shows', function()
      local directory = broken_policy(case.file, case.line)
      local rig = Rig.start({ any = { configuration = CONFIG } }, { policy = directory })
      local ok, err = pcall(function()
        rig:backend({ any = { limits = { { metric = 'total_tokens', period = 'day', value = 100 } } } })
        local pieces = {}
        for i = 1, #stream, 60 do pieces[#pieces + 1] = stream:sub(i, i + 59) end
        rig:models({ stream = { type = 'text/event-stream', pieces = pieces } })
        local answer = rig:send('any', 'stream', { body = '{"stream":true}' })
        assert.equal(200, answer.status)
        if case.whole then assert.equal(stream, answer.body) end
        assert.is_true(Rig.eventually(function() return rig:metric('llm_policy_errors_total', { where = case.where }) > 0 end))
        assert.is_truthy(rig:error_log():find('llm%-metrics: error [^\n]*broken on purpose'))
        assert.equal(case.leaks and 'Bearer key-one' or nil, rig:seen()[1].headers.authorization)
        assert.equal(case.counts and 40 or 0, rig:counted('one', 'total_tokens', case.counts and 40 or 0))
        rig:change_backend({ use = { { application = 'one', metric = 'total_tokens', value = 100 } } })
        assert.equal(case.blocks and 429 or 200, rig:send('any', 'stream', { body = '{"stream":true}' }).status)
      end)
      rig:stop()
      shell('rm -rf ' .. directory)
      assert(ok, err)
    end)
  end
end)

describe('a configuration with mistakes', function()
  local MISTAKES = {
    { enforce = 'total_tokens' }, { metrics = { 'total_tokens' } }, { metrics = { total_tokens = 'no_such_number' } },
    { metrics = 'total_tokens' }, { on_backend_error = 'shut' }, { backend_timeout = -1 }, { backend_timeout = '5' }, { estimate = true },
    { polices = 1 }, { application_lookup = { endpoint = 'https://admin.example.com' } }, { include_usage_paths = 5 },
    { max_models = 0 }, { max_prompt_bytes = '5' }, { limits_ttl = -1 }, { rules = { { metric = 'x', condition = { operations = { { op = 'is' } } } } } },
  }
  it('is said to have them, and the rest of it holds', function()
    local services = {}
    for i, mistake in ipairs(MISTAKES) do
      mistake.rules = mistake.rules or {}
      table.insert(mistake.rules, { metric = 'total_tokens', increment = '{{llm_usage.total_tokens}}' })
      services['mistake' .. i] = { configuration = mistake }
    end
    services.text = { configuration = 'nonsense' }
    local rig = Rig.start(services)
    local ok, err = pcall(function()
      rig:backend()
      rig:models({ json = { pieces = { '{"usage":{"total_tokens":2}}' } } })
      for i = 1, #MISTAKES do
        assert.message('mistake ' .. i).equal(200, rig:send('mistake' .. i, 'json').status)
        assert.message('mistake ' .. i).equal(2 * i, rig:counted('one', 'total_tokens', 2 * i))
      end
      assert.equal(200, rig:send('text', 'json').status)
      assert.is_nil(rig:error_log():find('policy left out', 1, true))
      local _, lines = rig:error_log():gsub('llm%-metrics: configuration: ', '')
      assert(lines >= 11, lines .. ' lines of ' .. #MISTAKES .. ' mistakes')
      assert(rig:metric('llm_policy_errors_total', { where = 'configuration' }) >= 12)
    end)
    rig:stop()
    assert(ok, err)
  end)
end)

describe('a configuration from a form with fields left empty', function()
  it('is as if they had not been there', function()
    local null = require('cjson').null
    local rig = Rig.start({ form = { configuration = {
      enforce = {}, include_usage_paths = {}, application_lookup = {}, upstream_authorization = '', estimate = null, max_models = null,
      metrics = { total_tokens = 'total_tokens' }, rules = {}, enable_sse_support = true,
    } } })
    local ok, err = pcall(function()
      rig:backend()
      rig:models({ stream = { type = 'text/event-stream', pieces = { 'data: {"choices":[],"usage":{"total_tokens":2}}\n\n' } } })
      rig:send('form', 'stream', { body = '{"stream":true}' })
      assert.equal(2, rig:counted('one', 'total_tokens', 2))
      local request = rig:seen()[1]
      assert.equal('{"stream":true,"stream_options":{"include_usage":true}}', request.body)
      assert.is_nil(request.headers.authorization)
      assert.is_nil(rig:error_log():find('llm-metrics', 1, true))
    end)
    rig:stop()
    assert(ok, err)
  end)
end)
