package maas

import "slices"

// lintClients looks at what the clients of realms are used for on 3scale's side.
func (v *validator) lintClients() {
	registers := map[ClientRef]string{} // what 3scale registers applications with, and for which product
	for _, p := range v.doc.Products {
		auth := p.Value.Authentication
		if p.Value.Absent || auth == nil || auth.OIDC == nil || auth.OIDC.Client == nil {
			continue
		}
		ref := *auth.OIDC.Client
		registers[ref] = p.Name
		v.at("products", p.Name, "authentication", "oidc", "client").registering(ref)
	}
	for _, a := range v.applications() {
		if product, both := registers[*a.ref]; both {
			a.errorf(CodeClientUse, "%s: the client %s/%s is the one that 3scale registers the applications of %s with; an application needs a client of its own",
				a.place, a.ref.Realm, a.ref.Client, product)
		}
	}
	if v.doc.Tenant == nil {
		return
	}
	for _, s := range v.doc.Tenant.SignIn {
		if s.Value.Client != nil && !s.Value.Absent {
			v.at("tenant", "signIn", s.Name, "client").organizationName(*s.Value.Client)
		}
	}
}

// applicationClient is an application's client, where it is said.
type applicationClient struct {
	place
	ref *ClientRef
}

func (v *validator) applications() []applicationClient {
	var out []applicationClient
	if v.doc.Accounts == nil {
		return nil
	}
	for _, account := range v.doc.Accounts.Accounts {
		for _, app := range account.Value.Applications {
			if app.Value.Client != nil && !app.Value.Absent {
				at := v.at("accounts", account.Name, "applications", app.Name, "client")
				out = append(out, applicationClient{at, app.Value.Client})
			}
		}
	}
	return out
}

// declared finds a client of the document.
func (v *validator) declared(ref ClientRef) (*Realm, *Client, bool) {
	realm, ok := v.doc.Realms.Get(ref.Realm)
	if !ok || realm.Absent {
		return nil, nil, false
	}
	client, ok := realm.Clients.Get(ref.Client)
	return realm, client, ok && !client.Absent
}

// registering checks that a client may do what 3scale does with it: manage the clients of its realm.
func (p place) registering(ref ClientRef) {
	_, client, ok := p.v.declared(ref)
	if !ok {
		return
	}
	if on, _ := client.Fields["serviceAccountsEnabled"].(bool); !on {
		p.warnf(CodeClientUse, "3scale registers applications with the client %s/%s, which needs serviceAccountsEnabled: true", ref.Realm, ref.Client)
		return
	}
	may := slices.ContainsFunc(client.ServiceAccountRoles, func(r RoleRef) bool {
		return r.Client == "realm-management" && (r.Role == "manage-clients" || r.Role == "realm-admin")
	})
	if !may {
		p.warnf(CodeClientUse, "3scale registers applications with the client %s/%s, which needs the service account role realm-management/manage-clients", ref.Realm, ref.Client)
	}
}

// organizationClaim is what 3scale's sign-up asks Keycloak for: without it, nobody can sign up by the client.
const organizationClaim = "org_name"

// organizationName checks that a sign-in's client tells 3scale the organization of who signs in.
func (p place) organizationName(ref ClientRef) {
	realm, client, ok := p.v.declared(ref)
	if !ok || hasClaim(client.ProtocolMappers) {
		return
	}
	for _, s := range realm.ClientScopes {
		named := func(n NameOrAbsent) bool { return n.Name == s.Name && !n.Absent }
		if hasClaim(s.Value.ProtocolMappers) &&
			(slices.ContainsFunc(client.DefaultClientScopes, named) || slices.ContainsFunc(realm.DefaultClientScopes, named)) {
			return
		}
	}
	at := p.v.at("realms", ref.Realm, "clients", ref.Client)
	at.warnf(CodeSignIn, "%s has no mapper for the claim %s, which 3scale names new accounts by; add %s: {userAttribute: email, claim: %s}",
		at, organizationClaim, organizationClaim, organizationClaim)
}

// hasClaim tells whether one of the mappers makes the organization's claim.
func hasClaim(mappers Map[*Mapper]) bool {
	for _, m := range mappers {
		config, _ := m.Value.Fields["config"].(map[string]any)
		if !m.Value.Absent && (m.Value.Claim == organizationClaim || config["claim.name"] == organizationClaim) {
			return true
		}
	}
	return false
}
