package maas

import (
	"net/netip"
	"net/url"
	"strings"

	"example.com/maasctl/internal/lazyregexp"
)

// ownerName is what a document may be called: it becomes part of a label with other words beside it.
var ownerName = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// document checks what stands at the top.
func (v *validator) document() {
	top := v.at()
	switch d := v.doc; {
	case d.APIVersion == "" && !v.said("apiVersion"):
		v.missing("apiVersion", "the document needs apiVersion: "+APIVersion)
	case d.APIVersion != APIVersion && v.doc.source.tree.get("apiVersion").isText():
		top.at("apiVersion").errorf(CodeValue, "this maasctl reads %s, not %s", APIVersion, d.APIVersion)
	}
	switch d := v.doc; {
	case d.Name == "" && !v.said("name"):
		v.missing("name", "the document needs a name: what it makes carries it")
	case top.at("name").known() && v.doc.source.tree.get("name").isText() && !ownerName.MatchString(d.Name):
		top.at("name").errorf(CodeName, "a document's name has up to 63 of A-Z a-z 0-9 . _ - and starts with a letter or digit")
	}
}

// missing reports something that the document lacks at the top.
func (v *validator) missing(key, message string) {
	if !v.said(key) { // else it is said, but wrong, which is reported
		v.lacks(v.doc.source.tree.pos, message)
	}
}

// lacks reports what is missing; where an environment may have it, it says so.
func (v *validator) lacks(pos Position, message string) {
	names := v.doc.source.environments
	if len(names) == 0 || v.doc.source.options.Environment != "" {
		v.errorf(pos, CodeRequired, "%s", message)
		return
	}
	v.errorf(pos, CodeEnvironment, "%s; there are environments (%s): choose one with -e", message, strings.Join(names, ", "))
}

// requires reports a key of a connection that isn't there.
func (p place) requires(key string) {
	if !p.v.said(append(p.path[:len(p.path):len(p.path)], key)...) {
		p.v.lacks(p.pos(), p.String()+" needs "+key)
	}
}

// connections checks that the servers are named that the document needs.
func (v *validator) connections() {
	d := v.doc
	if t := d.ThreeScale; t == nil {
		if d.Tenant != nil || d.Backends != nil || d.Products != nil || d.Accounts != nil {
			v.missing("threescale", "the document needs threescale: {url, token} for what belongs to 3scale")
		}
	} else {
		at := v.at("threescale")
		at.requires("url")
		at.requires("token")
		at.at("url").server(t.URL, t.Insecure, false)
		at.tls(t.URL, t.TLS)
		if m := t.Master; m != nil {
			at := at.at("master")
			at.requires("url")
			at.requires("token")
			at.at("url").server(m.URL, t.Insecure, false)
		}
	}
	if k := d.Keycloak; k == nil {
		if d.Realms != nil {
			v.missing("keycloak", "the document needs keycloak: {url, credentials} for its realms")
		}
	} else {
		at := v.at("keycloak")
		at.requires("url")
		at.at("url").server(k.URL, k.Insecure, true)
		at.tls(k.URL, k.TLS)
		at.requires("credentials")
		v.credentials(k.Credentials)
	}
}

// said tells whether the document says anything at a path, right or wrong.
func (v *validator) said(path ...string) bool {
	_, ok := v.doc.positions[pathKey(path)]
	return ok
}

// credentials are those of a user, of a client, or a token. A user may sign in by a client of its own.
func (v *validator) credentials(c *Credentials) {
	if c == nil {
		return
	}
	at := v.at("keycloak", "credentials")
	has := func(key string) bool { return v.said("keycloak", "credentials", key) }
	user, client := has("username") || has("password"), has("clientId") || has("clientSecret")
	switch {
	case has("username") != has("password"):
		at.errorf(CodeConflict, "%s: username and password go together", at)
	case client && !has("clientId"), client && !user && !has("clientSecret"):
		at.errorf(CodeConflict, "%s: clientId and clientSecret go together", at)
	case has("token") == (user || client):
		at.errorf(CodeConflict, "%s are one of username and password, clientId and clientSecret, or token", at)
	}
}

// server checks the address of a server.
func (p place) server(address string, insecure, path bool) {
	if address == "" || !p.known() {
		return
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		p.errorf(CodeValue, "%s is the server's address, such as https://host.example.com", p)
		return
	}
	if u.RawQuery != "" || u.Fragment != "" || !path && strings.Trim(u.Path, "/") != "" {
		p.errorf(CodeValue, "%s is an address and nothing more: no path or query", p)
	}
	if u.Scheme == "https" || isLoopback(u.Hostname()) {
		return
	}
	if !insecure {
		p.errorf(CodeSecurity, "%s sends credentials in clear; use https, or say insecure: true", p)
		return
	}
	p.warnf(CodeSecurity, "%s sends credentials in clear to %s", p, u.Hostname())
}

// isLoopback tells whether a host is this machine.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && ip.IsLoopback()
}
