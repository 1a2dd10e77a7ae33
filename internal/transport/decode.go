package transport

import (
	"context"
	"fmt"

	"example.com/maasctl/internal/exact"
)

// Decode reads JSON into what is then given to out, and numbers below an any with all their digits. The caller's time counts:
// an answer may be small enough to be taken and still take long to be looked through.
func Decode[T any](ctx context.Context, text []byte, out *T) error {
	value, err := Within(ctx, len(text), func() (T, error) {
		var v T
		err := exact.Unmarshal(text, &v)
		return v, err
	})
	if err == nil {
		*out = value
	}
	return err
}

// atOnce is how many bytes are looked through before anyone could give up.
const atOnce = 1 << 20

// Within does what takes long with so many bytes, and no longer than the caller's time: where that ends, nothing waits for the
// rest, and nobody sees it.
func Within[T any](ctx context.Context, size int, work func() (T, error)) (T, error) {
	if size <= atOnce {
		return work()
	}
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := work()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, fmt.Errorf("reading the answer: %w", ctx.Err())
	}
}
