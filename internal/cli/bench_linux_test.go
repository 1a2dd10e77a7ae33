package cli

import (
	stdjson "encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/maasctl/pkg/keycloak/keycloaktest"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

// binary is maasctl as its users have it.
func binary(b *testing.B) string {
	b.Helper()
	to := filepath.Join(b.TempDir(), "maasctl")
	build := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-o", to, "example.com/maasctl/cmd/maasctl")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return to
}

// costs are what one run has cost: the stand-in is another process, and isn't in it.
type costs struct {
	cpu    time.Duration
	memory int64 // bytes at the most
}

// run runs maasctl in a process of its own on a document.
func (s *large) run(b *testing.B, document string, code ExitCode, args ...string) (costs, string) {
	b.Helper()
	file := filepath.Join(b.TempDir(), "maas.yaml")
	if err := os.WriteFile(file, []byte(document), 0o600); err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), s.binary, append(args, "-f", file, "--set", s.address)...)
	cmd.Env = append(os.Environ(), "SECRET=admin")
	var out, said strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ended, most := make(chan error, 1), int64(0)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			if cmd.ProcessState.ExitCode() != int(code) {
				b.Fatalf("%v: %v: %s", args, err, said.String())
			}
			return costs{cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), most}, out.String()
		case <-time.After(10 * time.Millisecond):
			most = max(most, resident(cmd.Process.Pid))
		}
	}
}

// resident is the most memory that a process has had so far. What the system tells at its end counts this process's own from
// before the other one began.
func resident(pid int) int64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, after, _ := strings.Cut(string(text), "VmHWM:")
	var kilobytes int64
	_, _ = fmt.Sscan(after, &kilobytes)
	return kilobytes << 10
}

// large is a server and documents of many things for it.
type large struct {
	binary  string
	address string // as --set takes it
	all     string // the document
	none    string // the same without the many
	changes int
}

// measure creates all, finds nothing to change, plans to delete all, and does.
func (s *large) measure(b *testing.B, start func() (address string, stop func())) {
	s.binary = binary(b)
	for b.Loop() {
		address, stop := start()
		s.address = address
		_, text := s.run(b, s.all, ExitChanges, "diff", "-o", "json")
		var plan struct{ Changes []struct{} }
		if err := stdjson.Unmarshal([]byte(text), &plan); err != nil || len(plan.Changes) != s.changes {
			b.Fatalf("%d changes: %v", len(plan.Changes), err)
		}
		for _, step := range []struct {
			name, document string
			code           ExitCode
			args           []string
		}{
			{"create", s.all, ExitOK, []string{"apply"}},
			{"unchanged", s.all, ExitOK, []string{"diff"}},
			{"prune", s.none, ExitChanges, []string{"diff", "--prune"}},
			{"delete", s.none, ExitOK, []string{"apply", "--prune", "--yes", "--max-deletes", "1000000"}},
		} {
			cost, _ := s.run(b, step.document, step.code, step.args...)
			b.ReportMetric(cost.cpu.Seconds(), step.name+"-cpu-s")
			b.ReportMetric(float64(cost.memory)/1e6, step.name+"-MB")
		}
		stop()
	}
}

// BenchmarkThousandProducts is a tenant of a thousand products, each of a backend, eight methods with a rule, and two plans
// with a limit.
func BenchmarkThousandProducts(b *testing.B) {
	const n = 1000
	head := "apiVersion: maasctl/v1\nname: bench\nthreescale: {url: \"https://maas-admin.example.com\", token: \"${env:SECRET}\"}\n"
	var t strings.Builder
	t.WriteString(head + "templates:\n  model:\n    promotion: automatic\n    plans:\n" +
		"      free: {published: true, limits: {hits: {day: 100000}}}\n      paid: {published: true, limits: {hits: {day: 1000000}}}\n    methods:\n")
	for i := range 8 {
		fmt.Fprintf(&t, "      m%d: {rules: [POST /v1/m%d]}\n", i, i)
	}
	t.WriteString("backends:\n")
	for i := range n {
		fmt.Fprintf(&t, "  model-%04d: {url: \"http://model-%d.models.svc:8080\"}\n", i, i)
	}
	t.WriteString("products:\n")
	for i := range n {
		fmt.Fprintf(&t, "  model-%04d: {use: [model], name: Model %d, backends: {model-%04d: /}}\n", i, i, i)
	}
	s := &large{all: t.String(), none: head + "backends: {}\nproducts: {}\n", changes: 18 * n}
	s.measure(b, func() (string, func()) {
		h := httptest.NewServer(threescaletest.New(threescaletest.Options{Token: "admin", BackendReleaseDelay: -1}))
		return "threescale.url=" + h.URL, h.Close
	})
}

// BenchmarkFiveThousandClients is a realm of five thousand clients with a mapper each.
func BenchmarkFiveThousandClients(b *testing.B) {
	const n = 5000
	head := "apiVersion: maasctl/v1\nname: bench\nkeycloak: {url: \"https://sso.example.com\", credentials: {username: admin, password: \"${env:SECRET}\"}}\n" +
		"realms:\n  large:\n    clients:"
	var t strings.Builder
	t.WriteString(head + "\n")
	for i := range n {
		fmt.Fprintf(&t, "      client-%d: {name: Client %d, redirectUris: [\"https://c%d.example.com/*\"], protocolMappers: {mail: {userProperty: email, claim: mail}}}\n", i, i, i)
	}
	s := &large{all: t.String(), none: head + " {}\n", changes: 2*n + 1}
	s.measure(b, func() (string, func()) {
		h := httptest.NewServer(keycloaktest.New(keycloaktest.Options{Version: 26}))
		return "keycloak.url=" + h.URL, h.Close
	})
}
