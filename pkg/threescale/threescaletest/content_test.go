package threescaletest_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// TestLiquidIsChecked drafts pages and looks at what porta's Liquid says to them.
func TestLiquidIsChecked(t *testing.T) {
	t.Parallel()
	a := apiOf(threescaletest.Start(t, threescaletest.Options{}))
	page := "/admin/api/cms/templates/" + fmt.Sprint(at(t, a.must(t, 201, http.MethodPost, "/admin/api/cms/templates.json",
		map[string]any{"type": "page", "title": "Page", "path": "/page", "liquid_enabled": true, "draft": "x"}), "id")) + ".json"
	for draft, want := range map[string]string{
		"{{ a | b: 'c', d }} {{ &&& }} {% if a and b or c %}{% elsif d contains 'e' %}{% else %}{% endif %}": "",
		"{% for a in b limit:2 reversed %}{% break %}{% else %}{% endfor %}":                                 "",
		"{% case a %}{% when 1, 2 or 3 %}{% else %}{% endcase %}":                                            "",
		"{% assign a = 'b' | upcase %}{% capture c %}{% endcapture %}{% cycle 'a', 'b' %}{% include 'c' %}":  "",
		"{% raw %}{% if %}{{ {% endraw %}{% comment %}{% nope %}{% endcomment %}":                            "",
		"{% form 'signup' %}{% csrf %}{% endform %}{% content_for a %}{% endcontent_for %}{% debug:help %}":  "",
		"{% if %}{% endif %}":                       "Syntax Error in tag 'if' - Valid syntax: if [expression]",
		"{% if a and %}{% endif %}":                 "Syntax Error in tag 'if' - Valid syntax: if [expression]",
		"{% if a %}{% elsif %}{% endif %}":          "Syntax Error in tag 'if' - Valid syntax: if [expression]",
		"{% unless %}{% endunless %}":               "Syntax Error in tag 'if' - Valid syntax: if [expression]",
		"{% if a %}":                                "'if' tag was never closed",
		"{% for a %}{% endfor %}":                   "Syntax Error in 'for loop' - Valid syntax: for [item] in [collection]",
		"{% tablerow a %}{% endtablerow %}":         "Syntax Error in 'table_row loop' - Valid syntax: table_row [item] in [collection] cols=3",
		"{% case %}{% endcase %}":                   "Syntax Error in 'case' - Valid syntax: case [condition]",
		"{% case a %}{% when %}{% endcase %}":       "Syntax Error in tag 'case' - Valid when condition: {% when [condition] [or condition2...] %}",
		"{% case a %}{% else b %}{% endcase %}":     "Syntax Error in tag 'case' - Valid else condition: {% else %} (no parameters) ",
		"{% assign a %}":                            "Syntax Error in 'assign' - Valid syntax: assign [var] = [source]",
		"{% include %}":                             "Error in tag 'include' - Valid syntax: include '[template]' (with|for) [object|collection]",
		"{% nope %}":                                "Unknown tag 'nope'",
		"{% endif %}":                               "Unknown tag 'endif'",
		"{% if a %}{% end %}":                       "'end' is not a valid delimiter for if tags. use endif",
		"{% capture a %}{% else %}{% endcapture %}": "capture tag does not expect else tag",
		"{{ a }":       `Variable '{{ a }' was not properly terminated with regexp: /\}\}/`,
		"{%- if a -%}": `Tag '{%- if a -%}' was not properly terminated with regexp: /\%\}/`,
		"{% comment %}{% if %}{% endif %}{% endcomment %}": "Syntax Error in tag 'if' - Valid syntax: if [expression]",
	} {
		status, v, err := a.send(http.MethodPut, page, map[string]any{"draft": draft})
		if err != nil {
			t.Fatal(err)
		}
		if want == "" {
			if status != 200 {
				t.Errorf("%s: %d %v, want 200", draft, status, v)
			}
			continue
		}
		if got := at(t, v, "errors.draft.0"); status != 422 || got != "Liquid syntax error: "+want {
			t.Errorf("%s: %d %v, want %q", draft, status, got, want)
		}
	}
}

