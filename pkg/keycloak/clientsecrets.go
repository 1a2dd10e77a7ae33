package keycloak

import (
	"context"
	"net/http"
	"sync"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/secret"
)

// Generated stands for a secret that Keycloak is to make.
type Generated struct{}

func (Generated) String() string { return "made by Keycloak" }

// MarshalText gives the form that plans show.
func (g Generated) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// secretHabit is whether the server makes the secrets of new clients by itself: 26 does, 18 doesn't. The first client tells.
type secretHabit struct {
	mu    sync.Mutex
	known bool
	makes bool
}

func (h *secretHabit) ask(look func() (bool, error)) (bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.known {
		return h.makes, nil
	}
	makes, err := look()
	if err == nil {
		h.known, h.makes = true, makes
	}
	return makes, err
}

// secretAfterCreate makes sure that a new confidential client has a secret, and hands it on where something takes it over. One
// that the create found there (not made) may have a secret that others know: it says nothing of the server's habit, and keeps it.
func (s *Session) secretAfterCreate(ctx context.Context, c *change, body map[string]any, made bool) error {
	if !confidential(body) {
		return nil
	}
	if said, ok := c.Desired.Fields[fieldSecret].(secret.Value); ok {
		c.outputs[fieldSecret] = said
		return nil
	}
	shown := ""
	look := func() (has bool, err error) {
		shown, err = s.shownSecret(ctx, c)
		return shown != "", err
	}
	ask := s.secrets.ask
	if !made {
		ask = func(look func() (bool, error)) (bool, error) { return look() }
	}
	makes, err := ask(look)
	if err == nil && makes && shown == "" && s.takenOver(c.Address) {
		shown, err = s.shownSecret(ctx, c)
	}
	if err == nil && shown == "" && (!makes || s.takenOver(c.Address)) {
		shown, err = s.newSecret(ctx, c)
	}
	if err == nil && shown != "" {
		s.handOn(c, shown)
	}
	return err
}

// secretAfterUpdate hands on the secret where it has changed.
func (s *Session) secretAfterUpdate(ctx context.Context, c *change) error {
	var shown string
	var err error
	switch said := c.Desired.Fields[fieldSecret].(type) {
	case secret.Value:
		c.outputs[fieldSecret] = said
		return nil
	case Generated:
		if shown, err = s.shownSecret(ctx, c); err == nil && shown == "" { // 18 may have made one with the PUT
			shown, err = s.newSecret(ctx, c)
		}
	default:
		if c.Live.Outputs[fieldSecret] != nil || !s.takenOver(c.Address) {
			return nil
		}
		shown, err = s.shownSecret(ctx, c)
	}
	if err == nil && shown != "" {
		s.handOn(c, shown)
	}
	return err
}

func (s *Session) handOn(c *change, text string) {
	s.config.Transport.Redactor.Add(text)
	c.outputs[fieldSecret] = secret.New("", text)
}

func (s *Session) shownSecret(ctx context.Context, c *change) (string, error) {
	item, err := clientItem(ctx, s, c.Address)
	if err != nil {
		return "", err
	}
	var shown map[string]any
	err = s.api.get(ctx, item+"/client-secret", &shown)
	return str(shown, "value"), err
}

func (s *Session) newSecret(ctx context.Context, c *change) (string, error) {
	item, err := clientItem(ctx, s, c.Address)
	if err != nil {
		return "", err
	}
	made := ""
	err = insist(ctx, func() error {
		a, err := s.api.do(ctx, http.MethodPost, item+"/client-secret", map[string]any{})
		if err != nil {
			return err
		}
		var shown map[string]any
		err = transport.Decode(ctx, a.body, &shown)
		made = str(shown, "value")
		return err
	}, func() (bool, error) {
		made, err = s.shownSecret(ctx, c)
		return made != "", err
	})
	return made, err
}
