--- Rules of the policy's first version: metric, increment and condition as Liquid templates.

local gsub = string.gsub
local ipairs = ipairs
local match = string.match
local pcall = pcall
local type = type
local Condition = require('apicast.conditions.condition')
local LinkedList = require('apicast.linked_list')
local Operation = require('apicast.conditions.operation')
local TemplateString = require('apicast.template_string')
local log = require('llm_metrics_log')
local prometheus = require('llm_metrics_prometheus')
local count = require('llm_metrics_count')

local _M = {}

local function condition_of(config)
  if type(config) ~= 'table' then return nil end
  local operations = {}
  for _, operation in ipairs(config.operations or {}) do
    operations[#operations + 1] = Operation.new(operation.left, operation.left_type or 'plain', operation.op,
      operation.right, operation.right_type or 'plain')
  end
  return Condition.new(operations, config.combine_op or 'and')
end

local function failed(what, err)
  prometheus.error('rules')
  log.say(log.ERR, 'rule ' .. what, 'rule ', what, ': ', tostring(err))
end

--- Reads the rules of a configuration. A rule that can't be read is logged and left out; the others stand.
function _M.load(rules)
  local loaded = {}
  for position, rule in ipairs(type(rules) == 'table' and rules or {}) do
    local ok, err = pcall(function()
      loaded[#loaded + 1] = {
        name = position,
        condition = condition_of(rule.condition),
        metric = TemplateString.new(tostring(rule.metric or ''), 'liquid'),
        increment = TemplateString.new(tostring(rule.increment or '0'), 'liquid'),
      }
    end)
    if not ok then failed(position, err) end
  end
  return loaded
end

--- What the templates see, beside nginx's variables. Only for phases that have a request.
local function view(context, numbers)
  return LinkedList.readonly({
    req = { headers = ngx.req.get_headers() },
    resp = { headers = ngx.resp.get_headers() },
    usage = context.usage,
    service = context.service or {},
    original_request = context.original_request,
    jwt = context.jwt or {},
    application = context.application or {},
    llm_usage = numbers or {},
  }, ngx.var)
end

local function apply(rule, seen, usage)
  if rule.condition and not rule.condition:evaluate(seen) then return end
  local metric = gsub(rule.metric:render(seen), '^%s*(.-)%s*$', '%1')
  local increment = count.text(match(rule.increment:render(seen), '^%s*(.-)%s*$'))
  if metric ~= '' and increment and increment > 0 then
    usage[metric] = count.number((usage[metric] or 0) + increment) or usage[metric]
  end
end

--- Adds what the rules say of this reply to usage.
function _M.apply(rules, context, numbers, usage)
  if not rules[1] then return end
  local seen = view(context, numbers)
  for _, rule in ipairs(rules) do
    local ok, err = pcall(apply, rule, seen, usage)
    if not ok then failed(rule.name, err) end
  end
end

return _M
