package threescale

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/maasctl/internal/transport"
)

// What 3scale finishes a moment later is waited for in silence, and what takes longer is told, without secrets.
func TestWaitingForWhatPassesIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		tries int
		want  []string
	}{"soon": {4, nil}, "later": {6, []string{"POST /x: 503 *** is away"}}} {
		synctest.Test(t, func(t *testing.T) {
			var told []string
			config := Config{Pause: 500 * time.Millisecond, Transport: transport.Options{
				Redactor: transport.NewRedactor(), Waiting: func(what string, _ time.Duration) { told = append(told, what) },
			}}
			config.Transport.Redactor.Add("canary")
			n := 0
			err := Open(config).waitFor(t.Context(), func() (bool, error) {
				if n++; n < c.tries {
					return false, waiting{errors.New("POST /x: 503 canary is away")}
				}
				return true, nil
			})
			if err != nil || !slices.Equal(told, c.want) {
				t.Errorf("%s: told %q: %v", name, told, err)
			}
		})
	}
}

// An answer that takes longer to be looked through than there is time ends with it.
func TestReadingEndsWithTheTime(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	end()
	var l rows[named]
	err := decode(ctx, http.MethodGet, "/services.json", []byte("["+strings.Repeat(`{"service":{"id":1}},`, 1<<17)+"{}]"), &l)
	if !errors.Is(err, context.Canceled) || l.Values != nil {
		t.Errorf("%v, %d values", err, len(l.Values))
	}
}
