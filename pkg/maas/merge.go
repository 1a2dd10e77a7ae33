package maas

import (
	"cmp"
	"slices"
)

// merge lays one layer over another: mappings merge, lists and scalars replace. A null stays as a mark, so that it takes
// away what any layer below says; dropNulls clears the marks at the end. What both say is where the upper layer says it.
func merge(under, over *node) *node { return mergeAt(under, over, false) }

// mergeAt is merge; with below, a mapping that both say stays where the lower layer says it.
func mergeAt(under, over *node, below bool) *node {
	if under == nil || over == nil {
		return cmp.Or(over, under)
	}
	if !under.isMapping() || !over.isMapping() {
		return over
	}
	out := &node{kind: mappingNode, pos: over.pos, fields: make([]field, 0, len(under.fields)+len(over.fields))}
	if below {
		out.pos = under.pos
	}
	place := make(map[string]int, len(under.fields))
	for i, f := range under.fields {
		place[f.key] = i
	}
	out.fields = append(out.fields, under.fields...)
	for _, f := range over.fields {
		i, ok := place[f.key]
		if !ok {
			out.fields = append(out.fields, f)
			continue
		}
		lower := out.fields[i]
		value := mergeAt(lower.value, f.value, below)
		if f.key == policiesKey {
			value = mergePolicies(lower.value, f.value)
		}
		if below && lower.value.isMapping() && f.value.isMapping() {
			f.pos = lower.pos
		}
		out.fields[i] = field{f.key, f.pos, value}
	}
	return out
}

const (
	policiesKey = "policies"
	prependKey  = "prepend"
	appendKey   = "append"
)

// mergePolicies lays a chain over another: {prepend, append} goes around it, anything else replaces it.
func mergePolicies(under, over *node) *node {
	if !isAround(over) || under.kind != listNode && !isAround(under) {
		return over
	}
	if under.kind == listNode {
		return around(over, under)
	}
	out := over
	for _, key := range []string{prependKey, appendKey} {
		inner, outer := under.get(key), over.get(key)
		switch {
		case inner == nil || inner.isNull() || outer != nil && outer.isNull():
		case outer == nil:
			out = out.with(key, inner.pos, inner)
		case key == prependKey:
			out = out.with(key, outer.pos, joinLists(outer, inner))
		default:
			out = out.with(key, outer.pos, joinLists(inner, outer))
		}
	}
	return out
}

// isAround tells whether a value is {prepend: [...], append: [...]} and nothing else. Each may be missing, or null.
func isAround(n *node) bool {
	if !n.isMapping() {
		return false
	}
	for _, f := range n.fields {
		if f.key != prependKey && f.key != appendKey || f.value.kind != listNode && !f.value.isNull() {
			return false
		}
	}
	return true
}

// around puts the policies of {prepend, append} before and after a chain.
func around(outer, chain *node) *node {
	return joinLists(outer.get(prependKey), chain, outer.get(appendKey))
}

func joinLists(lists ...*node) *node {
	out := &node{kind: listNode}
	for _, l := range lists {
		if l == nil || l.isNull() {
			continue
		}
		if out.pos == (Position{}) {
			out.pos = l.pos
		}
		out.items = append(out.items, l.items...)
	}
	return out
}

// dropNulls takes away the keys whose value is null: as if they had not been said.
func dropNulls(n *node) *node {
	switch n.kind {
	case mappingNode:
		out := &node{kind: mappingNode, pos: n.pos, fields: make([]field, 0, len(n.fields))}
		for _, f := range n.fields {
			if !f.value.isNull() {
				out.fields = append(out.fields, field{f.key, f.pos, dropNulls(f.value)})
			}
		}
		return out
	case listNode:
		out := &node{kind: listNode, pos: n.pos, items: make([]*node, 0, len(n.items))}
		for _, i := range n.items {
			out.items = append(out.items, dropNulls(i))
		}
		return out
	}
	return n
}

// join puts two files together: a section may be spread over both, a leaf may not.
func join(r *reporter, a, b *node) *node {
	out := &node{kind: mappingNode, pos: a.pos, fields: slices.Clone(a.fields)}
	place := make(map[string]int, len(a.fields))
	for i, f := range a.fields {
		place[f.key] = i
	}
	for _, f := range b.fields {
		i, said := place[f.key]
		switch {
		case !said:
			out.fields = append(out.fields, f)
		case out.fields[i].value.isMapping() && f.value.isMapping():
			out.fields[i].value = join(r, out.fields[i].value, f.value)
		default:
			r.errorf(f.pos, CodeDuplicate, "%q is said twice; first at %s", f.key, out.fields[i].pos)
		}
	}
	return out
}
