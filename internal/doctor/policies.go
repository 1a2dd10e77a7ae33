package doctor

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/gateway"
	"example.com/maasctl/pkg/maas"
)

const builtin = "builtin"

// wanted is a policy of chains of the document.
type wanted struct{ name, version string }

func (w wanted) String() string {
	if w.version == builtin {
		return w.name
	}
	return w.name + " " + w.version
}

// gateway holds the document's chains to the policies that gateways have. The gateway itself would leave out what it doesn't
// have, and let requests pass without it.
func (t *tenant) gateway(ctx context.Context) {
	hosted, own := t.chains(false), t.chains(true)
	var list map[string][]struct {
		Version string `json:"version"`
	}
	err := t.get(ctx, "/admin/api/policies.json", &list)
	switch {
	case err != nil:
		t.add("gateway", Problem, "its policies can't be listed: "+err.Error(), "")
	case list == nil: // the body is null, with status 200
		t.add("gateway", Problem, "the admin portal can't reach the gateway: its list of policies is empty",
			"look at the pod apicast-staging, and at APICAST_REGISTRY_URL of system-app")
	default:
		t.add("gateway", OK, "the admin portal reaches it", "")
		for _, w := range sorted(hosted) {
			has := []string{}
			for _, v := range list[w.name] {
				has = append(has, v.Version)
			}
			t.policy(w, hosted[w], slices.Contains(has, w.version), has)
		}
	}
	if len(own) > 0 {
		t.registry(ctx, own)
	}
}

// policy says whether a gateway has a policy.
func (t *tenant) policy(w wanted, products []string, there bool, has []string) {
	if there {
		t.add("policy "+w.String(), OK, "the gateway has it", "")
		return
	}
	found := "the gateway doesn't have it"
	if len(has) > 0 {
		found = "the gateway has only version " + strings.Join(has, ", ")
	}
	t.add("policy "+w.String(), Problem, found+"; products "+some(products)+" would run without it", remedy(w))
}

// remedy says where a policy is to be had.
func remedy(w wanted) string {
	switch bundled := gateway.Versions(); {
	case w.version == builtin:
		return "check the name, and the gateway's version"
	case w.name == gateway.PolicyName && slices.Contains(bundled, w.version):
		return "put it into the gateway with what `maasctl gateway manifests` prints"
	case w.name == gateway.PolicyName:
		return "use version " + strings.Join(bundled, ", ") + ", which ships with maasctl, or put this one into customPolicies of the APIManager"
	}
	return "put it into customPolicies of the APIManager"
}

// registry looks for policies of self-managed gateways among those that were described to the admin portal: of such gateways
// it knows no more.
func (t *tenant) registry(ctx context.Context, own map[wanted][]string) {
	var list struct {
		Policies []struct {
			Policy struct {
				Name    string `json:"name"`
				Version string `json:"version"`
			} `json:"policy"`
		} `json:"policies"`
	}
	err := t.get(ctx, "/admin/api/registry/policies.json", &list)
	if transport.Is(err, http.StatusForbidden) {
		return // said with the scope
	}
	described := map[wanted]bool{}
	for _, p := range list.Policies {
		described[wanted{p.Policy.Name, p.Policy.Version}] = true
	}
	for _, w := range sorted(own) {
		switch {
		case w.version == builtin:
		case err != nil:
			t.add("policy "+w.String(), Problem, err.Error(), "")
		case described[w]:
			t.add("policy "+w.String(), OK, "described to the admin portal, for self-managed gateways", "")
		default:
			t.add("policy "+w.String(), Problem, "the admin portal has no description of it; products "+some(own[w])+" are self-managed",
				"apply a CustomPolicyDefinition, such as `maasctl gateway manifests --self-managed` prints, and put the policy into the gateway itself")
		}
	}
}

// chains are the policies of the chains of hosted or of self-managed products, with the products.
func (t *tenant) chains(selfManaged bool) map[wanted][]string {
	out := map[wanted][]string{}
	for _, p := range t.doc.Products {
		if p.Value.Absent || isSelfManaged(p.Value) != selfManaged {
			continue
		}
		for _, policy := range p.Value.Policies {
			w := wanted{policy.Name, policy.Version}
			if (policy.Enabled == nil || *policy.Enabled) && !slices.Contains(out[w], p.Name) {
				out[w] = append(out[w], p.Name)
			}
		}
	}
	return out
}

func isSelfManaged(p *maas.Product) bool {
	return p.Deployment != nil && *p.Deployment == "selfManaged"
}

// selfManaged tells whether a product's gateway is none of 3scale's.
func (t *tenant) selfManaged() bool {
	return slices.ContainsFunc(t.doc.Products, func(p maas.Entry[*maas.Product]) bool { return !p.Value.Absent && isSelfManaged(p.Value) })
}

func sorted(m map[wanted][]string) []wanted {
	return slices.SortedFunc(maps.Keys(m), func(a, b wanted) int { return strings.Compare(a.name+" "+a.version, b.name+" "+b.version) })
}

// few is how many names are said of many.
const few = 3

func some(names []string) string {
	if len(names) <= few {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:few], ", ") + " and " + strconv.Itoa(len(names)-few) + " more"
}
