package maas

import (
	"encoding/json"
	"path/filepath"
	"strings"
)

// dirOf is the directory of a file of the document; "" stands for where relative paths start from.
func (o Options) dirOf(file string) string {
	if file == StdinName || filepath.Dir(file) == "." {
		return o.Dir
	}
	return filepath.Dir(o.path(file))
}

// specFile is a file with an API's description. 3scale takes JSON only, so YAML is converted.
type specFile struct {
	name string // as diagnostics show it
	data []byte
	body []byte // in JSON; nil where the file is none
	tree *node  // nil where it isn't needed yet
}

// readActiveDocs reads the files that ActiveDocs name, each beside the document that says it, and once.
func readActiveDocs(r *reporter, doc *Document, o Options) {
	read := map[string]*specFile{}
	for _, p := range doc.Products {
		for _, a := range p.Value.ActiveDocs {
			if a.Value.File == "" || a.Value.Absent || doc.unresolved[pathKey([]string{"products", p.Name, "activeDocs", a.Name, "file"})] {
				continue
			}
			pos := doc.Pos("products", p.Name, "activeDocs", a.Name, "file")
			path, name := a.Value.File, a.Value.File
			if !filepath.IsAbs(path) {
				path = filepath.Join(o.dirOf(pos.File), path)
				name = filepath.Join(shownDir(pos.File), name)
			}
			f, ok := read[path]
			if !ok {
				data, err := readWhole(path)
				if err != nil {
					r.errorf(pos, CodeFile, "%s: %v", a.Value.File, reason(err))
					continue
				}
				f = &specFile{name: name, data: data}
				f.convert(r)
				read[path] = f
			}
			a.Value.Body, a.Value.spec = f.body, f
		}
	}
}

// shownDir is the directory of a file as its name shows it; what comes from stdin or the command line has none.
func shownDir(file string) string {
	if file == StdinName || strings.HasPrefix(file, "--") {
		return ""
	}
	return filepath.Dir(file)
}

// convert leaves JSON as it is and turns YAML into it.
func (f *specFile) convert(r *reporter) {
	if json.Valid(f.data) {
		f.body = f.data
		return
	}
	own := &reporter{}
	docs := parse(own, f.name, f.data)
	for _, d := range own.found {
		r.errorf(d.Pos, CodeOpenAPI, "%s", d.Message)
	}
	switch {
	case len(own.found) > 0:
	case len(docs) != 1 || !docs[0].isMapping():
		r.errorf(Position{File: f.name, Line: 1, Column: 1}, CodeOpenAPI, "this is no OpenAPI document: it is not one mapping")
	default:
		f.tree = docs[0]
		var err error
		if f.body, err = json.Marshal(plainJSON(docs[0])); err != nil {
			r.errorf(Position{File: f.name, Line: 1, Column: 1}, CodeOpenAPI, "this is no OpenAPI document: %v", err)
		}
	}
}

// pos is where something stands in the file; of what isn't there, what it would stand in.
func (f *specFile) pos(at []string) Position {
	if f.tree == nil {
		f.tree = &node{pos: Position{File: f.name}}
		if docs := parse(&reporter{}, f.name, f.data); len(docs) == 1 {
			f.tree = docs[0]
		}
	}
	n, pos := f.tree, f.tree.pos
	for _, key := range at {
		switch inner := n.field(key); {
		case inner != nil:
			n, pos = inner.value, inner.pos
		case n.kind == listNode && isIndex(key) && atoi(key) < len(n.items):
			n = n.items[atoi(key)]
			pos = n.pos
		default:
			return pos
		}
	}
	if n.kind == scalarNode {
		return n.pos
	}
	return pos
}
