-- Stands in for the gateway's comparison of two templates.
local TemplateString = require('apicast.template_string')

local compare = {
  ['=='] = function(left, right) return left == right end,
  ['!='] = function(left, right) return left ~= right end,
  matches = function(left, right) return ngx.re.match(left, right) ~= nil end,
}

return {
  new = function(left, left_type, op, right, right_type)
    assert(compare[op], 'unsupported operation')
    left, right = TemplateString.new(left, left_type), TemplateString.new(right, right_type)
    return { evaluate = function(_, context) return compare[op](left:render(context), right:render(context)) end }
  end,
}
