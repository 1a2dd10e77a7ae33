package maas

import (
	"errors"
	"strings"

	"example.com/maasctl/internal/lazyregexp"
)

func (v *validator) products() {
	docs := map[string]string{} // ActiveDocs have one name space for the whole tenant
	for _, p := range v.doc.Products {
		if p.Value.Absent {
			continue
		}
		at := v.at("products", p.Name)
		o := owner{at, "product", p.Value.Metrics, p.Value.Methods}
		o.counts(p.Value.MappingRules)
		at.attributes(p.Value)
		at.usages(p.Value.Backends)
		at.at("authentication").authentication(p.Value.Authentication)
		at.gateway(p.Value)
		at.policies(p.Value.Policies)
		at.plans(o, p.Value)
		at.servicePlans(p.Value)
		for _, a := range p.Value.ActiveDocs {
			at := at.at("activeDocs", a.Name)
			if first, twice := docs[a.Name]; twice {
				v.errorf(a.Pos, CodeDuplicate, "%s: product %s has an ActiveDoc of this name, and a tenant has one", at, first)
			}
			docs[a.Name] = p.Name
			at.activeDoc(a.Value)
		}
	}
}

func (p place) attributes(product *Product) {
	p.at("supportEmail").check(product.SupportEmail, emailAddress)
	p.at("hostnameRewrite").check(product.HostnameRewrite, hostnameRewrite)
	p.at("apiTestPath").check(product.APITestPath, func(s string) error {
		if !strings.HasPrefix(s, "/") {
			return errors.New("a path starts with /")
		}
		return nil
	})
	if s := product.SecretToken; s != nil && s.Known() && !secretToken.MatchString(s.Reveal()) {
		p.at("secretToken").errorf(CodeValue, "%s has characters that 3scale refuses; it takes letters, digits, _ and -", p.at("secretToken"))
	}
}

var (
	secretToken = lazyregexp.New(`^[\w-]+$`)
	authName    = lazyregexp.New(`^[\w-]+$`)
	gatewayText = lazyregexp.New(`^[{}\[\]\d,.;@#~%&()?\w"= /\\:+-]+$`)
)

// usages checks the backends of a product and their paths.
func (p place) usages(backends Map[string]) {
	paths := map[string]string{}
	for _, b := range backends {
		if _, ok := p.v.backend(b.Name); !ok {
			p.v.errorf(b.Pos, CodeReference, "%s: no backend %q; %s", p, b.Name, lacks(p.v.doc.Backends, b.Name))
		}
		at := p.at("backends", b.Name)
		if !at.known() {
			continue
		}
		at.check(&b.Value, checkUsagePath)
		path := strings.ToLower(UsagePath(b.Value))
		if first, twice := paths[path]; twice {
			at.errorf(CodeDuplicate, "%s: the path %s is backend %s's already", p, UsagePath(b.Value), first)
		}
		paths[path] = b.Name
	}
}

func (p place) authentication(a *Authentication) {
	if a == nil {
		return
	}
	forms := 0
	for _, said := range []bool{a.APIKey != nil, a.AppIDKey != nil, a.OIDC != nil} {
		if said {
			forms++
		}
	}
	if forms != 1 {
		p.errorf(CodeConflict, "%s is one of apiKey, appIdKey and oidc", p)
	}
	if k := a.APIKey; k != nil {
		p.at("apiKey", "name").check(k.Name, authParameter)
	}
	if k := a.AppIDKey; k != nil {
		p.at("appIdKey", "id").check(k.ID, authParameter)
		p.at("appIdKey", "key").check(k.Key, authParameter)
	}
	if a.OIDC != nil {
		p.at("oidc").oidc(a.OIDC)
	}
}

// authParameter is what 3scale takes as the name of a key in a request.
func authParameter(s string) error {
	if !authName.MatchString(s) {
		return errors.New("3scale takes letters, digits, _ and - here")
	}
	return nil
}

func (p place) oidc(o *OIDC) {
	said := func(key string) bool { return p.v.said(append(p.path[:len(p.path):len(p.path)], key)...) }
	switch {
	case said("client") && (said("issuer") || said("clientId") || said("clientSecret")):
		p.errorf(CodeConflict, "%s: the client hands over issuer, clientId and clientSecret; say the one or the others", p)
	case !said("client") && !said("issuer"):
		p.errorf(CodeRequired, "%s needs a client (realm/client) or an issuer", p)
	}
	if said("clientId") != said("clientSecret") {
		p.errorf(CodeConflict, "%s: clientId and clientSecret go together", p)
	}
	if said("jwtClaimWithClientId") != said("jwtClaimWithClientIdType") {
		p.errorf(CodeConflict, "%s: jwtClaimWithClientId and jwtClaimWithClientIdType go together", p)
	}
	p.at("issuer").check(o.Issuer, webURL)
	if o.Client != nil {
		p.at("client").client(*o.Client)
	}
}

// gateway checks what the gateway answers, and where it is.
func (p place) gateway(product *Product) {
	for _, r := range product.GatewayResponses {
		at := p.at("gatewayResponses", r.Name)
		at.at("contentType").check(r.Value.ContentType, gatewayAnswer)
		at.at("body").check(r.Value.Body, gatewayAnswer)
	}
	e := product.Endpoints
	if e == nil {
		return
	}
	hosted := product.Deployment == nil || *product.Deployment != "selfManaged"
	endpoint := func(s string) error {
		if err := publicEndpoint(s); err != nil || !hosted {
			return err
		}
		return notLocal(s)
	}
	p.at("endpoints", "staging").check(e.Staging, endpoint)
	p.at("endpoints", "production").check(e.Production, endpoint)
}

// gatewayAnswer is what 3scale takes as the text or content type of a gateway's answer.
func gatewayAnswer(s string) error {
	if strings.TrimSpace(s) != "" && !gatewayText.MatchString(s) {
		return errors.New(`3scale takes letters, digits, spaces and {}[],.;@#~%&()?_"=/\:+- here`)
	}
	return nil
}

// policies checks a chain. Its configurations belong to the policies.
func (p place) policies(chain []Policy) {
	for i, policy := range chain {
		at := p.at("policies", index(i))
		if policy.Name == apicastPolicy && policy.Enabled != nil && !*policy.Enabled {
			at.warnf(CodePolicy, "%s: without apicast the gateway calls no backend", at)
		}
	}
}
