package transport

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"
)

// tracer writes one JSON object a request, without headers and without secrets.
type tracer struct {
	next     http.RoundTripper
	redactor *Redactor

	mu  sync.Mutex
	out io.Writer
}

type traceLine struct {
	Time     time.Time `json:"time"`
	Method   string    `json:"method"`
	URL      string    `json:"url"`
	Status   int       `json:"status,omitempty"`
	Millis   float64   `json:"ms"`
	Request  string    `json:"request,omitempty"`
	Response string    `json:"response,omitempty"`
	Error    string    `json:"error,omitempty"`
}

func (t *tracer) RoundTrip(r *http.Request) (*http.Response, error) {
	line := traceLine{Time: time.Now().UTC(), Method: r.Method, URL: t.redactor.Body(r.URL.String())}
	if r.GetBody != nil {
		if body, err := r.GetBody(); err == nil && body != nil { // some libraries give none
			text, _ := io.ReadAll(body)
			line.Request = t.redactor.Body(string(text))
		}
	}
	resp, err := t.next.RoundTrip(r)
	line.Millis = float64(time.Since(line.Time).Microseconds()) / 1000
	if err != nil {
		line.Error = t.redactor.Body(err.Error())
	} else {
		line.Status = resp.StatusCode
		line.Response = t.redactor.Body(string(Content(resp)))
	}
	t.write(line)
	return resp, err
}

func (t *tracer) write(line traceLine) {
	text, err := json.Marshal(line)
	if err != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = t.out.Write(append(text, '\n'))
}
