package cli

import (
	"context"
	"errors"
	"net/http"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/keycloak"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/threescale"
)

// ExitCode is what a shell gets to see.
type ExitCode int

// The exit codes; exitCodes tells their meaning to users.
const (
	ExitOK          ExitCode = 0
	ExitError       ExitCode = 1
	ExitChanges     ExitCode = 2
	ExitPartial     ExitCode = 3
	ExitAuth        ExitCode = 4
	ExitConflict    ExitCode = 5
	ExitInterrupted ExitCode = 130
)

type exitCodeHelp struct {
	Code    ExitCode
	Meaning string
}

// exitCodes is the one table of exit codes: `help exit-codes` and the docs are made of it.
func exitCodes() []exitCodeHelp {
	return []exitCodeHelp{
		{ExitOK, "done, or nothing to do"},
		{ExitError, "an error; nothing was changed"},
		{ExitChanges, "`diff` found changes"},
		{ExitPartial, "`apply`, `promote` or `rollback` has changed something, and not all is well: other changes failed, something may have been changed, a server keeps something else, or the result can't be shown"},
		{ExitAuth, "a server refused the credentials, or they lack a right"},
		{ExitConflict, "the plan is stale, or staging has another version than `promote --expect` says; nothing was changed"},
		{ExitInterrupted, "interrupted"},
	}
}

// The errors that stand for an exit code by themselves. They have been shown already.
var (
	errChanges     = errors.New("there are changes")
	errPartial     = errors.New("applied in part")
	errInterrupted = errors.New("interrupted")
	errReported    = errors.New("reported")
)

// exitCode decides, for all commands.
func exitCode(err error) ExitCode {
	var refused *threescale.ErrNotAuthorized
	var locked *keycloak.ErrNotAuthorized
	var nowhere *keycloak.NoRealmError
	var rule *transport.RuleError
	var stale *plan.StaleError
	var unexpected *threescale.UnexpectedVersionError
	switch {
	case err == nil:
		return ExitOK
	case errors.Is(err, errChanges):
		return ExitChanges
	case errors.Is(err, errInterrupted), errors.Is(err, context.Canceled):
		return ExitInterrupted
	case errors.As(err, &stale), errors.As(err, &unexpected):
		return ExitConflict
	case errors.Is(err, errPartial):
		return ExitPartial
	case errors.As(err, &refused), errors.As(err, &locked), errors.As(err, &nowhere):
		return ExitAuth
	case errors.As(err, &rule): // the account may do it, but nobody can
		return ExitError
	case transport.Is(err, http.StatusUnauthorized, http.StatusForbidden):
		return ExitAuth
	}
	return ExitError
}

// shown tells whether the user has read about it already.
func shown(err error) bool {
	return errors.Is(err, errChanges) || errors.Is(err, errPartial) || errors.Is(err, errInterrupted) || errors.Is(err, errReported)
}
