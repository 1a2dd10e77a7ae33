package view

import (
	"bytes"
	"strings"
	"testing"

	"example.com/maasctl/internal/doctor"
)

// examined has one check of each status, and names of different lengths.
func examined() *doctor.Report {
	return &doctor.Report{Systems: []doctor.System{
		{System: "3scale", URL: "https://maas-admin.apps.example.com", Checks: []doctor.Check{
			{Name: "reachable", Status: doctor.OK, Found: "the admin portal answers"},
			{Name: "policy llm-metrics 0.1", Status: doctor.Problem, Found: "the gateway doesn't have it", Do: "put it there"},
			{Name: "scope policy_registry", Status: doctor.Note, Found: "the token lacks it", Do: "needed for <nothing>"},
		}},
		{System: "keycloak", URL: "https://sso.apps.example.com/auth", Checks: []doctor.Check{
			{Name: "credentials", Status: doctor.Refused, Found: "realm master refuses them", Do: "check them"},
			{Name: "realm größe", Status: doctor.OK, Found: "it is there"},
		}},
	}}
}

func TestDoctor(t *testing.T) {
	var b bytes.Buffer
	if err := Doctor(&b, examined(), NewStyle(&b, "never", noEnv)); err != nil {
		t.Fatal(err)
	}
	golden(t, "doctor.txt", b.String())
	b.Reset()
	if err := JSON(&b, NewChecks(examined())); err != nil {
		t.Fatal(err)
	}
	golden(t, "doctor.json", b.String())
	b.Reset()
	if err := Doctor(&b, &doctor.Report{}, NewStyle(&b, "never", noEnv)); err != nil || !strings.Contains(b.String(), "Nothing is missing, 0 ok.") {
		t.Error(b.String(), err)
	}
}
