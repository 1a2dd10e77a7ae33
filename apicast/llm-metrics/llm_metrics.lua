--- The policy: what it does in each of the gateway's phases.
--
--   rewrite        notes when the request began
--   access         limits, the request's body, the client's credentials  (llm_metrics_limits, _inbound, _credentials)
--   content        notes that the gateway has let the request in
--   header_filter  decides whether the reply is worth watching           (_response)
--   body_filter    watches it go by                                      (_sse, _json, _usage, _strip)
--   post_action    reports, and counts for Prometheus        (_accounting, _rules, _report, _prometheus)
--   log            the same, where a request never came to post_action
--
-- It stands before `apicast` in the chain. The gateway swallows what a phase raises, so each phase catches, counts and
-- logs its own errors, and the request goes on without the policy.

local pcall = pcall
local policy = require('apicast.policy')
local Application = require('llm_metrics_application')
local accounting = require('llm_metrics_accounting')
local calls = require('llm_metrics_calls')
local config = require('llm_metrics_config')
local credentials = require('llm_metrics_credentials')
local drain = require('llm_metrics_drain')
local forms = require('llm_metrics_forms')
local inbound = require('llm_metrics_inbound')
local limits = require('llm_metrics_limits')
local log = require('llm_metrics_log')
local prometheus = require('llm_metrics_prometheus')
local prompt = require('llm_metrics_prompt')
local ratelimit = require('llm_metrics_ratelimit')
local response = require('llm_metrics_response')
local rules = require('llm_metrics_rules')
local withheld = require('llm_metrics_withheld')

local _M = policy.new('LLM Metrics', '1.0')
local new = _M.new

--- @param given the configuration, see apicast-policy.json; nil is allowed
function _M.new(given)
  local self = new(given)
  self.config = config.read(given)
  self.rules = rules.load(type(given) == 'table' and given.rules)
  self.metrics = prometheus.new(self.config)
  self.applications = Application.new(self.config.application_lookup)
  return self
end

local function state_of(self, context)
  local state = context[self]
  if not state then
    ngx.update_time() -- the gateway's clock may be 100 ms coarse
    state = { began = ngx.now() }
    context[self] = state
  end
  return state
end

local function failed(where, err)
  prometheus.error(where)
  log.say(log.ERR, 'error ' .. where, 'error in ', where, ': ', tostring(err))
end

-- One step that goes wrong must not keep the next from being done.
local function guarded(where, step, ...)
  local ok, result = pcall(step, ...)
  if ok then return result end
  failed(where, result)
end

local phases = {}

function phases.rewrite(self, context)
  local state = state_of(self, context)
  if self.config.on_client_abort == 'drain' then state.inner = drain.is_inner() end
end

function phases.access(self, context)
  local state = state_of(self, context)
  state.calls_model = calls.model(ngx.req.get_method(), ngx.var.uri, self.config.model_paths)
  if state.calls_model and self.config.on_client_abort == 'drain' and not state.inner then
    guarded('drain', drain.relay, self.config, state)
  end
  if state.calls_model then
    guarded('limits', prompt.check, self.config, context)
    local request = guarded('body', inbound.read, self.config, context, state)
    guarded('limits', limits.enforce, self, context, state, request)
    guarded('body', inbound.rewrite, self.config, request, state)
  end
  guarded('credentials', credentials.apply, self.config, context)
end

function phases.content(self, context)
  state_of(self, context).accepted = true
end

function phases.header_filter(self, context)
  local state = state_of(self, context)
  state.answered = true
  if not state.calls_model or state.relay then return end
  local headers = ngx.header
  if self.config.rate_limit_headers and state.left and ngx.status < 300 then
    for name, value in pairs(ratelimit.headers(ngx.var.uri, state.left)) do headers[name] = value end
  end
  state.watch, state.skipped = response.watch({
    status = ngx.status,
    content_type = headers.content_type,
    content_encoding = headers.content_encoding,
    path = ngx.var.uri,
    strip = state.strip,
    tokens = forms.of_head(headers),
    bound = self.config.bounds,
  })
  if state.watch and state.watch.stripper then headers.content_length = nil end
  if state.skipped == 'encoding' and self.config.enforce[1] and self.config.on_unreadable == 'refuse' then
    state.withheld = withheld.head()
  end
end

local function watched(state, watch, piece, last)
  local changed
  if piece and piece ~= '' then changed = watch:feed(piece) end
  if not state.first_at and watch:begun() then
    ngx.update_time()
    state.first_at = ngx.now()
  end
  if last then
    local rest = watch:finish()
    if rest then changed = (changed or '') .. rest end
    state.complete = true
  end
  return changed
end

function phases.body_filter(self, context)
  local state = context[self]
  if state and state.withheld then return withheld.piece(state) end
  local watch = state and state.watch
  if not watch then return end
  local piece, last = ngx.arg[1], ngx.arg[2]
  local ok, changed = pcall(watched, state, watch, piece, last)
  if ok then
    if changed then ngx.arg[1] = changed end
    return
  end
  -- The client gets what the watch may have kept, and what comes after passes unwatched.
  state.watch, state.skipped = nil, 'error'
  ngx.arg[1] = watch:rescue() or piece
  failed('body_filter', changed)
end

function phases.post_action(self, context)
  local state = state_of(self, context)
  if state.relay then return drain.leave(state) end
  accounting.settle(self, context, state)
end

phases.log = phases.post_action

for name, phase in pairs(phases) do
  _M[name] = function(self, context) guarded(name, phase, self, context) end
end

-- Called for each piece of a reply: what may go wrong in it is caught where it is looked at.
_M.body_filter = phases.body_filter

return _M
