-- What APIcast 2.15 does in its own way: where its HTTP client looks for how long to wait, and how the policy
-- request_unbuffered says what it is there for.
return {
  waits = function(request) return request.upstream_connection_opts end,
  unbuffered = function() return { export = function() return { request_unbuffered = true } end } end,
}
