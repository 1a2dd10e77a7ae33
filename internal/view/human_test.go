package view

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// picture is a plan with one of everything that a reader may meet.
func picture() *plan.Plan {
	product := func(name string) plan.Address { return plan.Root("3scale", "product", name) }
	change := func(a plan.Address, action plan.Action, part bool, fields ...plan.FieldChange) *plan.Change {
		return &plan.Change{Address: a, System: a.System(), Kind: a.LastKind(), Name: a.Name(), Parent: product("granite"), Part: part, Action: action, Fields: fields}
	}
	granite, mistral := product("granite"), product("mistral")
	add := func(name, element string, v any) plan.FieldChange {
		return plan.FieldChange{Name: name, Element: element, Action: plan.Add, New: v}
	}
	set := func(name string, v any) plan.FieldChange {
		return plan.FieldChange{Name: name, Action: plan.SetField, New: v}
	}
	rule := func(metric string, delta int64, last bool) map[string]any {
		return map[string]any{"metric": metric, "delta": delta, "last": last}
	}
	rules := change(granite.Child("rules", ""), plan.Create, true,
		add("rule", "GET /health", rule("health", 1, false)), add("rule", "POST /v1/x", rule("hits", 5, true)),
		plan.FieldChange{Name: "rule", Element: "GET /", Action: plan.Remove})
	rules.Desired = &plan.Object{Address: rules.Address, Kind: "rules", Fields: plan.Fields{"rule": plan.List{
		{Label: "GET /health", Value: rule("health", 1, false)}, {Label: "POST /v1/x", Value: rule("hits", 5, true)},
	}}}
	chain := change(granite.Child("policies", ""), plan.Create, true, add("policy", "cors", nil))
	chain.Desired = &plan.Object{Address: chain.Address, Kind: "policies", Fields: plan.Fields{"policy": plan.List{
		{Label: "cors", Value: map[string]any{"enabled": true, "configuration": map[string]any{"allow_origin": "*", "allow_headers": []any{"Authorization", "Content-Type", "Accept", "X-Request-Id"}, "token": secret.New("${env:T}", "canary")}}},
		{Label: "apicast", Value: map[string]any{"enabled": false, "configuration": map[string]any{}}},
	}}}
	standard := granite.Child("plan", "standard")
	newLimits := change(standard.Child("limits", ""), plan.Create, true, add("limit", "total_tokens/day", int64(100000)), add("limit", "hits/minute", int64(60)))
	prices := change(standard.Child("prices", ""), plan.Create, true, add("price", "total_tokens 1-", "0.0001"))
	newLimits.Parent, prices.Parent = standard, standard
	gold, tokens := mistral.Child("plan", "gold"), mistral.Child("metric", "tokens")
	goldLimits := change(gold.Child("limits", ""), plan.Create, true, add("limit", "hits/minute", int64(600)))
	goldLimits.Parent = gold
	born := change(granite.Child("service plan", "Default"), plan.Update, false, plan.FieldChange{Name: "default", Action: plan.SetField, Old: false, New: true})
	free := mistral.Child("plan", "free")
	limits := change(free.Child("limits", ""), plan.Update, true,
		plan.FieldChange{Name: "limit", Element: "total_tokens/day", Action: plan.SetField, Old: int64(100000), New: int64(200000)})
	limits.Parent = free
	moved := change(mistral.Child("rules", ""), plan.Update, true,
		plan.FieldChange{Name: "rule", Element: "GET /", Action: plan.Remove},
		plan.FieldChange{Name: "rule", Element: "POST /v1/x", Action: plan.SetField, Old: map[string]any{"delta": int64(1)}, New: map[string]any{"delta": int64(2)}},
		plan.FieldChange{Name: "rule", Element: "POST /v1/x", Action: plan.Move, Old: int64(3), New: int64(1)},
		plan.FieldChange{Name: "rule", Element: "GET /v1/long/pattern", Action: plan.Add},
		plan.FieldChange{
			Name: "rule", Action: plan.Order, Old: []any{"GET /", "GET /v1/y", "POST /v1/x"},
			New: []any{"POST /v1/x", "GET /v1/long/pattern", "GET /v1/y"},
		})
	moved.Parent = mistral
	policies := change(mistral.Child("policies", ""), plan.Update, true,
		plan.FieldChange{Name: "policy", Element: "upstream_connection", Action: plan.SetField,
			Old: map[string]any{"configuration": map[string]any{"read_timeout": int64(60), "list": []any{"a", "b"}}, "enabled": true},
			New: map[string]any{"configuration": map[string]any{"read_timeout": int64(300), "list": []any{"a", "c"}}, "enabled": true}})
	policies.Parent = mistral
	signIn := plan.Root("3scale", "sign-in", "rhsso")
	client := plan.Root("keycloak", "realm", "maas").Child("client", "3scale")
	p := &plan.Plan{
		Targets: []plan.Target{{System: "3scale", URL: "https://maas-admin.apps.example.com"}, {System: "keycloak", URL: "https://sso.apps.example.com/auth"}},
		Changes: []*plan.Change{
			change(granite, plan.Create, false, set("authentication", "apiKey"), set("description", strings.Repeat("word ", 30))), rules, chain,
			change(granite.Child("method", "health"), plan.Create, false, set("name", "Health")),
			change(standard, plan.Create, false, set("name", "Standard"), set("published", true)), newLimits, prices, born,
			change(mistral, plan.Update, false,
				plan.FieldChange{Name: "description", Action: plan.SetField, Old: "A model", New: "Mistral 7B Instruct v0.3"},
				plan.FieldChange{Name: "document", Action: plan.SetField, New: strings.Repeat("long ", 40)}),
			moved, policies, limits,
			change(gold, plan.Create, false, set("name", "Gold"), set("published", true)), goldLimits,
			change(tokens, plan.Create, false, set("name", strings.Repeat("Tokens ", 12)), set("unit", "token")),
			change(product("old"), plan.Delete, false),
			change(signIn, plan.Update, false,
				plan.FieldChange{Name: "clientSecret", Action: plan.SetField, Old: secret.New("", "canary"), New: plan.Handed{From: client, Field: "secret"}},
				plan.FieldChange{Name: "token", Action: plan.SetField, New: secret.New("${env:T}", "canary")}),
		},
		Undeclared: []plan.Note{{Address: mistral.Child("metric", "old_tokens"), Why: "undeclared; --prune would delete it"}},
		Warnings:   []plan.Note{{Address: product("old"), Why: "it is deleted though its owner is operator"}},
		Manual:     []plan.Note{{Address: plan.Root("3scale", "tenant", ""), Why: "timezone Berlin: needs threescale.master"}},
		NotApplied: []plan.Note{{Address: plan.Root("3scale", "accounts", ""), Why: "users, applications and subscriptions"}},
	}
	stays := func(a plan.Address, field, element string) plan.Extra {
		return plan.Extra{Note: plan.Note{Address: a, Why: "not in the document, stays, since this product isn't maasctl's"}, Field: field, Element: element}
	}
	foreign := product("foreign")
	p.Extras = []plan.Extra{
		stays(foreign, "tag", "own"), stays(foreign.Child("plan", "basic"), "", ""),
		stays(foreign.Child("plan", "free").Child("limits", ""), "limit", "hits/minute"), stays(foreign.Child("policies", ""), "policy", "headers"),
	}
	for i := range 9 {
		p.Extras = append(p.Extras, stays(foreign.Child("rules", ""), "rule", fmt.Sprintf("GET /%d", i)))
	}
	hits := int64(12345)
	for _, c := range p.Changes {
		if c.Address == mistral || c.Address == gold {
			c.Sent = []plan.FieldChange{set("terms", "Be nice.")}
		}
		if c.Action == plan.Delete {
			c.Loss = &plan.Loss{
				Accounts: 2, Applications: 8, Live: 7, LiveNames: []string{"chatbot of Acme", "batch of Initech"}, Keys: 9, Subscriptions: 1, Objects: 8,
				Unknown: []string{"the keys of 3 more applications"}, Traffic: plan.Traffic{Last: "2026-11-20", Hits: &hits},
			}
		}
	}
	p.Summary = plan.Tally(p.Changes)
	p.Summary.Prune, p.Summary.Unchanged = 1, 40
	p.SetAlong()
	return p
}

