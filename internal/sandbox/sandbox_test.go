package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/maasctl/internal/sandbox"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// start runs a sandbox on free ports until the test ends.
func start(t *testing.T, c sandbox.Config) *sandbox.Sandbox {
	t.Helper()
	for _, address := range []*string{&c.Listen, &c.KeycloakListen} {
		if *address == "" {
			*address = ":0"
		}
	}
	s, err := sandbox.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *sandbox.Sandbox) {
	t.Helper()
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// ask sends a request and gives the status and the body of the answer.
func ask(t *testing.T, method, url, token, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth("", token)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func addProduct(t *testing.T, s *sandbox.Sandbox, name string) {
	t.Helper()
	body := `{"name": "` + name + `", "system_name": "` + name + `"}`
	if status, text := ask(t, http.MethodPost, s.ThreeScale+"/admin/api/services.json", s.Token, body); status != http.StatusCreated {
		t.Fatalf("%d %s", status, text)
	}
}

func products(t *testing.T, s *sandbox.Sandbox) string {
	t.Helper()
	status, text := ask(t, http.MethodGet, s.ThreeScale+"/admin/api/services.json", s.Token, "")
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	return text
}

func TestStartsAsNewServersDo(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	if s.Token != "sandbox" || !strings.HasPrefix(s.ThreeScale, "http://127.0.0.1:") || !strings.HasPrefix(s.Keycloak, "http://127.0.0.1:") {
		t.Errorf("a sandbox on %s and %s with the token %q", s.ThreeScale, s.Keycloak, s.Token)
	}
	if len(s.Warnings) > 0 {
		t.Errorf("warnings: %q", s.Warnings)
	}
	if !strings.Contains(products(t, s), `"system_name":"api"`) {
		t.Error("the tenant lacks the product that a new one has")
	}
	form := strings.NewReader("grant_type=password&client_id=admin-cli&username=admin&password=admin")
	resp, err := http.Post(s.Keycloak+"/realms/master/protocol/openid-connect/token", "application/x-www-form-urlencoded", form)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("admin/admin gets no token: %s", resp.Status)
	}
}

// The master account is reached by its host name, with the same token.
func TestMasterAccount(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	for host, want := range map[string]int{s.MasterHost: http.StatusOK, "": http.StatusNotFound} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.ThreeScale+"/master/api/providers/2.json", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		r.SetBasicAuth("", s.Token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%q: %s, want %d", host, resp.Status, want)
		}
	}
}

func TestOtherMachinesAreWarnedOf(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{Listen: "0.0.0.0:0"})
	if len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "open to other machines") {
		t.Errorf("warnings: %q", s.Warnings)
	}
	products(t, s) // at an address that works on this machine
}

func TestAddressesThatWontDo(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for _, c := range []struct {
		config sandbox.Config
		want   string
	}{
		{sandbox.Config{Listen: taken.Addr().String(), KeycloakListen: ":0"}, "--listen " + taken.Addr().String() + ": something listens there already"},
		{sandbox.Config{Listen: ":0", KeycloakListen: taken.Addr().String()}, "--keycloak-listen " + taken.Addr().String()},
		{sandbox.Config{Listen: "3300", KeycloakListen: ":0"}, `--listen "3300": an address looks like 127.0.0.1:3300`},
	} {
		if _, err := sandbox.Start(t.Context(), c.config); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q, got %v", c.want, err)
		}
	}
}

