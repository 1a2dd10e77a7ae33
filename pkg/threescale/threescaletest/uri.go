package threescaletest

import (
	"fmt"
	"strings"

	"example.com/maasctl/internal/lazyregexp"
)

// uri is an address as Ruby's URI library takes it apart.
type uri struct {
	scheme, userinfo, host, port, path, opaque, query, fragment string
	hasHost                                                     bool
}

var (
	uriForm    = lazyregexp.New(`\A(?:([A-Za-z][A-Za-z0-9+.\-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?\z`)
	uriChars   = lazyregexp.New(`\A(?:%[0-9A-Fa-f]{2}|[A-Za-z0-9\-._~!$&'()*+,;=:@/?])*\z`)
	authForm   = lazyregexp.New(`\A(?:([^@]*)@)?(\[[0-9A-Fa-f:.]+\]|(?:%[0-9A-Fa-f]{2}|[A-Za-z0-9\-._~!$&'()*+,;=])*)(?::(\d*))?\z`)
	localhosts = lazyregexp.New(`\A(localhost|127(\.\d{1,3}){3})\z`)
	looseForm  = lazyregexp.New(`\A(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)`)
	portAtEnd  = lazyregexp.New(`:[^:@\[\]]*\z`)
	schemeForm = lazyregexp.New(`\A[A-Za-z][A-Za-z0-9+.\-]*\z`)
)

// parseURI is Ruby's URI.parse; ok is false where that raises InvalidURIError.
func parseURI(text string) (u uri, ok bool) {
	m := uriForm.FindStringSubmatch(text)
	if m == nil || !uriChars.MatchString(m[3]) || !uriChars.MatchString(m[4]) || !uriChars.MatchString(m[5]) {
		return u, false
	}
	u = uri{scheme: strings.ToLower(m[1]), path: m[3], query: m[4], fragment: m[5]}
	rest := strings.TrimPrefix(text, m[1]+":")
	if m[1] == "" {
		rest = text
	}
	if strings.HasPrefix(rest, "//") {
		a := authForm.FindStringSubmatch(m[2])
		if a == nil || !uriChars.MatchString(a[1]) {
			return u, false
		}
		u.userinfo, u.host, u.port, u.hasHost = a[1], a[2], a[3], true
	} else if m[1] == "" && strings.Contains(strings.SplitN(m[3], "/", 2)[0], ":") {
		return u, false
	} else if m[1] != "" && !strings.HasPrefix(m[3], "/") && m[3] != "" {
		u.opaque, u.path = m[3], ""
	}
	if u.port == "" && u.hasHost { // wss has none: Ruby's library knows no port of it
		u.port = map[string]string{"http": "80", "https": "443", "ws": "80", "ftp": "21", "ldap": "389", "ldaps": "636"}[u.scheme]
	}
	return u, true
}

// String writes an address with its port.
func (u uri) String() string {
	var b strings.Builder
	if u.scheme != "" {
		b.WriteString(u.scheme + ":")
	}
	if u.opaque != "" {
		b.WriteString(u.opaque)
	}
	if u.hasHost {
		b.WriteString("//")
		if u.userinfo != "" {
			b.WriteString(u.userinfo + "@")
		}
		b.WriteString(u.host)
		if u.port != "" {
			b.WriteString(":" + u.port)
		}
	}
	b.WriteString(u.path)
	if u.query != "" {
		b.WriteString("?" + u.query)
	}
	if u.fragment != "" {
		b.WriteString("#" + u.fragment)
	}
	return b.String()
}

// addPort makes the port of an address explicit, as porta does before it validates
// one (Proxy::PortGenerator). It is false if the address cannot be read.
func addPort(address **string) bool {
	if blank(*address) {
		return true
	}
	u, ok := parseURI(**address)
	if ok {
		*address = ptr(u.String())
	}
	return ok
}

// uriRules say what an address may have.
type uriRules struct {
	schemes []string
	path    bool
	invalid string // the message
}

// checkURI is porta's UriValidator. An address that cannot be read gets a message
// that is null: porta adds an error without a text there.
func checkURI(errs *problems, field string, address *string, rules uriRules) {
	u, ok := parseURI(or(address, ""))
	if address == nil || !ok {
		errs.add(field, nil)
		return
	}
	bad := !contains(rules.schemes, u.scheme) || strings.TrimSpace(u.host) == ""
	bad = bad || u.userinfo != "" || u.opaque != "" || u.query != "" || u.fragment != "" || u.path != "" && !rules.path
	if bad {
		errs.add(field, rules.invalid)
	}
	if len(u.host) > 255 {
		errs.add(field, "is too long (maximum is 255 characters)")
	}
	for _, label := range strings.Split(u.host, ".") {
		if len(label) > 63 {
			errs.add(field, fmt.Sprintf("is too long for one or more labels of the host (maximum is %d characters)", 63))
			break
		}
	}
}

// checkNotLocalhost is porta's NonLocalhostValidator, which reads addresses with
// another library (Addressable) that is less strict.
func checkNotLocalhost(errs *problems, field string, address *string, message string) {
	if address == nil {
		return
	}
	m := looseForm.FindStringSubmatch(*address)
	host := m[2]
	if i := strings.LastIndex(host, "@"); i >= 0 {
		host = host[i+1:]
	}
	host = portAtEnd.ReplaceAllString(host, "")
	web := m[1] == "http" || m[1] == "https"
	switch {
	case m[1] != "" && !schemeForm.MatchString(m[1]), web && host == "" && m[3] == "", strings.ContainsAny(host, " <>\\^`{|}"):
		errs.add(field, "Invalid URL format")
	case localhosts.MatchString(host):
		errs.add(field, message)
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
