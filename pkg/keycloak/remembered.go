package keycloak

import (
	"sync"

	"example.com/maasctl/pkg/plan"
)

// remembered is what a server has said about realms, asked for once each.
type remembered[T any] struct {
	turns turns

	mu    sync.Mutex
	known map[plan.Address]T
}

// of gives what is known of a realm, and asks where nothing is.
func (m *remembered[T]) of(realm plan.Address, ask func() (T, error)) (T, error) {
	defer m.turns.take(string(realm))()
	m.mu.Lock()
	v, ok := m.known[realm]
	m.mu.Unlock()
	if ok {
		return v, nil
	}
	v, err := ask()
	if err != nil {
		return v, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil {
		m.known = map[plan.Address]T{}
	}
	m.known[realm] = v
	return v, nil
}

// forget makes it ask again.
func (m *remembered[T]) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.known = nil
}
