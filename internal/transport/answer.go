package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// AnswerError is a success by its status that isn't what the server answers to such a request: a login page, nothing at all,
// JSON of another kind. Whether a write took effect can't be told from it.
type AnswerError struct {
	Method, Path string // the path without the query
	Want, Got    string // what was expected, and what came, in words
}

func (e *AnswerError) Error() string {
	return fmt.Sprintf("%s %s: the answer isn't the server's: expected %s, got %s", e.Method, e.Path, e.Want, e.Got)
}

// NewAnswerError tells what came in place of want, and leaves open whether a write took effect. It shows names of JSON's
// keys and no values: those may be secrets.
func NewAnswerError(method, path, want string, resp *http.Response, body []byte) *AnswerError {
	doubt(resp)
	path, _, _ = strings.Cut(path, "?")
	return &AnswerError{Method: method, Path: path, Want: want, Got: what(resp, body)}
}

func what(resp *http.Response, body []byte) string {
	status := fmt.Sprintf(" (%d, %s)", resp.StatusCode, mediaType(resp))
	text := bytes.TrimSpace(body)
	var object map[string]json.RawMessage
	switch {
	case len(text) == 0:
		return "nothing" + status
	case text[0] == '<':
		return "a page" + status
	case !json.Valid(text):
		return "what is no JSON" + status
	case text[0] == '[':
		return "a list" + status
	case text[0] != '{' || json.Unmarshal(text, &object) != nil:
		return "a single value" + status
	case len(object) == 0:
		return "an empty object" + status
	}
	keys := slices.Sorted(maps.Keys(object))
	const few = 4
	list := fmt.Sprintf("%.40q", keys[:min(few, len(keys))])
	return "an object with " + strings.Trim(list, "[]") + status
}

func mediaType(resp *http.Response) string {
	kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
	if kind == "" {
		return "no content type"
	}
	return fmt.Sprintf("%.40s", strings.TrimSpace(kind))
}

// IsJSON tells whether an answer says that it is JSON.
func IsJSON(resp *http.Response) bool {
	kind := mediaType(resp)
	return kind == "application/json" || strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json")
}

func isAnswer(err error) bool {
	var wrong *AnswerError
	return errors.As(err, &wrong)
}
