package doctor

import (
	"context"
	"net/http"
	"net/url"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/maas"
)

// realm says whether a realm of the document is there, and what the account may do in it.
func (k *sso) realm(ctx context.Context, name string, said *maas.Realm) {
	check := "realm " + name
	at := "/admin/realms/" + url.PathEscape(name)
	var live map[string]any
	err := k.get(ctx, at, &live)
	const view = "give the account the roles view-realm and manage-realm of realm-management, or the realm's admin roles in master"
	switch {
	case transport.Is(err, http.StatusNotFound) && k.accountRealm() != "master":
		k.add(check, Problem, "it isn't there, and an account of realm "+k.accountRealm()+" can't make one", "use an account of master with the role create-realm")
		return
	case transport.Is(err, http.StatusNotFound):
		k.add(check, Note, "it isn't there yet; making it needs the role create-realm, which reading can't show", "")
		return
	case transport.Is(err, http.StatusForbidden, http.StatusUnauthorized):
		k.add(check, Refused, "the account may not see it", view)
		return
	case err != nil:
		k.add(check, Problem, err.Error(), "")
		return
	case live["accessTokenLifespan"] == nil: // without view-realm, only the realm's name is shown
		k.add(check, Refused, "the account may not see its settings", view)
	default:
		k.add(check, OK, "it is there, and can be read", "")
	}
	for _, r := range []struct {
		what, path, rights string
		said               bool
	}{
		{"clients", "/clients?first=0&max=1", "clients", said.Clients != nil || said.ClientScopes != nil},
		{"users", "/users?first=0&max=1", "users", said.Users != nil || said.Groups != nil},
		{"identity providers", "/identity-provider/instances", "identity-providers", said.IdentityProviders != nil},
	} {
		if r.said {
			k.rights(ctx, check+" "+r.what, at+r.path, r.rights)
		}
	}
}

// rights tells whether objects of a kind can be read, and, where the server shows what the account may do with one, written.
func (k *sso) rights(ctx context.Context, check, path, rights string) {
	var list []struct {
		Access struct {
			Manage *bool `json:"manage"`
		} `json:"access"`
	}
	err := k.get(ctx, path, &list)
	give := "give the account the role manage-" + rights + " of realm-management"
	switch {
	case transport.Is(err, http.StatusForbidden, http.StatusUnauthorized):
		k.add(check, Refused, "the account may not see them", give+", and view-"+rights)
	case err != nil:
		k.add(check, Problem, err.Error(), "")
	case len(list) == 0 || list[0].Access.Manage == nil:
		k.add(check, OK, "can be read; reading can't tell whether they can be written", "")
	case *list[0].Access.Manage:
		k.add(check, OK, "can be read and written", "")
	default:
		k.add(check, Refused, "the account may only see them", give)
	}
}
