package keycloak

import (
	"context"
	"maps"
	"slices"

	"example.com/maasctl/internal/near"
	"example.com/maasctl/pkg/plan"
)

// plugged is a field that names something which a server has, or has been given: an SPI's provider.
type plugged struct {
	field, inside string   // the field, and, where it is a list of objects, which of theirs
	spis          []string // where the server lists what there is
	what          string
	common        []string // what 18 and 26 both have: asking for the long list is for others
}

func pluggedIn(kind string) (plugged, bool) {
	p, ok := map[string]plugged{
		kindProfile: {"executors", "executor", []string{"client-policy-executor"}, "executor", []string{
			"confidential-client", "consent-required", "full-scope-disabled", "holder-of-key-enforcer", "pkce-enforcer", "reject-ropc-grant",
			"secure-client-authenticator", "secure-client-uris", "secure-request-object", "secure-response-type", "secure-session",
			"secure-signature-algorithm", "secure-signature-algorithm-signed-jwt",
		}},
		kindPolicy: {"conditions", "condition", []string{"client-policy-condition"}, "condition", []string{
			"any-client", "client-access-type", "client-roles", "client-scopes", "client-updater-context", "client-updater-source-groups",
			"client-updater-source-host", "client-updater-source-roles",
		}},
		kindProvider: {"providerId", "", []string{"identity_provider", "social"}, "kind of identity provider", []string{
			"oidc", "keycloak-oidc", "saml", "github", "gitlab", "google", "microsoft", "bitbucket", "facebook",
		}},
	}[kind]
	return p, ok
}

// checkPlugged looks whether the server has what an object is made of.
func (r *reader) checkPlugged(ctx context.Context, d *plan.Object) error {
	p, ok := pluggedIn(d.Kind)
	if !ok {
		return nil
	}
	unsure := slices.DeleteFunc(p.named(d.Fields[p.field]), func(name string) bool {
		return slices.Contains(p.common, name) || slices.Contains(p.named(nativeOf(r.state[d.Address]).raw[p.field]), name)
	})
	if len(unsure) == 0 {
		return nil
	}
	info, err := r.one(ctx, serverInfo)
	if err != nil {
		return nil //nolint:nilerr // an account that may not see it isn't kept from the rest
	}
	var known []string
	for _, spi := range p.spis {
		there, _ := at(info, "providers", spi, "providers").(map[string]any)
		known = append(known, slices.Sorted(maps.Keys(there))...)
	}
	for _, name := range unsure {
		if len(known) > 0 && !slices.Contains(known, name) {
			r.refuse(d, p.field, "this server has no %s %q%s", p.what, name, near.Meant(name, known))
		}
	}
	return nil
}

// named are the providers that a field names.
func (p plugged) named(v any) []string {
	if p.inside == "" {
		if name, ok := v.(string); ok {
			return []string{name}
		}
		return nil
	}
	var out []string
	for _, o := range objectsIn(v) {
		if name := str(o, p.inside); name != "" {
			out = append(out, name)
		}
	}
	return out
}
