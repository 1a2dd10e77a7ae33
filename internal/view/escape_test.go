package view

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"example.com/maasctl/internal/doctor"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// hostile has one of everything that a portal user may try in a name, and no space at which a line may be broken.
const hostile = "x\x1b[2J\x1b]0;owned\a\r\n::error::bad\n```\n#head\n##[error]bad##vso[task.setvariable]x" +
	"\u202egnp.exe\u2066\u200b\u2028\u0085\u009b31m<script></details>[a](https://b.example.com)\x7f\xff\x00end"

// harmlessText is as long.
var harmlessText = strings.Repeat("x", utf8.RuneCountInString(Escape(hostile)))

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "",
		"Mistral 7B → „größer“ 日本": "Mistral 7B → „größer“ 日本",
		`C:\new "text" \x1b`:       `C:\new "text" \x1b`,
		"a\nb\r\tc":                `a\nb\r\tc`,
		"\x1b[31mred\x1b[0m":       `\x1b[31mred\x1b[0m`,
		"\u202eabc\u2069\u200b":    `\u202eabc\u2069\u200b`,
		"\u0085\u009b\x7f\x00\xff": `\u0085\u009b\x7f\x00\xff`,
		"\U000e0041":               `\U000e0041`,
		"�":                        "�",
		"::error::text":            `:\x3aerror:\x3atext`,
		"http://[::1]:80 ::1, a::": "http://[::1]:80 ::1, a::",
		"##[group]x ##vso[x]y":     `#\x23[group]x #\x23vso[x]y`,
		"## head":                  "## head",
	} {
		if got := Escape(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if again := Escape(Escape(text)); again != want {
			t.Errorf("%q: escaped twice: %q", text, again)
		}
	}
}

func TestPrintEscapesWhateverKind(t *testing.T) {
	type named string
	var b bytes.Buffer
	err := Print(&b, "%s|%v|%v|%v|%-6s|%d|%s\n", "a\n", fmt.Errorf("b%s", "\n"), named("c\n"), []string{"d\n"}, "e\n", 7, Styled("f\x1b"))
	if want := `a\n|b\n|c\n|[d\n]|e\n   |7|` + "f\x1b\n"; err != nil || b.String() != want {
		t.Errorf("%q, want %q (%v)", b.String(), want, err)
	}
}

// fill puts a text into every string that can be reached, so that no field is forgotten.
func fill(v reflect.Value, text string) {
	if !v.IsValid() || !v.CanInterface() {
		return
	}
	if a, ok := v.Interface().(plan.Address); ok && v.CanSet() {
		parts := strings.Split(string(a), "/") // kind, name, kind, name
		for i := 1; i < len(parts); i += 2 {
			parts[i] += url.PathEscape(text)
		}
		v.SetString(strings.Join(parts, "/"))
		return
	}
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() && !closed(v.Type()) {
			v.SetString(v.String() + text)
		}
	case reflect.Pointer:
		fill(v.Elem(), text)
	case reflect.Interface:
		if s, ok := v.Interface().(string); ok && v.CanSet() {
			v.Set(reflect.ValueOf(s + text))
		}
		fill(v.Elem(), text)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			if e := v.MapIndex(k); k.Kind() == reflect.String && e.Kind() == reflect.Interface {
				v.SetMapIndex(k, reflect.Value{})
				v.SetMapIndex(reflect.ValueOf(k.String()+text), e)
			}
		}
	default:
	}
}

// closed are the types whose values are the program's own words.
func closed(t reflect.Type) bool {
	for _, own := range []any{plan.Action(""), plan.FieldAction(""), maas.Code(""), doctor.Status(""), apply.Done} {
		if t == reflect.TypeOf(own) {
			return true
		}
	}
	return false
}

