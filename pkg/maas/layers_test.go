package maas_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/maasctl/pkg/maas"
)

const head = `apiVersion: maasctl/v1
name: test
threescale: {url: "https://maas-admin.example.com", token: "${env:TOKEN}"}
`

// load reads a document that has to be without errors.
func load(t *testing.T, text string, more ...func(*maas.Options)) *maas.Document {
	t.Helper()
	o := maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(text)}
	for _, m := range more {
		m(&o)
	}
	doc, found := maas.Load(o)
	if found.HasErrors() {
		t.Fatal(found)
	}
	return doc
}

func environment(name string) func(*maas.Options) {
	return func(o *maas.Options) { o.Environment = name }
}

func sets(values ...string) func(*maas.Options) {
	return func(o *maas.Options) { o.Sets = values }
}

// product gives the only product of a document.
func product(t *testing.T, doc *maas.Document) *maas.Product {
	t.Helper()
	if len(doc.Products) != 1 {
		t.Fatalf("products are %v", doc.Products.Names())
	}
	return doc.Products[0].Value
}

func policyNames(p *maas.Product) (names []string) {
	for _, policy := range p.Policies {
		names = append(names, policy.Name)
	}
	return names
}

func TestTemplatesMergeBelowTheObject(t *testing.T) {
	p := product(t, load(t, head+`
templates:
  base:
    description: base
    metrics: {tokens: {name: Tokens, unit: token}}
    methods: {health: {name: Health, rules: [GET /health]}, chat: {name: Chat, rules: [POST /chat]}}
    plans: {free: {name: Free, published: true, limits: {hits: {day: 1, week: 2}}}, paid: {name: Paid}}
  more: {use: [base], description: more, methods: {chat: {rules: [POST /v2/chat]}, embed: {rules: [POST /embed]}}}
products:
  granite:
    use: [base, more]
    methods: {own: {rules: [GET /own]}, health: {name: Alive}}
    mappingRules: [GET /last]
    plans: {free: {name: Own, limits: {hits: {day: null}}}, paid: null}
`))
	if got := *p.Description; got != "more" {
		t.Errorf("the later template has to win: %q", got)
	}
	if diff := cmp.Diff([]string{"health", "chat", "embed", "own"}, p.Methods.Names()); diff != "" {
		t.Errorf("a template's methods come first, in their order: %s", diff)
	}
	var rules []string
	for _, r := range p.Rules() {
		rules = append(rules, r.Match+" "+r.Method+r.Metric)
	}
	want := []string{"GET /health health", "POST /v2/chat chat", "POST /embed embed", "GET /own own", "GET /last hits"}
	if diff := cmp.Diff(want, rules); diff != "" {
		t.Error(diff)
	}
	health, _ := p.Methods.Get("health")
	free, _ := p.Plans.Get("free")
	limits, _ := free.Limits.Get("hits")
	if *health.Name != "Alive" || *free.Name != "Own" || !*free.Published || len(limits) != 1 || !limits.Has("week") {
		t.Errorf("own keys go over the template's, null takes one away: %q %v %v", *health.Name, *free.Name, limits)
	}
	if p.Plans.Has("paid") {
		t.Error("null takes a plan of the template away")
	}
}

