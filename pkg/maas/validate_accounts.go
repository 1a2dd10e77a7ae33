package maas

import (
	"errors"
	"slices"

	"example.com/maasctl/internal/lazyregexp"
	"example.com/maasctl/internal/near"
)

func (v *validator) accounts() {
	if v.doc.Accounts == nil {
		return
	}
	users := map[string]string{} // usernames and e-mails belong to one user of the tenant
	known := map[string]string{} // ids and user keys belong to one application of a product
	for _, a := range v.doc.Accounts.Accounts {
		if a.Value.Absent {
			continue
		}
		at := v.at("accounts", a.Name)
		at.renamed(a.Value.Renamed, a.Name, v.doc.Accounts.Accounts.Names())
		at.users(a.Value.Users, users)
		for _, app := range a.Value.Applications {
			if !app.Value.Absent {
				at.at("applications", app.Name).application(app.Value)
				at.at("applications", app.Name).knownOnce(app.Value, known)
			}
			at.at("applications", app.Name).renamed(app.Value.Renamed, app.Name, a.Value.Applications.Names())
		}
		for _, s := range a.Value.Subscribe {
			at.at("subscribe", s.Name).subscription(s.Name, s.Value, s.Pos)
		}
	}
}

// users checks an account's users against each other and against those of the other accounts.
func (p place) users(users Map[*AccountUser], seen map[string]string) {
	for _, u := range users {
		at := p.at("users", u.Name)
		if u.Value.Absent {
			continue
		}
		at.needs(u.Value.Email != nil || p.v.said(at.at("email").path...), "an email", "")
		at.at("email").check(u.Value.Email, emailAddress)
		at.once(seen, "the username "+u.Name, p.String(), u.Pos)
		if u.Value.Email != nil && at.at("email").known() {
			at.once(seen, "the e-mail "+*u.Value.Email, p.String(), at.at("email").pos())
		}
		if s := u.Value.Password; s != nil && s.Known() && len(s.Reveal()) < shortPassword {
			at.at("password").warnf(CodeValue, "%s: newer versions of 3scale refuse passwords below %d characters", at, shortPassword)
		}
	}
}

// shortPassword is what 3scale asks of passwords since the versions after 2.16.
const shortPassword = 15

// knownOnce reports an application that is known by what another one of its product is known by.
func (p place) knownOnce(a *Application, known map[string]string) {
	once := func(key, what, value string) {
		at := p.at(key)
		if value == "" || !at.known() {
			return
		}
		mark := a.Product + "\x00" + what + "\x00" + value
		if first, twice := known[mark]; twice {
			at.errorf(CodeDuplicate, "%s: %s of the same product has the same %s", p, first, what)
			return
		}
		known[mark] = p.String()
	}
	switch {
	case a.Client != nil:
		once("client", "id", a.Client.Client)
	case a.AppID != nil:
		once("appId", "id", *a.AppID)
	}
	if k := a.UserKey; k != nil && k.Known() {
		once("userKey", "user key", k.Reveal())
	}
}

// once reports what two users have.
func (p place) once(seen map[string]string, what, where string, pos Position) {
	if first, twice := seen[what]; twice {
		p.v.errorf(pos, CodeDuplicate, "%s: %s is that of a user of %s already", p, what, first)
		return
	}
	seen[what] = where
}

var (
	userKey = lazyregexp.New(`^([\w.-]+|[A-Za-z0-9+=]+)$`)
	appKey  = lazyregexp.New(`^[!-~]{5,255}$`)
)

const (
	maxKeys    = 5 // of an application
	maxUserKey = 256
)

// application checks what an application is of, and how it is known.
func (p place) application(a *Application) {
	product, ok := p.product(a.Product)
	if ok {
		p.plan(product, a)
		p.authenticates(product, a)
	}
	p.at("redirectUrl").check(a.RedirectURL, webURL)
	p.at("appId").check(a.AppID, applicationID)
	if a.Client != nil {
		p.at("client").client(*a.Client)
		p.at("client").applicationID(*a.Client)
	}
	if k := a.UserKey; k != nil && k.Known() && (!userKey.MatchString(k.Reveal()) || len(k.Reveal()) > maxUserKey) {
		p.at("userKey").errorf(CodeValue, "%s: 3scale takes letters, digits, _ - and . in a user key, up to %d", p, maxUserKey)
	}
	if len(a.Keys) > maxKeys {
		p.at("keys").errorf(CodeValue, "%s has %d keys; 3scale takes %d", p, len(a.Keys), maxKeys)
	}
	for i, k := range a.Keys {
		if k.Known() && !appKey.MatchString(k.Reveal()) {
			p.at("keys", index(i)).errorf(CodeValue, "%s: a key has 5 to 255 printable characters of ASCII without blanks", p)
		}
	}
}

