package threescaletest

// stateMachine says which events lead from where to where.
type stateMachine map[string]transition

type transition struct {
	from []string
	to   string
}

// fire applies an event that a request asks for. An event that is unknown, or that
// the state does not allow, is a problem of "state_event".
func (m stateMachine) fire(errs *problems, state, event string) string {
	if _, known := m[event]; !known {
		errs.add("state_event", msgInvalid)
		return state
	}
	to, allowed := m.next(state, event)
	if !allowed {
		errs.add("state_event", "cannot transition when "+state)
	}
	return to
}

// next is the state that an event leads to, or the old one if it is not allowed.
func (m stateMachine) next(state, event string) (string, bool) {
	t := m[event]
	if contains(t.from, state) {
		return t.to, true
	}
	return state, false
}

func productEvents() stateMachine {
	return stateMachine{
		"take_offline": {[]string{"published"}, "offline"},
		"complete":     {[]string{"incomplete"}, "hidden"},
		"reject":       {[]string{"pending"}, "hidden"},
		"publish":      {[]string{"offline", "pending", "incomplete", "hidden", "published"}, "published"},
		"hide":         {[]string{"incomplete", "published", "pending"}, "hidden"},
		"deprecate":    {[]string{"incomplete", "published", "offline", "hidden"}, "deprecated"},
	}
}

func planEvents() stateMachine {
	return stateMachine{
		"publish": {[]string{"hidden"}, "published"},
		"hide":    {[]string{"published"}, "hidden"},
	}
}
