-- What APIcast 2.14 does in its own way: its HTTP client can't be told how long to wait, and no policy of it passes
-- requests on unbuffered.
return {
  waits = function() return nil end,
}
