package maas

import (
	"bytes"
	"errors"
	"io"

	"go.yaml.in/yaml/v3"
)

// maxNodes bounds what the aliases of one file may expand to: a few lines of nested aliases are billions of nodes.
const maxNodes = 100_000

// maxDepth bounds how deep a document is nested; no part of the language comes near it.
const maxDepth = 200

// parser turns a file's YAML into our tree.
type parser struct {
	*reporter
	file      string
	nodes     int // made below aliases
	aliases   int // being expanded
	depth     int
	deep      bool // too deep, which is reported once
	expanding map[*yaml.Node]bool
}

// parse reads all YAML documents of a file. A mistake in the syntax ends the file; whatever was whole before it is kept.
func parse(r *reporter, file string, data []byte) []*node {
	p := &parser{reporter: r, file: file, expanding: map[*yaml.Node]bool{}}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var docs []*node
	for {
		var doc yaml.Node
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return docs
		}
		if err != nil {
			p.syntax(err, data)
			return docs
		}
		if len(doc.Content) == 1 {
			n := p.node(doc.Content[0])
			for _, f := range n.fields {
				f.value.later = len(docs) > 0
			}
			docs = append(docs, n)
		}
		if p.nodes >= maxNodes {
			return nil
		}
	}
}

func (p *parser) pos(n *yaml.Node) Position {
	return Position{File: p.file, Line: n.Line, Column: n.Column}
}

func (p *parser) node(n *yaml.Node) *node {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		if !p.deep {
			p.errorf(p.pos(n), CodeSyntax, "the document is nested too deeply")
		}
		p.deep = true
		return &node{pos: p.pos(n)}
	}
	if p.aliases > 0 && p.tooMany(n) {
		return &node{pos: p.pos(n)}
	}
	if n.Anchor != "" {
		p.expanding[n] = true
		defer delete(p.expanding, n)
	}
	switch n.Kind {
	case yaml.AliasNode:
		return p.alias(n)
	case yaml.MappingNode:
		return p.mapping(n)
	case yaml.SequenceNode:
		out := &node{kind: listNode, pos: p.pos(n), items: make([]*node, 0, len(n.Content))}
		for _, c := range n.Content {
			out.items = append(out.items, p.node(c))
		}
		return out
	}
	return p.scalar(n)
}

// tooMany counts the nodes below aliases, and reports once that there are too many.
func (p *parser) tooMany(n *yaml.Node) bool {
	p.nodes++
	if p.nodes == maxNodes {
		p.errorf(p.pos(n), CodeSyntax, "the file is too big once its aliases are expanded")
	}
	return p.nodes >= maxNodes
}

func (p *parser) alias(n *yaml.Node) *node {
	if p.expanding[n.Alias] {
		p.errorf(p.pos(n), CodeSyntax, "the anchor %q contains itself", n.Value)
		return &node{pos: p.pos(n)}
	}
	p.aliases++
	defer func() { p.aliases-- }()
	return p.node(n.Alias)
}

// mapping reads a mapping; keys merged by "<<" stand where it stands, and give way to the mapping's own.
func (p *parser) mapping(n *yaml.Node) *node {
	out := &node{kind: mappingNode, pos: p.pos(n)}
	seen := map[string]Position{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		key, ok := p.key(k)
		if !ok {
			continue
		}
		if at, twice := seen[key]; twice {
			p.errorf(p.pos(k), CodeDuplicate, "%q is said twice; first at %s", key, at)
			continue
		}
		seen[key] = p.pos(k)
	}
	added := map[string]bool{}
	add := func(f field) {
		if !added[f.key] {
			added[f.key] = true
			out.fields = append(out.fields, f)
		}
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if isMerge(k) {
			for _, f := range p.merged(v) {
				if _, own := seen[f.key]; !own {
					add(f)
				}
			}
			continue
		}
		if k.Kind == yaml.AliasNode {
			k = k.Alias
		}
		if k.Kind == yaml.ScalarNode {
			add(field{k.Value, p.pos(n.Content[i]), p.node(v)})
		}
	}
	return out
}

// key gives the text of a key; false where it is "<<", or no scalar, which is reported.
func (p *parser) key(k *yaml.Node) (string, bool) {
	if isMerge(k) {
		return "", false
	}
	if k.Kind == yaml.AliasNode {
		k = k.Alias
	}
	if k.Kind != yaml.ScalarNode {
		p.errorf(p.pos(k), CodeSchema, "a key has to be text; put a text that begins with { or [ into quotes")
		return "", false
	}
	p.storable(p.pos(k), k.Value)
	if k.Value == "<<" {
		p.errorf(p.pos(k), CodeSchema, "<< is no name: other tools would take it for a merge")
	}
	return k.Value, true
}

func isMerge(k *yaml.Node) bool { return k.Kind == yaml.ScalarNode && k.ShortTag() == "!!merge" }

// merged gives the keys that "<<" brings: those of a mapping, or of several, where the earlier wins.
func (p *parser) merged(v *yaml.Node) []field {
	n := p.node(v)
	sources := []*node{n}
	if n.kind == listNode {
		sources = n.items
	}
	var out []field
	have := map[string]bool{}
	for _, s := range sources {
		if s.kind != mappingNode {
			p.errorf(s.pos, CodeSchema, "<< takes a mapping or a list of mappings, not %s", s.what())
			continue
		}
		for _, f := range s.fields {
			if !have[f.key] {
				have[f.key] = true
				out = append(out, f)
			}
		}
	}
	return out
}
