package threescaletest

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync"
)

// world is everything an installation holds: the master account and its tenants.
// Its lock guards the list of tenants and the sequences; each tenant has a lock of
// its own.
type world struct {
	mu      sync.RWMutex
	Tenants []*tenant
	Master  master
	Last    map[string]int64 // ids, by the kind of object
}

// next is the next id of a kind of object. Ids are never used twice, and tenants
// share the sequences as they share porta's tables.
func (w *world) next(kind string) int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Last[kind]++
	return w.Last[kind]
}

// byHost finds the tenant that a host name belongs to, and says whether the name
// is that of its admin portal.
func (w *world) byHost(host string) (t *tenant, admin bool) {
	w.mu.RLock()
	defer w.mu.RUnlock()
	for _, t := range w.Tenants {
		switch host {
		case t.AdminDomain:
			return t, true
		case t.Domain:
			return t, false
		}
	}
	return nil, false
}

// first is the tenant that requests to no known host name go to.
func (w *world) first() *tenant {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.Tenants[0]
}

// all are the tenants there are.
func (w *world) all() []*tenant {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return append([]*tenant(nil), w.Tenants...)
}

// randomHex is a random key of n bytes, in hex.
func randomHex(n int) string {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		panic(fmt.Sprintf("no randomness: %v", err)) // crypto/rand never fails on a machine that works
	}
	return hex.EncodeToString(b)
}
