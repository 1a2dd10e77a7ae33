package threescale

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// said lists the fields of a struct of the document that were said, under the names that the document gives them.
// Only scalars count: what has a form of its own has a kind or a conversion of its own.
func said(v any) plan.Fields {
	out := plan.Fields{}
	s := reflect.ValueOf(v)
	for i := range s.NumField() {
		name, _, _ := strings.Cut(s.Type().Field(i).Tag.Get("yaml"), ",")
		f := s.Field(i)
		if name == "" || name == "-" || f.Kind() != reflect.Pointer || f.IsNil() {
			continue
		}
		switch x := f.Interface().(type) {
		case *string:
			out[name] = *x
		case *bool:
			out[name] = *x
		case *int64:
			out[name] = *x
		case *maas.Decimal:
			out[name] = string(*x)
		case *secret.Value:
			out[name] = *x
		}
	}
	return out
}

// snake is the API's form of a name: supportEmail is support_email there.
func snake(camel string) string {
	var b strings.Builder
	for _, c := range camel {
		if unicode.IsUpper(c) {
			b.WriteByte('_')
			c = unicode.ToLower(c)
		}
		b.WriteRune(c)
	}
	return b.String()
}

// params are fields in the API's form, as a JSON body; secrets appear in clear, so it goes nowhere but on the wire.
func params(fields plan.Fields) map[string]any {
	out := map[string]any{}
	for name, v := range fields {
		if s, ok := v.(secret.Value); ok {
			v = s.Reveal()
		}
		out[snake(name)] = v
	}
	return out
}

// text reads an attribute of an answer; what isn't there is "".
func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// decimal is the shortest exact form of a number that 3scale gives as a float or as text: 49.90 is "49.9".
func decimal(n json.Number) string {
	f, err := n.Float64()
	if err != nil {
		return n.String()
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func source(p maas.Position) plan.Source {
	return plan.Source{File: p.File, Line: p.Line, Column: p.Column}
}
