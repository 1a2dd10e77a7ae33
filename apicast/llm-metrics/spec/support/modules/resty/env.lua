-- Stands in for the gateway's environment.
return { enabled = function() return false end }