// TestSpecsAreChecked sends API descriptions of all versions.
func TestSpecsAreChecked(t *testing.T) {
	t.Parallel()
	a := apiOf(threescaletest.Start(t, threescaletest.Options{}))
	for body, want := range map[string][]string{
		`{"openapi":"3.0.3","info":{"title":"T","version":"1"},"paths":{}}`:                nil,
		`{"openapi":"3.1.0","info":{"title":"T","version":"1"},"paths":{}}`:                nil,
		`{"swagger":"2.0","info":{"title":"T","version":"1"},"paths":{}}`:                  nil,
		`{"swaggerVersion":"1.0","apis":[]}`:                                               nil,
		`{"openapi":"3.0.3","info":{"title":"T"},"paths":{}}`:                              {"object at `/info` is missing required properties: version"},
		`{"openapi":"3.0.3","info":{"title":5,"version":"1"},"paths":{}}`:                  {"value at `/info/title` is not a string"},
		`{"openapi":"3.0.3","info":{"title":"T","version":"1"}}`:                           {"object at root is missing required properties: paths"},
		`{"openapi":"3.0.3","info":{"title":"T","version":"1"},"paths":{},"nope":1}`:       {"object property at `/nope` is a disallowed additional property"},
		`{"openapi":"3.0.3","info":{"title":"T","version":"1"},"paths":{"x":{}}}`:          {"object property at `/paths/x` is a disallowed additional property"},
		`{"openapi":"3.0.3","info":{"title":"T","version":"1"},"paths":{"/x":{"get":{}}}}`: {"object at `/paths/~1x/get` is missing required properties: responses"},
		`{"openapi":"3.1.0","info":{"title":"T","version":"1"}, "nope":1, "paths":{}}`:     {"object property at `/nope` is a disallowed unevaluated property"},
		`{"swagger":"2.0","info":{"title":"T"},"paths":{}}`:                                {"The property '#/info' did not contain a required property of 'version' in schema http://swagger.io/v2/schema.json#"},
		`{"swagger":"2.0","info":{"title":"T","version":"1"},"paths":{},"nope":1}`:         {`The property '#/' contains additional properties ["nope"] outside of the schema when none are allowed in schema http://swagger.io/v2/schema.json#`},
		`{"openapi":"4.0.0"}`: {"Invalid Swagger version"},
		`{"apis":[{"operations":[{"parameters":[{"paramType":"body"},{"paramType":"query"}]}]}]}`: {"JSON Spec can not have paramType='body' and paramType='query' on the same method."},
	} {
		status, v, err := a.send(http.MethodPost, "/admin/api/active_docs.json", map[string]any{"name": "Doc", "system_name": fmt.Sprintf("doc_%x", body), "body": body})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		if list, isList := at(t, v, "errors.body").([]any); isList {
			for _, m := range list {
				got = append(got, fmt.Sprint(m))
			}
		}
		if !reflect.DeepEqual(got, want) || (want == nil) != (status == 201) {
			t.Errorf("%s: %d %q, want %q", body, status, got, want)
		}
	}
}

// TestFilesCanBeDownloaded uploads a file and gets it back.
func TestFilesCanBeDownloaded(t *testing.T) {
	t.Parallel()
	s := threescaletest.Start(t, threescaletest.Options{})
	a := apiOf(s)
	v := a.must(t, 200, http.MethodGet, "/admin/api/cms/files.json", nil)
	url := fmt.Sprint(at(t, v, "collection.4.url"))
	status, body, err := a.send(http.MethodGet, url, nil)
	if err != nil || status != 200 || !strings.Contains(fmt.Sprint(body), "PNG") {
		t.Errorf("%s: %d %.20q %v", url, status, body, err)
	}
	portal := a.as(s.Token, "provider.example.com")
	_, body, err = portal.send(http.MethodGet, "/images/powered-by-3scale.png", nil)
	if err != nil || !strings.Contains(fmt.Sprint(body), "Access Restricted") {
		t.Errorf("without the access code: %.80q %v", body, err)
	}
	a.must(t, 200, http.MethodPut, "/admin/api/provider.json", map[string]any{"site_access_code": ""})
	_, body, err = portal.send(http.MethodGet, "/images/powered-by-3scale.png", nil)
	if err != nil || !strings.Contains(fmt.Sprint(body), "PNG") {
		t.Errorf("without a code to ask for: %.80q %v", body, err)
	}
}
