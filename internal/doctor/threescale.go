package doctor

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/maas"
)

// tenant looks at a tenant of 3scale.
type tenant struct {
	System
	probe
	doc  *maas.Document
	opts transport.Options
}

func newTenant(doc *maas.Document, opts transport.Options) *tenant {
	said := doc.ThreeScale
	opts.Insecure, opts.TLS = said.Insecure, said.Config
	opts.Redactor.Add(said.Token.Reveal())
	own := opts
	own.Authorize = basic(said.Token)
	base := strings.TrimRight(said.URL, "/")
	return &tenant{System: System{System: "3scale", URL: base}, probe: probe{base, transport.New(own)}, doc: doc, opts: opts}
}

const (
	textDenied = "Access denied"       // 403: the tenant doesn't know the token, or the host is no admin portal
	textScope  = "correct permissions" // 403: the token lacks the scope
)

func (t *tenant) look(ctx context.Context) {
	var settings struct {
		Settings map[string]any `json:"settings"`
	}
	err := t.get(ctx, "/admin/api/settings.json", &settings)
	if !t.reached(err) || !t.known(err) {
		return
	}
	t.version(settings.Settings)
	if t.management(err) {
		t.permission(ctx)
		t.switches(ctx)
		t.gateway(ctx)
	}
	t.scopes(ctx)
	t.master(ctx)
}

// reached says whether an admin portal answers.
func (t *tenant) reached(err error) bool {
	e, answer := answered(err)
	const admin = "threescale.url is the tenant's admin portal, https://TENANT-admin.HOST"
	switch {
	case err == nil || transport.Is(err, http.StatusUnauthorized, http.StatusForbidden):
		t.add("reachable", OK, "the admin portal answers", "")
		return true
	case answer && e.Status == http.StatusNotFound || errors.Is(err, errOther):
		t.add("reachable", Problem, "something answers that is no admin portal: "+err.Error(), admin)
	case answer && e.Status >= http.StatusMultipleChoices && e.Status < http.StatusBadRequest:
		t.add("reachable", Problem, err.Error(), admin+"; a redirect mostly means http instead of https")
	case answer:
		t.add("reachable", Problem, err.Error(), "look at the pods of 3scale (system-app), and try again")
	default:
		t.add("reachable", Problem, err.Error(), cmp.Or(transport.Advice(err), "check threescale.url, the name's DNS entry, proxies and certificates"))
	}
	return false
}

// known says whether the tenant knows the token at all.
func (t *tenant) known(err error) bool {
	if says(err, http.StatusForbidden, textDenied) || transport.Is(err, http.StatusUnauthorized) {
		t.add("token", Refused, "the tenant doesn't know the token, or it has expired",
			"make an access token under Account Settings → Personal → Tokens of this tenant; threescale.url has to be the admin portal's")
		return false
	}
	t.add("token", OK, "the tenant knows it", "")
	return true
}

// version tells what can be told: the API has no version, but each has its own settings.
func (t *tenant) version(settings map[string]any) {
	switch _, since := settings["strong_passwords_enabled"]; {
	case settings == nil:
	case since:
		t.add("version", OK, "2.16, by its settings", "")
	default:
		t.add("version", Note, "not told by the API; maasctl is tested with 2.16", "")
	}
}

// management says whether the token has the scope that nearly everything needs.
func (t *tenant) management(err error) bool {
	if err == nil {
		t.add("scope account_management", OK, "reads are allowed", "")
		return true
	}
	found := "the token lacks it"
	if !says(err, http.StatusForbidden, textScope) {
		found = err.Error()
	}
	t.add("scope account_management", Refused, found, "make a token with the scope Account Management API and read and write access; its owner has to be an admin")
	return false
}

// permission tells whether the token may write. No read shows a token's own permission without sending the token in a path,
// where it would be logged; but its owner's tokens are listed, and mostly agree.
func (t *tenant) permission(ctx context.Context) {
	const name = "write access"
	var list struct {
		Tokens []struct {
			Token struct {
				Permission string `json:"permission"`
			} `json:"access_token"`
		} `json:"access_tokens"`
	}
	if err := t.get(ctx, "/admin/api/personal/access_tokens.json", &list); err != nil || len(list.Tokens) == 0 {
		t.add(name, Note, "reading can't tell", "")
		return
	}
	writing := 0
	for _, e := range list.Tokens {
		if e.Token.Permission == "rw" {
			writing++
		}
	}
	switch writing {
	case len(list.Tokens):
		t.add(name, OK, "all tokens of the token's owner may write", "")
	case 0:
		t.add(name, Refused, "the token may only read: none of its owner's may write", "diff works; apply needs a token with read and write access")
	default:
		t.add(name, Note, strconv.Itoa(writing)+" of "+strconv.Itoa(len(list.Tokens))+" tokens of the token's owner may write; reading can't tell which of them this is", "")
	}
}

// scopes looks at the other scopes.
func (t *tenant) scopes(ctx context.Context) {
	registry := Note
	if t.selfManaged() {
		registry = Problem
	}
	for _, s := range []struct {
		scope, path, use string
		missing          Status
	}{
		{"cms", "/admin/api/cms/sections.json?per_page=1", "for the portal's pages (account_management does as well)", Note},
		{"stats", "/stats/services/" + t.anyProduct(ctx) + "/usage.json?metric_name=hits&period=day", "to see usage, and whether calls are counted", Problem},
		{"policy_registry", "/admin/api/registry/policies.json", "to see the policies of self-managed gateways", registry},
	} {
		err := t.get(ctx, s.path, nil)
		e, answer := answered(err)
		switch {
		case err == nil || answer && e.Status == http.StatusNotFound: // past the scope, to a product that isn't there
			t.add("scope "+s.scope, OK, "reads are allowed", "")
		case says(err, http.StatusForbidden, textScope):
			t.add("scope "+s.scope, s.missing, "the token lacks it", "needed "+s.use)
		default:
			t.add("scope "+s.scope, s.missing, err.Error(), "needed "+s.use)
		}
	}
}

// anyProduct is the number of some product; "0" where none is to be seen.
func (t *tenant) anyProduct(ctx context.Context) string {
	var list struct {
		Services []struct {
			Service struct {
				ID int64 `json:"id"`
			} `json:"service"`
		} `json:"services"`
	}
	if err := t.get(ctx, "/admin/api/services.json?page=1&per_page=1", &list); err != nil || len(list.Services) == 0 {
		return "0"
	}
	return strconv.FormatInt(list.Services[0].Service.ID, 10)
}
