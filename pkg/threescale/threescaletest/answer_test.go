package threescaletest_test

import (
	"bytes"
	"io"
	"net/http"
)

// written is an answer that is kept in memory.
type written struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newAnswer() *written { return &written{header: http.Header{}, status: http.StatusOK} }

func (w *written) Header() http.Header         { return w.header }
func (w *written) WriteHeader(status int)      { w.status = status }
func (w *written) Write(p []byte) (int, error) { return w.body.Write(p) }

// response is the answer as a client gets it.
func (w *written) response(r *http.Request) *http.Response {
	return &http.Response{StatusCode: w.status, Header: w.header, Body: io.NopCloser(&w.body), Request: r, ProtoMajor: 1, ProtoMinor: 1}
}