// product finds the product of an application or subscription.
func (p place) product(name string) (*Product, bool) {
	at := p.at("product")
	if !at.known() {
		return nil, false
	}
	if name == "" {
		if !p.v.said(at.path...) {
			p.errorf(CodeRequired, "%s needs a product", p)
		}
		return nil, false
	}
	product, ok := p.v.doc.Products.Get(name)
	if !ok || product.Absent {
		at.errorf(CodeReference, "%s: no product %q; %s", p, name, lacks(p.v.doc.Products, name))
		return nil, false
	}
	return product, true
}

func (p place) plan(product *Product, a *Application) {
	if !p.at("plan").known() {
		return
	}
	if a.Plan == "" {
		if !p.v.said(p.at("plan").path...) {
			p.errorf(CodeRequired, "%s needs a plan", p)
		}
		return
	}
	if plan, ok := product.Plans.Get(a.Plan); !ok || plan.Absent {
		p.at("plan").errorf(CodeReference, "%s: product %s has no plan %q%s", p, a.Product, a.Plan, near.Meant(a.Plan, product.Plans.Names()))
	}
}

// authenticates checks that an application is known by what its product asks for.
func (p place) authenticates(product *Product, a *Application) {
	auth := product.Authentication
	if auth == nil {
		return
	}
	said := func(key string) bool { return p.v.said(p.at(key).path...) }
	takes := []string{"userKey"}
	if auth.AppIDKey != nil || auth.OIDC != nil {
		takes = []string{"client", "appId", "keys"}
	}
	for _, key := range []string{"client", "userKey", "appId", "keys"} {
		if said(key) && !slices.Contains(takes, key) {
			p.at(key).errorf(CodeReference, "%s: product %s doesn't authenticate by %s", p, a.Product, key)
		}
	}
	if said("client") && (said("appId") || said("keys")) {
		p.at("client").errorf(CodeConflict, "%s: the client hands over appId and keys; say the one or the others", p)
	}
	if said("redirectUrl") && auth.OIDC == nil {
		p.at("redirectUrl").errorf(CodeReference, "%s: product %s doesn't authenticate by OpenID Connect, and 3scale shows and uses a redirect URL only there", p, a.Product)
	}
}

const shortAppID = 4 // characters of an application's id

var appIDForm = lazyregexp.New(`^[!-~]+$`)

// applicationID checks the characters of an application's id.
func applicationID(id string) error {
	if !appIDForm.MatchString(id) {
		return errors.New("3scale takes printable characters of ASCII without blanks in an application's id")
	}
	return nil
}

// applicationID checks that a client's id can be that of an application.
func (p place) applicationID(ref ClientRef) {
	if ref.Client == "" {
		return
	}
	if len(ref.Client) < shortAppID {
		p.errorf(CodeValue, "%s: the client's id becomes the application's, and 3scale takes none below %d characters", p, shortAppID)
		return
	}
	p.check(&ref.Client, applicationID)
}

// subscription checks a product and its service plan.
func (p place) subscription(product, plan string, pos Position) {
	to, ok := p.v.doc.Products.Get(product)
	if !ok || to.Absent {
		p.v.errorf(pos, CodeReference, "%s: no product %q; %s", p, product, lacks(p.v.doc.Products, product))
		return
	}
	if to.ServicePlans == nil || plan == "" || !p.known() {
		return // 3scale makes one called Default
	}
	if s, ok := to.ServicePlans.Get(plan); (!ok || s.Absent) && plan != "Default" {
		p.errorf(CodeReference, "%s: product %s has no service plan %q%s", p, product, plan, near.Meant(plan, to.ServicePlans.Names()))
	}
}
