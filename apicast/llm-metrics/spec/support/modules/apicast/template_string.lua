-- Stands in for the gateway's templates: plain text, and of Liquid no more than {{ a.b }}. A filter is an error.
local _M = {}

local function lookup(context, path)
  local value = context
  for key in path:gmatch('[^.%s]+') do
    if value == nil then return '' end
    value = value[key]
  end
  return value == nil and '' or tostring(value)
end

function _M.new(text, kind)
  if kind ~= 'liquid' then return { render = function() return text end } end
  return {
    render = function(_, context)
      return (text:gsub('{{(.-)}}', function(inner)
        assert(not inner:find('|', 1, true), 'unknown filter')
        return lookup(context, inner)
      end))
    end,
  }
end

return _M
