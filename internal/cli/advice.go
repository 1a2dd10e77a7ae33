package cli

import (
	"context"
	stdjson "encoding/json"
	"errors"
	"net/http"
	"strings"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/apply"
)

// advice says what to do about an error whose own words don't, because they are the network's; "" for others.
func advice(err error) string {
	var page *stdjson.SyntaxError // an answer that isn't JSON
	var wrong *transport.AnswerError
	switch {
	case transport.Advice(err) != "":
		return transport.Advice(err)
	case errors.Is(err, context.DeadlineExceeded):
		return "The command stood still longer than --timeout allows."
	case errors.As(err, &page), errors.As(err, &wrong), transport.Is(err, http.StatusMovedPermanently, http.StatusFound, http.StatusNotFound, http.StatusPermanentRedirect):
		return "That may be another server than the document means: `maasctl doctor` looks at what answers there."
	}
	return ""
}

// next says what to do after an apply that didn't reach its end; "" after one that did. savedPlan is a plan of a file.
func next(r *apply.Result, savedPlan bool) string {
	if r.Count(apply.Done) == len(r.Outcomes) {
		return ""
	}
	first, again := "", "run the same command again"
	if savedPlan && (r.Changed() || r.Unsure()) {
		again = "make a new plan, of what the servers have now, and apply that"
	}
	for _, o := range r.Outcomes {
		switch {
		case o.State != apply.Failed || transport.Passing(o.Err):
		case exitCode(o.Err) == ExitAuth:
			first = "Give the account what it lacks (see above), then "
		case first == "":
			first = "Mend what was refused (see above), then "
		}
	}
	if first == "" {
		again = strings.ToUpper(again[:1]) + again[1:]
	}
	if r.Changed() || r.Unsure() {
		again += ": it goes on from here"
	}
	return first + again + "."
}
