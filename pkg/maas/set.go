package maas

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// step is one part of a path: a key, or an index of a list.
type step struct {
	key   string
	index int // -1 for a key
}

// setPos is the position of a value that the command line says. It never shows the value, which may be a secret.
func setPos(path string) Position { return Position{File: "--set " + path} }

// applySet lays "PATH=VALUE" over the document; VALUE is YAML and replaces what is there.
func applySet(r *reporter, root *node, arg string) *node {
	steps, rest, err := parsePath(arg, '=')
	if err == nil && rest == "" {
		err = errors.New("it has no =VALUE")
	}
	if err != nil {
		shown := arg[:strings.IndexAny(arg+"=", "=: ")] // the rest may be a secret
		r.errorf(setPos(shown), CodeSet, "--set takes PATH=VALUE: %v", err)
		return root
	}
	pos := setPos(strings.TrimSuffix(arg, rest))
	value := setValue(r, pos, rest[1:])
	if value == nil {
		return root
	}
	out := root
	if err = checkSet(root, steps, value); err == nil {
		out, err = setAt(root, steps, pos, value)
	}
	if err != nil {
		r.errorf(pos, CodeSet, "%v", err)
		return root
	}
	return out
}

// setValue reads the YAML of a --set; nil where it is wrong, which is reported without showing the value.
func setValue(r *reporter, pos Position, text string) *node {
	var inner reporter
	docs := parse(&inner, "", []byte(text))
	if len(inner.found) > 0 || len(docs) > 1 {
		r.errorf(pos, CodeSet, "the value is no YAML; quote text that has a meaning there")
		return nil
	}
	if len(docs) == 0 {
		return &node{pos: pos}
	}
	return placed(docs[0], pos)
}

// placed gives a tree with one position for all its values.
func placed(n *node, pos Position) *node {
	out := *n
	out.pos = pos
	out.items, out.fields = nil, nil
	for _, i := range n.items {
		out.items = append(out.items, placed(i, pos))
	}
	for _, f := range n.fields {
		out.fields = append(out.fields, field{f.key, pos, placed(f.value, pos)})
	}
	return &out
}

// setAt returns the tree with the value at the path; mappings on the way are made where they are missing.
func setAt(n *node, steps []step, pos Position, value *node) (*node, error) {
	if len(steps) == 0 {
		return value, nil
	}
	s := steps[0]
	if n == nil || n.isNull() {
		n = &node{kind: mappingNode, pos: pos}
	}
	if s.index >= 0 {
		if n.kind != listNode || s.index >= len(n.items) {
			return nil, fmt.Errorf("there is no element [%d]", s.index)
		}
		inner, err := setAt(n.items[s.index], steps[1:], pos, value)
		if err != nil {
			return nil, err
		}
		out := *n
		out.items = append([]*node{}, n.items...)
		out.items[s.index] = inner
		return &out, nil
	}
	if n.kind != mappingNode {
		return nil, fmt.Errorf("%q is below %s (%s), not below a mapping", s.key, n.what(), n.pos)
	}
	inner, err := setAt(n.get(s.key), steps[1:], pos, value)
	if err != nil {
		return nil, err
	}
	if have := n.field(s.key); have != nil && len(steps) > 1 {
		pos = have.pos // what is below it changes, not where it is said
	}
	return n.with(s.key, pos, inner), nil
}

// parsePath reads a path such as products["llama-3.3"].plans.free or policies[0].name up to the stop character, which
// starts the rest.
func parsePath(text string, stop byte) (steps []step, rest string, err error) {
	i := 0
	for i < len(text) && text[i] != stop {
		var s step
		switch text[i] {
		case '[':
			s, i, err = bracket(text, i)
		default:
			if text[i] == '.' && len(steps) > 0 {
				i++
			}
			s, i, err = bare(text, i, stop)
		}
		if err != nil {
			return nil, text[i:], err
		}
		steps = append(steps, s)
	}
	if len(steps) == 0 {
		return nil, text[i:], errors.New("the path is empty")
	}
	return steps, text[i:], nil
}

// bare reads a key up to the next dot or bracket.
func bare(text string, i int, stop byte) (step, int, error) {
	end := i
	for end < len(text) && text[end] != '.' && text[end] != '[' && text[end] != stop {
		end++
	}
	if end == i {
		return step{}, i, errors.New("a key is missing in the path")
	}
	return step{key: text[i:end], index: -1}, end, nil
}

// bracket reads ["key"], ['key'] or [index].
func bracket(text string, i int) (step, int, error) {
	inner := text[i+1:]
	if inner != "" && (inner[0] == '"' || inner[0] == '\'') {
		key, after, ok := strings.Cut(inner[1:], inner[:1])
		if !ok || !strings.HasPrefix(after, "]") {
			return step{}, len(text), fmt.Errorf("a quoted key ends in %s]", inner[:1])
		}
		return step{key: key, index: -1}, len(text) - len(after) + 1, nil
	}
	number, after, ok := strings.Cut(inner, "]")
	index, err := strconv.Atoi(number)
	if !ok || err != nil || index < 0 {
		return step{}, i, errors.New("brackets take a quoted key or the index of a list")
	}
	return step{index: index}, len(text) - len(after), nil
}
