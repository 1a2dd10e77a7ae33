package keycloak

import (
	"context"
	"strconv"
	"strings"

	"example.com/maasctl/internal/representation"
	"example.com/maasctl/pkg/plan"
)

// version is the server's major version; 0 where it doesn't tell: newer ones tell those only who manage all realms. It is asked
// for where something depends on it, since the answer is long.
func (r *reader) version(ctx context.Context) int {
	info, err := r.one(ctx, serverInfo)
	if err != nil {
		return 0
	}
	said, _ := at(info, "systemInfo", "version").(string)
	major, _, _ := strings.Cut(said, ".")
	n, _ := strconv.Atoi(major)
	return n
}

// representations are Keycloak's names for the kinds whose fields pass through.
func representations() map[string]string {
	return map[string]string{
		kindRealm: representation.Realm, kindScope: representation.ClientScope, kindClient: representation.Client, kindMapper: representation.ProtocolMapper,
		kindRole: representation.Role, kindGroup: representation.Group, kindProvider: representation.IdentityProvider,
		kindProviderMapper: representation.IdentityProviderMapper, kindUser: representation.User, kindAction: representation.RequiredAction,
		kindProfile: representation.ClientProfile, kindPolicy: representation.ClientPolicy,
	}
}

// fieldCheck looks whether the server's version has the fields that an object is to have and doesn't show.
func (r *reader) fieldCheck() func(context.Context, *plan.Object) {
	table, names := representation.All(), representations()
	oldest, _ := table.Versions()
	return func(ctx context.Context, d *plan.Object) {
		live := nativeOf(r.state[d.Address]).raw
		for name, p := range nativeOf(d).paths {
			f, known := table.Field(names[d.Kind], p[0])
			if _, shown := live[p[0]]; !known || f.Since <= oldest || shown {
				continue
			}
			if version := r.version(ctx); version != 0 && version < f.Since {
				r.refuse(d, name, "%s: this server is a Keycloak %d, which doesn't have it yet: it came with %d", p[0], version, f.Since)
			}
		}
	}
}

// strictNames is the version since which the names of client scopes have to be words of a token's scope.
const strictNames = 19

// checkScope looks whether the server takes the name of a new client scope.
func (r *reader) checkScope(ctx context.Context, d *plan.Object) error {
	if !r.isNew(d.Address) || isScopeToken(d.Name) {
		return nil
	}
	_, newer := nativeOf(r.state[d.Parent]).raw["otpPolicyCodeReusable"] // of 20 and later
	if newer || r.version(ctx) >= strictNames {
		r.refuse(d, "", "Keycloak since %d takes no such name: ASCII without blanks, quotes and backslashes; a claim's name may still be any", strictNames)
	}
	return nil
}

// isScopeToken tells whether a name can stand in the scope of a token.
func isScopeToken(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool { return c <= ' ' || c > '~' || c == '"' || c == '\\' })
}
