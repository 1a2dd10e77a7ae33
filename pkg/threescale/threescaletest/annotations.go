package threescaletest

import "strings"

// annotate applies the annotations of a request to those of an object. managed_by
// is the only name that porta knows; a blank value removes it.
func annotate(p *problems, old map[string]string, raw any) map[string]string {
	in, ok := raw.(params)
	if !ok {
		return old
	}
	out := map[string]string{}
	for k, v := range old {
		out[k] = v
	}
	for _, name := range in.names() {
		value := castText(in[name])
		if blank(value) {
			delete(out, name)
			continue
		}
		if name != "managed_by" {
			p.add("annotations.name", msgNotInSet)
		}
		p.maxLength("annotations.name", &name, 255)
		p.maxLength("annotations.value", value, 255)
		out[name] = strings.Clone(*value)
	}
	return out
}

// annotations is how they are answered: always there, perhaps empty.
func annotations(a map[string]string) any {
	if a == nil {
		return map[string]string{}
	}
	return a
}
