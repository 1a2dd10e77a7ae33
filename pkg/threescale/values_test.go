package threescale_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// Addresses are what a real 3scale keeps: the scheme in lower case, the host as it is, the scheme's port where it has one.
func TestAddressesAreKeptAs3scaleKeepsThem(t *testing.T) {
	t.Parallel()
	for said, kept := range map[string]string{
		"HTTP://Be.Example.com:80": "http://Be.Example.com:80", "HTTPS://be.example.com": "https://be.example.com:443",
		"Ws://be.example.com/a/": "ws://be.example.com:80/a/", "wss://tts.example.com": "wss://tts.example.com",
		"WSS://TTS.example.com:8443/v1": "wss://TTS.example.com:8443/v1", "http://be.example.com/": "http://be.example.com:80/",
		"https://be.example.com:65535/A%20b": "https://be.example.com:65535/A%20b",
	} {
		tn := newTenant(t, threescaletest.Options{})
		tn.reach(`
backends: {be: {url: "` + said + `"}}
products: {shop: {backends: {be: /}, promotion: automatic}}
`)
		tn.expect(`"`+kept+`"`, "backends", "be", "private_endpoint")
	}
}

// recorder keeps what is sent.
type recorder struct {
	base http.RoundTripper
	sent bytes.Buffer
}

func (r *recorder) RoundTrip(q *http.Request) (*http.Response, error) {
	if q.Method == http.MethodPut {
		text, err := io.ReadAll(q.Body)
		if err != nil {
			return nil, err
		}
		r.sent.Write(text)
		q.Body = io.NopCloser(bytes.NewReader(text))
	}
	return r.base.RoundTrip(q)
}

// Numbers arrive as they are said, to the last digit, and come back so.
func TestNumbersArriveExactly(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	wire := &recorder{base: http.DefaultTransport}
	tn.config.Transport.Base = wire
	tn.reach(`
products:
  shop:
    policies:
      - {name: headers, configuration: {a: 12345678901234567890, b: -9223372036854775808, c: [{d: 9007199254740993}], e: 0.1, f: 1.50, g: 1e3, h: 18446744073709551615}}
`)
	const want = `"configuration":{"a":12345678901234567890,"b":-9223372036854775808,"c":[{"d":9007199254740993}],"e":0.1,"f":1.5,"g":1000,"h":18446744073709551615}`
	if !bytes.Contains(wire.sent.Bytes(), []byte(want)) {
		t.Errorf("sent: %s", wire.sent.String())
	}
	p := tn.reach(`products: {shop: {policies: [{name: headers, configuration: {a: 12345678901234567891}}]}}`)
	if p.Empty {
		t.Error("a number that differs in its last digit is another number")
	}
}

// What 3scale answers is read to the last digit too: a field that an administrator defined for accounts may hold any number.
func TestAnswersAreReadExactly(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.config.Transport.Base = answering(func(q *http.Request) (string, bool) {
		return `{"accounts":[{"account":{"id":9007199254740993,"org_name":"Acme","state":"approved","annotations":{}}}]}`, q.URL.Path == "/admin/api/accounts.json"
	})
	p := tn.plan(tn.document("accounts: {Acme: {}}\n"))
	o := p.live["3scale:account/Acme"]
	if o == nil || o.Outputs["id"] != int64(9007199254740993) {
		t.Errorf("%v of %v", o, p.live)
	}
}

// answering gives some requests an answer of the test's own.
type answering func(*http.Request) (body string, is bool)

func (a answering) RoundTrip(q *http.Request) (*http.Response, error) {
	body, is := a(q)
	if !is {
		return http.DefaultTransport.RoundTrip(q)
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Request: q, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
		ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader([]byte(body))),
	}, nil
}
