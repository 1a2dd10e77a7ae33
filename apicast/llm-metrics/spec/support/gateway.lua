-- A small gateway: the phases and the chain of policies as APIcast runs them, errors swallowed as it swallows them.
local cjson = require('cjson')
local linked_list = require('apicast.linked_list')
local sandbox = require('sandbox')
local stubs = require('stubs')

local _M = {}

local services, kept, policy = {}, {}, nil

-- A policy beside the one under test, for what a chain may hold.
local others = {
  apicast = function() return require('apicast_policy').new() end,
  batcher = function() return { access = function(_, context) context.skip_apicast_access = true end } end,
  unbuffered = stubs.unbuffered,
  echo = function() return { content = function() ngx.say(ngx.var.request) ngx.exit(ngx.OK) end } end,
  upstream_token = function()
    return { rewrite = function() ngx.req.set_header('Authorization', 'Bearer token-of-the-upstream') end }
  end,
}

local function build_chain(service)
  service.chain = {}
  for _, entry in ipairs(service.policies) do
    if entry.name ~= 'llm-metrics' then
      local make = others[entry.name]
      if make then table.insert(service.chain, make()) end -- a gateway leaves out what it doesn't have
    elseif policy then
      local ok, built = pcall(policy.new, entry.configuration)
      if ok then table.insert(service.chain, built) else ngx.log(ngx.ERR, 'policy left out: ', built) end
    end
  end
end

function _M.init(file, policy_dir)
  local handle = assert(io.open(file))
  local config = cjson.decode(handle:read('*a'))
  handle:close()
  policy = config.chain_has_policy and sandbox.load(policy_dir)
  for host, service in pairs(config.services) do
    build_chain(service)
    services[host] = service
  end
end

local function context_of()
  local ctx = ngx.ctx
  if not ctx.context then
    local service = services[ngx.var.host]
    if service and service.read_anew then build_chain(service) end -- as in staging, where nothing is cached
    local exported = { service = service }
    for _, one in ipairs(service and service.chain or {}) do
      for name, value in pairs(one.export and one:export() or {}) do exported[name] = value end
    end
    ctx.context = linked_list.readwrite(exported)
    ctx.context.original_request = { headers = ngx.req.get_headers(), path = ngx.var.uri, host = ngx.var.host }
  end
  return ctx.context
end

function _M.phase(name)
  local context = context_of()
  for _, policy in ipairs(context.service and context.service.chain or {}) do
    if policy[name] then pcall(policy[name], policy, context) end
  end
end

-- ngx.ctx doesn't outlive an internal redirect: the gateway hands it on.
function _M.stash()
  local reference = ngx.var.request_id
  kept[reference] = ngx.ctx
  ngx.var.ctx_ref = reference
end

function _M.apply()
  ngx.ctx = assert(kept[ngx.var.ctx_ref], 'no context')
end

function _M.release()
  kept[ngx.var.ctx_ref] = nil
end

return _M
