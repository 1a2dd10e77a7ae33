package gateway_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"sigs.k8s.io/yaml"

	llmmetrics "example.com/maasctl/apicast/llm-metrics"
	"example.com/maasctl/internal/testkit"
	"example.com/maasctl/pkg/gateway"
	"example.com/maasctl/pkg/maas"
)

const watched = `apiVersion: maasctl/v1
name: Models_1
threescale: {url: https://maas-admin.example.com, token: "${env:T}"}
backends: {granite: {url: "http://granite.example.com:8080"}}
products:
  granite-7b:
    backends: {granite: /}
    metrics: {total_tokens: {unit: token}}
    plans:
      free: {limits: {hits: {minute: 60}, total_tokens: {minute: 10000, month: 9000000}}}
      gold: {limits: {total_tokens: {day: 500000}}}
      old: {absent: true, limits: {total_tokens: {day: 1}}}
    policies: [{name: llm-metrics, version: "1.0", configuration: {enforce: [total_tokens]}}, {name: apicast}]
  mistral: {backends: {granite: /}}
  gone: {absent: true}
`

func watchedDocument(t *testing.T) *maas.Document {
	t.Helper()
	path := filepath.Join(t.TempDir(), "maas.yaml")
	if err := os.WriteFile(path, []byte(watched), 0o600); err != nil {
		t.Fatal(err)
	}
	return load(t, maas.Options{Files: []string{path}})
}

// shown is what a test looks at of a dashboard.
type shown struct {
	UID        string `json:"uid"`
	Templating struct {
		List []struct {
			Name    string `json:"name"`
			Query   any    `json:"query"`
			Options []struct {
				Text  string `json:"text"`
				Value string `json:"value"`
			} `json:"options"`
		} `json:"list"`
	} `json:"templating"`
	Panels []struct {
		ID      int    `json:"id"`
		Type    string `json:"type"`
		GridPos struct{ H, W, X, Y int }
		Targets []struct {
			Expr string `json:"expr"`
		} `json:"targets"`
	} `json:"panels"`
}

func rendered(t *testing.T) (shown, []byte) {
	t.Helper()
	text, err := json.Marshal(gateway.NewDashboard(watchedDocument(t)))
	if err != nil {
		t.Fatal(err)
	}
	var d shown
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d, text
}

// Grafana's own types, which know no field that its schema doesn't, take the dashboard and find nothing missing.
func TestDashboardFollowsGrafanasSchema(t *testing.T) {
	_, text := rendered(t)
	// Where nothing is wrong, the error may be an empty list rather than nil.
	wrong := func(err error) bool { return err != nil && err.Error() != "" }
	type grafanas = dashboard.Dashboard //nolint:staticcheck // its second form is only for Grafana 12 and newer
	var d grafanas
	if err := d.UnmarshalJSONStrict(text); wrong(err) {
		t.Fatal(err)
	}
	if err := d.Validate(); wrong(err) {
		t.Error(err)
	}
	broken := bytes.Replace(text, []byte(`"graphTooltip":1`), []byte(`"graphToolTip":1`), 1)
	if err := new(grafanas).UnmarshalJSONStrict(broken); !wrong(err) {
		t.Error("a misspelt field is taken: the check can't fail")
	}
}

// What to choose from is what the document has: its products, and the limits of their plans as rates.
func TestDashboardHasTheDocumentsProductsAndPlans(t *testing.T) {
	d, _ := rendered(t)
	got := map[string][]string{}
	for _, v := range d.Templating.List {
		for _, o := range v.Options {
			got[v.Name] = append(got[v.Name], o.Text+" = "+o.Value)
		}
	}
	want := map[string][]string{
		"product": {"All = $__all", "granite-7b = granite-7b", "mistral = mistral"},
		"plan": {
			"granite-7b free (10000 total_tokens a minute) = 10000/60", "granite-7b gold (500000 total_tokens a day) = 500000/86400", "none = NaN",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Every series that the policy registers is on the dashboard, and every series there is one that it registers.
func TestDashboardShowsEverySeries(t *testing.T) {
	lua, err := llmmetrics.Files.ReadFile("llm_metrics_prometheus.lua")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, m := range regexp.MustCompile(`= (counter|histogram)\('(llm_\w+)'(.*)`).FindAllStringSubmatch(string(lua), -1) {
		if !strings.Contains(m[3], "LEGACY") {
			known[m[2]] = true
		}
	}
	d, _ := rendered(t)
	shown := map[string]bool{}
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			for _, name := range regexp.MustCompile(`llm_\w+`).FindAllString(target.Expr, -1) {
				shown[strings.TrimSuffix(name, "_bucket")] = true
			}
		}
	}
	if len(known) < 10 || !cmp.Equal(known, shown) {
		t.Errorf("the policy's series and the dashboard's differ: %s", cmp.Diff(known, shown))
	}
}

// Panels have numbers of their own and don't lie on each other.
func TestPanelsHaveTheirPlaces(t *testing.T) {
	d, _ := rendered(t)
	taken, ids := map[[2]int]bool{}, map[int]bool{}
	for _, p := range d.Panels {
		if ids[p.ID] {
			t.Errorf("two panels with id %d", p.ID)
		}
		ids[p.ID] = true
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if x >= 24 || taken[[2]int{x, y}] {
					t.Fatalf("panel %d lies on another, or outside", p.ID)
				}
				taken[[2]int{x, y}] = true
			}
		}
	}
}

