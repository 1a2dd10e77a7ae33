package threescaletest

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"
)

// serve takes a request through faults, waiting, the handler and the log.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	rec := &recorder{ResponseWriter: w}
	defer func() { s.log.write(s, r, rec.status, time.Since(began)) }() // faults cut the connection by a panic
	s.work(rec, r)
}

// recorder remembers the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

// Unwrap lets a response controller find the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// WriteHeader remembers the status.
func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// work answers a request when a worker is free.
func (s *Server) work(w *recorder, r *http.Request) {
	if s.workers != nil {
		select {
		case s.workers <- struct{}{}:
			defer func() { <-s.workers }()
		case <-r.Context().Done():
			return
		}
	}
	segs, format := splitPath(r.URL.EscapedPath())
	method := r.Method
	if method == http.MethodHead { // like GET, but the server keeps the body back
		method = http.MethodGet
	}
	rt := s.router.match(method, segs)
	fault := s.faults.strike(r.Method, r.URL.Path)
	if fault != nil && fault.before(w, r) {
		return
	}
	a := s.answer(r.Context(), r, rt, segs, format)
	if fault != nil && fault.after(w, r, a) {
		return
	}
	send(w, a)
}

// send writes an answer.
func send(w http.ResponseWriter, a answer) {
	raw, kind, err := a.encode()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	for k, v := range a.header {
		h.Set(k, v)
	}
	if kind != "" {
		h.Set("Content-Type", kind)
	}
	h.Set("X-Frame-Options", "DENY")
	w.WriteHeader(a.status)
	_, _ = w.Write(raw) //nolint:gosec // what a tenant uploads is served as it is; if it fails the client is gone
}

// answer finds the tenant and runs the handler.
func (s *Server) answer(ctx context.Context, r *http.Request, rt *route, segs []string, format string) answer {
	if rt == nil {
		return s.elsewhere(r)
	}
	c := &call{server: s, route: rt, req: r, query: parseQuery(r.URL.RawQuery), now: s.now()}
	c.args = rt.args(segs)
	var err error
	if c.body, c.typed, err = parseBody(r); err != nil {
		return page(http.StatusBadRequest, "Bad Request", "The request could not be understood.")
	}
	if rt.open {
		s.wait(ctx, c)
		return rt.handle(c)
	}
	if a := s.choose(c); a != nil {
		return *a
	}
	if a := understood(rt, format); a != nil {
		return *a
	}
	s.wait(ctx, c)
	return s.run(c)
}

// elsewhere answers what is no part of the API: the files of a developer portal.
func (s *Server) elsewhere(r *http.Request) answer {
	t, admin := s.world.byHost(hostOf(r))
	if t == nil {
		t, admin = s.world.first(), true
	}
	if r.Method == http.MethodGet {
		if a := t.download(r, admin); a != nil {
			return *a
		}
	}
	return noRoute()
}

// hostOf is the host name that a request asks for, without a port.
func hostOf(r *http.Request) string {
	if h, _, err := net.SplitHostPort(r.Host); err == nil {
		return h
	}
	return r.Host
}

// choose finds the tenant of a request by its host name. Names that are not below
// the installation's own (addresses, localhost) mean the first tenant.
func (s *Server) choose(c *call) *answer {
	host := hostOf(c.req)
	if host == s.MasterDomain() {
		c.tenant = s.world.Master.account()
		return nil
	}
	t, admin := s.world.byHost(host)
	switch {
	case t != nil && admin:
		c.tenant = t
	case t != nil:
		return ptr(failed(http.StatusForbidden, msgDenied))
	case host != s.opts.Host && strings.HasSuffix(host, "."+s.opts.Host):
		return ptr(notFound())
	default:
		c.tenant = s.world.first()
	}
	return nil
}

// understood refuses formats. This server speaks JSON only; the default format of
// most routes is XML, which is why they need the suffix.
func understood(rt *route, format string) *answer {
	if format == "json" || format == "" && rt.json {
		return nil
	}
	return ptr(xmlText(http.StatusNotAcceptable, `<error>The server does not understand "xml" request.</error>`))
}

// wait lets a request take its time. One that races with others looks first, as
// porta reads a row before it writes it.
func (s *Server) wait(ctx context.Context, c *call) {
	if c.route.races {
		c.tenant.mu.Lock()
		c.seen = c.look()
		c.tenant.mu.Unlock()
		sleep(ctx, s.opts.WriteGap)
	}
	if s.opts.Latency != nil {
		sleep(ctx, s.opts.Latency(c.route.name(c.req.Method)))
	}
}

// run lets the handler work on the tenant, alone.
func (s *Server) run(c *call) answer {
	c.tenant.mu.Lock()
	defer c.tenant.mu.Unlock()
	c.now = s.now()
	c.tenant.purge(c.now)
	if a := authenticate(c); a != nil {
		return *a
	}
	return c.route.handle(c)
}
