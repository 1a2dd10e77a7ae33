package maas

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"

	"example.com/maasctl/internal/lazyregexp"
)

// defaultPorts are made explicit by 3scale wherever it stores an address.
func defaultPort(scheme string) string {
	switch scheme {
	case "http", "ws":
		return "80"
	case "https", "wss":
		return "443"
	}
	return ""
}

// WithPort gives an address as 3scale stores it: with its port. What is no address stays as it is.
func WithPort(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Port() != "" || defaultPort(u.Scheme) == "" {
		return address
	}
	host := strings.TrimSuffix(u.Host, ":")
	return strings.Replace(address, u.Host, host+":"+defaultPort(u.Scheme), 1)
}

// label is one part of a host name.
var label = lazyregexp.New(`^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$`)

// checkHost tells what is wrong with the host of an address.
func checkHost(u *url.URL) error {
	host := strings.TrimSuffix(u.Hostname(), ".")
	if _, err := netip.ParseAddr(host); err == nil {
		return nil
	}
	for _, l := range strings.Split(host, ".") {
		if !label.MatchString(l) {
			return errors.New("its host is no name that 3scale takes")
		}
	}
	return nil
}

// privateEndpoint is what 3scale takes for a backend's address.
func privateEndpoint(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || defaultPort(u.Scheme) == "" || strings.ContainsAny(address, " \t\n") {
		return errors.New("an address is scheme://host(:port)(/path), with http, https, ws or wss")
	}
	if u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return errors.New("an address has no credentials, query or fragment here")
	}
	if isProtected(u.Hostname()) {
		return errors.New("3scale doesn't take localhost: the gateway would call itself")
	}
	return checkHost(u)
}

// isProtected tells whether 3scale keeps a host for itself.
func isProtected(host string) bool {
	return strings.EqualFold(host, "localhost") || strings.HasPrefix(host, "127.")
}

// publicEndpoint is what 3scale takes for a gateway's address.
func publicEndpoint(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.ContainsAny(address, " \t\n") {
		return errors.New("a gateway's address is https://host(:port)")
	}
	if u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Path != "" {
		return errors.New("a gateway's address is https://host(:port) and nothing more")
	}
	return checkHost(u)
}

// webURL is any http or https address.
func webURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.ContainsAny(address, " \t\n") {
		return errors.New("this is no http or https URL")
	}
	return nil
}

// serverURL is what 3scale takes as an OpenAPI document's server.
func serverURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || defaultPort(u.Scheme) == "" {
		return errors.New("a server's URL is absolute, with http, https, ws or wss")
	}
	return nil
}

var (
	email     = lazyregexp.New(`^[\w.%+'-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}$`)
	usagePath = lazyregexp.New(`^(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*$`)
	hostPort  = lazyregexp.New(`^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?(:\d{1,5})?$`)
)

// emailAddress is what 3scale takes for one.
func emailAddress(s string) error {
	if s != "" && !email.MatchString(s) {
		return errors.New("this is no e-mail address")
	}
	return nil
}

// UsagePath gives a backend's path in a product as 3scale stores it: one slash before, none after.
func UsagePath(path string) string { return "/" + strings.Trim(path, "/") }

func checkUsagePath(path string) error {
	if !usagePath.MatchString(strings.TrimSuffix(UsagePath(path), "/")) {
		return errors.New(`a path is words between slashes, such as / or /v1`)
	}
	return nil
}

func hostnameRewrite(s string) error {
	if s != "" && !hostPort.MatchString(s) {
		return errors.New("this is host or host:port")
	}
	return nil
}