func TestLogHasBothServers(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := start(t, sandbox.Config{Log: &log})
	ask(t, http.MethodGet, s.ThreeScale+"/admin/api/services.json?access_token="+s.Token+"&page=1", "", "")
	ask(t, http.MethodGet, s.Keycloak+"/realms/nowhere?access_token=canary-secret", "", "")
	ask(t, http.MethodGet, s.ThreeScale+"/sandbox", "", "") // looking is no request
	stop(t, s)
	if strings.Contains(log.String(), "canary-secret") || strings.Contains(log.String(), "access_token="+s.Token) {
		t.Errorf("a secret in the log:\n%s", &log)
	}
	type line struct {
		Time                        time.Time
		Server, Method, Path, Query string
		Status                      int
		MS                          *float64
	}
	var lines []line
	for d := json.NewDecoder(&log); d.More(); {
		var l line
		if err := d.Decode(&l); err != nil {
			t.Fatal(err)
		}
		if l.Time.IsZero() || l.MS == nil {
			t.Errorf("no time, or none taken: %+v", l)
		}
		lines = append(lines, l)
	}
	if len(lines) != 2 || lines[0].Server != "3scale" || lines[0].Path != "/admin/api/services.json" || lines[0].Status != 200 ||
		!strings.Contains(lines[0].Query, "page=1") || lines[1].Server != "keycloak" || lines[1].Status != 404 {
		t.Errorf("the log has %+v", lines)
	}
}

func TestFaultsAndLatency(t *testing.T) {
	t.Parallel()
	fault, err := threescaletest.ParseFault("GET /admin/api/services.json nth=1 status=503")
	if err != nil {
		t.Fatal(err)
	}
	slow := 100 * time.Millisecond
	s := start(t, sandbox.Config{Faults: []threescaletest.Fault{fault}, Latency: threescaletest.FixedLatency(slow)})
	if status, _ := ask(t, http.MethodGet, s.ThreeScale+"/admin/api/services.json", s.Token, ""); status != http.StatusServiceUnavailable {
		t.Errorf("the first request is answered with %d", status)
	}
	began := time.Now()
	products(t, s)
	if took := time.Since(began); took < slow {
		t.Errorf("the second one takes %v", took)
	}
}

func TestStopEndsRequestsThatHang(t *testing.T) {
	t.Parallel()
	fault, err := threescaletest.ParseFault("GET /admin/api/services.json hang")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, sandbox.Config{Faults: []threescaletest.Fault{fault}})
	sent, ended := make(chan struct{}), make(chan error, 1)
	under := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { close(sent) }})
	r, err := http.NewRequestWithContext(under, http.MethodGet, s.ThreeScale+"/admin/api/services.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		resp, err := http.DefaultClient.Do(r)
		if err == nil {
			_ = resp.Body.Close()
		}
		ended <- err
	}()
	<-sent
	stop(t, s)
	if err := <-ended; err == nil {
		t.Error("the request got an answer")
	}
}

func TestStateGoesOn(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state.json")
	s := start(t, sandbox.Config{State: file, Token: "first"})
	addProduct(t, s, "kept")
	stop(t, s)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the state's file: %v %v", info.Mode(), err)
	}
	again := start(t, sandbox.Config{State: file})
	if again.Token != "first" || !strings.Contains(products(t, again), `"system_name":"kept"`) {
		t.Errorf("with the token %q, it has %s", again.Token, products(t, again))
	}
	if left, err := filepath.Glob(file + ".*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q %v", left, err)
	}
}

func TestStatesThatWontDo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := filepath.Join(dir, "good.json")
	stop(t, start(t, sandbox.Config{State: good}))
	for name, text := range map[string]string{"broken": "{", "newer": `{"formatVersion": 2}`, "empty": `{"formatVersion": 1, "threescale": {}}`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ file, token, want string }{
		{good, "another", "has another token already"},
		{filepath.Join(dir, "broken"), "", "no state of a sandbox"},
		{filepath.Join(dir, "newer"), "", "its format is 2"},
		{filepath.Join(dir, "empty"), "", "3scale: load a state"},
		{filepath.Join(dir, "none", "state.json"), "", "no such file or directory"},
	} {
		s, err := sandbox.Start(t.Context(), sandbox.Config{Listen: ":0", KeycloakListen: ":0", State: c.file, Token: c.token})
		if err == nil {
			stop(t, s)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: want %q, got %v", c.file, c.want, err)
		}
	}
	if text, err := os.ReadFile(filepath.Join(dir, "broken")); err != nil || string(text) != "{" {
		t.Errorf("a file that can't be read was overwritten: %q %v", text, err)
	}
}
