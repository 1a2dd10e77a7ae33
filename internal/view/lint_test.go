package view

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"example.com/maasctl/pkg/maas"
)

// findings have one of everything: both severities, no position, no line, and what formats have to escape.
func findings() maas.Diagnostics {
	at := func(file string, line, column int) maas.Position {
		return maas.Position{File: file, Line: line, Column: column}
	}
	return maas.Diagnostics{
		{Severity: maas.Error, Message: "nowhere", Code: maas.CodeSet},
		{Severity: maas.Error, Pos: at("--set a.b", 0, 0), Message: "no such key", Code: maas.CodeSchema},
		{Severity: maas.Error, Pos: at("missing.yaml", 0, 0), Message: "no such file", Code: maas.CodeFile},
		{Severity: maas.Error, Pos: at("my docs/a,b:c.yaml", 3, 7), Message: "100% of\r\nlines: \"a\", <b>", Code: maas.CodePolicyMetric},
		{Severity: maas.Warning, Pos: at("/srv/maas.yaml", 12, 1), Message: "careful", Code: maas.CodePolicyTimeout},
	}
}

func TestLintFormats(t *testing.T) {
	for file, write := range map[string]func(io.Writer, maas.Diagnostics) error{
		"lint.txt": Lint, "lint.github": LintGitHub, "lint.junit": LintJUnit,
		"lint.json":  func(w io.Writer, found maas.Diagnostics) error { return JSON(w, NewFindings(found)) },
		"lint.sarif": func(w io.Writer, found maas.Diagnostics) error { return LintSARIF(w, found, "v1.2.3") },
	} {
		var b bytes.Buffer
		if err := write(&b, findings()); err != nil {
			t.Fatal(err)
		}
		if file == "lint.sarif" {
			golden(t, file, withoutRules(t, b.Bytes()))
			continue
		}
		golden(t, file, b.String())
	}
}

// withoutRules holds a SARIF log's results to its rules, and leaves the rules out: they grow with every code.
func withoutRules(t *testing.T, text []byte) string {
	t.Helper()
	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID    string
				RuleIndex int
			}
		}
	}
	if err := json.Unmarshal(text, &log); err != nil {
		t.Fatal(err)
	}
	rules := log.Runs[0].Tool.Driver.Rules
	if len(rules) != len(maas.Codes()) {
		t.Errorf("%d rules for %d codes", len(rules), len(maas.Codes()))
	}
	for _, r := range log.Runs[0].Results {
		if rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("rule %d is %s, not %s", r.RuleIndex, rules[r.RuleIndex].ID, r.RuleID)
		}
	}
	var whole map[string]any
	if err := json.Unmarshal(text, &whole); err != nil {
		t.Fatal(err)
	}
	run := whole["runs"].([]any)[0].(map[string]any)
	delete(run["tool"].(map[string]any)["driver"].(map[string]any), "rules")
	for _, r := range run["results"].([]any) {
		delete(r.(map[string]any), "ruleIndex")
	}
	var b bytes.Buffer
	if err := JSON(&b, whole); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestLintNothing(t *testing.T) {
	var b bytes.Buffer
	if err := Lint(&b, nil); err != nil || b.String() != "No errors, no warnings.\n" {
		t.Error(b.String(), err)
	}
	b.Reset()
	if err := JSON(&b, NewFindings(nil)); err != nil || !json.Valid(b.Bytes()) || !bytes.Contains(b.Bytes(), []byte(`"diagnostics": []`)) {
		t.Error(b.String(), err)
	}
	b.Reset()
	if err := LintGitHub(&b, nil); err != nil || b.Len() != 0 {
		t.Error(b.String(), err)
	}
	if err := LintJUnit(&b, nil); err != nil || !strings.Contains(b.String(), `tests="1" failures="0"`) {
		t.Error(b.String(), err)
	}
}
