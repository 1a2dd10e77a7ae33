package maas

import (
	"embed"
	"slices"
	"strings"

	"example.com/maasctl/internal/near"
)

//go:embed templates/*.yaml
var builtinTemplates embed.FS

const (
	useKey          = "use"
	templatesKey    = "templates"
	environmentsKey = "environments"
)

// BuiltinTemplates lists the names of the templates that every document can use.
func BuiltinTemplates() []string {
	entries, err := builtinTemplates.ReadDir("templates")
	if err != nil {
		panic(err) // the directory is part of the binary
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return names
}

// templates resolves `use`.
type templates struct {
	*reporter
	own      *node            // the document's
	resolved map[string]*node // by name, with what they use merged in
	open     []string         // being resolved, to find circles
	used     map[string]bool
}

func newTemplates(r *reporter, own *node) *templates {
	return &templates{reporter: r, own: own, resolved: map[string]*node{}, used: map[string]bool{}}
}

// expand lays an object over the templates that it uses: later ones win over earlier, its own keys over all.
func (t *templates) expand(n *node) *node {
	use := n.get(useKey)
	if use == nil || !n.isMapping() {
		return n
	}
	var under *node
	for _, u := range t.names(use) {
		name, _ := u.str()
		template := t.template(name, u.pos)
		if template != nil && t.isBuiltin(name) {
			template = template.at(u.pos)
		}
		if template != nil {
			under = merge(under, template)
		}
	}
	return merge(under, n.without(useKey))
}

// names lists what `use` names; anything but a list of texts is reported.
func (t *templates) names(use *node) []*node {
	if use.kind != listNode && !use.isNull() {
		t.errorf(use.pos, CodeSchema, "use takes a list of templates, not %s", use.what())
	}
	return slices.DeleteFunc(slices.Clone(use.items), func(u *node) bool {
		if !u.isText() {
			t.errorf(u.pos, CodeSchema, "use takes names of templates, not %s", u.what())
		}
		return !u.isText()
	})
}

// template gives a template with those that it uses merged in; nil where there is none, which is reported.
func (t *templates) template(name string, pos Position) *node {
	t.used[name] = true
	if n, ok := t.resolved[name]; ok {
		return n
	}
	if slices.Contains(t.open, name) {
		t.errorf(pos, CodeTemplate, "the template %q uses itself: %s", name, strings.Join(append(t.open, name), " → "))
		return nil
	}
	n := t.own.get(name)
	if t.isBuiltin(name) {
		n = builtin(name)
	}
	if n == nil {
		t.errorf(pos, CodeTemplate, "there is no template %q%s", name, near.Meant(name, t.known()))
		return nil
	}
	if !n.isMapping() {
		t.errorf(n.pos, CodeSchema, "a template is a mapping, not %s", n.what())
		return nil
	}
	t.open = append(t.open, name)
	out := t.expand(n)
	t.open = t.open[:len(t.open)-1]
	t.resolved[name] = out
	return out
}

// isBuiltin tells whether a name is that of a built-in template: the document's own win.
func (t *templates) isBuiltin(name string) bool {
	n := t.own.get(name)
	return n == nil || n.isNull()
}

// at is the node as if all of it stood in one place. A built-in template has no place in the user's files: what it says is
// said there by the word that names it.
func (n *node) at(pos Position) *node {
	out := *n
	out.pos = pos
	out.items = make([]*node, len(n.items))
	for i, item := range n.items {
		out.items[i] = item.at(pos)
	}
	out.fields = make([]field, len(n.fields))
	for i, f := range n.fields {
		out.fields[i] = field{f.key, pos, f.value.at(pos)}
	}
	return &out
}

// known lists all templates that the document could use.
func (t *templates) known() []string {
	return append(BuiltinTemplates(), t.own.keys()...)
}

// builtin parses a built-in template; nil where there is none of the name.
func builtin(name string) *node {
	if !slices.Contains(BuiltinTemplates(), name) {
		return nil
	}
	data, err := builtinTemplates.ReadFile("templates/" + name + ".yaml")
	if err != nil {
		panic(err) // the file is part of the binary
	}
	var r reporter
	docs := parse(&r, "template "+name, data)
	if len(docs) != 1 || len(r.found) > 0 {
		panic("built-in template " + name + " is not one YAML document")
	}
	return docs[0]
}
