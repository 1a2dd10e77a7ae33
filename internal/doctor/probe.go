package doctor

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/secret"
)

// probe sends reads to one server.
type probe struct {
	base string
	http *http.Client
}

// basic signs as 3scale wants it: the token as the password of no user.
func basic(token secret.Value) func(*http.Request) error {
	return func(r *http.Request) error {
		r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(":"+token.Reveal())))
		return nil
	}
}

// get reads a path; out may be nil where only the answer's status counts.
func (p probe) get(ctx context.Context, path string, out any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	return p.do(r, out)
}

// errOther is a success that isn't the server's own: a page of something else.
var errOther = errors.New("the answer is no JSON")

func (p probe) do(r *http.Request, out any) error {
	resp, err := p.http.Do(r)
	if err != nil {
		var outer *url.Error
		if errors.As(err, &outer) {
			return outer.Err // without the URL
		}
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("GET %s: %w", r.URL.Path, errOther)
	}
	return nil
}

// answered tells whether it was the server that said no, and gives the answer.
func answered(err error) (*transport.Error, bool) {
	var e *transport.Error
	ok := errors.As(err, &e)
	return e, ok
}

// says tells whether an answer is a status with a text.
func says(err error, status int, text string) bool {
	e, ok := answered(err)
	return ok && e.Status == status && strings.Contains(string(e.Body), text)
}

// words are what a server says in an error's body, in the forms of both servers; a page of HTML says nothing.
func words(body []byte) string {
	var forms struct {
		Error       any    `json:"error"`
		Message     string `json:"errorMessage"`
		Description string `json:"error_description"`
		Status      any    `json:"status"`
	}
	if json.Unmarshal(body, &forms) != nil {
		return ""
	}
	var said []string
	for _, w := range []any{forms.Error, forms.Message, forms.Description, forms.Status} {
		if text, ok := w.(string); ok && text != "" {
			said = append(said, text)
		}
	}
	return strings.Join(said, ": ")
}
