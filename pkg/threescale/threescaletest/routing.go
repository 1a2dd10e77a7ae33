package threescaletest

import "strings"

// handler answers a request to a tenant. It runs with the tenant's lock held.
type handler func(*call) answer

// route leads from a method and a path to a handler. The pattern is written as the
// recordings of latencies name it, without ".json".
type route struct {
	method  string // PUT: PUT only; UPDATE: PUT and PATCH
	pattern string
	handle  handler
	scopes  []string // one of them is needed; none: account_management
	json    bool     // the default format is JSON, not XML
	races   bool     // reads before it writes, so that two at once disturb each other
	open    bool     // takes no access token
	master  bool     // answers 401 in plain text to those who have no token
}

// name is how latencies and faults call the route.
func (r *route) name(method string) string { return method + " " + r.pattern + ".json" }

// methods are those that the route takes.
func (r *route) methods() []string {
	if r.method == "UPDATE" {
		return []string{"PUT", "PATCH"}
	}
	return []string{r.method}
}

// router is a tree of path segments.
type router struct {
	next   map[string]*router
	param  *router
	routes map[string]*route // by method
}

func newRouter(routes []*route) *router {
	root := &router{}
	for _, r := range routes {
		at := root
		for _, seg := range strings.Split(strings.Trim(r.pattern, "/"), "/") {
			at = at.child(seg)
		}
		if at.routes == nil {
			at.routes = map[string]*route{}
		}
		for _, m := range r.methods() {
			at.routes[m] = r
		}
	}
	return root
}

func (t *router) child(seg string) *router {
	if strings.HasPrefix(seg, "{") {
		if t.param == nil {
			t.param = &router{}
		}
		return t.param
	}
	if t.next == nil {
		t.next = map[string]*router{}
	}
	if t.next[seg] == nil {
		t.next[seg] = &router{}
	}
	return t.next[seg]
}

// match finds the route for a path that is already without its format.
func (t *router) match(method string, segs []string) *route {
	if len(segs) == 0 {
		return t.routes[method]
	}
	if n := t.next[segs[0]]; n != nil {
		if r := n.match(method, segs[1:]); r != nil {
			return r
		}
	}
	if t.param != nil && segs[0] != "" {
		return t.param.match(method, segs[1:])
	}
	return nil
}

// splitPath cuts a path into its segments and its format, "" if it has none.
func splitPath(path string) (segs []string, format string) {
	path = strings.Trim(path, "/")
	for _, f := range []string{".json", ".xml"} {
		if strings.HasSuffix(path, f) {
			path, format = strings.TrimSuffix(path, f), f[1:]
			break
		}
	}
	return strings.Split(path, "/"), format
}

// args reads the values of a pattern's names from a path.
func (r *route) args(segs []string) map[string]string {
	out := map[string]string{}
	for i, p := range strings.Split(strings.Trim(r.pattern, "/"), "/") {
		if strings.HasPrefix(p, "{") {
			out[strings.Trim(p, "{}")] = segs[i]
		}
	}
	return out
}
