package gateway

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/google/jsonschema-go/jsonschema"

	"example.com/maasctl/internal/near"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/secret"
)

// Lint says what is wrong with the policy chains of a document's products. Neither 3scale nor the gateway says it: 3scale
// takes any chain, and the gateway leaves out a policy that it doesn't have and lets requests pass.
func Lint(doc *maas.Document) maas.Diagnostics {
	var found maas.Diagnostics
	manifest := sync.OnceValue(configurationSchema)
	for _, p := range doc.Products {
		if p.Value.Absent {
			continue
		}
		l := &linter{doc: doc, name: p.Name, product: p.Value, manifest: manifest}
		l.chain()
		found = append(found, l.found...)
	}
	return Sorted(found)
}

// Sorted gives diagnostics by position, each said once: products that share a template's chain share its faults.
func Sorted(found maas.Diagnostics) maas.Diagnostics {
	out := slices.Clone(found)
	slices.SortStableFunc(out, func(a, b maas.Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column),
			cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.Compact(out)
}

// linter looks at the chain of one product.
type linter struct {
	doc     *maas.Document
	name    string
	product *maas.Product
	found   maas.Diagnostics

	manifest func() *jsonschema.Schema // of llm-metrics' configuration, for all products
}

// link is one policy of the chain that the gateway runs.
type link struct {
	maas.Policy
	index int // in the document's chain
}

func (l *linter) chain() {
	var chain []link
	for i, p := range l.product.Policies {
		if p.Enabled == nil || *p.Enabled {
			chain = append(chain, link{p, i})
		}
	}
	l.order(chain)
	for _, p := range chain {
		switch {
		case p.Name == PolicyName:
			l.llmMetrics(p)
		case p.Version == builtin:
			l.builtin(p)
		}
	}
	l.limits(chain)
	l.waysAround(chain)
}

// llmMetrics looks at the policy that ships with maasctl, and at older ones of its name.
func (l *linter) llmMetrics(p link) {
	switch bundled := Versions(); {
	case slices.Contains(bundled, p.Version):
		l.configuration(p)
	case !reference(p.Version):
		l.warnf(l.pos(p, "version"), maas.CodePolicyVersion, "%s %s doesn't ship with maasctl, which has %s: the gateway has to get it from elsewhere, or it leaves the policy out and counts nothing",
			PolicyName, p.Version, strings.Join(bundled, ", "))
	}
	u := usageOf(p.Configuration)
	l.metrics(p, u)
	l.unlimited(p, u)
}

// builtin looks at a policy that comes with the gateway.
func (l *linter) builtin(p link) {
	switch p.Name {
	case "cors":
		l.cors(p)
	case "upstream_connection":
		l.timeouts(p)
	}
	if known := builtinPolicies(); !slices.Contains(known, p.Name) && !reference(p.Name) {
		l.warnf(l.pos(p), maas.CodePolicyVersion, "APIcast 2.16 has no builtin policy %q%s: a gateway without it leaves it out and lets requests pass", p.Name, suggestion(p.Name, known))
	}
}

// pos is where a part of a policy stands; where prepend or append put the policy into the chain, where the policy stands.
func (l *linter) pos(p link, path ...string) maas.Position {
	at := []string{"products", l.name, "policies", strconv.Itoa(p.index)}
	if len(path) == 0 || l.doc.Pos(at...) != p.Pos {
		return p.Pos
	}
	return l.doc.Pos(append(at, path...)...)
}

func (l *linter) errorf(at maas.Position, code maas.Code, format string, args ...any) {
	l.found = append(l.found, maas.Diagnostic{Severity: maas.Error, Pos: at, Code: code, Message: fmt.Sprintf(format, args...)})
}

func (l *linter) warnf(at maas.Position, code maas.Code, format string, args ...any) {
	l.found = append(l.found, maas.Diagnostic{Severity: maas.Warning, Pos: at, Code: code, Message: fmt.Sprintf(format, args...)})
}

// unknown tells whether a part of a value comes from the environment or a file: then it is a secret as far as one can tell.
func unknown(v any) bool {
	_, ok := v.(secret.Value)
	return ok
}

// reference tells whether a name comes from the environment or a file, and isn't known yet.
func reference(name string) bool { return strings.Contains(name, "${") }

// suggestion is the end of what is said of a name that doesn't exist.
func suggestion(name string, among []string) string {
	best := near.Name(name, among)
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}