// golden compares with a file of testdata; UPDATE=1 writes it.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := "testdata/" + file
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func noEnv(string) string { return "" }

func TestHuman(t *testing.T) {
	var b bytes.Buffer
	p := picture()
	if err := Human(&b, p, Full, NewStyle(&b, "auto", noEnv)); err != nil {
		t.Fatal(err)
	}
	b.WriteString(SummaryLine(p) + "\n")
	golden(t, "plan.txt", b.String())
	b.Reset()
	if err := Human(&b, p, Counts, NewStyle(&b, "auto", noEnv)); err != nil {
		t.Fatal(err)
	}
	golden(t, "summary.txt", b.String())
}

// TestEachNumberHasItsLines finds the objects that the summary counts among the lines above it.
func TestEachNumberHasItsLines(t *testing.T) {
	var b bytes.Buffer
	p := picture()
	if err := Human(&b, p, Full, NewStyle(&b, "auto", noEnv)); err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, line := range strings.Split(b.String(), "\n") {
		for _, c := range p.Changes {
			for sign, indent := range map[string]int{"+ ": topIndent, "- ": topIndent, "~ ": topIndent} {
				if c.Address != c.Address.Root() {
					indent = belowIndent
				}
				name, whole := strings.CutPrefix(line, strings.Repeat(" ", indent)+sign+belowTitle(c.Address, plan.Address(c.System+":")))
				if c.Address != c.Address.Root() {
					name, whole = strings.CutPrefix(line, strings.Repeat(" ", indent)+sign+belowTitle(c.Address, c.Address.Root()))
				}
				if whole && !c.Part && (name == "" || name[0] == ' ') {
					found[sign]++
				}
			}
		}
	}
	rows := 2 // plan free's limit, and the service plan that came along
	if found["+ "] != p.Summary.Create || found["~ "]+rows != p.Summary.Update || found["- "] != p.Summary.Delete || p.Summary.Create != 5 {
		t.Errorf("%v, %+v:\n%s", found, p.Summary, b.String())
	}
}

