package gateway_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/maasctl/pkg/gateway"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/threescale/threescaletest"
)

func load(t *testing.T, o maas.Options) *maas.Document {
	t.Helper()
	doc, found := maas.Load(o)
	if found.HasErrors() {
		t.Fatal(found)
	}
	return doc
}

const head = `apiVersion: maasctl/v1
name: test
threescale: {url: https://maas-admin.example.com, token: "${env:T}"}
backends: {granite: {url: "http://granite.example.com:8080"}}
products:
  granite:
    backends: {granite: /}
    metrics: {total_tokens: {unit: token}, prompt_tokens: {unit: token}}
    methods: {chat: {rules: [POST /v1/chat/completions]}}
    plans: {free: {limits: {hits: {minute: 60}, total_tokens: {day: 1000}}}}
    policies:
`

// chainLine is the line of a chain's first policy below head.
const chainLine = 12

// Each chain with all that is said of it: "line:column severity code: what the message has".
func TestLint(t *testing.T) {
	for name, c := range map[string]struct {
		chain string
		want  []string
	}{
		"a chain as it should be": {`
      - {name: cors, configuration: {allow_origin: "https://chat.example.com", allow_credentials: true}}
      - {name: llm-metrics, version: "1.0", configuration: {enforce: [total_tokens], metrics: {prompt_tokens: prompt_tokens}}}
      - {name: apicast}
      - {name: upstream_connection, configuration: {read_timeout: 60}}`, nil},
		"metrics that the product lacks": {`
      - name: llm-metrics
        version: "1.0"
        configuration:
          enforce: [total_tokens, total_token]
          metrics: {completion_tokens: completion_tokens, prompt_tokens: prompt_tokens}`, []string{
			`4:35 error policy-metric: llm-metrics enforces "total_token": product granite has no such metric; it has hits, total_tokens, prompt_tokens, chat (did you mean "total_tokens"?)`,
			`4:35 warning policy-limit: llm-metrics enforces total_token, but no plan of product granite limits it`,
			`5:40 error policy-metric: llm-metrics counts "completion_tokens"`,
		}},
		"rules of the first version": {`
      - name: llm-metrics
        version: "0.1"
        configuration:
          rules:
            - {metric: totaltokens, increment: "{{llm_usage.total_tokens}}"}
            - {metric: "{{model}}_tokens", increment: "1"}
            - {metric: chat, increment: "1"}`, []string{
			`-1:49 warning policy-limit: the limit on total_tokens blocks nobody: the gateway asks for what mapping rules count; add enforce: [total_tokens] to llm-metrics 1.0`,
			`2:18 warning policy-version: llm-metrics 0.1 doesn't ship with maasctl, which has 1.0`,
			`5:24 error policy-metric: llm-metrics counts "totaltokens": product granite has no such metric; it has hits, total_tokens, prompt_tokens, chat (did you mean "total_tokens"?)`,
		}},
		"a limit that blocks nobody": {`
      - {name: llm-metrics, version: "1.0", configuration: {metrics: {total_tokens: total_tokens}}}`, []string{
			`-1:49 warning policy-limit: the limit on total_tokens blocks nobody: the gateway asks for what mapping rules count; add enforce: [total_tokens] to llm-metrics 1.0`,
		}},
		"a limit of nothing": {`
      - {name: llm-metrics, version: "1.0", configuration: {enforce: [total_tokens, prompt_tokens]}}`, []string{
			`1:85 warning policy-limit: llm-metrics enforces prompt_tokens, but no plan of product granite limits it`,
		}},
		"ways around a limit": {`
      - {name: llm-metrics, version: "1.0", configuration: {enforce: [total_tokens], on_unreadable: pass, include_usage: false}}
      - {name: request_unbuffered}`, []string{
			`1:101 warning policy-limit: on_unreadable: pass leaves a way around the limits on total_tokens: requests that it can't read pass`,
			`1:122 warning policy-limit: include_usage: false leaves a way around the limits on total_tokens`,
			`2:9 warning policy-limit: llm-metrics can't read requests that are passed on unbuffered, and on_unreadable: pass lets them through: a way around the limits on total_tokens`,
		}},
		"requests that can't be read": {`
      - {name: llm-metrics, version: "1.0", configuration: {enforce: [total_tokens], on_unreadable: refuse}}
      - {name: request_unbuffered}`, []string{
			`2:9 warning policy-limit: llm-metrics can't read requests that are passed on unbuffered, and refuses each one with 400, for it enforces limits on total_tokens; leave request_unbuffered out`,
		}},
		"no limits to go around": {`
      - {name: llm-metrics, version: "1.0", configuration: {metrics: {total_tokens: total_tokens}, on_unreadable: pass}}
      - {name: request_unbuffered}`, []string{
			`-1:49 warning policy-limit: the limit on total_tokens blocks nobody`,
		}},
		"nothing counted": {`
      - {name: llm-metrics, version: "1.0"}`, []string{
			`-1:49 warning policy-limit: the limit on total_tokens blocks nobody: the gateway asks for what mapping rules count; add enforce: [total_tokens] to llm-metrics 1.0`,
			`1:9 warning policy-metric: llm-metrics of product granite names no metric`,
		}},
		"a policy that isn't deployed": {`
      - {name: llm-metrics, version: "0.1", enabled: false, configuration: {metrics: {nothing: total_tokens}}}`, []string{
			`-1:49 warning policy-limit: the limit on total_tokens blocks nobody: neither a mapping rule nor a policy of the chain asks for it; add llm-metrics 1.0 with enforce: [total_tokens] before apicast`,
		}},
		"after apicast": {`
      - {name: apicast}
      - {name: llm-metrics, version: "1.0", configuration: {enforce: [total_tokens]}}
      - {name: cors}
      - {name: headers}`, []string{
			`2:9 error policy-order: llm-metrics stands after apicast`,
			`3:9 warning policy-order: cors stands after apicast, where it is too late: browsers' preflight requests carry no key`,
		}},
		"twice": {`
      - {name: llm-metrics, version: "1.0", configuration: {enforce: [total_tokens]}}
      - {name: llm-metrics, version: "1.0", configuration: {enforce: [total_tokens]}}
      - {name: apicast}
      - {name: headers}
      - {name: headers}
      - {name: apicast, version: builtin}`, []string{
			`2:9 error policy-order: product granite has llm-metrics twice in its chain`,
			`6:9 error policy-order: product granite has apicast twice in its chain`,
		}},
		"twice, but only once deployed": {`
      - {name: apicast}
      - {name: apicast, enabled: false}`, []string{
			`-1:49 warning policy-limit: the limit on total_tokens blocks nobody: neither a mapping rule nor a policy of the chain asks for it; add llm-metrics 1.0 with enforce: [total_tokens] before apicast`,
			`2:9 warning policy: `, // the document's own
		}},
		"timeouts": {`
      - {name: upstream_connection, configuration: {connect_timeout: 1, read_timeout: 59.5}}`, []string{
			`-1:49 warning policy-limit: the limit on total_tokens blocks nobody: neither a mapping rule nor a policy of the chain asks for it; add llm-metrics 1.0 with enforce: [total_tokens] before apicast`,
			`1:87 warning policy-timeout: upstream_connection: after 59.5 s without a byte`,
		}},
		"every origin": {`
      - {name: cors, configuration: {allow_origin: "*", allow_credentials: true}}`, []string{
			`-1:49 warning policy-limit: the limit on total_tokens blocks nobody: neither a mapping rule nor a policy of the chain asks for it; add llm-metrics 1.0 with enforce: [total_tokens] before apicast`,
			`1:52 warning policy-cors: cors: browsers refuse replies`,
		}},
		"any origin": {`
      - {name: cors, configuration: {allow_credentials: true}}`, []string{
			`-1:49 warning policy-limit: the limit on total_tokens blocks nobody: neither a mapping rule nor a policy of the chain asks for it; add llm-metrics 1.0 with enforce: [total_tokens] before apicast`,
			`1:57 warning policy-cors: cors: without allow_origin every site`,
		}},
		"no credentials": {`
      - {name: cors, configuration: {allow_origin: "*", allow_credentials: false}}`, []string{
			`-1:49 warning policy-limit: the limit on total_tokens blocks nobody: neither a mapping rule nor a policy of the chain asks for it; add llm-metrics 1.0 with enforce: [total_tokens] before apicast`,
		}},
		"names that no gateway knows": {`
      - {name: cros}
      - {name: remove-bearer, version: "0.1"}
      - {name: llm-metrics}`, []string{
			`-1:49 warning policy-limit: the limit on total_tokens blocks nobody: the gateway asks for what mapping rules count; add enforce: [total_tokens] to llm-metrics 1.0`,
			`1:9 warning policy-version: APIcast 2.16 has no builtin policy "cros" (did you mean "cors"?)`,
			`3:9 warning policy-metric: llm-metrics of product granite names no metric`,
			`3:9 warning policy-version: llm-metrics builtin doesn't ship with maasctl`,
		}},
		"names and versions from elsewhere": {`
      - {name: "${env:NAME}"}
      - {name: llm-metrics, version: "${env:VERSION}", configuration: {enforce: [total_tokens]}}`, nil},
		"a configuration that the policy can't use": {`
      - name: llm-metrics
        version: "1.0"
        configuration:
          enforce: total_tokens
          metrics: {total_tokens: tokens}
          estimates: max_tokens
          on_backend_error: "${env:WHEN_DOWN}"
          backend_timeout: 0
          upstream_authorization: Bearer abc
          application_lookup: {endpoint: https://maas-admin.example.com, access_token: "${env:T}"}
          include_usage_paths: ["${env:A_PATH}", ""]`, []string{
			`-1:49 warning policy-limit: the limit on total_tokens`,
			`4:20 error policy-configuration: llm-metrics: enforce has to be a list`,
			`5:35 error policy-configuration: llm-metrics: metrics.total_tokens has to be one of "total_tokens", "prompt_tokens", `,
			`6:22 error policy-configuration: llm-metrics 1.0 has no option "estimates" in configuration (did you mean "estimate"?)`,
			`8:28 error policy-configuration: llm-metrics: backend_timeout has to be a whole number of at least 1`,
			`9:35 error secret: llm-metrics: upstream_authorization is a secret`,
			`11:50 error policy-configuration: llm-metrics: include_usage_paths.1 has to be text of 1 or more characters`,
		}},
		"mistakes deep in a configuration": {`
      - name: llm-metrics
        version: "1.0"
        configuration:
          metrics: {total_tokens: total_tokens}
          include_usage: "yes"
          application_lookup:
            endpoint: https://maas-admin.example.com
            acces_token: "${env:T}"
          rules:
            - condition: {operations: [{left: "{{status}}", op: "~"}]}
            - metric: [hits]`, []string{
			`-1:49 warning policy-limit: the limit on total_tokens`,
			`5:26 error policy-configuration: llm-metrics: include_usage has to be true or false`,
			`6:11 error policy-configuration: llm-metrics: application_lookup has to be a mapping with `,
			`8:26 error policy-configuration: llm-metrics 1.0 has no option "acces_token" in application_lookup (did you mean "access_token"?)`,
			`10:40 error policy-configuration: llm-metrics: rules.0.condition.operations.0 has to be a mapping with left, op, right`,
			`10:65 error policy-configuration: llm-metrics: rules.0.condition.operations.0.op has to be one of "==", "!=", "matches"`,
			`11:15 error policy-configuration: llm-metrics: rules.1.metric has to be text`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o := maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(head + strings.TrimPrefix(c.chain, "\n") + "\n")}
			doc, found := maas.Load(o)
			found = gateway.Sorted(append(found, gateway.Lint(doc)...))
			var got []string
			for i, d := range found {
				line := fmt.Sprintf("%d:%d %s %s: %s", d.Pos.Line-chainLine+1, d.Pos.Column, d.Severity, d.Code, d.Message)
				if i < len(c.want) && strings.HasPrefix(line, c.want[i]) {
					line = c.want[i]
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A limit on tokens holds only where a policy asks for them, however the document leaves that out; said once for all
// products that take it from a template.
func TestLimitsThatBlockNobody(t *testing.T) {
	const text = `apiVersion: maasctl/v1
name: test
threescale: {url: https://maas-admin.example.com, token: "${env:T}"}
backends:
  granite: {url: "http://granite.example.com:8080", metrics: {tokens: {unit: token}}, methods: {embed: {rules: [POST /embed]}}}
templates:
  model:
    backends: {granite: /}
    metrics: {total_tokens: {unit: token}, a/b: {unit: x}}
    plans: {free: {limits: {LIMIT: {day: 1000}}}}
products:
  one: {use: [model]CHAIN}
  two: {use: [model]CHAIN}
`
	const add = "add llm-metrics 1.0 with enforce: [total_tokens] before apicast"
	for _, c := range []struct{ limit, chain, want string }{
		{"total_tokens", "", "no mapping rule counts it, and the document gives the product no policies; " + add},
		{"total_tokens", "policies: []", "neither a mapping rule nor a policy of the chain asks for it; " + add},
		{"total_tokens", "policies: {prepend: [{name: cors}]}", "neither a mapping rule nor a policy of the chain asks for it; " + add},
		{"total_tokens", `policies: [{name: remove-bearer, version: "0.1"}]`,
			"neither a mapping rule nor a policy of the chain asks for it, unless remove-bearer asks for it; " + add},
		{"total_tokens", "policies: [{name: llm-metrics, version: \"1.0\", configuration: {enforce: [a/b], metrics: {a/b: total_tokens}}}]",
			"the gateway asks for what mapping rules count; add enforce: [total_tokens] to llm-metrics 1.0"},
		{"granite/tokens", "", "no mapping rule of the backend counts tokens, and policies ask for metrics of the product only"},
		{"a/b", "", "no mapping rule counts it, and the document gives the product no policies; add llm-metrics 1.0 with enforce: [a/b] before apicast"},
		{"granite/embed", "", ""},
		{"granite/hits", "", ""},
		{"total_tokens", "mappingRules: [{match: GET /a, metric: total_tokens}]", ""},
		{"total_tokens", "policies: [{name: llm-metrics, version: \"1.0\", configuration: {enforce: [\"${env:A}\"]}}]", ""},
		{"total_tokens", "policies: [{name: \"${env:POLICY}\"}]", ""},
	} {
		chain := c.chain
		if chain != "" {
			chain = ", " + chain
		}
		document := strings.NewReplacer("LIMIT", c.limit, "CHAIN", chain).Replace(text)
		got := ""
		for _, d := range gateway.Lint(load(t, maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(document)})) {
			if strings.HasPrefix(d.Message, "the limit on ") && d.Severity == maas.Warning && d.Pos.Line == 10 && d.Code == maas.CodePolicyLimit {
				got += strings.TrimPrefix(d.Message, "the limit on "+c.limit+" blocks nobody: ")
			}
		}
		if got != c.want {
			t.Errorf("%s with %s: %s", c.limit, c.chain, cmp.Diff(c.want, got))
		}
	}
}

// A limit that a mapping rule's metric has is looked at by the gateway itself.
func TestLimitsOfRuledMetrics(t *testing.T) {
	text := strings.Replace(head, "POST /v1/chat/completions]}}", "POST /v1/chat/completions]}}\n    mappingRules: [{match: POST /v1/images, metric: total_tokens}]", 1) +
		`      - {name: llm-metrics, version: "1.0", configuration: {metrics: {total_tokens: total_tokens}}}`
	doc := load(t, maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(text)})
	if found := gateway.Lint(doc); len(found) != 0 {
		t.Error(found)
	}
}

// What products take from one template is said once, where the template says it.
func TestTemplatesAreBlamedOnce(t *testing.T) {
	text := `apiVersion: maasctl/v1
name: test
threescale: {url: https://maas-admin.example.com, token: "${env:T}"}
backends: {one: {url: "http://one.example.com"}, two: {url: "http://two.example.com"}}
templates:
  model:
    policies:
      - {name: cors, configuration: {allow_origin: "*", allow_credentials: true}}
products:
  one: {use: [model], backends: {one: /}}
  two: {use: [model], backends: {two: /}, policies: {prepend: [{name: headers}]}}
  gone: {absent: true}
  silent: {name: Silent, backends: {two: /}}
`
	found := gateway.Lint(load(t, maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(text)}))
	if len(found) != 1 || found[0].Pos.Line != 8 {
		t.Error(found)
	}
}

// Without a template, prepend and append go around 3scale's own chain; what is wrong in them is shown there.
func TestPoliciesAroundTheDefaultChain(t *testing.T) {
	text := strings.TrimSuffix(head, "policies:\n") + `policies:
      prepend:
        - {name: headers}
        - {name: upstream_connection, configuration: {read_timeout: 5}}
      append:
        - {name: cors}
`
	found := gateway.Lint(load(t, maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(strings.Replace(text, ", total_tokens: {day: 1000}", "", 1))}))
	if len(found) != 2 || found[0].Pos.Line != chainLine+2 || found[0].Code != maas.CodePolicyTimeout ||
		found[1].Pos.Line != chainLine+4 || found[1].Code != maas.CodePolicyOrder {
		t.Error(found)
	}
}

// The examples are what people start from.
func TestExamplesHaveNoErrors(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/maas.yaml")
	if err != nil || len(files) < 6 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		for _, environment := range []string{"", "staging"} {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if hasEnvironments := strings.Contains(string(text), "\nenvironments:"); hasEnvironments != (environment != "") {
				continue
			}
			doc := load(t, maas.Options{Files: []string{file}, Environment: environment})
			if found := gateway.Lint(doc); found.HasErrors() {
				t.Errorf("%s: %v", file, found)
			}
		}
	}
}

