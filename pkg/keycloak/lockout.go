package keycloak

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

const master = "master"

// account is who maasctl signs in as.
type account struct {
	realm, user, client string
	secret              secret.Value // of the client; zero where it needs none, or nobody knows
}

// account is what the credentials say, or, of a token, what stands in it. 26 leaves the user out of an administrator's.
func (s *Session) account() account {
	c := s.config.Credentials
	if !c.Token.IsZero() {
		return accountOf(c.Token.Reveal())
	}
	a := account{realm: cmp.Or(c.Realm, master), client: c.ClientID.Reveal(), secret: c.ClientSecret}
	if !c.Username.IsZero() {
		a.user, a.client = userName(c.Username.Reveal()), cmp.Or(a.client, adminCLI)
	}
	return a
}

func accountOf(token string) account {
	var claims struct {
		Issuer string `json:"iss"`
		Client string `json:"azp"`
		User   string `json:"preferred_username"`
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return account{}
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil || json.Unmarshal(text, &claims) != nil {
		return account{}
	}
	_, realm, _ := strings.Cut(claims.Issuer, "/realms/")
	realm, _ = url.PathUnescape(realm)
	a := account{realm: realm, client: claims.Client, user: claims.User}
	if strings.HasPrefix(a.user, serviceAccountPrefix) {
		a.user = ""
	}
	return a
}

// serviceAccountPrefix begins the names of the users that stand for clients.
const serviceAccountPrefix = "service-account-"

// Guard refuses a plan after which nobody could sign in any more to put it right: neither maasctl, nor an administrator.
func (s *Session) Guard(ctx context.Context, p *plan.Plan) error {
	g := &guard{me: s.account(), insecure: strings.HasPrefix(s.config.URL, "http://"), reader: &reader{s: s}, wanted: p.Wanted(System)}
	for _, c := range p.Changes {
		if c.System == System && c.Live != nil {
			g.look(c)
		}
	}
	if err := g.administrators(ctx); err != nil {
		return s.explain(err)
	}
	return g.refusals()
}

// guard looks at the changes of one plan.
type guard struct {
	*reader             // collects what is refused
	me       account    // who maasctl is
	insecure bool       // the server is spoken to without TLS
	lost     []*lose    // administrators that go
	wanted   plan.State // what the document says
}

// lose is a user of master who won't be an administrator.
type lose struct {
	change *plan.Change
	field  *plan.FieldChange
}

func (g *guard) forbid(c *plan.Change, f *plan.FieldChange, why string) {
	e := &Refusal{Object: words(c.Address), Why: why}
	switch {
	case f != nil && f.Source != nil:
		e.Source = *f.Source
	case c.Source != nil:
		e.Source = *c.Source
	}
	g.refused = append(g.refused, e)
}

const signsIn = "; sign in with another account to do that"

func (g *guard) look(c *plan.Change) {
	own := c.Address.Root().Name() == g.me.realm
	switch {
	case c.Kind == kindRealm:
		g.realm(c, own)
	case c.Kind == kindUser:
		g.user(c, own)
	case c.Kind == kindClient && own && c.Name == g.me.client:
		g.client(c)
	case c.Kind == kindServiceAccount && own && g.me.user == "" && c.Parent.Name() == g.me.client:
		g.without(c, fieldRole, "takes the role %s from the account that maasctl signs in with")
	case c.Kind == kindRole && c.Action == plan.Delete && administers(c.Address):
		g.forbid(c, nil, "administrators need it")
	case c.Kind == kindComposites && (administers(c.Parent) || own && g.mine(fieldRole, c.Parent)):
		g.without(c, fieldRole, "takes the role %s from one that gives maasctl's account, or administrators, their rights")
	case c.Kind == kindGroup && own && g.mine(fieldGroup, c.Address):
		if c.Action == plan.Delete {
			g.forbid(c, nil, "the account that maasctl signs in with is in it"+signsIn)
		}
		g.without(c, fieldRole, "takes the role %s from a group that the account is in that maasctl signs in with")
	}
}

// without refuses that elements are taken out of a set.
func (g *guard) without(c *plan.Change, field, why string) {
	for i, f := range c.Fields {
		if c.Action != plan.Delete && f.Name == field && f.Action == plan.Remove {
			g.forbid(c, &c.Fields[i], strings.Replace(why, "%s", f.Element, 1)+signsIn)
		}
	}
}

// becomes finds a field that gets a value.
func becomes(c *plan.Change, field string, values ...string) *plan.FieldChange {
	for i, f := range c.Fields {
		if v, hidden := f.New.(secret.Value); hidden {
			f.New = v.Reveal()
		}
		if f.Name == field && slices.Contains(values, text(f.New)) {
			return &c.Fields[i]
		}
	}
	return nil
}

// realm looks at realm master, and at the one of the account.
func (g *guard) realm(c *plan.Change, own bool) {
	if !own && c.Name != master {
		return
	}
	what := "administrators sign in at it"
	if own {
		what = "maasctl signs in at it"
	}
	if c.Action == plan.Delete {
		g.forbid(c, nil, what+signsIn)
	}
	for field, values := range map[string][]string{"enabled": {"false"}, "directGrantFlow": {"browser", "clients", "docker auth", "first broker login", "registration", "reset credentials"}} {
		if f := becomes(c, field, values...); f != nil && (field == "enabled" || own && g.me.user != "") {
			g.forbid(c, f, what+", which "+field+": "+text(f.New)+" ends"+signsIn)
		}
	}
	if f := becomes(c, "sslRequired", "all"); f != nil && own && g.insecure {
		g.forbid(c, f, what+" without TLS, which sslRequired: all ends; say the https address of Keycloak first")
	}
}

// user looks at the account itself, and at administrators.
func (g *guard) user(c *plan.Change, own bool) {
	off := becomes(c, "enabled", "false")
	if own && c.Name == g.me.user {
		const me = "maasctl signs in as this user"
		switch {
		case c.Action == plan.Delete:
			g.forbid(c, nil, me+signsIn)
		case off != nil:
			g.forbid(c, off, me+", which enabled: false ends"+signsIn)
		}
		g.without(c, fieldRole, "takes the role %s from the user that maasctl signs in as")
		g.without(c, fieldGroup, "takes the group %s from the user that maasctl signs in as")
		for i, f := range c.Fields {
			if c.Action != plan.Delete && f.Name == "requiredActions" && f.Action == plan.Add {
				g.forbid(c, &c.Fields[i], me+", who could do so no more before "+f.Element+" is done"+signsIn)
			}
		}
		return
	}
	if c.Address.Root().Name() != master {
		return
	}
	admin := slices.IndexFunc(c.Fields, func(f plan.FieldChange) bool {
		return f.Name == fieldRole && f.Action == plan.Remove && f.Element == "admin"
	})
	switch {
	case c.Action == plan.Delete || off != nil:
		g.lost = append(g.lost, &lose{c, off})
	case admin >= 0:
		g.lost = append(g.lost, &lose{c, &c.Fields[admin]})
	}
}

// client looks at the client that maasctl signs in with.
func (g *guard) client(c *plan.Change) {
	const with = "maasctl signs in with this client"
	if c.Action == plan.Delete {
		g.forbid(c, nil, with+signsIn)
		return
	}
	ends := map[string]string{"enabled": "false", "bearerOnly": "true", "protocol": "saml", "fullScopeAllowed": "false"}
	if g.me.user == "" {
		ends["serviceAccountsEnabled"] = "false"
	} else {
		ends["directAccessGrantsEnabled"] = "false"
	}
	if g.me.secret.IsZero() && g.me.client == adminCLI {
		ends["publicClient"] = "false"
	} else {
		ends["publicClient"] = "true"
	}
	for _, field := range slices.Sorted(maps.Keys(ends)) {
		if f := becomes(c, field, ends[field]); f != nil {
			g.forbid(c, f, with+", which "+field+": "+ends[field]+" ends"+signsIn)
		}
	}
	for i, f := range c.Fields {
		v, isSecret := f.New.(secret.Value)
		if f.Name == fieldSecret && (!isSecret || !g.me.secret.IsZero() && v.Reveal() != g.me.secret.Reveal()) {
			g.forbid(c, &c.Fields[i], with+", and the secret would be another than the credentials'"+signsIn)
		}
		if f.Name == fieldDefaultScopes && f.Action == plan.Remove && f.Element == "roles" {
			g.forbid(c, &c.Fields[i], with+", whose tokens would lose their roles"+signsIn)
		}
	}
}

// mine tells whether the document gives the account a role or puts it into a group.
func (g *guard) mine(field string, what plan.Address) bool {
	realm := realmAt(g.me.realm)
	holder := realm.Child(kindUser, g.me.user)
	if g.me.user == "" {
		holder = clientAt(realm, g.me.client).Child(kindServiceAccount, "")
	}
	d := g.wanted[holder]
	if d == nil {
		return false
	}
	set, _ := d.Fields[field].(plan.Set)
	for label := range set {
		if field == fieldGroup && groupAt(realm, label).Within(what) {
			return true
		}
		if ref, ok := nativeOf(d).refs[label]; ok && field == fieldRole && ref.address(realm) == what {
			return true
		}
	}
	return false
}

// administers tells a role of the server's own that administrators get their rights by.
func administers(role plan.Address) bool {
	if role.LastKind() != kindRole {
		return false
	}
	_, above := kindAndParent(role)
	if above.LastKind() == kindClient {
		return above.Name() == "realm-management" || above.Root().Name() == master && strings.HasSuffix(above.Name(), "-realm")
	}
	return above == realmAt(master) && (role.Name() == "admin" || role.Name() == "create-realm")
}

// administrators looks whether somebody stays who is an administrator: a user, not only a client.
func (g *guard) administrators(ctx context.Context) error {
	if len(g.lost) == 0 {
		return nil
	}
	var users, groups []map[string]any
	if err := g.s.api.get(ctx, path(master, "roles", "admin", "users")+"?"+all, &users); err != nil {
		return err
	}
	if err := g.s.api.get(ctx, path(master, "roles", "admin", "groups")+"?"+all, &groups); err != nil {
		return err
	}
	stays := func(raw map[string]any) bool {
		name := str(raw, "username")
		goes := slices.ContainsFunc(g.lost, func(l *lose) bool { return l.change.Name == name })
		return flag(raw, "enabled") && !goes && !strings.HasPrefix(name, serviceAccountPrefix)
	}
	if len(groups) > 0 || slices.ContainsFunc(users, stays) {
		return nil
	}
	for _, l := range g.lost {
		if slices.ContainsFunc(users, func(raw map[string]any) bool { return str(raw, "username") == l.change.Name }) {
			g.forbid(l.change, l.field, "this is the last administrator of this Keycloak: make another one first")
		}
	}
	return nil
}
