package maas

import (
	"bytes"
	"encoding/json"
	"reflect"

	"go.yaml.in/yaml/v2"
)

// RenderJSON gives what Render gives as JSON, in the same order: that of methods has a meaning.
func (d *Document) RenderJSON() ([]byte, error) {
	var w orderedJSON
	w.value(canonical(d.source.tree, reflect.TypeOf(*d), ""))
	if w.err != nil {
		return nil, w.err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, w.out.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
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
