package jsonschema

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Member is one name and value of an object.
type Member struct {
	Name  string
	Value any
}

// Object is a JSON object that keeps the order of its members.
type Object []Member

// Decode reads JSON so that objects keep the order of their members: as
// object, []any, string, json.Number, bool and nil.
func Decode(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	v, err := decodeValue(d)
	if err == nil && d.More() {
		err = errors.New("there is more than one value")
	}
	return v, err
}

func decodeValue(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		return decodeObject(d)
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := decodeValue(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	}
	return t, nil
}

func decodeObject(d *json.Decoder) (any, error) {
	o := Object{}
	for d.More() {
		k, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := decodeValue(d)
		if err != nil {
			return nil, err
		}
		o = o.set(fmt.Sprint(k), v)
	}
	_, err := d.Token()
	return o, err
}

// set replaces a Member or appends it.
func (o Object) set(name string, v any) Object {
	for i := range o {
		if o[i].Name == name {
			o[i].Value = v
			return o
		}
	}
	return append(o, Member{name, v})
}

// Get finds a Member.
func (o Object) Get(name string) (any, bool) {
	for _, m := range o {
		if m.Name == name {
			return m.Value, true
		}
	}
	return nil, false
}