// hostilePlan has the text in everything that a plan shows.
func hostilePlan(text string) *plan.Plan {
	p := picture()
	for _, c := range p.Changes {
		c.Source = &plan.Source{File: "a.yaml", Line: 1}
		c.Desired = &plan.Object{Address: c.Address, Kind: c.Kind, Name: c.Name}
	}
	for i := range p.Targets { // the system stays: it is what a plan is grouped by
		p.Targets[i].URL += "/" + text
	}
	fill(reflect.ValueOf(&p.Changes), text)
	fill(reflect.ValueOf(&p.Extras), text)
	for _, notes := range []*[]plan.Note{&p.Undeclared, &p.Warnings, &p.Blocked, &p.Manual, &p.NotApplied} {
		fill(reflect.ValueOf(notes), text)
	}
	for _, c := range p.Changes {
		c.System = strings.TrimSuffix(c.System, text)
	}
	return p
}

// TestHostileText puts one text into every field of everything that is shown. Whoever reads the outcome must meet none of
// what it would do, and as many lines as with a harmless text.
func TestHostileText(t *testing.T) {
	style := NewStyle(io.Discard, "never", noEnv)
	found := func(text string) maas.Diagnostics {
		ds := findings()
		fill(reflect.ValueOf(&ds), text)
		return ds
	}
	result := func(text string) *apply.Result {
		r := &apply.Result{}
		for i, c := range hostilePlan(text).Changes {
			r.Outcomes = append(r.Outcomes, apply.Outcome{Change: c, State: []apply.State{apply.Done, apply.Failed, apply.Skipped, apply.NotRun}[i%4], Err: errors.New(text)})
		}
		return r
	}
	state := func(text string) Status {
		s := Status{Products: []ProductStatus{{
			Name: "granite", There: true, Owner: "o", Staging: &DeployedStatus{Version: 1, Changed: "c"}, LastUsed: "u", LastUseUnknown: "w",
			NotDeployed: picture().Changes[0].Fields,
		}}}
		fill(reflect.ValueOf(&s), text)
		return s
	}
	shown := map[string]func(w io.Writer, text string) error{
		"Human":      func(w io.Writer, text string) error { return Human(w, hostilePlan(text), Full, style) },
		"Markdown":   func(w io.Writer, text string) error { return Markdown(w, hostilePlan(text), Full) },
		"PlanGitHub": func(w io.Writer, text string) error { return PlanGitHub(w, hostilePlan(text), Full) },
		"PlanSARIF":  func(w io.Writer, text string) error { return PlanSARIF(w, hostilePlan(text), Full, "v1") },
		"Result":     func(w io.Writer, text string) error { return Result(w, result(text), text, text) },
		"Progress": func(w io.Writer, text string) error {
			for _, p := range []*Progress{NewProgress(w, false, true, time.Now), NewProgress(w, false, false, time.Now)} {
				for i, o := range result(text).Outcomes {
					p.Observe(apply.Event{Change: o.Change, State: o.State, Err: o.Err, Done: i, Total: 9})
				}
				p.End()
			}
			return nil
		},
		"Diagnostics": func(w io.Writer, text string) error { return Diagnostics(w, found(text)) },
		"Lint":        func(w io.Writer, text string) error { return Lint(w, found(text)) },
		"LintGitHub":  func(w io.Writer, text string) error { return LintGitHub(w, found(text)) },
		"LintJUnit":   func(w io.Writer, text string) error { return LintJUnit(w, found(text)) },
		"LintSARIF":   func(w io.Writer, text string) error { return LintSARIF(w, found(text), "v1") },
		"Doctor": func(w io.Writer, text string) error {
			r := examined()
			fill(reflect.ValueOf(r), text)
			return Doctor(w, r, style)
		},
		"JSON":          func(w io.Writer, text string) error { return JSON(w, hostilePlan(text)) },
		"StatusLines":   func(w io.Writer, text string) error { return StatusLines(w, state(text), style) },
		"StatusDetails": func(w io.Writer, text string) error { return StatusDetails(w, state(text), style) },
		"VersionLines": func(w io.Writer, text string) error {
			v := Versions{Product: "granite", Versions: []VersionHistory{{Version: 1, Changed: "c", Changes: picture().Changes[0].Fields}}}
			fill(reflect.ValueOf(&v), text)
			return VersionLines(w, v, style)
		},
		"Unkept": func(w io.Writer, text string) error {
			u := []plan.Unkept{{Note: picture().Undeclared[0], Fields: picture().Changes[0].Fields}, {Note: picture().Undeclared[0]}}
			fill(reflect.ValueOf(&u), text)
			return Unkept(w, u, style)
		},
		"Waits": func(w io.Writer, text string) error {
			NewWaits(w, false, time.Now).Tell(text, time.Second)
			return nil
		},
	}
	breaks := map[string]bool{"Human": true, "Markdown": true, "StatusDetails": true, "Unkept": true, "VersionLines": true} // lines, at other places in another text
	for name, show := range shown {
		t.Run(name, func(t *testing.T) {
			var bad, good bytes.Buffer
			if err := errors.Join(show(&bad, hostile), show(&good, harmlessText)); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(bad.String(), "owned") {
				t.Fatal("the text isn't there: ", bad.String())
			}
			have, want := strings.Count(bad.String(), "\n"), strings.Count(good.String(), "\n")
			if !breaks[name] && have != want {
				t.Errorf("%d lines, want %d:\n%s", have, want, bad.String())
			}
			harmless(t, name, bad.String(), good.String())
		})
	}
}

