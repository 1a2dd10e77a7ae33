package transport

import (
	"bytes"
	"io"
	"net/http"
)

// whole reads each answer to its end before anyone sees it, so that one that breaks off in the middle is a broken
// connection like any other, and is tried again or looked after as such.
type whole struct {
	next http.RoundTripper
}

func (t *whole) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	resp.Body = memory{bytes.NewReader(body)}
	return resp, nil
}

// memory is a body that has arrived.
type memory struct{ *bytes.Reader }

func (memory) Close() error { return nil }

// content is all of a body that has arrived; reading it again starts at its beginning.
func content(resp *http.Response) []byte {
	m, ok := resp.Body.(memory)
	if !ok {
		return nil
	}
	text := make([]byte, m.Size())
	_, _ = m.ReadAt(text, 0)
	return text
}
