-- Stands in for the gateway's conditions.
return {
  new = function(operations, combine)
    return {
      evaluate = function(_, context)
        for _, operation in ipairs(operations) do
          local holds = operation:evaluate(context)
          if combine == 'or' and holds then return true end
          if combine ~= 'or' and not holds then return false end
        end
        return combine ~= 'or'
      end,
    }
  end,
}
