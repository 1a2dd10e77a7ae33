package threescaletest

import (
	"io"
	"net/http"
	"time"
)

// Options say how a server behaves. The zero value is a tenant that answers at
// once.
type Options struct {
	// Token is the access token of the first tenant's administrator, with all scopes.
	// Empty: a random one (see Server.Token).
	Token string
	// MasterToken is the access token of the master account. Empty: a random one.
	MasterToken string
	// Host is the name that host names are made of: the first tenant's admin portal is
	// provider-admin.HOST. Empty: example.com.
	Host string
	// Now is the clock. Nil: time.Now.
	Now func() time.Time
	// ServiceTokenDelay is how long after its creation a product has no service token:
	// until then a deploy does nothing. 3scale makes the token in the background.
	// 0: none, or a fifth of a second with Latency; negative: none.
	ServiceTokenDelay time.Duration
	// BackendReleaseDelay is how long a deleted product still counts as a user of its
	// backends, and keeps its system name. 3scale purges it in the background.
	// 0: three seconds; negative: none.
	BackendReleaseDelay time.Duration
	// WriteGap is the time between reading and writing in the requests that disturb
	// each other when sent at once: two PATCHes of a proxy (409), two new mapping rules
	// (one position for both). 0: a millisecond; negative: none, they never meet.
	WriteGap time.Duration
	// LimitDelay is how long the backend goes on with a limit after it was changed.
	// 0: none; a real one takes up to a minute.
	LimitDelay time.Duration
	// Latency makes answers take their time; see RealLatency.
	Latency Latency
	// Workers is how many requests are worked on at once. 0: all of them.
	Workers int
	// Faults make requests fail; see ParseFault.
	Faults []Fault
	// Log gets one JSON object for each request. Nil: nothing is logged.
	Log io.Writer
	// Observe is called with each request after it was answered.
	Observe func(Request)
}

// Server is a 3scale installation. It is an http.Handler; requests choose a tenant
// by their Host header.
type Server struct {
	opts    Options
	world   *world
	router  *router
	workers chan struct{}
	faults  *faultState
	log     *requestLog
}

// New makes an installation with a master account and one tenant in the state that
// a new tenant has.
func New(opts Options) *Server {
	s := build(opts)
	s.world = newWorld(s.opts, s.now())
	return s
}

// build makes a server without a world.
func build(opts Options) *Server {
	opts = opts.withDefaults()
	s := &Server{opts: opts, router: newRouter(routes()), faults: newFaultState(opts.Faults), log: newRequestLog(opts)}
	if opts.Workers > 0 {
		s.workers = make(chan struct{}, opts.Workers)
	}
	return s
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Token == "" {
		o.Token = randomHex(32)
	}
	if o.MasterToken == "" {
		o.MasterToken = randomHex(32)
	}
	if o.Host == "" {
		o.Host = "example.com"
	}
	if o.ServiceTokenDelay == 0 && o.Latency != nil {
		o.ServiceTokenDelay = 200 * time.Millisecond
	}
	if o.BackendReleaseDelay == 0 {
		o.BackendReleaseDelay = 3 * time.Second
	}
	if o.WriteGap == 0 {
		o.WriteGap = time.Millisecond
	}
	return o
}

// Token is the access token of the first tenant.
func (s *Server) Token() string { return s.opts.Token }

// MasterToken is the access token of the master account.
func (s *Server) MasterToken() string { return s.opts.MasterToken }

// AdminDomain is the host name of the first tenant's admin portal.
func (s *Server) AdminDomain() string { return s.world.first().AdminDomain }

// MasterDomain is the host name of the master account.
func (s *Server) MasterDomain() string { return "master." + s.opts.Host }

func (s *Server) now() time.Time { return s.opts.Now() }

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.serve(w, r) }
