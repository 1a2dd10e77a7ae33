-- The real clients that callers have, from PyPI and npm: what they make of the gateway's answers. scripts/clients.sh
-- installs them.
local cjson = require('cjson')
local fixtures = require('fixtures')
local Rig = require('rig')

local CACHE = '../../.cache/clients' -- test.sh runs where the policy's files are

local CLIENTS = {
  Python = CACHE .. '/python/bin/python spec/clients/clients.py',
  Node = 'node spec/clients/clients.mjs ' .. CACHE .. '/node',
}

local TOOLS = '{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":"tool_calls","message":'
  .. '{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"add","arguments":"{\\"a\\":1}"}}]}}],'
  .. '"usage":{"prompt_tokens":2,"completion_tokens":3,"total_tokens":5}}'

for language, command in pairs(CLIENTS) do
  describe('clients for ' .. language, function()
    local rig

    setup(function()
      rig = Rig.start({ ['127.0.0.1'] = { configuration = {
        enforce = { 'total_tokens' }, limits_ttl = 0, max_prompt_bytes = 200000, rate_limit_headers = true,
      } } })
      local function sse(name) return { type = 'text/event-stream', pieces = { fixtures.read(name) } } end
      local function json(name) return { pieces = { fixtures.read(name) } } end
      rig:models({
        chat = json('replies/chat.json'), tools = { pieces = { TOOLS } }, stream = sse('streams/chat.sse'),
        responses = json('replies/responses.json'), responses_stream = sse('streams/responses.sse'),
        embeddings = json('replies/embeddings.json'), audio = json('replies/transcription-tokens.json'),
        messages = json('replies/messages.json'), messages_stream = sse('streams/messages.sse'),
      })
    end)
    teardown(function() rig:stop() end)

    -- Starts steps, and returns a function that waits for their outcome.
    local function begin(...)
      local pipe = io.popen(command .. ' http://127.0.0.1:' .. rig.port .. ' ' .. table.concat({ ... }, ' ') .. ' 2>&1')
      return function()
        local text = pipe:read('*a')
        pipe:close()
        local ok, said = pcall(cjson.decode, text)
        return ok and said or error(text)
      end
    end

    local function run(...) return begin(...)() end

    local function limit(value, change)
      change = change or {}
      change['127.0.0.1'] = { limits = { { metric = 'total_tokens', period = 'minute', value = value } } }
      rig:backend(change)
    end

    it('get what they ask for, and what they use is counted', function()
      limit(100000)
      local said = run('chat', 'tools', 'stream', 'stream_with_usage', 'responses', 'responses_stream', 'embeddings', 'audio', 'messages', 'messages_stream')
      assert.equal(40, said.chat)
      assert.same({ a = 1 }, cjson.decode(said.tools))
      assert.same({ '"usage": {"total_tokens": 7} {[ ä \\', false }, said.stream)
      assert.same({ 40 }, said.stream_with_usage)
      assert.same({ 123, { 123 }, 8, 'Hello.' }, { said.responses, said.responses_stream, said.embeddings, said.audio })
      assert.same({ 30, { 15, 30 } }, { said.messages, said.messages_stream })
      local total = 40 + 5 + 40 + 40 + 123 + 123 + 8 + 59 + 340 + 340
      assert.equal(total, rig:counted('one', 'total_tokens', total))
    end)

    it('wait at a limit for as long as they are told, and then succeed', function()
      limit(100000)
      local openai, anthropic = begin('chat', 'pause', 'waits'), begin('messages', 'pause', 'messages_waits')
      assert.equal(380, rig:counted('one', 'total_tokens', 380, 60)) -- both run
      -- While they pause, a limit is reached, in a minute of the backend that ends in some seconds.
      limit(1000, { shift = 54 - os.time() % 60, use = { { application = 'one', metric = 'total_tokens', value = 1000 } } })
      local refused = rig:metric('llm_limited_requests_total')
      for used, said in pairs({ [40] = openai().waits, [30] = anthropic().messages_waits }) do
        assert.equal(used, said[1])
        assert(said[2] < 10, 'waited ' .. said[2])
      end
      refused = rig:metric('llm_limited_requests_total') - refused
      assert(refused >= 2 and refused <= 4, refused .. ' refusals')
    end)

    it('know the errors as their own', function()
      limit(10, { use = { { application = 'one', metric = 'total_tokens', value = 10 } } })
      local said = run('limited', 'messages_limited')
      assert.same({ 'RateLimitError', 429, 'tokens', 'rate_limit_exceeded' }, said.limited)
      assert.same({ 'RateLimitError', 429, 'rate_limit_error' }, { unpack(said.messages_limited, 1, 3) })
      limit(100000)
      said = run('large', 'messages_large')
      assert.same({ 413, 'invalid_request_error', 'request_too_large' }, { unpack(said.large, 2, 4) })
      assert.same({ 413, 'request_too_large' }, { unpack(said.messages_large, 2, 3) })
    end)
  end)
end
