package apply

import "errors"

// Effect is what a change that failed has done to the server all the same.
type Effect string

// The effects of a failed change.
const (
	Nothing Effect = ""
	InPart  Effect = "part"    // some of its requests succeeded
	Unknown Effect = "unknown" // the answer was lost, or wasn't the server's
)

// EffectError is the failure of a change that has had an effect, or may have.
type EffectError struct {
	Err    error
	Effect Effect
}

func (e *EffectError) Error() string { return e.Err.Error() }
func (e *EffectError) Unwrap() error { return e.Err }

// WithEffect adds to a change's error whether a request of it succeeded (taken), or may have (open).
func WithEffect(err error, taken, open bool) error {
	switch {
	case err == nil:
		return nil
	case taken:
		return &EffectError{err, InPart}
	case open:
		return &EffectError{err, Unknown}
	}
	return err
}

func effectOf(err error) Effect {
	var e *EffectError
	if errors.As(err, &e) {
		return e.Effect
	}
	return Nothing
}
