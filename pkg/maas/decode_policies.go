package maas

import "reflect"

// policies decodes a chain. {prepend, append} without a template's chain goes around 3scale's own, which is apicast alone.
func (d *decoder) policies(n *node, v reflect.Value, a at) {
	if isAround(n) {
		apicast := &node{kind: mappingNode, pos: n.pos, fields: []field{
			{"name", n.pos, &node{pos: n.pos, value: "apicast", text: "apicast"}},
		}}
		n = around(n, &node{kind: listNode, pos: n.pos, items: []*node{apicast}})
	}
	if n.kind != mappingNode {
		d.list(n, v, a)
		return
	}
	for _, f := range n.fields {
		if f.key != prependKey && f.key != appendKey {
			d.unknown(f, a.path, []string{prependKey, appendKey})
			continue
		}
		var chain []Policy
		d.list(f.value, reflect.ValueOf(&chain).Elem(), a.below(f.key))
	}
}
