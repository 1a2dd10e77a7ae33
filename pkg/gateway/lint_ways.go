package gateway

import (
	"fmt"
	"slices"
	"strings"

	"example.com/maasctl/pkg/maas"
)

// way is a setting of llm-metrics that leaves a client a way around the limits that it enforces.
type way struct {
	option string
	value  any
	says   string
}

func ways() []way {
	return []way{
		{"on_unreadable", "pass", "requests that it can't read pass, and what they use is not counted"},
		{"on_missing_usage", "nothing", "replies without usage are free"},
		{"on_client_abort", "ignore", "a stream is free for a client that leaves before its end"},
		{"include_usage", false, "streams whose clients don't ask for their usage say none"},
	}
}

// waysAround looks for what leaves a way around the limits that a chain enforces.
func (l *linter) waysAround(chain []link) {
	for _, p := range chain {
		u := usageOf(p.Configuration)
		if p.Name != PolicyName || len(u.enforces) == 0 {
			continue
		}
		for _, w := range ways() {
			if p.Configuration[w.option] == w.value {
				l.warnf(l.pos(p, "configuration", w.option), maas.CodePolicyLimit,
					"%s: %v leaves a way around the limits on %s: %s", w.option, w.value, enforced(u), w.says)
			}
		}
		l.unbuffered(chain, p, u)
	}
}

// unbuffered looks for a policy that keeps llm-metrics from reading requests.
func (l *linter) unbuffered(chain []link, p link, u usage) {
	i := slices.IndexFunc(chain, func(other link) bool { return other.Name == "request_unbuffered" })
	if i < 0 {
		return
	}
	leads := fmt.Sprintf("and refuses each one with 400, for it enforces limits on %s; leave request_unbuffered out", enforced(u))
	if p.Configuration["on_unreadable"] == "pass" {
		leads = fmt.Sprintf("and on_unreadable: pass lets them through: a way around the limits on %s", enforced(u))
	}
	l.warnf(l.pos(chain[i]), maas.CodePolicyLimit, "%s can't read requests that are passed on unbuffered, %s", PolicyName, leads)
}

// enforced are the metrics whose limits block, as a text.
func enforced(u usage) string {
	names := make([]string, len(u.enforces))
	for i, n := range u.enforces {
		names[i] = n.metric
	}
	return strings.Join(names, ", ")
}
