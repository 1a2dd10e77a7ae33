package plan

import (
	"errors"
	"fmt"
)

// Located is an error about what the document says at some place, found with a server's help before anything is written.
type Located interface {
	error
	// Where gives the place, and the message without it.
	Where() (Source, string)
}

// LocatedError is a message about one object of the document.
type LocatedError struct {
	Source  Source // the zero Source where the object isn't said
	Message string
}

// Errorf is a LocatedError about a wanted object.
func (o *Object) Errorf(format string, args ...any) error {
	return &LocatedError{o.Source, fmt.Sprintf(format, args...)}
}

func (e *LocatedError) Error() string { return e.Source.Before(e.Message) }

// Where gives the place and the message.
func (e *LocatedError) Where() (Source, string) { return e.Source, e.Message }

// Before is a message with the place in front of it, where there is one.
func (s Source) Before(message string) string {
	if s.File == "" {
		return message
	}
	return fmt.Sprintf("%s:%d:%d: %s", s.File, s.Line, s.Column, message)
}

// AllLocated are the errors that one is made of, where each of them has a place in the document; none otherwise.
func AllLocated(err error) []Located {
	if l, ok := err.(Located); ok { //nolint:errorlint // the tree is walked here
		if at, _ := l.Where(); at.File != "" {
			return []Located{l}
		}
		return nil
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var all []Located
		for _, e := range many.Unwrap() {
			some := AllLocated(e)
			if len(some) == 0 {
				return nil
			}
			all = append(all, some...)
		}
		return all
	}
	if inner := errors.Unwrap(err); inner != nil {
		return AllLocated(inner)
	}
	return nil
}

// Several are the errors that one joins; else it alone. Deeper ones are the reasons of one.
func Several(err error) []error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		return many.Unwrap()
	}
	return []error{err}
}
