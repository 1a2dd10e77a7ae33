package threescale

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"example.com/maasctl/internal/transport"
)

// The server's words come out of each of the forms that its errors have.
func TestErrorForms(t *testing.T) {
	for body, want := range map[string]string{
		`{"errors":{"name":["can't be blank","is too short"],"base":["The last one"]}}`: "The last one; name can't be blank, is too short",
		`{"error":"Access denied"}`: "Access denied",
		`{"status":"Not found"}`:    "Not found",
		`{"error":{"from":"suspended","event":"activate","error":"State cannot transition via \"activate\"","object":{"user":{"id":1}}}}`: `State cannot transition via "activate"`,
		`{"policies_config":[{"name":"alaska","errors":{"version":["can't be blank"]}},{"name":"apicast"}]}`:                              "policy alaska version can't be blank",
		`Required parameter missing: service`:                             "Required parameter missing: service",
		`{"status":409,"error":"Conflict"}`:                               "Conflict",
		`{"errors":{"policies_config":["contains some invalid policy"]}}`: "policies_config contains some invalid policy",
		`<html><body>We're sorry</body></html>`:                           "",
		``:                                                                "",
		`{}`:                                                              "",
		`{"errors":"text"}`:                                               "text",
		`{"unknown":["form"]}`:                                            "",
	} {
		if got := message([]byte(body)); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

// What is decided by the server's text is decided by the status too, however the error is wrapped.
func TestSays(t *testing.T) {
	err := fmt.Errorf("backend shop: %w", &transport.Error{Status: http.StatusForbidden, Body: []byte(`{"errors":{"base":["cannot be deleted because it is used by at least one Product"]}}`)})
	if !says(err, http.StatusForbidden, textStillUsed) {
		t.Error("it says so")
	}
	if says(err, http.StatusUnprocessableEntity, textStillUsed) || says(err, http.StatusForbidden, textTaken) || says(errors.New(textStillUsed), http.StatusForbidden, textStillUsed) {
		t.Error("it doesn't say so")
	}
}
