-- What APIcast 2.16 does in its own way: where its HTTP client looks for how long to wait, and how the policy
-- request_unbuffered says what it is there for.
return {
  waits = function(request) return (request.proxy_options or {}).upstream_connection_opts end,
  unbuffered = function() return { rewrite = function(_, context) context.request_unbuffered = true end } end,
}
