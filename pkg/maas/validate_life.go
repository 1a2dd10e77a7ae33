package maas

// lives checks every object's own life: nothing is both gone and protected.
func (v *validator) lives() { v.life(v.doc.source.tree, nil) }

func (v *validator) life(n *node, path []string) {
	absent, protect := n.get("absent"), n.get("protect")
	if absent != nil && protect != nil && absent.value == true && protect.value == true {
		v.errorf(protect.pos, CodeConflict, "%s is both absent and protected", describe(path))
	}
	for _, f := range n.fields {
		v.life(f.value, append(path[:len(path):len(path)], f.key))
	}
}
