package maas

import (
	"bytes"
	"encoding/json"
	"reflect"

	"go.yaml.in/yaml/v2"
)

// RenderJSON gives what Render gives as JSON, in the same order: that of methods has a meaning.
func RenderJSON(o Options) ([]byte, Diagnostics) {
	doc, found := Load(o)
	if found.HasErrors() {
		return nil, found
	}
	var w orderedJSON
	w.value(canonical(doc.source.tree, reflect.TypeOf(*doc), ""))
	var out bytes.Buffer
	if w.err == nil {
		w.err = json.Indent(&out, w.out.Bytes(), "", "  ")
	}
	if w.err != nil {
		return nil, append(found, Diagnostic{Error, Position{}, w.err.Error(), CodeSyntax})
	}
	out.WriteByte('\n')
	return out.Bytes(), found
}

// orderedJSON writes what canonical gives; encoding/json would sort it.
type orderedJSON struct {
	out bytes.Buffer
	err error
}

func (w *orderedJSON) value(v any) {
	switch x := v.(type) {
	case yaml.MapSlice:
		w.out.WriteByte('{')
		for i, item := range x {
			w.comma(i)
			w.value(item.Key)
			w.out.WriteByte(':')
			w.value(item.Value)
		}
		w.out.WriteByte('}')
	case []any:
		w.out.WriteByte('[')
		for i, item := range x {
			w.comma(i)
			w.value(item)
		}
		w.out.WriteByte(']')
	default:
		e := json.NewEncoder(&w.out)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			w.err = err
		}
	}
}

func (w *orderedJSON) comma(i int) {
	if i > 0 {
		w.out.WriteByte(',')
	}
}
