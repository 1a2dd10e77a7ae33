package keycloak

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"example.com/maasctl/internal/transport"
)

// message finds the server's own words in an error's body, which has one of these forms, or is empty:
// {"errorMessage":"text"}, {"error":"word","error_description":"text"}, {"errors":[{"field":..,"errorMessage":..,"params":[..]}]}.
func message(body []byte) string {
	var forms struct {
		ErrorMessage string `json:"errorMessage"`
		Error        string `json:"error"`
		Description  string `json:"error_description"`
		Errors       []struct {
			Field        string `json:"field"`
			ErrorMessage string `json:"errorMessage"`
			Params       []any  `json:"params"`
		} `json:"errors"`
	}
	text := strings.TrimSpace(string(body))
	if json.Unmarshal(body, &forms) != nil {
		if strings.HasPrefix(text, "<") { // a page of HTML says nothing
			return ""
		}
		return text
	}
	var words []string
	for _, e := range forms.Errors {
		word := strings.TrimSpace(e.Field + " " + e.ErrorMessage)
		if len(e.Params) > 0 {
			word += fmt.Sprintf(" %v", e.Params)
		}
		words = append(words, word)
	}
	for _, w := range []string{forms.ErrorMessage, forms.Error, forms.Description} {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, "; ")
}

// The server's texts that decide something; nothing else tells these cases apart.
const (
	textDuplicate  = "Duplicate resource error"            // 409 of a PUT: two writes at once (26); a POST: it exists
	textLock       = "LockException"                       // 400 of a PUT, optimistic or pessimistic: two writes at once (18)
	textUnreadable = "unable to read contents from stream" // 400 of a realm's POST: an unknown field, or a wrong type (26)
	textMapperThat = "Failed to add mapper"                // 400 of an identity provider's mapper: it exists
)

func says(err error, status int, text string) bool {
	var e *transport.Error
	return errors.As(err, &e) && e.Status == status && strings.Contains(string(e.Body), text)
}

func gone(err error) bool { return transport.Is(err, http.StatusNotFound) }

// exists tells whether a create failed because the object is there.
func exists(err error) bool {
	return transport.Is(err, http.StatusConflict) || says(err, http.StatusBadRequest, textMapperThat)
}

// collided tells whether a PUT failed because another write to the same object was under way: 26 answers 409 "Duplicate
// resource error", 18 an empty 500, or a 400 with the database's words.
func collided(err error) bool {
	var e *transport.Error
	return says(err, http.StatusConflict, textDuplicate) || says(err, http.StatusBadRequest, textLock) ||
		errors.As(err, &e) && e.Status == http.StatusInternalServerError && len(e.Body) == 0
}

// stumbled tells whether the server failed in a way that may have been an accident: two requests side by side of which one
// pulls something from under the other, although they are about different objects. Seen: a user, or a client with a service
// account, created while the realm gets its first identity provider (26); a token, or a realm, asked for while another realm
// is deleted (18). Nothing has been done then. Wrong values of some fields are answered in the same way, so it isn't tried
// for long.
func stumbled(err error) bool { return transport.Is(err, http.StatusInternalServerError) }

// unsettled tells whether something that failed like this may have been done all the same, or may be done at the next try.
func unsettled(err error) bool { return transport.Uncertain(err) || stumbled(err) }

// hint adds what the server's words leave out.
func hint(err error) error {
	if says(err, http.StatusBadRequest, textUnreadable) {
		return fmt.Errorf("%w: the realm has a field that this server doesn't know, or one of another type than it expects", err)
	}
	return err
}

// NoRealmError is an account in a realm that isn't there. It keeps its cause to itself: a 404 here is no object that is to be
// made.
type NoRealmError struct {
	Server, Realm string
}

func (e *NoRealmError) Error() string {
	return fmt.Sprintf("Keycloak at %s has no realm %q, where the account of the credentials is said to be; say its realm in credentials.realm", e.Server, e.Realm)
}

// ErrNotAuthorized is an account that Keycloak doesn't let in, or that lacks a right.
type ErrNotAuthorized struct {
	Server string
	Err    error
}

func (e *ErrNotAuthorized) Error() string {
	return fmt.Sprintf("Keycloak at %s refuses the account: %v; it needs create-realm and the realm's admin roles in master, "+
		"or, for a realm that is there already, the roles of realm-management in that realm", e.Server, e.Err)
}

func (e *ErrNotAuthorized) Unwrap() error { return e.Err }

func isNotAuthorized(err error) bool {
	var e *ErrNotAuthorized
	return errors.As(err, &e)
}
