package transport

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
)

// What takes long is given up when the caller's time ends, and what it would have brought is nobody's then.
func TestWithin(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	block := make(chan struct{})
	defer close(block)
	started := make(chan struct{})
	go func() {
		<-started
		end()
	}()
	got, err := Within(ctx, atOnce+1, func() (int, error) {
		close(started)
		<-block
		return 7, nil
	})
	if !errors.Is(err, context.Canceled) || got != 0 {
		t.Errorf("%d, %v", got, err)
	}
	if got, err := Within(t.Context(), atOnce+1, func() (int, error) { return 7, errors.New("its own") }); got != 7 || err == nil {
		t.Errorf("%d, %v", got, err)
	}
	if got, err := Within(ctx, 1, func() (int, error) { return 7, nil }); got != 7 || err != nil {
		t.Errorf("a moment's work isn't given up: %d, %v", got, err)
	}
}

func TestDecode(t *testing.T) {
	out := map[string]any{"old": true}
	if err := Decode(t.Context(), []byte(`{"n": 12345678901234567890}`), &out); err != nil || out["n"] != json.Number("12345678901234567890") || len(out) != 1 {
		t.Errorf("%v, %v", out, err)
	}
	if err := Decode(t.Context(), []byte(`{"n": 1} more`), &out); err == nil || out["n"] != json.Number("12345678901234567890") {
		t.Errorf("%v, %v", out, err)
	}
}
