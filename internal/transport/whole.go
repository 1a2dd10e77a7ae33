package transport

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// LargestAnswer is how many bytes an answer may have, unpacked.
const LargestAnswer = 64 << 20

// whole reads each answer to its end before anyone sees it, so that one that breaks off in the middle is a broken
// connection like any other, and is tried again or looked after as such.
//
// No answer is larger than LargestAnswer once it is unpacked: a few kilobytes of gzip can be as many gigabytes.
type whole struct {
	next http.RoundTripper
}

func (t *whole) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := read(resp)
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	if len(body) > LargestAnswer {
		return nil, &AnswerError{
			Method: r.Method, Path: r.URL.Path, Want: fmt.Sprintf("at most %d MiB", LargestAnswer>>20), Got: "more" + what(resp, nil)[len("nothing"):],
		}
	}
	resp.Body = memory{bytes.NewReader(body), body}
	return resp, nil
}

// read reads a body, and no more than one byte too much of it. Most say how large they are.
func read(resp *http.Response) ([]byte, error) {
	var b bytes.Buffer
	if n := resp.ContentLength; n > 0 && n <= LargestAnswer {
		b.Grow(int(n) + bytes.MinRead)
	}
	_, err := b.ReadFrom(io.LimitReader(resp.Body, LargestAnswer+1))
	return b.Bytes(), err
}

// memory is a body that has arrived.
type memory struct {
	*bytes.Reader
	text []byte
}

func (memory) Close() error { return nil }

// Content is all of a body that has arrived, however much of it has been read. It is to be looked at, not to be changed.
func Content(resp *http.Response) []byte {
	m, ok := resp.Body.(memory)
	if !ok {
		return nil
	}
	return m.text
}
