package threescaletest

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault makes requests fail. See ParseFault for what its fields mean.
type Fault struct {
	Method string // "" or "*": any
	Path   string // a pattern of path.Match; "*" at its end takes any rest
	Nth    int    // only the Nth request that matches; 0: see Every and Rate
	Every  int    // every Nth request that matches
	Count  int    // at most so many times; 0: no end
	Rate   float64
	Kind   FaultKind
	Status int           // of KindStatus
	After  time.Duration // the Retry-After header of KindStatus, in whole seconds
	Late   bool          // the request takes effect before it fails
}

// FaultKind is the way in which a request fails.
type FaultKind string

// The kinds of faults.
const (
	KindStatus FaultKind = "status" // an answer with an error status
	KindReset  FaultKind = "reset"  // the connection is cut
	KindHalf   FaultKind = "half"   // half of the answer, then the connection is cut
	KindHang   FaultKind = "hang"   // no answer until the client gives up
)

// ParseFault reads a fault: a method, a path and words.
//
//	POST /admin/api/services*.json nth=3 status=503
//	* /admin/api/* rate=0.05 status=429 retry-after=2
//	PUT /admin/api/services/*/proxy/policies.json every=4 count=2 reset when=after
//
// The path is that of the request; * stands for any text, slashes too.
//
//	nth=N      the Nth request that matches, and no other
//	every=N    every Nth request that matches
//	rate=R     each request that matches with the probability R, 0 to 1
//	count=N    at most N times
//	status=N   answer with the status N; retry-after=S adds the header, in seconds
//	reset      cut the connection without an answer
//	half       cut the connection in the middle of the answer
//	hang       never answer
//	when=W     before (the default) or after the request took effect; half is always after
//
// Without nth, every and rate the fault strikes every time.
func ParseFault(text string) (Fault, error) {
	words := strings.Fields(text)
	if len(words) < 3 {
		return Fault{}, fmt.Errorf("fault %q: want METHOD PATH and how it fails, like \"POST /admin/api/services*.json nth=3 status=503\"", text)
	}
	f := Fault{Method: strings.ToUpper(words[0]), Path: words[1]}
	if _, err := path.Match(strings.ReplaceAll(f.Path, "*", "?"), ""); err != nil || !strings.HasPrefix(f.Path, "/") && f.Path != "*" {
		return Fault{}, fmt.Errorf("fault %q: %q is no path", text, f.Path)
	}
	for _, w := range words[2:] {
		if err := f.word(w); err != nil {
			return Fault{}, fmt.Errorf("fault %q: %w", text, err)
		}
	}
	if f.Kind == "" {
		return Fault{}, fmt.Errorf("fault %q: say how it fails: status=N, reset, half or hang", text)
	}
	f.Late = f.Late || f.Kind == KindHalf
	return f, nil
}

// word reads one word of a fault.
func (f *Fault) word(w string) error {
	name, value, _ := strings.Cut(w, "=")
	n, err := strconv.Atoi(value)
	switch name {
	case "reset", "half", "hang":
		f.Kind, err = FaultKind(name), nil
	case "status":
		f.Kind, f.Status = KindStatus, n
		if n < 400 || n > 599 {
			return fmt.Errorf("%s: want a status from 400 to 599", w)
		}
	case "nth":
		f.Nth = n
	case "every":
		f.Every = n
	case "count":
		f.Count = n
	case "retry-after":
		f.After = time.Duration(n) * time.Second
	case "rate":
		f.Rate, err = strconv.ParseFloat(value, 64)
		if err == nil && (f.Rate < 0 || f.Rate > 1) {
			return fmt.Errorf("%s: want a rate from 0 to 1", w)
		}
	case "when":
		f.Late, err = value == "after", nil
		if value != "after" && value != "before" {
			return fmt.Errorf("%s: want before or after", w)
		}
	default:
		return fmt.Errorf("unknown word %q", w)
	}
	if err != nil || n < 0 {
		return fmt.Errorf("%s: no such number", w)
	}
	return nil
}

// matches says whether the fault is for a request.
func (f *Fault) matches(method, url string) bool {
	return (f.Method == "" || f.Method == "*" || f.Method == method) && wild(f.Path, url)
}

// wild matches a text with a pattern in which * stands for any text.
func wild(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(text, parts[0]) {
		return false
	}
	if len(parts) == 1 {
		return text == pattern
	}
	text = text[len(parts[0]):]
	last := parts[len(parts)-1]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(text, p)
		if i < 0 {
			return false
		}
		text = text[i+len(p):]
	}
	return strings.HasSuffix(text, last)
}

// faultState counts the requests that match each fault.
type faultState struct {
	mu     sync.Mutex
	faults []Fault
	seen   []int
	struck []int
}

func newFaultState(faults []Fault) *faultState {
	return &faultState{faults: faults, seen: make([]int, len(faults)), struck: make([]int, len(faults))}
}

// strike finds the first fault that hits a request, nil if none does.
func (s *faultState) strike(method, url string) *Fault {
	if len(s.faults) == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var hit *Fault
	for i := range s.faults {
		f := &s.faults[i]
		if !f.matches(method, url) {
			continue
		}
		s.seen[i]++
		if hit == nil && f.due(s.seen[i]) && (f.Count == 0 || s.struck[i] < f.Count) {
			s.struck[i]++
			hit = f
		}
	}
	return hit
}

// due says whether the nth request that matches is hit.
func (f *Fault) due(n int) bool {
	switch {
	case f.Nth > 0:
		return n == f.Nth
	case f.Every > 0:
		return n%f.Every == 0
	case f.Rate > 0:
		return rand.Float64() < f.Rate
	}
	return true
}

// before fails a request that must not take effect; it says whether it did.
func (f *Fault) before(w http.ResponseWriter, r *http.Request) bool {
	if f.Late {
		return false
	}
	f.fail(w, r, answer{})
	return true
}

// after fails a request that took effect.
func (f *Fault) after(w http.ResponseWriter, r *http.Request, a answer) bool {
	f.fail(w, r, a)
	return true
}

func (f *Fault) fail(w http.ResponseWriter, r *http.Request, a answer) {
	switch f.Kind {
	case KindHang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case KindReset:
		panic(http.ErrAbortHandler)
	case KindHalf:
		half(w, a)
		panic(http.ErrAbortHandler)
	case KindStatus:
		f.refuse(w)
	}
}

// refuse answers with the error status.
func (f *Fault) refuse(w http.ResponseWriter) {
	bad := answer{status: f.Status, body: object{{"status", f.Status}, {"error", http.StatusText(f.Status)}}}
	if f.After > 0 {
		bad.header = map[string]string{"Retry-After": strconv.Itoa(int(f.After / time.Second))}
	}
	send(w, bad)
}

// half sends the first half of an answer.
func half(w http.ResponseWriter, a answer) {
	raw, kind, err := a.encode()
	if err != nil {
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(raw)+1))
	w.WriteHeader(a.status)
	_, _ = w.Write(raw[:len(raw)/2])          //nolint:gosec // an answer like any other, cut
	_ = http.NewResponseController(w).Flush() // what cannot be flushed is not read
}
