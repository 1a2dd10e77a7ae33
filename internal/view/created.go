package view

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/maasctl/pkg/plan"
)

// created writes a new object at the top with all that is decided about it: a reviewer says yes to addresses, limits and
// prices, not to how many there are.
func (h *human) created(b *block) {
	h.headed(title(b.root), counts(b.changes))
	if h.detail == Full {
		h.said("", b.change)
	}
	for _, c := range b.changes {
		switch {
		case c.Action != plan.Create: // the server made it along with its parent, and it isn't what the document says
			h.change(b.root, c)
		case h.detail == Counts:
		case c.Part:
			h.said(prefixOf(c, b.root), c)
		default:
			h.child(b, c, nil)
		}
	}
}

// headed writes the line of a new object at the top: what comes along with it stands in a column, or nearer where there is
// more of it.
func (h *human) headed(what, text string) {
	column := min(topColumn, pageWidth-utf8.RuneCountInString(text))
	h.lineAt("+", what, text, topIndent, column)
}

// child writes a new object below another: in one line where its values have room there, else a line each. What comes along
// with it is only counted where counts are asked for.
func (h *human) child(b *block, c *plan.Change, along map[plan.Address][]*plan.Change) {
	below := belowTitle(c.Address, b.root)
	if h.detail == Counts {
		h.line("+", below, counts(within(c.Address, along)), belowIndent)
		return
	}
	var parts []string
	fields := slices.Concat(c.Fields, c.Sent)
	for _, f := range fields {
		parts = append(parts, strings.TrimSpace(f.Name+" "+fieldText(f)))
	}
	text := strings.Join(parts, ", ")
	if max(belowColumn, belowIndent+utf8.RuneCountInString(below)+4)+utf8.RuneCountInString(text) <= pageWidth {
		h.line("+", below, text, belowIndent)
		return
	}
	h.line("+", below, "", belowIndent)
	width := 0
	for _, f := range fields {
		width = max(width, utf8.RuneCountInString(Escape(f.Name)))
	}
	for _, f := range fields {
		h.lineAt(" ", f.Name, fieldText(f), childIndent, childIndent+width+2)
	}
}

// within are all changes below an object.
func within(a plan.Address, along map[plan.Address][]*plan.Change) []*plan.Change {
	var out []*plan.Change
	for _, c := range along[a] {
		out = append(append(out, c), within(c.Address, along)...)
	}
	return out
}

// fieldText is what a new object has in one field, or as one element of it.
func fieldText(f plan.FieldChange) string {
	if f.Element != "" {
		return strings.TrimSpace(f.Element + spaced(element(f.Name, f.New)))
	}
	return value(f.New)
}

// said writes what a new object has, a line for each field and element. A list is written whole and in its order, for some
// of its elements may be there already, made along with the object.
func (h *human) said(prefix string, c *plan.Change) {
	listed := map[string]bool{}
	for _, f := range slices.Concat(c.Fields, c.Sent) {
		name := strings.TrimSpace(prefix + " " + f.Name)
		list, isList := wanted(c, f.Name)
		switch {
		case isList && !listed[f.Name]:
			listed[f.Name] = true
			h.elements(name, f.Name, list)
		case isList:
		case f.Action == plan.Remove:
			h.line("-", name, f.Element, belowIndent)
		default:
			h.line(" ", name, fieldText(f), belowIndent)
		}
	}
}

// wanted is the list that a field becomes.
func wanted(c *plan.Change, field string) (plan.List, bool) {
	if c.Desired == nil {
		return nil, false
	}
	list, ok := c.Desired.Fields[field].(plan.List)
	return list, ok
}

// elements writes a list in its order, an element a line.
func (h *human) elements(name, field string, list plan.List) {
	width := 0
	for _, e := range list {
		width = max(width, utf8.RuneCountInString(Escape(e.Label)))
	}
	lines := make([]string, len(list))
	for i, e := range list {
		lines[i] = numbered(i, len(list)) + columns(e.Label, width, element(field, e.Value))
	}
	h.list(name, lines)
}

// numbered is the place of an element in a list, as wide as the last one's.
func numbered(i, of int) string { return fmt.Sprintf("%*d. ", len(fmt.Sprint(of)), i+1) }

// element is what there is to say of an element beside its name.
func element(field string, v any) string {
	m, isMap := v.(map[string]any)
	switch {
	case v == nil || v == true:
		return ""
	case isMap && (field == "rule" || strings.HasSuffix(field, " rule")): // of a product, or of a backend that it uses
		return ruleText(m)
	case isMap && field == "policy":
		return policyText(m)
	}
	return value(v)
}

// ruleText is what a mapping rule counts: "total_tokens", "hits +5, last".
func ruleText(rule map[string]any) string {
	text := fmt.Sprint(rule["metric"])
	if delta := rule["delta"]; delta != int64(1) {
		text += fmt.Sprintf(" +%v", delta)
	}
	if rule["last"] == true {
		text += ", last"
	}
	return text
}

// widestPolicy is how many characters of a new policy's configuration are shown: most fit, with all that they decide.
const widestPolicy = 1000

// policyText is how a policy is configured.
func policyText(policy map[string]any) string {
	var parts []string
	if policy["enabled"] == false {
		parts = append(parts, "switched off")
	}
	if c, ok := policy["configuration"].(map[string]any); !ok || len(c) > 0 {
		parts = append(parts, shorten(flow(policy["configuration"]), widestPolicy))
	}
	return strings.Join(parts, ", ")
}

func spaced(text string) string {
	if text == "" {
		return ""
	}
	return "   " + text
}

// counts says how many of each kind come along with a new object.
func counts(changes []*plan.Change) string {
	along := &tallied{n: map[string]int{}}
	for _, c := range changes {
		if c.Action != plan.Create {
			continue
		}
		if !c.Part {
			along.add(c.Kind, 1)
			continue
		}
		listed := map[string]bool{}
		for _, f := range c.Fields {
			list, isList := wanted(c, f.Name)
			switch {
			case isList && !listed[f.Name]:
				listed[f.Name] = true
				along.add(f.Name, len(list))
			case !isList && f.Action == plan.Add && f.Element != "":
				along.add(f.Name, 1)
			}
		}
	}
	return along.String()
}

// tallied counts by kind, in the order in which the kinds have come.
type tallied struct {
	order []string
	n     map[string]int
}

func (t *tallied) add(kind string, by int) {
	if t.n[kind] == 0 && by > 0 {
		t.order = append(t.order, kind)
	}
	t.n[kind] += by
}

func (t *tallied) String() string {
	var out []string
	for _, kind := range t.order {
		out = append(out, plural(t.n[kind], kind))
	}
	return strings.Join(out, ", ")
}

func plural(n int, what string) string {
	switch {
	case n == 1 || strings.HasSuffix(what, "s"):
		return fmt.Sprintf("%d %s", n, what)
	case strings.HasSuffix(what, "y") && !strings.HasSuffix(what, "ey"):
		return fmt.Sprintf("%d %sies", n, strings.TrimSuffix(what, "y"))
	}
	return fmt.Sprintf("%d %ss", n, what)
}
