-- What reservations promise, by a model: gateways that know nothing of each other, one backend, a crowd of requests.
local watching = require('watching')

local COST = 100 -- of a request, and what is reserved for it

describe('reservations', function()
  local before, reserve, clock

  -- The gateway's shared memory, as far as it is used.
  local function dictionary()
    local values, till = {}, {}
    local function live(key)
      if till[key] and till[key] <= clock then values[key] = nil end
      return values[key]
    end
    return {
      get = function(_, key) return live(key) end,
      incr = function(_, key, by, initial, seconds)
        if live(key) == nil then
          if not initial then return nil, 'not found' end
          values[key], till[key] = initial, clock + seconds
        end
        values[key] = values[key] + by
        return values[key]
      end,
    }
  end

  setup(function()
    before = { ngx = _G.ngx, reserve = package.loaded.llm_metrics_reserve, shared = package.loaded.llm_metrics_shared }
    package.loaded.llm_metrics_reserve, package.loaded.llm_metrics_shared = nil, nil
    clock = 1000
    _G.ngx = { now = function() return clock end, shared = {} }
    reserve = require('llm_metrics_reserve')
  end)
  teardown(function()
    _G.ngx = before.ngx
    package.loaded.llm_metrics_reserve, package.loaded.llm_metrics_shared = before.reserve, before.shared
  end)

  local function take(memory, amount, seconds)
    return reserve.take({ id = '1' }, 'user_key', 'key', { tokens = amount }, seconds or 600, memory)
  end

  it('are told to those who come later, until they are given back', function()
    local memory = dictionary()
    local first, others = take(memory, 50)
    assert.same({ tokens = 0 }, others)
    local second
    second, others = take(memory, 30)
    assert.same({ tokens = 50 }, others)
    first:settle({ tokens = 10 })
    assert.same({ tokens = 40 }, select(2, take(memory, 0)))
    first:release()
    first:release()
    second:release()
    assert.same({ tokens = 0 }, select(2, take(memory, 0)))
  end)

  it('end by themselves, though others come all the time', function()
    local memory, from = dictionary(), clock
    take(memory, 50, 100)
    while clock - from < 100 do
      assert.equal(50, select(2, take(memory, 0, 100)).tokens)
      clock = clock + 7
    end
    clock = from + 126
    assert.equal(0, select(2, take(memory, 0, 100)).tokens)
  end)

  it('that have ended are not given back a second time', function()
    local memory = dictionary()
    local late = take(memory, 50, 100)
    clock = clock + 200
    take(memory, 20, 100)
    late:release()
    assert.equal(20, select(2, take(memory, 0, 100)).tokens)
  end)

  -- A request's way in steps that others may come between: reserve, ask the backend, be answered by the model, be reported.
  local steps = {
    function(world, request)
      request.reservation, request.others = take(request.gateway.memory, COST)
      world.order = world.order + 1
      request.order = world.order
      request.gateway.reserved = request.gateway.reserved + COST
    end,
    function(world, request)
      local gateway = request.gateway
      local beside = world.reserving and request.others.tokens or 0
      if world.used + beside + 1 > world.limit then
        request.reservation:release()
        gateway.reserved = gateway.reserved - COST
        request.step = #world.steps
        return
      end
      if request.order < gateway.last then return end
      gateway.last = request.order -- of those that reserved and were let in here
      world.bound = COST
      for _, other in ipairs(world.gateways) do
        if other ~= gateway then world.bound = world.bound + other.reserved end
      end
    end,
    function(_, request) request.reservation:settle({ tokens = COST }) end,
    function(world, request)
      world.used = world.used + COST
      request.gateway.reserved = request.gateway.reserved - COST
      request.reservation:release()
    end,
  }

  local function run(random, used, crowd, gateways, reserving)
    local world = { limit = 1000, used = used, order = 0, bound = 0, gateways = {}, reserving = reserving, steps = steps }
    local requests = {}
    for i = 1, gateways do world.gateways[i] = { memory = dictionary(), reserved = 0, last = 0 } end
    for i = 1, crowd * gateways do requests[i] = { gateway = world.gateways[i % gateways + 1], step = 0 } end
    while requests[1] do
      local index = random(1, #requests)
      local request = requests[index]
      request.step = request.step + 1
      steps[request.step](world, request)
      if request.step >= #steps then table.remove(requests, index) end
    end
    return world.used - world.limit, world
  end

  it('keep what goes beyond a limit to one request, and to what other gateways have under way', function()
    local random = watching.random(17)
    local worst = { {}, {}, {} }
    for round = 1, 3000 do
      local gateways, used = round % 3 + 1, random(0, 11) * 90
      local over, world = run(random, used, 12, gateways, true)
      assert(over < math.max(world.bound, 1), over .. ' over, of ' .. world.bound .. ' allowed')
      if gateways == 1 then assert(over < COST, over .. ' over with one gateway') end
      if used > 1000 - COST then -- less is left than one request costs
        assert(over < gateways * COST, over .. ' over with ' .. gateways .. ' gateways')
        worst[gateways][used] = math.max(worst[gateways][used] or -1e9, over)
      end
    end
    -- The bound is reached, and without reservations it is the crowd that counts.
    assert.equal(90, worst[1][990])
    assert.equal(190, worst[2][990])
    assert.equal(290, worst[3][990])
    local over = 0
    for _ = 1, 200 do over = math.max(over, (run(random, 990, 12, 2, false))) end
    assert(over > 10 * COST, over .. ' over without reservations')
  end)
end)
