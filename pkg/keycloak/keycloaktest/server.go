// Package keycloaktest is a Keycloak on this machine, for tests and for the sandbox: the part of the Admin REST API, the token
// endpoint and the discovery that maasctl needs. It behaves by rules that were measured on Keycloak 26 and on 18 (which
// RH-SSO 7.6 is), and one suite of tests holds it and both real servers to the same behaviour.
package keycloaktest

import (
	"crypto/rand"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"example.com/maasctl/internal/representation"
)

// fresh are recorded: what a new realm of each version has by itself.
//
//go:embed new-18.json new-26.json
var fresh embed.FS

// Options say which Keycloak it is. The zero value is a 26 on "/" with the administrator admin/admin.
type Options struct {
	Version         int           // 26 or 18; 0: 26
	BasePath        string        // "/auth" or ""; 18 has "/auth" where none is given
	Admin, Password string        // of the administrator in master
	Knows           []string      // fields that the server takes besides its own, as a newer one would
	TokenLife       time.Duration // of tokens by password; 0: a minute. Those of clients live five times as long
	Collide         int           // every so-maniest PUT fails as two at once do; 0: none
	Stumble         bool          // every request fails when it comes first, as those do that a request beside them disturbs
	Log             func(Request) // called for each request, in the order in which they end; nil: nobody watches
}

// Request is one line of the log.
type Request struct {
	Time         time.Time
	Method, Path string // the path as it came, with the base path
	Query        string
	Status       int
	Took         time.Duration
}

// Server is an http.Handler.
type Server struct {
	opts  Options
	known knownFields
	table *representation.Table

	mu      sync.Mutex // of all below: one request at a time
	realms  map[string]*realm
	tokens  map[string]*session
	puts    int
	seen    map[string]bool // requests that have come; only with Stumble
	serial  int
	refresh map[string]*session
}

// New returns a server with the realm master and its administrator.
func New(opts Options) *Server {
	if opts.Version == 0 {
		opts.Version = 26
	}
	if opts.Version == 18 && opts.BasePath == "" {
		opts.BasePath = "/auth"
	}
	if opts.Admin == "" {
		opts.Admin, opts.Password = "admin", "admin"
	}
	if opts.TokenLife == 0 {
		opts.TokenLife = time.Minute
	}
	s := &Server{opts: opts, realms: map[string]*realm{}, tokens: map[string]*session{}, refresh: map[string]*session{}, seen: map[string]bool{}}
	s.table = representation.All()
	s.known = knownBy(opts, s.table)
	s.newMaster()
	return s
}

func (s *Server) old() bool { return s.opts.Version == 18 }

// newMaster makes the realm of administrators.
func (s *Server) newMaster() {
	m := s.newRealm("master", object{"enabled": true})
	for _, name := range []string{roleAdmin, roleCreateRealm} {
		m.roles = append(m.roles, newRole(name, nil))
	}
	u := m.newUser(object{"username": s.opts.Admin, "enabled": true})
	u.password = s.opts.Password
	u.roles = append(u.roles, m.role(roleAdmin))
}

// object is anything as JSON has it.
type object = map[string]any

// call is one request under way.
type call struct {
	*http.Request
	segments []string // of the path below the base path, unescaped
	base     string   // the server's own address, with the base path
	realm    *realm
	who      *session
}

// answer is what a handler says; location is of what it has made.
type answer struct {
	status   int
	body     any
	location string
	text     []byte // the body as it is sent
}

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

func noContent() answer { return answer{status: http.StatusNoContent} }

func made(location string) answer { return answer{status: http.StatusCreated, location: location} }

// says is an error in the form {"error": ...}; tells one in the form {"errorMessage": ...}.
func says(status int, text string) answer {
	return answer{status: status, body: object{"error": text}}
}

func tells(status int, format string, args ...any) answer {
	return answer{status: status, body: object{"errorMessage": fmt.Sprintf(format, args...)}}
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	a := s.serve(r)
	if a.location != "" {
		w.Header().Set("Location", a.location)
	}
	if a.text != nil {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.text)
	if s.opts.Log != nil {
		s.opts.Log(Request{Time: started, Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Status: a.status, Took: time.Since(started)})
	}
}

// serve answers one request. The body is made into text while nobody else changes what it shows.
func (s *Server) serve(r *http.Request) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.handle(r)
	if a.body != nil {
		text, err := json.Marshal(a.body)
		if err != nil {
			return answer{status: http.StatusInternalServerError}
		}
		a.text = text
	}
	return a
}

func (s *Server) handle(r *http.Request) answer {
	c := &call{Request: r, base: "http://" + r.Host + s.opts.BasePath}
	if r.TLS != nil {
		c.base = "https://" + r.Host + s.opts.BasePath
	}
	below, is := strings.CutPrefix(r.URL.EscapedPath(), s.opts.BasePath+"/")
	if !is {
		return says(http.StatusNotFound, "Unable to find matching target resource method")
	}
	for _, segment := range strings.Split(strings.TrimSuffix(below, "/"), "/") {
		text, err := url.PathUnescape(segment)
		if err != nil {
			return answer{status: http.StatusBadRequest}
		}
		c.segments = append(c.segments, text)
	}
	if s.opts.Stumble && s.stumbles(c) {
		return stumbledOver()
	}
	switch {
	case len(c.segments) >= 2 && c.segments[0] == "realms":
		return s.public(c)
	case len(c.segments) == 2 && c.segments[0] == "admin" && c.segments[1] == "serverinfo":
		return s.info(c)
	case len(c.segments) >= 2 && c.segments[0] == "admin" && c.segments[1] == "realms":
		c.segments = c.segments[2:]
		return s.admin(c)
	}
	return says(http.StatusNotFound, "Unable to find matching target resource method")
}

// route finds the handler of a path; a pattern's "*" stands for any segment.
type route struct {
	pattern string
	handle  func(*call) answer
}

func dispatch(c *call, routes []route) answer {
	if len(c.segments) == 0 {
		c.segments = []string{""}
	}
	for _, r := range routes {
		method, pattern, _ := strings.Cut(r.pattern, " ")
		if method == c.Method && matches(strings.Split(pattern, "/"), c.segments) {
			return r.handle(c)
		}
	}
	for _, r := range routes {
		if _, pattern, _ := strings.Cut(r.pattern, " "); matches(strings.Split(pattern, "/"), c.segments) {
			return answer{status: http.StatusMethodNotAllowed, body: object{"error": "HTTP 405 Method Not Allowed"}}
		}
	}
	return says(http.StatusNotFound, "Unable to find matching target resource method")
}

func matches(pattern, segments []string) bool {
	if len(pattern) != len(segments) {
		return len(pattern) > 0 && pattern[len(pattern)-1] == "**" && len(segments) >= len(pattern) && matches(pattern[:len(pattern)-1], segments[:len(pattern)-1])
	}
	for i, p := range pattern {
		if p != "*" && p != "**" && p != segments[i] {
			return false
		}
	}
	return true
}

func newID() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	t := hex.EncodeToString(b)
	return t[:8] + "-" + t[8:12] + "-" + t[12:16] + "-" + t[16:20] + "-" + t[20:]
}

func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