func TestNothingToChange(t *testing.T) {
	var b bytes.Buffer
	p := &plan.Plan{Targets: picture().Targets, Summary: plan.Summary{Unchanged: 3}}
	if err := Human(&b, p, Full, NewStyle(&b, "never", noEnv)); err != nil {
		t.Fatal(err)
	}
	b.WriteString(SummaryLine(p) + "\n")
	golden(t, "empty.txt", b.String())
	p.Summary.Prune = 2
	if got := SummaryLine(p); got != "No changes, 2 to delete with --prune, 3 unchanged." {
		t.Error(got)
	}
}

func TestColour(t *testing.T) {
	env := func(name, value string) func(string) string {
		return func(n string) string {
			if n == name {
				return value
			}
			return ""
		}
	}
	for _, c := range []struct {
		mode   string
		getenv func(string) string
		want   bool
	}{
		{"always", noEnv, true}, {"never", env("CLICOLOR_FORCE", "1"), false}, {"auto", noEnv, false},
		{"auto", env("CLICOLOR_FORCE", "1"), true}, {"auto", env("CLICOLOR_FORCE", "0"), false}, {"auto", env("NO_COLOR", "1"), false},
	} {
		var b bytes.Buffer
		if err := Human(&b, picture(), Full, NewStyle(&b, c.mode, c.getenv)); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), "\x1b["); got != c.want {
			t.Errorf("%s: colour %v, want %v", c.mode, got, c.want)
		}
	}
}

func TestMachineFormatsShowNoSecret(t *testing.T) {
	var j, y bytes.Buffer
	if err := JSON(&j, picture()); err != nil {
		t.Fatal(err)
	}
	if err := YAML(&y, picture()); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{j.String(), y.String()} {
		if strings.Contains(text, "canary") || !strings.Contains(text, secret.Mask) {
			t.Error(text)
		}
	}
}

func TestAnnotations(t *testing.T) {
	p := picture()
	p.Changes[0].Source = &plan.Source{File: "my, maas.yaml", Line: 7, Column: 3}
	for file, write := range map[string]func(io.Writer) error{
		"plan.github": func(w io.Writer) error { return PlanGitHub(w, p, Full) },
		"plan.sarif":  func(w io.Writer) error { return PlanSARIF(w, p, Full, "v1.2.3") },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, file, b.String())
		if strings.Contains(b.String(), "canary") {
			t.Error("a secret is shown")
		}
	}
}

func TestMarkdown(t *testing.T) {
	var b bytes.Buffer
	if err := Markdown(&b, picture(), Full); err != nil {
		t.Fatal(err)
	}
	golden(t, "plan.md", b.String())
}

func TestResult(t *testing.T) {
	p := picture()
	r := &apply.Result{Interrupted: true}
	states := []apply.State{apply.Done, apply.Failed, apply.Skipped, apply.NotRun}
	for i, s := range states {
		c := p.Changes[i]
		c.Desired = &plan.Object{Address: c.Address, Kind: c.Kind, Name: c.Name}
		o := apply.Outcome{Change: c, State: s}
		if s == apply.Failed {
			o.Err, o.Effect = errors.New("POST /x: 422 name can't be blank"), apply.InPart
		}
		r.Outcomes = append(r.Outcomes, o)
	}
	var b bytes.Buffer
	if err := Result(&b, r, "9 requests (3 writes), 0.1 s.", "Mend it."); err != nil {
		t.Fatal(err)
	}
	golden(t, "result.txt", b.String())
}