// promtool runs Prometheus' own checks on a file of rules; scripts/test.sh has one.
func promtool(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	path := os.Getenv("PROMTOOL")
	if path == "" {
		testkit.LeftOut(t, "promtool: PROMTOOL isn't set; scripts/promtool.sh prints it")
	}
	out, err := exec.CommandContext(t.Context(), path, arguments...).CombinedOutput()
	return string(out), err
}

func writeYAML(t *testing.T, path string, v any) string {
	t.Helper()
	text, err := yaml.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// What Grafana asks is what Prometheus understands, with the variables filled in as Grafana does.
func TestQueriesOfTheDashboard(t *testing.T) {
	d, _ := rendered(t)
	fill := strings.NewReplacer("$__rate_interval", "5m", "$product", `(granite-7b|mistral)`, "$application", ".*", "$model", ".*")
	var rules []map[string]string
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			for _, plan := range []string{"10000/60", "NaN"} {
				expr := strings.ReplaceAll(fill.Replace(target.Expr), "$plan", plan)
				if strings.Contains(expr, "$") {
					t.Errorf("a variable that the dashboard lacks: %s", expr)
				}
				rules = append(rules, map[string]string{"record": fmt.Sprintf("q:%d", len(rules)), "expr": expr})
			}
		}
	}
	path := writeYAML(t, filepath.Join(t.TempDir(), "queries.yaml"), map[string]any{"groups": []any{map[string]any{"name": "queries", "rules": rules}}})
	if out, err := promtool(t, "check", "rules", path); err != nil {
		t.Error(out)
	}
}

// Each alert is raised by what it is for and names the product, and none is while all is well or for a product of others.
func TestAlerts(t *testing.T) {
	dir := t.TempDir()
	rules := gateway.NewRules(watchedDocument(t))
	path := writeYAML(t, filepath.Join(dir, "rules.yaml"), rules)
	if out, err := promtool(t, "check", "rules", path); err != nil {
		t.Fatal(out)
	}
	tests, err := os.ReadFile("testdata/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "tests.yaml")
	if err := os.WriteFile(file, tests, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := promtool(t, "test", "rules", file); err != nil {
		t.Error(out)
	}
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			if !strings.Contains(string(tests), "alertname: "+r.Alert+"\n") {
				t.Errorf("testdata/alerts.yaml says nothing of %s", r.Alert)
			}
		}
	}
}

// As objects of a cluster the document's name becomes theirs, and the dashboard is the same one.
func TestMonitoringManifests(t *testing.T) {
	doc := watchedDocument(t)
	board := gateway.NewDashboard(doc)
	list, err := gateway.Monitoring(doc.Name, "monitoring", board, gateway.NewRules(doc))
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, m := range list {
		kinds = append(kinds, m.Object.Kind+" "+m.Object.Metadata.Namespace+"/"+m.Object.Metadata.Name)
	}
	if want := []string{"ConfigMap monitoring/maasctl-llm-models-1", "PrometheusRule monitoring/maasctl-llm-models-1"}; !slices.Equal(kinds, want) {
		t.Errorf("%q, want %q", kinds, want)
	}
	var got, want any
	text, _ := json.Marshal(board)
	data, _ := list[0].Object.Data.(map[string]string)
	if err := json.Unmarshal([]byte(data["maasctl-llm-models-1.json"]), &got); err != nil {
		t.Fatal(err)
	}
	_ = json.Unmarshal(text, &want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := gateway.Monitoring(doc.Name, "no_space", board, gateway.NewRules(doc)); err == nil {
		t.Error("a namespace that no cluster has is taken")
	}
}