func TestPoliciesGoAroundTheTemplates(t *testing.T) {
	for name, test := range map[string]struct{ own, env, want string }{
		"replaced":             {own: "[{name: own}]", want: "own apicast"},
		"prepended":            {own: "{prepend: [{name: first}]}", want: "first cors apicast"},
		"around nothing":       {own: "{}", want: "cors apicast"},
		"around a null":        {own: "{prepend: null, append: [{name: last}]}", want: "cors apicast last"},
		"a null over one":      {own: "{prepend: [{name: inner}]}", env: "{prepend: null}", want: "cors apicast"},
		"one over a null":      {own: "{prepend: null}", env: "{prepend: [{name: outer}]}", want: "outer cors apicast"},
		"both":                 {own: "{prepend: [{name: first}], append: [{name: last}]}", want: "first cors apicast last"},
		"an environment's too": {own: "[{name: own}, {name: apicast}]", env: "{append: [{name: last}]}", want: "own apicast last"},
		"one around the other": {own: "{prepend: [{name: inner}]}", env: "{prepend: [{name: outer}], append: [{name: last}]}", want: "outer inner cors apicast last"},
	} {
		t.Run(name, func(t *testing.T) {
			text := head + "templates: {base: {policies: [{name: cors}, {name: apicast}]}}\n" +
				"products: {granite: {use: [base], policies: " + test.own + "}}\nenvironments: {e: {"
			if test.env != "" {
				text += "products: {granite: {policies: " + test.env + "}}"
			}
			got := strings.Join(policyNames(product(t, load(t, text+"}}", environment("e")))), " ")
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestPoliciesWithoutTemplateGoAroundApicast(t *testing.T) {
	p := product(t, load(t, head+"products: {granite: {policies: {prepend: [{name: cors}]}}}"))
	if diff := cmp.Diff([]string{"cors", "apicast"}, policyNames(p)); diff != "" {
		t.Error(diff)
	}
	if p.Policies[0].Version != "builtin" || p.Policies[0].Configuration == nil {
		t.Errorf("a policy is builtin and has a configuration unless said: %+v", p.Policies[0])
	}
}

func TestBuiltinTemplates(t *testing.T) {
	want := map[string][]string{
		"openai-chat":       {"v1/models", "v1/chat/completions", "v1/completions", "v1/responses"},
		"openai-embeddings": {"v1/models", "v1/embeddings"},
		"vllm": {
			"v1/models", "v1/chat/completions", "v1/completions", "v1/responses", "v1/embeddings",
			"health", "version", "tokenize", "detokenize", "v1/rerank", "v1/score",
		},
		"tei": {
			"decode", "embed", "embed_all", "embed_sparse", "health", "info", "metrics", "predict", "rerank", "similarity",
			"tokenize", "v1/embeddings",
		},
	}
	if len(maas.BuiltinTemplates()) != len(want) {
		t.Errorf("templates are %v", maas.BuiltinTemplates())
	}
	for name, methods := range want {
		p := product(t, load(t, head+"products: {granite: {use: ["+name+"]}}"))
		if diff := cmp.Diff(methods, p.Methods.Names()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for _, m := range p.Methods {
			if len(m.Value.Rules) != 1 || m.Value.Rules[0].Pattern != "/"+m.Name {
				t.Errorf("%s: rules of %s are %v", name, m.Name, m.Value.Rules)
			}
		}
	}
}

// TestBuiltinTemplatesStandWhereTheyAreUsed: what a built-in template says has a place in the user's files all the same.
func TestBuiltinTemplatesStandWhereTheyAreUsed(t *testing.T) {
	doc := load(t, head+"templates:\n  mine: {use: [openai-chat], metrics: {tokens: {name: Tokens, unit: token}}}\n"+
		"products:\n  granite:\n    use: [openai-embeddings, mine]\n    methods: {v1/models: {description: own}}\n")
	for path, want := range map[string]string{
		"methods v1/embeddings":             "stdin:8:11",
		"methods v1/embeddings rules":       "stdin:8:11",
		"methods v1/chat/completions rules": "stdin:5:16", // where the document's template uses it
		"methods v1/models name":            "stdin:5:16",
		"methods v1/models description":     "stdin:9:40",
		"metrics tokens":                    "stdin:5:40",
	} {
		if got := doc.Pos(append([]string{"products", "granite"}, strings.Split(path, " ")...)...); got.String() != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	for _, m := range doc.Products[0].Value.Methods {
		for _, r := range m.Value.Rules {
			if r.Pos.File != maas.StdinName {
				t.Errorf("a rule of %s stands at %s", m.Name, r.Pos)
			}
		}
	}
}

func TestOwnTemplateHidesBuiltinOne(t *testing.T) {
	p := product(t, load(t, head+"templates: {vllm: {methods: {own: {}}}}\nproducts: {granite: {use: [vllm]}}"))
	if diff := cmp.Diff([]string{"own"}, p.Methods.Names()); diff != "" {
		t.Error(diff)
	}
}

func TestEnvironmentThenSet(t *testing.T) {
	text := head + `
environments: {prod: {name: prod, products: {granite: {name: Prod, description: Prod, supportEmail: null, promotion: automatic}}}}
products: {granite: {name: Doc, supportEmail: a@example.com}}
`
	doc := load(t, text, environment("prod"), sets("products.granite.name=Set", `products["granite"].promotion=null`,
		"products.granite.model.sizes=[7, {unit: B}]", "products.granite.model.sizes[1].unit=M"))
	p := product(t, doc)
	if doc.Name != "prod" || *p.Name != "Set" || *p.Description != "Prod" || p.SupportEmail != nil || p.Promotion != "" {
		t.Errorf("%s: %+v", doc.Name, p)
	}
	if diff := cmp.Diff(map[string]any{"sizes": []any{int64(7), map[string]any{"unit": "M"}}}, p.Model); diff != "" {
		t.Error(diff)
	}
}

func TestFilesAreJoined(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.yaml":      head + "products: {granite: {name: Granite}}\n",
		"b.yml":       "products: {llama: {name: Llama}}\n---\nproducts: {granite: {description: More}}\n",
		"ignored.txt": "neither YAML: nor: read",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	doc, found := maas.Load(maas.Options{Files: []string{"."}, Dir: dir})
	if found.HasErrors() {
		t.Fatal(found)
	}
	if diff := cmp.Diff([]string{"granite", "llama"}, doc.Products.Names()); diff != "" {
		t.Error(diff)
	}
	if got := doc.Pos("products", "granite", "description").String(); got != "b.yml:3:35" {
		t.Errorf("the position is %s", got)
	}
}

func TestPositions(t *testing.T) {
	doc := load(t, head+`products:
  granite:
    name: Granite
    mappingRules: [GET /a, {match: GET /b}]
`, sets("products.granite.description=x"))
	for path, want := range map[string]string{
		"products":                              "stdin:4:1",
		"products granite":                      "stdin:5:3",
		"products granite name":                 "stdin:6:11",
		"products granite mappingRules 1":       "stdin:7:28",
		"products granite mappingRules 1 match": "stdin:7:36",
		"products granite description":          "--set products.granite.description",
		"products granite plans free":           "stdin:5:3",
		"tenant organization":                   "",
	} {
		if got := doc.Pos(strings.Fields(path)...).String(); got != want {
			t.Errorf("%s is at %q, not %q", path, got, want)
		}
	}
	rules := doc.Products[0].Value.MappingRules
	if doc.Products[0].Pos.Line != 5 || rules[1].Pos.Column != 28 {
		t.Errorf("entries and rules know their positions: %v %v", doc.Products[0].Pos, rules[1].Pos)
	}
}

func TestAnchorsAndMergeKeys(t *testing.T) {
	p := product(t, load(t, head+`
products:
  granite:
    model: {a: &a {x: 1, y: 2}, b: {<<: *a, y: 3}, c: {<<: [{x: 9}, *a]}, d: *a}
`))
	one, two, three, nine := int64(1), int64(2), int64(3), int64(9)
	want := map[string]any{
		"a": map[string]any{"x": one, "y": two}, "b": map[string]any{"x": one, "y": three},
		"c": map[string]any{"x": nine, "y": two}, "d": map[string]any{"x": one, "y": two},
	}
	if diff := cmp.Diff(want, p.Model); diff != "" {
		t.Error(diff)
	}
}

func TestAliasesCantExplode(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		before, now := string(rune('0'+(i-1)/10))+string(rune('0'+(i-1)%10)), string(rune('0'+i/10))+string(rune('0'+i%10))
		if i == 1 {
			before = "0"
		}
		b.WriteString("a" + now + ": &a" + now + " [" + strings.TrimSuffix(strings.Repeat("*a"+before+", ", 10), ", ") + "]\n")
	}
	_, found := maas.Load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(b.String())})
	if !strings.Contains(found.Err().Error(), "too big once its aliases are expanded [syntax]") {
		t.Error(found)
	}
}

// TestEmptyAccounts tells accounts of which there are none from those of which nothing is said: --prune takes the first.
func TestEmptyAccounts(t *testing.T) {
	for text, said := range map[string]bool{"{}": true, "{subscribe: all}": false, "{team: {}}": true} {
		if doc := load(t, head+"accounts: "+text+"\n"); (doc.Accounts.Accounts != nil) != said {
			t.Errorf("%s: said %v", text, !said)
		}
	}
	if doc := load(t, head); doc.Accounts != nil {
		t.Error("nothing is said of accounts")
	}
}
