package keycloak

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// Config says which Keycloak to talk to and how.
type Config struct {
	URL         string // with or without the base path (/auth): it is found by probing
	Credentials Credentials
	Owner       string // the mark that new objects get: "maasctl:NAME"

	Transport transport.Options // what all connections share
}

// Credentials are one of: user name and password, id and secret of a client with a service account, or a token.
type Credentials struct {
	Realm                  string // where the account is; "": master
	Username, Password     secret.Value
	ClientID, ClientSecret secret.Value // beside a user name: the client to sign in with; "": admin-cli
	Token                  secret.Value // an access token as it is; it can't be renewed
}

// Session is one connection to a Keycloak: it reads its state and carries out changes. Its methods may be called at once
// from several goroutines.
type Session struct {
	config Config
	api    *client
	byName map[string]kind

	mu        sync.Mutex
	ids       map[plan.Address]string
	desired   plan.State
	asked     map[plan.Address]bool           // clients whose secrets other objects take over
	done      map[plan.Address]bool           // created along with their parents
	mappers   map[plan.Address][]*plan.Object // wanted, by what they are below
	protocols map[plan.Address]string         // of clients and scopes that are there
	warnings  []plan.Note

	roles   turns                // one list of a realm's roles at a time
	given   remembered[plan.Set] // default groups
	flows   remembered[flows]
	secrets secretHabit
}

// Open prepares a session; nothing is sent yet.
func Open(config Config) *Session {
	if config.Transport.Redactor == nil {
		config.Transport.Redactor = transport.NewRedactor()
	}
	s := &Session{
		config: config, byName: map[string]kind{}, ids: map[plan.Address]string{}, desired: plan.State{},
		asked: map[plan.Address]bool{}, done: map[plan.Address]bool{},
	}
	s.api = newClient(config)
	for _, k := range kinds() {
		s.byName[k.info().Name] = k
	}
	return s
}

// Target says which server this is.
func (s *Session) Target() plan.Target { return plan.Target{System: System, URL: s.config.URL} }

// Kinds tells the planner about all kinds of Keycloak.
func (s *Session) Kinds() []plan.Kind {
	all := Kinds()
	for i := range all {
		if all[i].Name == kindRealm {
			all[i].Born = s.unwanted
		}
	}
	return all
}

// Warnings are what reading has found to say about objects: endpoints that can't be looked up.
func (s *Session) Warnings() []plan.Note {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]plan.Note(nil), s.warnings...)
}

// Execute carries out one change.
func (s *Session) Execute(ctx context.Context, c *plan.Change, handed apply.Handover) (map[string]any, error) {
	k, ok := s.byName[c.Kind]
	if !ok {
		return nil, fmt.Errorf("Keycloak has no kind %q", c.Kind) //nolint:staticcheck // a name
	}
	ctx, effects := transport.Watch(ctx)
	ch := &change{Change: c, handed: handed, outputs: map[string]any{}}
	var err error
	if c.Action == plan.Delete {
		err = k.remove(ctx, s, ch)
	} else {
		err = k.write(ctx, s, ch)
	}
	return ch.outputs, apply.WithEffect(s.explain(err), effects.Taken(), effects.Open())
}

var _ apply.Executor = (*Session)(nil)

// explain says what to do about errors that have one cause. A 403 with words of its own isn't about the account's roles.
func (s *Session) explain(err error) error {
	if says(err, http.StatusForbidden, `"errorMessage"`) && !isNotAuthorized(err) {
		return &transport.RuleError{Err: err}
	}
	if transport.Is(err, http.StatusForbidden, http.StatusUnauthorized) && !isNotAuthorized(err) {
		return &ErrNotAuthorized{Server: s.config.URL, Err: err}
	}
	return err
}

// id is the server's id of an object that was read or made in this session.
func (s *Session) id(a plan.Address) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok := s.ids[a]
	return id, ok
}

func (s *Session) learn(a plan.Address, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids[a] = id
}

func (s *Session) learnProtocol(a plan.Address, protocol string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.protocols[a] = protocol
}

func (s *Session) forget(a plan.Address) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for b := range s.ids {
		if b.Within(a) {
			delete(s.ids, b)
		}
	}
}

// embedded remembers that an object was created along with its parent.
func (s *Session) embedded(a plan.Address) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done[a] = true
}

func (s *Session) isEmbedded(a plan.Address) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.done[a]
}

// takenOver tells whether another object takes over this client's secret.
func (s *Session) takenOver(a plan.Address) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[a]
}

// turns lets one goroutine at a time do what has the same key.
type turns struct {
	mu   sync.Mutex
	keys map[string]*sync.Mutex
}

// take waits for its turn; the function that it returns ends it.
func (t *turns) take(key string) func() {
	t.mu.Lock()
	if t.keys == nil {
		t.keys = map[string]*sync.Mutex{}
	}
	m, ok := t.keys[key]
	if !ok {
		m = &sync.Mutex{}
		t.keys[key] = m
	}
	t.mu.Unlock()
	m.Lock()
	return m.Unlock
}