// The builtin policies are those of the gateway that the stand-in has the list of.
func TestBuiltinPoliciesAreTheGateways(t *testing.T) {
	server := threescaletest.New(threescaletest.Options{Token: "token"})
	r := httptest.NewRequest(http.MethodGet, "/admin/api/policies.json", nil)
	r.SetBasicAuth("", "token")
	w := httptest.NewRecorder()
	server.ServeHTTP(w, r)
	var list map[string][]struct {
		Order struct {
			Before []struct {
				Name string `json:"name"`
			} `json:"before"`
		} `json:"order"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || len(list) == 0 {
		t.Fatal(w.Body, err)
	}
	for name, versions := range list {
		early := false
		for _, b := range versions[0].Order.Before {
			early = early || b.Name == "apicast"
		}
		text := head + "      - {name: apicast}\n      - {name: " + name + "}\n"
		codes := map[maas.Code]bool{}
		for _, d := range gateway.Lint(load(t, maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(text)})) {
			codes[d.Code] = true
		}
		if codes[maas.CodePolicyVersion] {
			t.Errorf("%s is builtin", name)
		}
		if want := early || name == "apicast"; codes[maas.CodePolicyOrder] != want {
			t.Errorf("%s after apicast is a fault: %v", name, want)
		}
	}
}

// What is absent, or takes a template's limit away, is as if it had not been said.
func TestAbsentPartsDontCount(t *testing.T) {
	text := `apiVersion: maasctl/v1
name: test
threescale: {url: https://maas-admin.example.com, token: "${env:T}"}
templates: {tokens: {plans: {free: {limits: {total_tokens: {day: 5}}}}}}
products:
  granite:
    use: [tokens]
    metrics: {total_tokens: {unit: token}, old_tokens: {absent: true}}
    methods: {old: {absent: true}}
    plans:
      free: {limits: {total_tokens: {day: null}}}
      gone: {absent: true, limits: {total_tokens: {day: 1}}}
    policies:
      - {name: llm-metrics, version: "1.0", configuration: {enforce: [total_tokens], metrics: {old_tokens: total_tokens, old: total_tokens}}}
`
	doc, _ := maas.Load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(text)})
	var got []string
	for _, d := range gateway.Lint(doc) {
		got = append(got, d.Message)
	}
	want := []string{
		"llm-metrics enforces total_tokens, but no plan of product granite limits it",
		`llm-metrics counts "old_tokens": product granite has no such metric; it has hits, total_tokens`,
		`llm-metrics counts "old": product granite has no such metric; it has hits, total_tokens`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
