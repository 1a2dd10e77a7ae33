package threescaletest_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// exchange is a recorded request with its answer.
type exchange struct {
	Name    string `json:"name"`
	Auth    string `json:"auth"`
	Request struct {
		Method    string         `json:"method"`
		Path      string         `json:"path"`
		Query     [][]any        `json:"query"`
		Form      *[][]any       `json:"form"`
		JSON      *any           `json:"json"`
		Multipart map[string]any `json:"multipart"`
	} `json:"request"`
	Response struct {
		Status int `json:"status"`
		Body   any `json:"body"`
	} `json:"response"`
	Save []string `json:"save"`
}

// readGroup reads the recordings of an area, with other names if asked for.
func readGroup(t *testing.T, raw []byte, rename *strings.Replacer) (string, []exchange) {
	t.Helper()
	if rename != nil {
		raw = []byte(rename.Replace(string(raw)))
	}
	var g struct {
		Group     string     `json:"group"`
		Exchanges []exchange `json:"exchanges"`
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&g); err != nil {
		t.Fatal(err)
	}
	return g.Group, g.Exchanges
}

func decode(t *testing.T, text string) any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// replayer sends recordings to a server. It knows which id there stands for which
// recorded one, by the kind of object.
type replayer struct {
	url, token, host string
	client           *http.Client
	rename           *strings.Replacer
	ids              map[string]json.Number // kind and recorded id
	names            map[string]any         // variables
	versions         map[string]json.Number // of gateway configurations
}

func newReplayer(url, token, host string) *replayer {
	return &replayer{
		url: url, token: token, host: host, client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		ids: map[string]json.Number{}, names: map[string]any{}, versions: map[string]json.Number{},
	}
}

// replay sends a request and says how the answer differs.
func (r *replayer) replay(t *testing.T, ex exchange) []string {
	t.Helper()
	req, err := r.request(ex)
	if err != nil {
		t.Fatal(err)
	}
	res, err := r.client.Do(req)
	if err != nil {
		return []string{err.Error()}
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return []string{err.Error()}
	}
	var body any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&body); err != nil && len(bytes.TrimSpace(raw)) > 0 {
		body = string(raw)
	}
	if len(ex.Save) == 2 {
		r.names[ex.Save[0]] = dig(body, strings.Split(ex.Save[1], "."))
	}
	if res.StatusCode != ex.Response.Status {
		return []string{fmt.Sprintf("status %d, recorded %d: %.200s", res.StatusCode, ex.Response.Status, raw)}
	}
	if res.StatusCode >= 500 {
		return nil
	}
	return r.compare(kindOfPath(ex.Request.Path), ex.Response.Body, body)
}

