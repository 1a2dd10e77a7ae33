package transport

import (
	"bufio"
	"encoding/json"
	"errors"
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

// Trace copies a trace, line by line, without what the redactor has learned since that was written.
func (r *Redactor) Trace(to io.Writer, from io.Reader) error {
	in, out := json.NewDecoder(from), bufio.NewWriter(to)
	write := json.NewEncoder(out)
	for {
		var line traceLine
		if err := in.Decode(&line); errors.Is(err, io.EOF) {
			return out.Flush()
		} else if err != nil {
			return err
		}
		for _, text := range []*string{&line.URL, &line.Request, &line.Response, &line.Error} {
			*text = r.Body(*text)
		}
		if err := write.Encode(line); err != nil {
			return err
		}
	}
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
