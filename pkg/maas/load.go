package maas

import (
	"reflect"
	"strings"
)

// Load reads a document: its files joined, the environment and --set laid over, templates merged, all of it checked.
// References stay what they are until Resolve. The document is nil where there was nothing to read; with errors among
// the diagnostics it is only good for looking at.
func Load(o Options) (*Document, Diagnostics) {
	r := &reporter{}
	root := mergeLayers(r, o)
	if root == nil {
		return nil, r.found.sorted()
	}
	doc := decodeDocument(r, root)
	doc.dir = o.dirOf
	readActiveDocs(r, doc, o)
	return doc, r.found.sorted()
}

// decodeDocument fills the types from the merged tree.
func decodeDocument(r *reporter, root *node) *Document {
	doc := &Document{positions: map[string]Position{}}
	d := &decoder{reporter: r}
	d.decode(root, reflect.ValueOf(doc).Elem(), at{})
	doc.pending = d.pending
	complete(doc)
	recordPositions(doc.positions, root, nil)
	return doc
}

// recordPositions notes where everything stands: a scalar itself, of mappings and lists the key.
func recordPositions(positions map[string]Position, n *node, path []string) {
	for _, f := range n.fields {
		inner := append(path[:len(path):len(path)], f.key)
		positions[pathKey(inner)] = f.pos
		if f.value.kind == scalarNode {
			positions[pathKey(inner)] = f.value.pos
		}
		recordPositions(positions, f.value, inner)
	}
	for i, item := range n.items {
		inner := append(path[:len(path):len(path)], index(i))
		positions[pathKey(inner)] = item.pos
		recordPositions(positions, item, inner)
	}
}

// mergeLayers gives the one tree that files, environment, --set and templates make.
func mergeLayers(r *reporter, o Options) *node {
	root := readFiles(r, o)
	if root == nil {
		if len(r.found) == 0 {
			r.errorf(Position{File: strings.Join(o.Files, ", ")}, CodeFile, "the document is empty")
		}
		if len(o.Sets) == 0 || len(o.Files) > 0 {
			return nil
		}
	}
	root = applyEnvironment(r, root, o.Environment)
	for _, s := range o.Sets {
		root = applySet(r, root, s)
	}
	root = applyTemplates(r, root)
	return dropNulls(root)
}

// applyEnvironment merges an environment over the document.
func applyEnvironment(r *reporter, root *node, name string) *node {
	environments := root.get(environmentsKey)
	root = root.without(environmentsKey)
	if name == "" {
		return root
	}
	var known []string
	if environments.isMapping() {
		for _, f := range environments.fields {
			known = append(known, f.key)
		}
	}
	env := environments.get(name)
	switch {
	case len(known) == 0:
		r.errorf(Position{File: root.pos.File}, CodeEnvironment, "there is no environment %q: the document has none", name)
	case env == nil:
		r.errorf(environments.pos, CodeEnvironment, "there is no environment %q; there are %s%s", name,
			strings.Join(known, ", "), suggestion(name, known))
	case env.isMapping():
		return merge(root, env)
	}
	return root
}

// applyTemplates lays products and backends over the templates that they use.
func applyTemplates(r *reporter, root *node) *node {
	t := newTemplates(r, root.get(templatesKey))
	root = root.without(templatesKey)
	for _, collection := range []string{"backends", "products"} {
		all := root.field(collection)
		if all == nil || !all.value.isMapping() {
			continue
		}
		out := &node{kind: mappingNode, pos: all.value.pos}
		for _, f := range all.value.fields {
			out.fields = append(out.fields, field{f.key, f.pos, t.expand(f.value)})
		}
		root = root.with(collection, all.pos, out)
	}
	return root
}
