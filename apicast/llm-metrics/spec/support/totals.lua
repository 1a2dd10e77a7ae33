-- Prints each test as it ends, and the totals on the last line.
return function()
  local busted = require('busted')
  local handler = require('busted.outputHandlers.base')()

  local function say(...) io.stdout:write(table.concat({ ... }), '\n') end
  local function full_name(element) return handler.getFullName(element) end

  local function test_ended(element, _, status)
    say(status == 'success' and 'ok   ' or status .. ' ', full_name(element))
    io.stdout:flush()
    return nil, true
  end

  local function trouble(entry)
    say('')
    say('FAILED ', entry.name or '?')
    local message = entry.message
    say(type(message) == 'string' and message or require('pl.pretty').write(message))
    if entry.trace and entry.trace.traceback then say(entry.trace.traceback) end
  end

  local function suite_ended()
    for _, entry in ipairs(handler.failures) do trouble(entry) end
    for _, entry in ipairs(handler.errors) do trouble(entry) end
    -- A pending test would be one that proves nothing: it counts as failed.
    local failed = handler.failuresCount + handler.errorsCount + handler.pendingsCount
    say('')
    say(handler.successesCount, ' passed, ', failed, ' failed')
    return nil, true
  end

  busted.subscribe({ 'test', 'end' }, test_ended, { predicate = handler.cancelOnPending })
  busted.subscribe({ 'suite', 'end' }, suite_ended)
  return handler
end
