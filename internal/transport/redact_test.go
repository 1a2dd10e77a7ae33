package transport

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Secrets under the names that the servers use are masked wherever they may stand on the wire.
func TestRedactorKnowsNames(t *testing.T) {
	r := NewRedactor()
	for _, text := range []string{
		`{"access_token":"canary"}`, `{"a": 1, "client_secret" : "can\"ary"}`, `{"password":"canary"}`, `{"user_key":"canary"}`,
		`{"site_access_code":"canary"}`, `{"secret_token":"canary"}`, `{"backend_authentication_value":"canary"}`, `{"secret":"canary"}`,
		`{"type":"secret","value":"canary"}`, `{"keys":[{"key":{"value":"canary"}}]}`, `{"registrationAccessToken":"canary"}`,
		`{"service_token": 1234567890}`, `client_secret=canary&x=1`, `grant_type=password&password=canary`, `?access_token=canary`,
		`https://id:canary@sso.example.com/realms/one`, `{"oidc_issuer_endpoint":"https://id:canary@sso.example.com/realms/one"}`,
		`user[password]=canary`, `{"application_key":"canary"}`, `{"provider_key":"canary"}`, `{"bindCredential":"canary"}`,
	} {
		got := r.Body(text)
		if strings.Contains(got, "ary") || strings.Contains(got, "1234567890") || !strings.Contains(got, "***") {
			t.Errorf("%s becomes %s", text, got)
		}
	}
}

// All else stays.
func TestRedactorLeavesTheRest(t *testing.T) {
	r := NewRedactor()
	r.Add("abc") // too short to look for
	for _, text := range []string{
		`{"name":"secret garden","id":7}`, `page=2&per_page=500`, `https://sso.example.com/realms/one`, `{"secret_count":3}`, `abcdef`,
		`{"type":"text","value":"seen"}`, "", "not JSON at all: {",
	} {
		if got := r.Body(text); got != text {
			t.Errorf("%s becomes %s", text, got)
		}
	}
}

// A secret that is known by its value is masked in every form in which it may be sent, the longest first.
func TestRedactorKnowsValues(t *testing.T) {
	r := NewRedactor()
	r.Add("can/ary &1", "can/ary &1 and more")
	for text, want := range map[string]string{
		"x can/ary &1 y":          "x *** y",
		"can%2Fary+%261":          "***",
		"can%2Fary%20&1":          "***",
		"can/ary &1 and more, so": "***, so",
	} {
		if got := r.Text(text); got != want {
			t.Errorf("%s becomes %s", text, got)
		}
	}
}

// In JSON a value may stand with its quotes and backslashes escaped.
func TestRedactorKnowsValuesInJSON(t *testing.T) {
	r := NewRedactor()
	r.Add(`can"ary\1<`)
	for _, text := range []string{`{"note":"can\"ary\\1<"}`, `{"note":"can\"ary\\1\u003c"}`} {
		if got := r.Body(text); strings.Contains(got, "ary") {
			t.Errorf("%s becomes %s", text, got)
		}
	}
}

// What a document calls its secrets is known by name too: texts and lists of them, in JSON.
func TestRedactorLearnsNames(t *testing.T) {
	r := NewRedactor()
	r.AddNames("x.y", "list")
	for text, want := range map[string]string{
		`{"x.y":"canary","xzy":"seen"}`:                `{"x.y":"***","xzy":"seen"}`,
		`{"list" : ["can\"ary", "]canary"],"a":["b"]}`: `{"list" : "***","a":["b"]}`,
		`{"list":[],"x.y":{"a":1}}`:                    `{"list":"***","x.y":{"a":1}}`,
	} {
		if got := r.Body(text); got != want {
			t.Errorf("%s becomes %s", text, got)
		}
	}
}

// TestRedactedTrace holds that what is learned after a line was written isn't in the copy of the line.
func TestRedactedTrace(t *testing.T) {
	var out bytes.Buffer
	r := NewRedactor()
	client, _, url := serve(t, Options{Trace: &out, Redactor: r}, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"note":"can\"ary <old>","name":"seen"}`)
	})
	if _, err := send(client, request(t, "POST", url+"/a", `{"text":"canary-sent"}`)); err != nil {
		t.Fatal(err)
	}
	r.Add(`can"ary <old>`, "canary-sent")
	var copied strings.Builder
	if err := r.Trace(&copied, &out); err != nil || strings.Contains(copied.String(), "ary") {
		t.Error(copied.String(), err)
	}
	for _, want := range []string{`"method":"POST"`, `{\"note\":\"***\",\"name\":\"seen\"}`, `{\"text\":\"***\"}`, `"ms":`} {
		if !strings.Contains(copied.String(), want) {
			t.Errorf("%s isn't in %s", want, copied.String())
		}
	}
}
