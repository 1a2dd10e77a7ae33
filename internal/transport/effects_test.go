package transport

import (
	"context"
	"net/http"
	"testing"
	"time"
)

// What is known of the writes of one piece of work is what the server said last about each.
func TestEffects(t *testing.T) {
	page := func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/html") }
	for name, c := range map[string]struct {
		turns       []http.HandlerFunc
		methods     []string
		taken, open bool
	}{
		"reads say nothing":                  {[]http.HandlerFunc{status(503), fine}, []string{"GET"}, false, false},
		"a success":                          {[]http.HandlerFunc{fine}, []string{"POST"}, true, false},
		"a refusal":                          {[]http.HandlerFunc{status(422)}, []string{"POST"}, false, false},
		"a success before a refusal":         {[]http.HandlerFunc{fine, status(422)}, []string{"POST", "POST"}, true, false},
		"the server stumbled":                {[]http.HandlerFunc{status(500)}, []string{"PUT"}, false, true},
		"the answer broke off":               {[]http.HandlerFunc{half}, []string{"POST"}, false, true},
		"away for a moment, then a success":  {[]http.HandlerFunc{status(503), fine}, []string{"PUT"}, true, false},
		"away for a moment, then a refusal":  {[]http.HandlerFunc{status(503), status(422)}, []string{"PUT"}, false, false},
		"too many requests":                  {[]http.HandlerFunc{status(429)}, []string{"POST"}, false, false},
		"another request's refusal is other": {[]http.HandlerFunc{cut, status(422)}, []string{"POST", "PUT"}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			client, _, url := serve(t, Options{Attempts: 2}, c.turns...)
			ctx, effects := Watch(t.Context())
			for _, method := range c.methods {
				_, _ = send(client, request(t, method, url, "").WithContext(ctx))
			}
			if effects.Taken() != c.taken || effects.Open() != c.open {
				t.Errorf("taken %v, open %v", effects.Taken(), effects.Open())
			}
		})
	}
	t.Run("nobody listens, or the time was over", func(t *testing.T) {
		ctx, effects := Watch(t.Context())
		client := New(Options{Attempts: 1})
		_, err := send(client, request(t, "POST", "http://127.0.0.1:1/", "").WithContext(ctx))
		over, end := context.WithTimeout(ctx, time.Nanosecond)
		defer end()
		_, late := send(client, request(t, "POST", "http://127.0.0.1:1/", "").WithContext(over))
		if err == nil || late == nil || effects.Open() || effects.Taken() {
			t.Errorf("%v, %v: open %v", err, late, effects.Open())
		}
	})
	t.Run("the caller gave up", func(t *testing.T) {
		client, _, url := serve(t, Options{}, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		ctx, effects := Watch(t.Context())
		ctx, end := context.WithTimeout(ctx, 20*time.Millisecond)
		defer end()
		if _, err := send(client, request(t, "PUT", url, "").WithContext(ctx)); err == nil || !effects.Open() {
			t.Errorf("%v: open %v", err, effects.Open())
		}
	})
	t.Run("an answer that isn't the server's", func(t *testing.T) {
		client, _, url := serve(t, Options{}, page)
		ctx, effects := Watch(t.Context())
		resp, err := client.Do(request(t, "POST", url, "").WithContext(ctx))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if err := NewAnswerError("POST", "/", "an object", resp, nil); err == nil || effects.Taken() || !effects.Open() {
			t.Errorf("taken %v, open %v", effects.Taken(), effects.Open())
		}
	})
	for _, there := range []bool{true, false} {
		client, _, url := serve(t, Options{}, cut)
		ctx, effects := Watch(t.Context())
		_, _ = send(client, request(t, "POST", url, "").WithContext(ctx))
		if Settle(ctx, there); effects.Taken() != there || effects.Open() {
			t.Errorf("a look has shown %v: taken %v, open %v", there, effects.Taken(), effects.Open())
		}
	}
	Settle(t.Context(), true) // nobody watches
}

// What may pass by itself, and what stays.
func TestPassing(t *testing.T) {
	for fault, want := range map[int]bool{500: true, 502: true, 503: true, 429: true, 409: true, 422: false, 403: false, 404: false} {
		client, _, url := serve(t, Options{Attempts: 1, Conflicts: true}, status(fault))
		if _, err := send(client, request(t, "POST", url, "")); Passing(err) != want {
			t.Errorf("%v: %v", err, !want)
		}
	}
	client, _, url := serve(t, Options{Attempts: 1}, cut)
	_, broken := send(client, request(t, "POST", url, ""))
	_, nobody := send(New(Options{Attempts: 1}), request(t, "GET", "http://127.0.0.1:1/", ""))
	_, nameless := send(New(Options{Attempts: 1}), request(t, "GET", "http://nowhere.invalid/", ""))
	if !Passing(broken) || !Passing(nobody) || !Passing(context.DeadlineExceeded) || Passing(nameless) || Passing(nil) {
		t.Errorf("%v; %v; %v", broken, nobody, nameless)
	}
}
