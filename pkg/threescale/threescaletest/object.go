package threescaletest

import (
	"bytes"
	"encoding/json"
	"time"
)

// member is one name and value of an object.
type member struct {
	name  string
	value any
}

// object is a JSON object that keeps the order of its members, as porta's
// representers do.
type object []member

// put appends a member; nil is left out, as porta's representers leave it out.
func (o *object) put(name string, value any) {
	if value != nil {
		*o = append(*o, member{name, value})
	}
}

// putNull appends a member even if it is nil.
func (o *object) putNull(name string, value any) { *o = append(*o, member{name, value}) }

// putText appends a nullable text.
func (o *object) putText(name string, value *string) {
	if value != nil {
		o.put(name, *value)
	}
}

// putTimes appends the two timestamps that nearly every object has.
func (o *object) putTimes(c *call, s stamps) {
	o.put("created_at", c.time(s.CreatedAt))
	o.put("updated_at", c.time(s.UpdatedAt))
}

// putLinks appends the links of an object: pairs of a relation and a path.
func (o *object) putLinks(c *call, pairs ...string) {
	links := make([]object, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		links = append(links, object{{"rel", pairs[i]}, {"href", "https://" + c.tenant.AdminDomain + pairs[i+1]}})
	}
	o.put("links", links)
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := writeJSON(&b, m.name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := writeJSON(&b, m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// writeJSON writes a value without escaping the characters of HTML: porta does
// not escape them.
func writeJSON(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case object:
		raw, err := v.MarshalJSON()
		b.Write(raw)
		return err
	case json.RawMessage:
		b.Write(v)
		return nil
	}
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1)
	return nil
}

// wrap is an object of one member, which is how porta wraps every resource.
func wrap(name string, value any) object { return object{{name, value}} }

// stamps are the times of creation and of the last change.
type stamps struct {
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// born are the stamps of something made at the time given.
func born(at time.Time) stamps { return stamps{at, at} }
