package maas

import (
	"reflect"
	"slices"
	"strings"

	"example.com/maasctl/internal/near"
)

// Load reads a document: its files joined, the environment and --set laid over, templates merged, all of it checked.
// References stay what they are until Resolve. The document is nil where there was nothing to read; with errors among
// the diagnostics it is only good for looking at.
func Load(o Options) (*Document, Diagnostics) {
	r := &reporter{}
	src := mergeLayers(r, o)
	if src.tree == nil {
		return nil, r.found.sorted()
	}
	doc := decodeDocument(r, src, nil)
	doc.said = r.found.sorted()
	return doc, doc.said
}

// Environments are the names that -e can choose among, whatever else is wrong with the document.
func Environments(o Options) []string {
	root := readFiles(&reporter{}, o)
	if root == nil {
		return nil
	}
	return root.get(environmentsKey).keys()
}

// Broken tells whether loading has found errors: then the document is only good for looking at.
func (d *Document) Broken() bool { return d.said.HasErrors() }

// Reaches tells whether what the document says of a server (in its section threescale or keycloak) can be used, whatever is
// wrong elsewhere. Where a layer couldn't be read, nobody knows which server is meant.
func (d *Document) Reaches(section string, found Diagnostics) bool {
	own := map[Position]bool{}
	for path, pos := range d.positions {
		if path == section || strings.HasPrefix(path, section+"\x00") {
			own[pos] = true
		}
	}
	return len(own) > 0 && !slices.ContainsFunc(found, func(f Diagnostic) bool {
		layer := f.Code == CodeSet || f.Code == CodeEnvironment || f.Code == CodeSyntax || f.Code == CodeFile && f.Pos.Line == 0
		return f.Severity == Error && (layer || own[f.Pos])
	})
}

// decodeDocument fills the types from the merged tree and checks them. Without a lookup, references stay what they are.
func decodeDocument(r *reporter, src source, look *lookup) *Document {
	doc := &Document{positions: map[string]Position{}, unresolved: map[string]bool{}, source: src}
	d := newDecoder(r, look, doc.unresolved)
	recordPositions(doc.positions, src.tree, nil)
	d.decode(src.marked, reflect.ValueOf(doc).Elem(), at{})
	complete(doc)
	readActiveDocs(r, doc, src.options)
	if look != nil {
		readCertificates(r, doc)
	}
	validate(r, doc)
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

// source is what a document is decoded from.
type source struct {
	options      Options
	marked       *node    // all layers merged, with the nulls that took something away
	tree         *node    // the same without
	environments []string // that can be chosen
}

// mergeLayers gives the one tree that files, environment, --set and templates make; no tree where there is nothing.
func mergeLayers(r *reporter, o Options) source {
	src := source{options: o}
	root := readFiles(r, o)
	if root == nil {
		if len(r.found) == 0 {
			files := strings.Join(o.Files, ", ")
			if files == "-" {
				files = StdinName
			}
			r.errorf(Position{File: files}, CodeFile, "the document is empty; it begins with apiVersion: %s", APIVersion)
		}
		return src
	}
	environments := root.get(environmentsKey)
	src.environments = environments.keys()
	checkEnvironments(r, root.without(environmentsKey), environments)
	root = applyEnvironment(r, root.without(environmentsKey), environments, o.Environment)
	for _, s := range o.Sets {
		root = applySet(r, root, s)
	}
	src.options.Sets = nil // they may hold secrets, and are in the tree now
	checkUnused(r, environments, o.Environment)
	src.marked = applyTemplates(r, root)
	src.tree = dropNulls(src.marked)
	return src
}

// applyEnvironment merges an environment over the document.
func applyEnvironment(r *reporter, root, environments *node, name string) *node {
	if name == "" {
		return root
	}
	env := environments.get(name)
	switch known := environments.keys(); {
	case len(known) == 0:
		r.errorf(Position{File: root.pos.File}, CodeEnvironment, "there is no environment %q: the document has none", name)
	case env == nil:
		r.errorf(environments.pos, CodeEnvironment, "there is no environment %q; there are %s%s", name,
			strings.Join(known, ", "), near.Meant(name, known))
	case env.isMapping():
		return mergeAt(root, env, true)
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
	t.checkUnused()
	return root
}