// The first line says what has happened to the servers, and not more.
func TestHeadline(t *testing.T) {
	change := &plan.Change{Address: "one:thing/a", Action: plan.Create}
	done, failed := apply.Outcome{Change: change, State: apply.Done}, apply.Outcome{Change: change, State: apply.Failed}
	part, unknown := failed, failed
	part.Effect, unknown.Effect = apply.InPart, apply.Unknown
	notRun := apply.Outcome{Change: change, State: apply.NotRun}
	for want, r := range map[string]apply.Result{
		"Applied: 1 created, 0 updated, 0 deleted.":                                        {Outcomes: []apply.Outcome{done}},
		"Applied in part: 1 created, 0 updated, 0 deleted.":                                {Outcomes: []apply.Outcome{done, unknown}},
		"Applied in part: no change was made whole, but something was written.":            {Outcomes: []apply.Outcome{failed, part, unknown}},
		"Failed: nothing is known to have been changed, but something may have been.":      {Outcomes: []apply.Outcome{failed, unknown}},
		"Failed: nothing was changed.":                                                     {Outcomes: []apply.Outcome{failed, failed}},
		"Interrupted: nothing was changed.":                                                {Outcomes: []apply.Outcome{notRun}, Interrupted: true},
		"Interrupted: nothing is known to have been changed, but something may have been.": {Outcomes: []apply.Outcome{unknown}, Interrupted: true},
		"Interrupted: 1 created, 0 updated, 0 deleted.":                                    {Outcomes: []apply.Outcome{done, notRun}, Interrupted: true},
	} {
		if got := Headline(&r); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Of many that wait, one is told of, and now and then; what a server says commands no terminal.
func TestWaits(t *testing.T) {
	now := time.Unix(1000, 0)
	var b bytes.Buffer
	w := NewWaits(&b, false, func() time.Time { return now })
	for _, later := range []time.Duration{0, time.Second, 9 * time.Second, 10 * time.Second} {
		w.Tell(fmt.Sprintf("GET /x: 503 \x1b[2J after %v", later), 1500*time.Millisecond)
		now = time.Unix(1000, 0).Add(later)
		w.Tell(fmt.Sprintf("GET /x: 503 \x1b[2J after %v", later), 1500*time.Millisecond)
	}
	want := "waiting: GET /x: 503 \\x1b[2J after 0s; next attempt in 1.5 s\nwaiting: GET /x: 503 \\x1b[2J after 10s; next attempt in 1.5 s\n"
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
	b.Reset()
	if NewWaits(&b, true, time.Now).Tell("it", 0); b.String() != "\r\x1b[Kwaiting: it; next attempt in 0.0 s\n" {
		t.Errorf("%q", b.String())
	}
}

func TestProgressIsQuietWithoutATerminal(t *testing.T) {
	now := time.Unix(0, 0)
	var b bytes.Buffer
	p := NewProgress(&b, false, false, func() time.Time { return now })
	c := picture().Changes[0]
	c.Desired = &plan.Object{Address: c.Address}
	p.Observe(apply.Event{State: apply.Done, Change: c, Done: 1, Total: 2})
	if b.Len() > 0 {
		t.Errorf("too early: %q", b.String())
	}
	now = now.Add(11 * time.Second)
	p.Observe(apply.Event{State: apply.Done, Change: c, Done: 2, Total: 2})
	if !strings.HasPrefix(b.String(), "2 of 2  create product granite") {
		t.Errorf("%q", b.String())
	}
}

// TestOnlyTerminalsAreTerminals takes a device for what it is: nobody reads /dev/null, or types into it.
func TestOnlyTerminalsAreTerminals(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = null.Close() }()
	if IsTerminal(null) || CanRewrite(null, noEnv) || IsTerminal(&bytes.Buffer{}) {
		t.Error("it is no terminal")
	}
	for name, value := range map[string]string{"TERM": "dumb", "CI": "true"} {
		set := func(n string) string { return map[string]string{name: value}[n] }
		if rewrites(set) || !rewrites(noEnv) {
			t.Errorf("%s=%s", name, value)
		}
	}
}

// TestPlacesInNoFile: neither the command line nor stdin is a file that an annotation can point into.
func TestPlacesInNoFile(t *testing.T) {
	for _, file := range []string{"--set products.granite.name", "stdin"} {
		p := picture()
		for _, c := range p.Changes {
			c.Source = &plan.Source{File: file, Line: 3, Column: 1}
		}
		var b bytes.Buffer
		finding := maas.Diagnostics{{Pos: maas.Position{File: file, Line: 3, Column: 1}, Message: "wrong", Code: "schema"}}
		if err := errors.Join(PlanGitHub(&b, p, Counts), LintGitHub(&b, finding), PlanSARIF(&b, p, Counts, "v1")); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "file=") || strings.Contains(b.String(), `"uri"`) || !strings.Contains(b.String(), file+":3:1: wrong") {
			t.Error(b.String())
		}
	}
}

