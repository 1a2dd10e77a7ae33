package sandbox_test

import (
	"bufio"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"example.com/maasctl/internal/sandbox"
)

func TestPageShowsTheTenant(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	addProduct(t, s, "granite")
	addProduct(t, s, "mistral")
	status, page := ask(t, http.MethodGet, s.ThreeScale+"/sandbox", "", "")
	for _, want := range []string{"granite", "mistral", "3 of 3", "not deployed", "Portal", s.Keycloak} {
		if !strings.Contains(page, want) {
			t.Errorf("%d: the page lacks %q", status, want)
		}
	}
	if strings.Contains(page, "token") {
		t.Error("the page speaks of a token")
	}
	if _, found := ask(t, http.MethodGet, s.ThreeScale+"/sandbox/tenant?q=gran", "", ""); strings.Contains(found, "mistral") || !strings.Contains(found, "1 of 3") {
		t.Errorf("a search for granite finds\n%s", found)
	}
	for _, name := range []string{"style.css", "script.js"} {
		if status, text := ask(t, http.MethodGet, s.ThreeScale+"/sandbox/"+name, "", ""); status != http.StatusOK || text == "" {
			t.Errorf("%s: %d", name, status)
		}
	}
}

func TestPageShowsWhatAProductIsMadeOf(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	addProduct(t, s, "granite") // number 3: a new tenant has one product and one backend, with the number 2
	_, metrics := ask(t, http.MethodGet, s.ThreeScale+"/admin/api/services/2/metrics.json", s.Token, "")
	hits := regexp.MustCompile(`\d+`).FindString(metrics)
	for path, body := range map[string]string{
		"services/3/backend_usages":      `{"backend_api_id": 2, "path": "/models"}`,
		"services/3/application_plans":   `{"name": "Free", "system_name": "free", "state_event": "publish"}`,
		"services/3/metrics":             `{"friendly_name": "Tokens", "system_name": "tokens", "unit": "token"}`,
		"services/2/proxy/deploy":        `{}`,
		"services/2/proxy/mapping_rules": `{"http_method": "POST", "pattern": "/v1/chat", "delta": 2, "metric_id": ` + hits + `}`,
	} {
		if status, text := ask(t, http.MethodPost, s.ThreeScale+"/admin/api/"+path+".json", s.Token, body); status != http.StatusCreated {
			t.Fatalf("%s: %d %s", path, status, text)
		}
	}
	_, page := ask(t, http.MethodGet, s.ThreeScale+"/sandbox/tenant", "", "")
	for _, want := range []string{
		"<code>/models</code> → api", "<b>Free</b> <code>free</code> published", `<span class="chip">tokens</span>`,
		"<code>POST /v1/chat</code> → hits +2", "<dd>API key</dd>", "<dd>apicast</dd>",
		`<span class="on">staging v1</span>`, "<span>not in production</span>", "63 templates", "<td>main_layout</td><td>layout</td>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if t.Failed() {
		t.Log(page)
	}
}

// The root is the page for a browser, and what it is in 3scale for everything else.
func TestPageLeavesTheAPIAlone(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for accept, want := range map[string]int{"text/html,*/*": http.StatusFound, "application/json": http.StatusNotFound} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.ThreeScale+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept", accept)
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", accept, resp.StatusCode, want)
		}
	}
}

// events opens the stream of requests, from where a browser had stopped.
func events(t *testing.T, s *sandbox.Sandbox, last string) *bufio.Scanner {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.ThreeScale+"/sandbox/requests", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Last-Event-ID", last)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return bufio.NewScanner(resp.Body)
}

// next is the next event: its id and its data.
func next(t *testing.T, lines *bufio.Scanner) (id, data string) {
	t.Helper()
	for lines.Scan() {
		switch name, value, _ := strings.Cut(lines.Text(), ": "); name {
		case "id":
			id = value
		case "data":
			data = value
		case "":
			return id, data
		}
	}
	t.Fatalf("the stream has ended: %v", lines.Err())
	return "", ""
}

func TestRequestsAreStreamed(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	products(t, s)
	stream := events(t, s, "")
	if id, data := next(t, stream); id != "1" || !strings.Contains(data, `"path":"/admin/api/services.json"`) {
		t.Errorf("before the page was opened: %s %s", id, data)
	}
	addProduct(t, s, "granite")
	if id, data := next(t, stream); id != "2" || !strings.Contains(data, `"method":"POST"`) {
		t.Errorf("after that: %s %s", id, data)
	}
	if id, data := next(t, events(t, s, "1")); id != "2" || !strings.Contains(data, `"method":"POST"`) {
		t.Errorf("a browser that comes back gets %s %s", id, data)
	}
	for range 300 {
		products(t, s)
	}
	for id := ""; id != "302"; { // an answer may arrive a moment before its request is noted
		id, _ = next(t, stream)
	}
	if id, _ := next(t, events(t, s, "")); id != "103" {
		t.Errorf("the oldest request that is kept is number %s", id)
	}
	if id, _ := next(t, events(t, s, "4000")); id != "103" {
		t.Errorf("a browser of another sandbox gets number %s first", id)
	}
	s.Stop(t.Context())
	for stream.Scan() { // it ends
	}
}
