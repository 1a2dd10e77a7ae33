package maas

import "slices"

// nodeKind tells what a node of the document's tree is.
type nodeKind uint8

const (
	scalarNode nodeKind = iota
	listNode
	mappingNode
)

// node is a value of the document with its position. The tree is our own, not the YAML library's, because layers are
// merged on it and every value has to keep the file that it came from. Nodes are never changed once they are parsed:
// merging makes new ones.
type node struct {
	kind   nodeKind
	pos    Position
	value  any    // of a scalar: nil, string, bool, int64, uint64 (beyond int64) or float64
	text   string // of a scalar: as it was written, so that decimals stay exact
	items  []*node
	fields []field

	later   bool // of a key at the top of a document behind a line ---
	plain   bool // a scalar without quotes and tag
	unclear bool // a scalar that YAML 1.1 and 1.2 read as different values
	rounded bool // a number that value isn't to its last digit; text is
}

// field is a key of a mapping with its value.
type field struct {
	key   string
	pos   Position
	value *node
}

func (n *node) isNull() bool    { return n.kind == scalarNode && n.value == nil }
func (n *node) isMapping() bool { return n != nil && n.kind == mappingNode }

// str gives the text of a scalar that is a string.
func (n *node) str() (string, bool) {
	s, ok := n.value.(string)
	return s, ok && n.kind == scalarNode
}

func (n *node) isText() bool {
	_, ok := n.str()
	return ok
}

// field finds a key of a mapping; nil where there is none.
func (n *node) field(key string) *field {
	if n == nil {
		return nil
	}
	for i := range n.fields {
		if n.fields[i].key == key {
			return &n.fields[i]
		}
	}
	return nil
}

// get finds the value of a key; nil where there is none.
func (n *node) get(key string) *node {
	if f := n.field(key); f != nil {
		return f.value
	}
	return nil
}

// with returns the mapping with a key's value set: replaced in its place, or added at the end.
func (n *node) with(key string, pos Position, value *node) *node {
	out := &node{kind: mappingNode, pos: n.pos, fields: make([]field, 0, len(n.fields)+1)}
	found := false
	for _, f := range n.fields {
		if f.key == key {
			f, found = field{key, pos, value}, true
		}
		out.fields = append(out.fields, f)
	}
	if !found {
		out.fields = append(out.fields, field{key, pos, value})
	}
	return out
}

// without returns the mapping with some keys left out.
func (n *node) without(keys ...string) *node {
	out := &node{kind: n.kind, pos: n.pos}
	for _, f := range n.fields {
		if !slices.Contains(keys, f.key) {
			out.fields = append(out.fields, f)
		}
	}
	return out
}

// what names a node's type for messages.
func (n *node) what() string {
	switch n.kind {
	case mappingNode:
		return "a mapping"
	case listNode:
		return "a list"
	}
	switch n.value.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case int64, uint64:
		return "a whole number"
	case float64:
		return "a number"
	}
	return "text"
}

// keys lists the keys of a mapping.
func (n *node) keys() []string {
	if !n.isMapping() {
		return nil
	}
	keys := make([]string, len(n.fields))
	for i, f := range n.fields {
		keys[i] = f.key
	}
	return keys
}

// find follows keys down from a mapping; nil where one is missing.
func (n *node) find(path []string) *node {
	for _, key := range path {
		n = n.get(key)
	}
	return n
}

// saidFields are the keys of a mapping without those that null takes away.
func (n *node) saidFields() []field {
	out := make([]field, 0, len(n.fields))
	for _, f := range n.fields {
		if !f.value.isNull() {
			out = append(out, f)
		}
	}
	return out
}
