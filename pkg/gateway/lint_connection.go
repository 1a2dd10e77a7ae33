package gateway

import (
	"encoding/json"

	"example.com/maasctl/pkg/maas"
)

// cors looks at what other sites' pages may do.
func (l *linter) cors(p link) {
	credentials, _ := p.Configuration["allow_credentials"].(bool)
	if !credentials {
		return
	}
	origin, said := p.Configuration["allow_origin"].(string)
	switch {
	case said && origin == "*":
		l.warnf(l.pos(p, "configuration", "allow_origin"), maas.CodePolicyCORS,
			`cors: browsers refuse replies that allow credentials to the origin "*"; name the origin, or leave allow_credentials out: an API key in a header needs none`)
	case !said || origin == "":
		l.warnf(l.pos(p, "configuration", "allow_credentials"), maas.CodePolicyCORS,
			"cors: without allow_origin every site may send its visitors' credentials; name the origin")
	}
}

// shortestRead is the gateway's own read timeout in seconds, which is nginx's. It is between two reads: a stream may pause
// so long, and a reply that isn't streamed comes only when the model has finished. Models need more rather than less, so
// that a chain that says less cuts replies that would have come without the policy.
const shortestRead = 60

func (l *linter) timeouts(p link) {
	if seconds, ok := number(p.Configuration["read_timeout"]); ok && seconds < shortestRead {
		l.warnf(l.pos(p, "configuration", "read_timeout"), maas.CodePolicyTimeout,
			"upstream_connection: after %g s without a byte the gateway cuts a model's reply; models think longer: %d s are the gateway's own, 180 s are usual", seconds, shortestRead)
	}
}

func number(v any) (float64, bool) {
	switch x := v.(type) {
	case int64:
		return float64(x), true
	case float64:
		return x, true
	case json.Number:
		f, err := x.Float64()
		return f, err == nil
	}
	return 0, false
}