var uris = regexp.MustCompile(`"uri": ".*"`)

// TestNoPrinterIsForgotten holds the table above to what the package prints.
func TestNoPrinterIsForgotten(t *testing.T) {
	test, err := os.ReadFile("escape_test.go")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	printer := regexp.MustCompile(`(?m)^func ([A-Z]\w*)\(w io\.Writer|^func New(\w+)\(out io\.Writer`)
	n := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range printer.FindAllStringSubmatch(string(text), -1) {
			switch name := found[1] + found[2]; name {
			case "Print", "Style", "YAML", "ManifestsYAML", "ManifestsJSON": // for machines, or what all others print with
			default:
				n++
				if !strings.Contains(string(test), `"`+name+`":`) {
					t.Errorf("%s prints what others have written, and no hostile text is tried on it", name)
				}
			}
		}
	}
	if n < 16 {
		t.Errorf("only %d printers", n)
	}
}

// harmless fails where an output has characters or commands that its harmless sibling hasn't.
func harmless(t *testing.T, name, bad, good string) {
	t.Helper()
	for _, r := range bad {
		if r != '\n' && r != '…' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co) || r == unicode.ReplacementChar) {
			t.Fatalf("%U is in the output: %q", r, bad)
		}
	}
	if name == "JSON" { // a machine's
		return
	}
	if strings.Contains(name, "SARIF") { // which names files in the form of URLs
		bad = uris.ReplaceAllString(bad, "")
	}
	for _, line := range strings.Split(bad, "\n") {
		if line = strings.TrimLeft(line, " +-!"); strings.HasPrefix(line, "#head") || strings.HasPrefix(line, "```") && !strings.HasPrefix(line, "````") {
			t.Errorf("a line begins with the text's: %q", line)
		}
	}
	for _, command := range []string{"::error", "##[", "##vso["} {
		if have, want := strings.Count(bad, command), strings.Count(good, command); have != want {
			t.Errorf("%d times %q, want %d:\n%s", have, command, want, bad)
		}
	}
	if strings.Contains(name, "SARIF") && strings.Contains(strings.ReplaceAll(bad, `\\[a](`, ""), "[a](") {
		t.Errorf("a link is in the output: %s", bad)
	}
}

// TestFence holds Markdown to a fence that what stands in it can't end.
func TestFence(t *testing.T) {
	for _, name := range []string{"```", "````", "a ``` b"} {
		p := picture()
		p.Changes[0].Address = plan.Root("3scale", "product", name)
		var b bytes.Buffer
		if err := Markdown(&b, p, Full); err != nil {
			t.Fatal(err)
		}
		mark := strings.TrimSuffix(strings.Split(b.String(), "\n")[2], "diff")
		begins, ends := strings.Count(b.String(), "\n"+mark+"diff\n"), strings.Count(b.String(), "\n"+mark+"\n")
		if begins == 0 || begins != ends || strings.Count(b.String(), mark) != begins+ends {
			t.Error(b.String())
		}
	}
}
