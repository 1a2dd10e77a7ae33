package threescaletest

import (
	"encoding/json"
	"net/http"
)

// chainItem is a policy of a product's chain. Its values are kept as they were sent;
// a nil is a value that was not.
type chainItem struct {
	Name          any `json:"name,omitempty"`
	Version       any `json:"version,omitempty"`
	Configuration any `json:"configuration,omitempty"`
	Enabled       any `json:"enabled,omitempty"`
}

func apicastPolicy() chainItem {
	return chainItem{Name: "apicast", Version: "builtin", Configuration: params{}, Enabled: true}
}

// MarshalJSON leaves out what is nil, but not what is false or empty.
func (i chainItem) MarshalJSON() ([]byte, error) { return i.fields().MarshalJSON() }

func (i chainItem) fields() object {
	var o object
	o.put("name", i.Name)
	o.put("version", i.Version)
	o.put("configuration", i.Configuration)
	o.put("enabled", i.Enabled)
	return o
}

// problems are what is wrong with an item of a chain. Configurations are not
// checked against their schemas.
func (i chainItem) problems() *problems {
	var errs problems
	for _, f := range []struct {
		name  string
		value any
	}{{"name", i.Name}, {"version", i.Version}} {
		if rubyBlank(f.value) {
			errs.add(f.name, msgBlank)
		}
	}
	if p, isObject := i.Configuration.(params); (!isObject || len(p) > 0) && rubyBlank(i.Configuration) {
		errs.add("configuration", msgBlank)
	}
	return &errs
}

// rubyBlank is ActiveSupport's blank?.
func rubyBlank(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return blank(&v)
	case params:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}

// normalize makes a chain of what was sent: a list, or a text of JSON. The policy
// apicast is added at the end where it is missing. ok is false for text that is no
// JSON.
func normalize(sent any) (chain []chainItem, ok bool) {
	if text, isText := sent.(string); isText {
		if blank(&text) {
			sent = []any{}
		} else {
			var v any
			if sent, ok = decodeJSON(text, &v); !ok {
				return nil, false
			}
			if sent == nil { // Array(nil) is empty
				sent = []any{}
			}
		}
	}
	list, isList := sent.([]any)
	if !isList {
		list = []any{sent}
	}
	named := false
	for _, x := range list {
		item := chainItem{}
		if p, isObject := x.(params); isObject {
			item = chainItem{p["name"], p["version"], p["configuration"], p["enabled"]}
		}
		named = named || item.Name == "apicast"
		chain = append(chain, item)
	}
	if !named {
		chain = append(chain, apicastPolicy())
	}
	return chain, true
}

func decodeJSON(text string, v *any) (any, bool) {
	p, err := parseJSON([]byte(text))
	if err != nil {
		return nil, false
	}
	if inner, isValue := p["_json"]; isValue {
		*v = inner
	} else {
		*v = p
	}
	return *v, true
}

func getPolicies(_ *call, p *product) answer { return ok(wrap("policies_config", p.Proxy.Chain)) }

// updatePolicies replaces the chain and deploys it to staging.
func updatePolicies(c *call, p *product) answer {
	in, wrong := c.required("proxy", proxyAttributes()...)
	if wrong != nil {
		return *wrong
	}
	chain, readable := normalize(in["policies_config"])
	if !readable {
		var errs problems
		errs.add("policies_config", `has invalid format. The Correct format is: [{ "name": "apicast"... }]`)
		return invalid(&errs)
	}
	var errs problems
	shown := []object{}
	for _, item := range chain {
		o := item.fields()
		if bad := item.problems(); bad.any() {
			errs.add("policies_config", "contains some invalid policy")
			o.put("errors", bad.object()[0].value)
		}
		shown = append(shown, o)
	}
	tooLong := len(mustJSON(chain)) > maxConfig
	if errs.any() && !tooLong {
		return answer{status: http.StatusUnprocessableEntity, body: wrap("policies_config", shown)}
	}
	if tooLong {
		errs = *onlyOnce(&errs)
		errs.add("policies_config", "is too long (maximum is 2097152 characters)")
	}
	draft := p.Proxy.copied()
	draft.Chain = chain
	draft.validateAs(&errs, "", p)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	written := c.write(p, draft)
	if written == nil {
		return stale()
	}
	c.deploy(p, *written)
	return ok(wrap("policies_config", p.Proxy.Chain))
}

// onlyOnce drops repeated messages.
func onlyOnce(p *problems) *problems {
	var out problems
	for _, f := range p.fields {
		out.add(f, p.messages[f][0])
	}
	return &out
}

// UnmarshalJSON reads an item of a saved state.
func (i *chainItem) UnmarshalJSON(raw []byte) error {
	p, err := parseJSON(raw)
	if err != nil {
		return err
	}
	*i = chainItem{p["name"], p["version"], p["configuration"], p["enabled"]}
	return nil
}

// number is an integer as a request would send it.
func number(n int64) json.Number { return json.Number(mustJSON(n)) }
