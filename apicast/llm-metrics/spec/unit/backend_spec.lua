-- How calls to the 3scale backend are made and what becomes of their answers, without a gateway.
local STUBBED = { 'apicast.backend_client', 'resty.http_ng.backend.resty', 'llm_metrics_aside', 'llm_metrics_client', 'llm_metrics_backend' }

describe('a call to the backend', function()
  local answers, calls, asides, before, backend

  setup(function()
    before = {}
    for _, name in ipairs(STUBBED) do before[name], package.loaded[name] = package.loaded[name], nil end
    package.loaded['resty.http_ng.backend.resty'] = {
      send = function(_, request)
        calls[#calls + 1] = request
        return table.remove(answers, 1) or { status = 200 }
      end,
    }
    local function ask(self) return self.client:send({ url = 'http://backend.example.com' }) end
    package.loaded['apicast.backend_client'] = {
      new = function(_, _, client) return { client = client, authorize = ask, report = ask } end,
    }
    package.loaded.llm_metrics_aside = {
      call = function(seconds, call, ...)
        asides[#asides + 1] = seconds
        return call(...)
      end,
    }
    backend = require('llm_metrics_backend')
  end)
  teardown(function()
    for _, name in ipairs(STUBBED) do package.loaded[name] = before[name] end
  end)
  before_each(function() answers, calls, asides = {}, {}, {} end)

  local function report() return backend.report({ id = '1' }, 'user_key', 'key', { hits = 1 }, 500) end
  local function authorize() return backend.authorize({ id = '1' }, { hits = 1 }, { user_key = 'key' }, 500) end

  it('tells the gateway\'s client how long to wait, a report ten times as long', function()
    authorize()
    report()
    for index, seconds in ipairs({ 0.5, 5 }) do
      local waits = { connect_timeout = seconds, send_timeout = seconds, read_timeout = seconds }
      assert.same({ upstream_connection_opts = waits }, calls[index].proxy_options)
      assert.same(waits, calls[index].upstream_connection_opts)
    end
  end)

  it('that found no connection in time is made again, one that found no answer is not', function()
    answers = { { status = 0, error = 'timeout', request = {} }, { status = 0, error = 'timeout', request = { path = '/transactions.xml' } } }
    assert.same({ 'unavailable', 'timeout' }, (function(answer) return { answer.kind, answer.reason } end)(report()))
    assert.equal('unknown', report().kind)
  end)

  it('over a connection that the backend has closed meanwhile is made again, once, if it counts nothing', function()
    local closed = { status = 0, error = 'closed', request = { path = '/' } }
    answers = { closed }
    assert.equal('allowed', authorize().kind)
    answers = { closed, closed }
    assert.equal('unavailable', authorize().kind)
    assert.equal(4, #calls)
    answers = { closed }
    assert.equal('unavailable', report().kind)
    assert.equal(5, #calls)
  end)

  it('is made aside of the request where the backend has a name', function()
    for endpoint, times in pairs({ ['http://127.0.0.1:3000'] = 0, ['http://10.0.0.1'] = 0, ['https://backend.example.com/x'] = 1, ['http://1a:80'] = 1 }) do
      asides = {}
      backend.authorize({ id = '1', backend = { endpoint = endpoint } }, { hits = 1 }, {}, 500)
      assert.message(endpoint).equal(times, #asides)
      assert.equal(times == 1 and 0.5 or nil, asides[1])
    end
    asides = {}
    report()
    assert.equal(0, #asides)
  end)

  it('that raises an error inside the client is one without an answer', function()
    package.loaded['resty.http_ng.backend.resty'].send = function() error('broken') end
    assert.equal('unavailable', authorize().kind)
    assert.equal('unavailable', report().kind)
  end)

  it('says numbers whole, in plain digits, from 0 to 2^53, and no others', function()
    for text, value in pairs({ ['0'] = 0, ['5'] = 5.9, ['100000000000000'] = 1e14, ['9007199254740992'] = 2 ^ 53 }) do
      assert.equal(text, backend.whole(value))
    end
    for _, value in ipairs({ -1, math.huge, -math.huge, 0 / 0, 2 ^ 53 + 2 }) do assert.is_nil(backend.whole(value)) end
  end)
end)
