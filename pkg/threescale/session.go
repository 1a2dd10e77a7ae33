package threescale

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// Config says which tenant to talk to and how.
type Config struct {
	URL   string
	Token secret.Value
	Owner string // the mark that new objects get: "maasctl:NAME"

	MasterURL   string // "": organization and time zone stay manual steps
	MasterToken secret.Value

	Transport transport.Options // what both connections share

	// Patience bounds the wait for what the server finishes a moment after it answered (a service token, a backend that a
	// deleted product used); 0: one minute. Pause is the time between two looks; 0: half a second.
	Patience, Pause time.Duration
}

// Session is one connection to a tenant: it reads its state and carries out changes. Its methods may be called at once
// from several goroutines.
type Session struct {
	config  Config
	api     *client
	master  *client // nil without a master token
	byName  map[string]kind
	desired plan.State
	live    plan.State // as it was read for the plan

	portalAsked bool // a realm's client takes over the portal's address

	mu  sync.Mutex
	ids map[plan.Address]int64
}

// Open prepares a session; nothing is sent yet.
func Open(config Config) *Session {
	if config.Patience == 0 {
		config.Patience = time.Minute
	}
	if config.Pause == 0 {
		config.Pause = 500 * time.Millisecond
	}
	if config.Transport.Redactor == nil {
		config.Transport.Redactor = transport.NewRedactor()
	}
	s := &Session{config: config, byName: map[string]kind{}, desired: plan.State{}, ids: map[plan.Address]int64{}}
	s.api = newClient(config.URL, config.Token, config.Transport)
	if config.MasterURL != "" {
		s.master = newClient(config.MasterURL, config.MasterToken, config.Transport)
	}
	for _, k := range kinds() {
		s.byName[k.info().Name] = k
	}
	return s
}

// Target says which tenant this is.
func (s *Session) Target() plan.Target { return plan.Target{System: System, URL: s.api.base} }

// Execute carries out one change.
func (s *Session) Execute(ctx context.Context, c *plan.Change, handed apply.Handover) (map[string]any, error) {
	k, ok := s.byName[c.Kind]
	if !ok {
		return nil, fmt.Errorf("3scale has no kind %q", c.Kind)
	}
	ctx, effects := transport.Watch(ctx)
	ch := &change{Change: c, handed: handed, outputs: map[string]any{}}
	var err error
	if c.Action == plan.Delete {
		err = k.remove(ctx, s, ch)
	} else {
		err = s.carryOut(ctx, k, ch)
	}
	return ch.outputs, apply.WithEffect(s.explain(err), effects.Taken(), effects.Open())
}

var _ apply.Executor = (*Session)(nil)

// explain says what to do about errors that have one cause.
func (s *Session) explain(err error) error {
	if transport.Is(err, http.StatusForbidden) && (says(err, http.StatusForbidden, "Access denied") || says(err, http.StatusForbidden, "correct permissions")) {
		return &ErrNotAuthorized{Server: s.api.base, Err: err}
	}
	if rule, ok := refusedByRule(err); ok {
		return rule
	}
	return err
}

// id is the server's number of an object that was read or made in this session.
func (s *Session) id(a plan.Address) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id, ok := s.ids[a]; ok {
		return id, nil
	}
	return 0, fmt.Errorf("%s isn't there", a)
}

func (s *Session) learn(a plan.Address, id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids[a] = id
}

// numbered tells whether a number is that of an object of the kind below parent that was there already.
func (s *Session) numbered(parent plan.Address, kind string, id int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for a, known := range s.ids {
		if known == id && a.LastKind() == kind && a.Within(parent) {
			return true
		}
	}
	return false
}

// known tells whether the object's number is known.
func (s *Session) known(a plan.Address) bool {
	_, err := s.id(a)
	return err == nil
}

// create sends a POST that can't be sent twice. Where the connection broke, or something in between answered, it looks
// whether the object is there before it sends again; it looks, too, where the name is taken or the server stumbled. look
// returns the object's number, or 0, however often it is called. An error of post that is waiting is tried again.
func (s *Session) create(ctx context.Context, post func() (int64, error), look func() (int64, error)) (int64, error) {
	var id int64
	err := s.waitFor(ctx, func() (bool, error) {
		var err error
		id, err = post()
		if err == nil {
			return true, nil
		}
		_, passes := err.(waiting) //nolint:errorlint // made by post itself
		passes = passes || transport.Uncertain(err) || transport.Is(err, http.StatusConflict)
		if !passes && !says(err, http.StatusUnprocessableEntity, textTaken) && !transport.Is(err, http.StatusInternalServerError) {
			return false, err
		}
		found, lookErr := look()
		if lookErr != nil {
			return false, fmt.Errorf("%w (and looking whether it took effect: %w)", err, lookErr)
		}
		transport.Settle(ctx, found != 0)
		if found != 0 {
			id = found
			meets(ctx)
			return true, nil
		}
		if passes {
			err = waiting{err}
		}
		return false, err
	})
	return id, err
}

// waiting is an error that may pass by itself.
type waiting struct{ error }

func (w waiting) Unwrap() error { return w.error }

// mayPass turns a failure that says nothing about the request itself into one that is worth another try. It is for
// requests that can do no harm twice.
func mayPass(err error) error {
	if transport.Uncertain(err) {
		return waiting{err}
	}
	return err
}

// waitFor calls try until it says true, or an error that isn't waiting, or the session's patience ends.
func (s *Session) waitFor(ctx context.Context, try func() (bool, error)) error {
	begin := time.Now()
	until := begin.Add(s.config.Patience)
	for {
		done, err := try()
		if w, ok := err.(waiting); ok && time.Now().After(until) { //nolint:errorlint // made right above
			return w.error
		} else if err != nil && !ok {
			return err
		}
		if done {
			return nil
		}
		if tell := s.config.Transport.Waiting; tell != nil && err != nil && time.Since(begin) >= transport.Silence {
			tell(s.config.Transport.Redactor.Text(err.Error()), s.config.Pause)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(s.config.Pause):
		}
	}
}
