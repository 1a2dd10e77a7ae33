package keycloak

import (
	"slices"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// portalURI stands, among a client's redirect URIs, for the callbacks of the developer portal's sign-ins by this client.
const portalURI = "portal"

// PortalField is the output of 3scale's tenant that gives the developer portal's address, without a slash at the end.
const PortalField = "portalUrl"

// portal puts the callbacks of the sign-ins in the place of "portal". 3scale knows the portal's address, so they are names
// that it hands over.
func (w *wants) portal(o *plan.Object, client string) {
	set, _ := o.Fields["redirectUris"].(plan.Set)
	if _, ok := set[portalURI]; !ok {
		return
	}
	delete(set, portalURI)
	if !slices.Contains(w.peers, "3scale") || w.doc.Tenant == nil {
		w.notApplied = append(w.notApplied, plan.Note{
			Address: o.Address, Kind: o.Kind, Name: o.Name, Why: "the portal's callback among the redirect URIs: 3scale isn't part of the plan",
		})
		return
	}
	for _, e := range w.doc.Tenant.SignIn {
		c := e.Value.Client
		if e.Value.Absent || c == nil || *c != (maas.ClientRef{Realm: o.Address.Root().Name(), Client: client}) {
			continue
		}
		set["portal callback of "+e.Name] = plan.HandedName{
			Handed: plan.Handed{From: plan.Root("3scale", "tenant", ""), Field: PortalField}, Suffix: "/auth/" + e.Name + "/callback",
		}
	}
}
