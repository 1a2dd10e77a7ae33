package transport

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A server that means "read again first" by 409 must not be sent the same PUT again.
func TestConflictsAreTheCallersBusiness(t *testing.T) {
	for _, mine := range []bool{true, false} {
		calls := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if calls++; calls == 1 {
				w.WriteHeader(http.StatusConflict)
			}
		}))
		client := New(Options{Conflicts: mine, Backoff: time.Millisecond})
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, server.URL, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(r)
		if err == nil {
			_ = resp.Body.Close()
		}
		if mine && (!Is(err, http.StatusConflict) || calls != 1) || !mine && (err != nil || calls != 2) {
			t.Errorf("conflicts=%v: %d calls, %v", mine, calls, err)
		}
		server.Close()
	}
}
