package threescaletest

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"sort"
	"strings"
)

// maxBody is how much of a request's body is read, in bytes.
const maxBody = 64 << 20

// errMalformed is the error of a body that is no JSON.
var errMalformed = errors.New("malformed body")

// params are the parameters of a request as Rails sees them: text, json.Number,
// bool, nil, *upload, []any or params.
type params map[string]any

// upload is a file sent in a form.
type upload struct {
	name        string
	contentType string
	data        []byte
}

// text is a parameter as text, "" if there is none.
func (p params) text(name string) string { return or(castText(p[name]), "") }

// has says whether a parameter was sent, even as null.
func (p params) has(name string) bool { _, ok := p[name]; return ok }

// sub is a parameter that is an object.
func (p params) sub(name string) (params, bool) {
	v, ok := p[name].(params)
	return v, ok
}

// permit keeps the scalar parameters of the given names; everything else is
// dropped without a word, as Rails' strong parameters do it.
func (p params) permit(names ...string) params {
	out := params{}
	for _, n := range names {
		switch v := p[n].(type) {
		case params, []any:
		case nil:
			if p.has(n) {
				out[n] = v
			}
		default:
			out[n] = v
		}
	}
	return out
}

// slice keeps the parameters of the given names, whatever they are.
func (p params) slice(names []string) params {
	out := params{}
	for _, n := range names {
		if v, ok := p[n]; ok {
			out[n] = v
		}
	}
	return out
}

// parseQuery reads the parameters of a URL or of a form.
func parseQuery(raw string) params {
	out := params{}
	for _, pair := range strings.Split(raw, "&") {
		if pair == "" {
			continue
		}
		k, v, _ := strings.Cut(pair, "=")
		key, err1 := url.QueryUnescape(k)
		value, err2 := url.QueryUnescape(v)
		if err1 == nil && err2 == nil {
			out.nest(key, value)
		}
	}
	return out
}

// parseBody reads the body of a request. The second value says whether the type of
// the body is one that Rails wraps.
func parseBody(r *http.Request) (params, bool, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return params{}, r.Header.Get("Content-Type") != "" && r.Method != http.MethodGet, nil
	}
	kind, opts, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	body := io.LimitReader(r.Body, maxBody)
	if kind == "multipart/form-data" {
		p, err := parseMultipart(multipart.NewReader(body, opts["boundary"]))
		return p, true, err
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return nil, false, err
	}
	switch kind {
	case "application/json":
		p, err := parseJSON(raw)
		return p, true, err
	case "application/x-www-form-urlencoded":
		return parseQuery(string(raw)), true, nil
	}
	return params{}, false, nil
}

func parseJSON(raw []byte) (params, error) {
	if len(strings.TrimSpace(string(raw))) == 0 {
		return params{}, nil
	}
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, errMalformed
	}
	if d.More() {
		return nil, errMalformed
	}
	if p, ok := fromJSON(v).(params); ok {
		return p, nil
	}
	return params{"_json": fromJSON(v)}, nil
}

// fromJSON turns the maps of a decoded value into params.
func fromJSON(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(params, len(v))
		for k, x := range v {
			out[k] = fromJSON(x)
		}
		return out
	case []any:
		for i := range v {
			v[i] = fromJSON(v[i])
		}
	}
	return v
}

func parseMultipart(r *multipart.Reader) (params, error) {
	out := params{}
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, errMalformed
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, errMalformed
		}
		if part.FileName() == "" {
			out.nest(part.FormName(), string(data))
			continue
		}
		out.nest(part.FormName(), &upload{part.FileName(), part.Header.Get("Content-Type"), data})
	}
}

// nest stores a value under a key like a[b][], as Rack reads it.
func (p params) nest(key string, value any) {
	name, rest, nested := strings.Cut(key, "[")
	if name == "" {
		return
	}
	if !nested {
		p[name] = value
		return
	}
	p[name] = nestInto(p[name], "["+rest, value)
}

func nestInto(old any, path string, value any) any {
	end := strings.Index(path, "]")
	if end < 0 || path[0] != '[' {
		return value
	}
	name, rest := path[1:end], path[end+1:]
	if name != "" {
		sub, ok := old.(params)
		if !ok {
			sub = params{}
		}
		if rest == "" {
			sub[name] = value
		} else {
			sub[name] = nestInto(sub[name], rest, value)
		}
		return sub
	}
	list, _ := old.([]any)
	if rest == "" {
		return append(list, value)
	}
	if len(list) > 0 {
		if last, ok := list[len(list)-1].(params); ok && !hasPath(last, rest) {
			list[len(list)-1] = nestInto(last, rest, value)
			return list
		}
	}
	return append(list, nestInto(nil, rest, value))
}

// hasPath says whether the first name of a path is taken: then the next element of
// a list of objects begins.
func hasPath(p params, path string) bool {
	end := strings.Index(path, "]")
	return end > 0 && p.has(path[1:end]) && !strings.HasPrefix(path[end+1:], "[")
}

// names are the sorted names of the parameters.
func (p params) names() []string {
	out := make([]string, 0, len(p))
	for k := range p {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