func TestWhatGoesAlong(t *testing.T) {
	none := int64(0)
	for want, l := range map[string]*plan.Loss{
		"nothing of anybody goes along":                            {Traffic: plan.Traffic{Hits: &none}},
		"1 key goes along":                                         {Keys: 1},
		"2 users, 1 client go along":                               {Users: 2, Clients: 1},
		"1 subscription goes along, of 1 account":                  {Subscriptions: 1, Accounts: 1},
		"1 application goes along":                                 {Applications: 1},
		"6 applications go along, 1 of them live: a of b":          {Applications: 6, Live: 1, LiveNames: []string{"a of b"}},
		"6 applications go along, 6 of them live: a, b and 4 more": {Applications: 6, Live: 6, LiveNames: []string{"a", "b"}},
		"last called on 2026-11-20":                                {Traffic: plan.Traffic{Last: "2026-11-20"}},
	} {
		if got := lossLines(l); len(got) != 1 || got[0] != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestDeletionsOfWhatIsInUseAreWarnings, beside a document in which nothing else is one.
func TestDeletionsOfWhatIsInUseAreWarnings(t *testing.T) {
	for level, loss := range map[string]*plan.Loss{"notice": {Applications: 3}, "warning": {Applications: 3, Live: 1, LiveNames: []string{"a of b"}}} {
		p := picture()
		p.Warnings = nil
		for _, c := range p.Changes {
			if c.Action == plan.Delete {
				c.Loss = loss
			}
		}
		var b bytes.Buffer
		if err := PlanGitHub(&b, p, Full); err != nil || !strings.Contains(b.String(), "::"+level+" title=delete::- product old") {
			t.Error(level, b.String(), err)
		}
	}
}

// TestMarkdownFitsIntoAComment, however much a plan holds: a comment that is too long is refused as a whole.
func TestMarkdownFitsIntoAComment(t *testing.T) {
	for _, products := range []int{1, 200, 5000} {
		p := picture()
		for i := range products {
			a := plan.Root("3scale", "product", fmt.Sprintf("model-%d", i))
			p.Changes = append(p.Changes, &plan.Change{
				Address: a, System: "3scale", Kind: "product", Action: plan.Create,
				Fields: []plan.FieldChange{{Name: "description", Action: plan.SetField, New: strings.Repeat("a model ", 10)}},
			})
		}
		var b bytes.Buffer
		if err := Markdown(&b, p, Full); err != nil || b.Len() > 65536 {
			t.Fatal(products, b.Len(), err)
		}
		whole, details := !strings.Contains(b.String(), "more lines, too many for a comment"), strings.Contains(b.String(), "a model")
		if whole != (products < 5000) || details != (products < 1000) || strings.Count(b.String(), "```")%2 != 0 {
			t.Errorf("%d products: whole %v, with details %v", products, whole, details)
		}
	}
}

func TestWhereElementsCameFrom(t *testing.T) {
	list := func(text string) (out []any) {
		for _, e := range strings.Fields(text) {
			out = append(out, e)
		}
		return out
	}
	move := func(element string, from, to int64) plan.FieldChange {
		return plan.FieldChange{Name: "policy", Element: element, Action: plan.Move, Old: from, New: to}
	}
	for _, c := range []struct {
		before, after string
		moves         []plan.FieldChange
		want          []string
	}{
		{"a b", "b a", []plan.FieldChange{move("a", 1, 2)}, []string{"was 2", "was 1"}},
		{"a b c d e", "e a b c d", []plan.FieldChange{move("e", 5, 1)}, []string{"was 5", "", "", "", ""}},
		{"r a b", "b new a", []plan.FieldChange{move("a", 2, 3)}, []string{"was 3", "new", "was 2"}},
		{"a b a", "a a b", []plan.FieldChange{move("b", 2, 3)}, []string{"", "", "was 2"}},
		{"a", "new a", nil, []string{"new", ""}},
	} {
		if diff := cmp.Diff(c.want, origins(list(c.after), list(c.before), c.moves)); diff != "" {
			t.Errorf("%s to %s: %s", c.before, c.after, diff)
		}
	}
}
