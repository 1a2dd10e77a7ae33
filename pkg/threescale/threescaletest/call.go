package threescaletest

import (
	"net/http"
	"net/url"
	"time"
)

// call is one request on its way through a handler.
type call struct {
	server *Server
	tenant *tenant
	token  *token // nil: the request came with none that is known
	route  *route
	args   map[string]string
	query  params
	body   params
	typed  bool // the body has a type that Rails wraps
	now    time.Time
	seen   *sight
	req    *http.Request
}

// sight is what a racing request read before it came to write.
type sight struct {
	lockVersion int64
	bottom      int64
}

// id is the id of an argument of the path: the number that it begins with, as the
// column's type reads it ("3-granite" is 3). What is no number finds nothing.
func (c *call) id(name string) int64 { return castID(c.arg(name)) }

// arg is an argument of the path.
func (c *call) arg(name string) string {
	if v, err := url.PathUnescape(c.args[name]); err == nil {
		return v
	}
	return c.args[name]
}

// params are all parameters: the body's, and the query's that the body lacks.
func (c *call) params() params {
	out := params{}
	for k, v := range c.query {
		out[k] = v
	}
	for k, v := range c.body {
		out[k] = v
	}
	return out
}

// next is the next id of a kind.
func (c *call) next(kind string) int64 { return c.server.world.next(kind) }

// time writes a time as the tenant's answers do.
func (c *call) time(t time.Time) string { return t.In(c.tenant.zone()).Format(time.RFC3339) }

// required finds the parameters of a resource: those under its key, or the flat
// ones of the body that Rails wraps because they are names of attributes.
func (c *call) required(key string, attributes ...string) (params, *answer) {
	p, wrong := c.wrapped(key, attributes)
	if wrong == nil && len(p) == 0 {
		wrong = ptr(required(key))
	}
	return p, wrong
}

// fetched is required for resources that may be empty.
func (c *call) fetched(key string, attributes ...string) (params, *answer) {
	v, sent := c.params()[key]
	switch {
	case !c.typed && !sent:
		return nil, ptr(required(key))
	case sent && v == nil:
		return nil, ptr(crashed()) // there is nothing to take parameters from
	}
	return c.wrapped(key, attributes)
}

func (c *call) wrapped(key string, attributes []string) (params, *answer) {
	if v, sent := c.params()[key]; sent {
		switch v := v.(type) {
		case params:
			return v, nil
		case nil:
			return nil, nil
		}
		return nil, &answer{status: http.StatusUnprocessableEntity, raw: []byte("Wrong type for parameter: " + key), kind: "application/json; charset=utf-8"}
	}
	if !c.typed {
		return nil, nil
	}
	return c.body.slice(attributes), nil
}

// verdict ends a write that must not be: because of problems, or because the token
// may only read. porta finds out about the token when it comes to write, so
// problems come first.
func (c *call) verdict(p *problems) *answer {
	if p != nil && p.any() {
		return ptr(invalid(p))
	}
	if c.token != nil && c.token.Permission == "ro" {
		return ptr(failed(http.StatusForbidden, msgPermissions))
	}
	return nil
}
