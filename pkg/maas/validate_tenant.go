package maas

import (
	"fmt"
	"slices"
	"strings"

	"example.com/maasctl/internal/near"
	"example.com/maasctl/internal/railszone"
)

const (
	kindKeycloak = "keycloak"
	kindAuth0    = "auth0"
)

func (v *validator) tenant() {
	t := v.doc.Tenant
	if t == nil {
		return
	}
	at := v.at("tenant")
	at.at("organization").check(t.Organization, func(s string) error {
		if !organization.MatchString(s) {
			return fmt.Errorf("it has no letter or digit")
		}
		return nil
	})
	at.at("timezone").check(t.Timezone, timezone)
	if zone := t.Timezone; zone != nil && at.at("timezone").known() && timezone(*zone) == nil && !slices.Contains(railszone.Names(), *zone) {
		at.at("timezone").warnf(CodeValue, "%s: 3scale may have no time zone %q%s", at.at("timezone"), *zone, near.Meant(*zone, railszone.Names()))
	}
	at.at("fromEmail").check(t.Provider.FromEmail, emailAddress)
	at.at("supportEmail").check(t.Provider.SupportEmail, emailAddress)
	at.at("financeSupportEmail").check(t.Provider.FinanceSupportEmail, emailAddress)
	kinds := map[string]string{}
	for _, s := range t.SignIn {
		if s.Value.Absent {
			continue
		}
		at := at.at("signIn", s.Name)
		at.signIn(s.Value)
		if first, twice := kinds[s.Value.Kind]; twice && s.Value.Kind != "" {
			at.errorf(CodeDuplicate, "%s: %s is of kind %s already, and a tenant has one of each", at, first, s.Value.Kind)
		}
		kinds[s.Value.Kind] = s.Name
	}
}

// timezone refuses the names of the tz database: 3scale has those of Rails.
func timezone(s string) error {
	if region, city, ok := strings.Cut(s, "/"); ok && region != "" {
		city = strings.ReplaceAll(city[strings.LastIndex(city, "/")+1:], "_", " ")
		return fmt.Errorf("3scale's time zones are called by city or region alone, such as %q", city)
	}
	return nil
}

func (p place) signIn(s *SignIn) {
	said := func(key string) bool { return p.v.said(p.at(key).path...) }
	if !said("kind") {
		p.errorf(CodeRequired, "%s needs a kind: keycloak, auth0, github or one of your own", p)
	}
	if s.Client != nil {
		p.at("client").client(*s.Client)
		if s.Kind != kindKeycloak && s.Kind != "" {
			p.at("client").errorf(CodeSignIn, "%s: a realm's client is for the kind keycloak, not %s", p, s.Kind)
		}
		for _, key := range []string{"site", "clientId", "clientSecret"} {
			if said(key) {
				p.at(key).errorf(CodeConflict, "%s: the client hands over %s; say the one or the other", p, key)
			}
		}
		return
	}
	if said("client") {
		return
	}
	for _, key := range []string{"clientId", "clientSecret"} {
		if !said(key) {
			p.errorf(CodeRequired, "%s needs a client (realm/client), or %s", p, key)
		}
	}
	if (s.Kind == kindKeycloak || s.Kind == kindAuth0) && !said("site") {
		p.errorf(CodeRequired, "%s needs a site, the URL of the realm or domain", p)
	}
	p.at("site").check(s.Site, webURL)
	p.at("tokenUrl").check(s.TokenURL, webURL)
	p.at("userInfoUrl").check(s.UserInfoURL, webURL)
	p.at("authorizeUrl").check(s.AuthorizeURL, webURL)
}

// client checks that a realm's client is in the document and has something to hand over.
func (p place) client(ref ClientRef) {
	if ref.Realm == "" || ref.Client == "" {
		return
	}
	realm, ok := p.v.doc.Realms.Get(ref.Realm)
	if !ok || realm.Absent {
		p.errorf(CodeReference, "%s: no realm %q; %s", p, ref.Realm, lacks(p.v.doc.Realms, ref.Realm))
		return
	}
	client, ok := realm.Clients.Get(ref.Client)
	if !ok || client.Absent {
		p.errorf(CodeReference, "%s: no client %q in realm %s; %s", p, ref.Client, ref.Realm,
			strings.Replace(lacks(realm.Clients, ref.Client), "document", "realm", 1))
		return
	}
	if public, _ := client.Fields["publicClient"].(bool); public {
		p.errorf(CodeClientUse, "%s: the client %s/%s is public, so it has no secret to hand over", p, ref.Realm, ref.Client)
	}
}