// dig follows a path into a value.
func dig(v any, path []string) any {
	for _, p := range path {
		switch x := v.(type) {
		case map[string]any:
			v = x[p]
		case []any:
			i, err := strconv.Atoi(p)
			if err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// request makes the recorded request again, with the ids of this server.
func (r *replayer) request(ex exchange) (*http.Request, error) {
	body, kind, err := r.body(ex)
	if err != nil {
		return nil, err
	}
	query := url.Values{}
	for _, q := range ex.Request.Query {
		name := fmt.Sprint(q[0])
		value := r.here(name, q[1], ex.Request.Path)
		if v, known := r.versions[fmt.Sprint(q[1])]; known && name == "version" {
			value = v
		}
		query.Add(name, fmt.Sprint(value))
	}
	address := r.url + r.pathHere(ex.Request.Path)
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequest(ex.Request.Method, address, body)
	if err != nil {
		return nil, err
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	switch ex.Auth {
	case "token":
		req.SetBasicAuth("", r.token)
	case "bad":
		req.SetBasicAuth("", "nope")
	case "bearer":
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	if r.host != "" {
		req.Host = r.host
	}
	return req, nil
}

// body makes the body of a request and names its type.
func (r *replayer) body(ex exchange) (io.Reader, string, error) {
	switch {
	case ex.Request.Form != nil:
		var pairs []string
		for _, p := range *ex.Request.Form {
			name := fmt.Sprint(p[0])
			pairs = append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(fmt.Sprint(r.here(name, p[1], ex.Request.Path))))
		}
		return strings.NewReader(strings.Join(pairs, "&")), "application/x-www-form-urlencoded", nil
	case ex.Request.JSON != nil:
		raw, err := json.Marshal(r.here("", *ex.Request.JSON, ex.Request.Path))
		return bytes.NewReader(raw), "application/json", err
	case ex.Request.Multipart != nil:
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for name, v := range ex.Request.Multipart {
			if err := writePart(w, name, v); err != nil {
				return nil, "", err
			}
		}
		return &b, w.FormDataContentType(), w.Close()
	}
	return http.NoBody, "", nil
}

func writePart(w *multipart.Writer, name string, v any) error {
	file, isFile := v.([]any)
	if !isFile {
		return w.WriteField(name, fmt.Sprint(v))
	}
	data, err := base64.StdEncoding.DecodeString(fmt.Sprint(file[2]))
	if err != nil {
		return err
	}
	head := textproto.MIMEHeader{}
	head.Set("Content-Disposition", fmt.Sprintf(`form-data; name=%q; filename=%q`, name, fmt.Sprint(file[0])))
	head.Set("Content-Type", fmt.Sprint(file[1]))
	p, err := w.CreatePart(head)
	if err != nil {
		return err
	}
	_, err = p.Write(data)
	return err
}

// id is the id here of a recorded one.
func (r *replayer) id(kind string, recorded any) any {
	if n, known := r.ids[kind+" "+fmt.Sprint(recorded)]; known {
		return n
	}
	return recorded
}

// learn remembers which id stands for a recorded one.
func (r *replayer) learn(kind string, recorded, actual any) {
	a, isNumber := actual.(json.Number)
	if _, recordedNumber := recorded.(json.Number); kind == "" || !isNumber || !recordedNumber {
		return
	}
	key := kind + " " + fmt.Sprint(recorded)
	if _, known := r.ids[key]; !known {
		r.ids[key] = a
	}
}

var numberInPath = regexp.MustCompile(`^(\d+)(\.json)?$`)

// pathHere is a recorded path with the ids and versions of this server.
func (r *replayer) pathHere(path string) string {
	segs := strings.Split(path, "/")
	kind, before := "", ""
	for i, seg := range segs {
		m := numberInPath.FindStringSubmatch(seg)
		switch {
		case m != nil && (before == "sandbox" || before == "production"):
			if v, known := r.versions[m[1]]; known {
				segs[i] = v.String() + m[2]
			}
		case m != nil && kind != "":
			segs[i] = fmt.Sprint(r.id(kind, m[1])) + m[2]
		default:
			before, kind = seg, kinds()[strings.TrimSuffix(seg, ".json")]
		}
	}
	return strings.Join(segs, "/")
}

// here is a recorded value with the ids and variables of this server.
func (r *replayer) here(name string, v any, path string) any {
	switch x := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, y := range x {
			out[k] = r.here(k, y, path)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, y := range x {
			out[i] = r.here(name, y, path)
		}
		return out
	case string:
		if strings.HasPrefix(x, "${") {
			return r.variable(strings.Trim(x, "${}"), x)
		}
	}
	kind := kinds()[name]
	if kind == "parent" {
		kind = "metric"
		if strings.Contains(path, "/cms/") {
			kind = "section"
		}
	}
	if kind == "" || !strings.HasSuffix(name, "_id") {
		return v
	}
	id := r.id(kind, v)
	if _, wasText := v.(string); wasText {
		return fmt.Sprint(id)
	}
	return id
}

func (r *replayer) variable(name, text string) any {
	if name == "token" {
		return r.token
	}
	if v, known := r.names[name]; known {
		return v
	}
	return text
}
