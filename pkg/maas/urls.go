package maas

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"example.com/maasctl/internal/lazyregexp"
)

// defaultPort is the port that 3scale writes into an address which has none: Ruby's own for the scheme, and that knows
// none for wss.
func defaultPort(scheme string) string {
	switch scheme {
	case "http", "ws":
		return "80"
	case "https":
		return "443"
	}
	return ""
}

// isEndpoint tells the schemes of what 3scale takes for an API's address.
func isEndpoint(scheme string) bool { return scheme == "wss" || defaultPort(scheme) != "" }

// WithPort gives an address as 3scale stores it: the scheme in lower case, and with the scheme's port where it has one. The
// host and the path stay as they are. What is no address stays as it is.
func WithPort(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || !isEndpoint(u.Scheme) {
		return address
	}
	rest := address[len(u.Scheme):] // url.Parse has taken it from the beginning
	if host := strings.TrimSuffix(u.Host, ":"); u.Port() == "" && strings.Contains(rest, u.Host) {
		if port := defaultPort(u.Scheme); port != "" {
			host += ":" + port
		}
		rest = strings.Replace(rest, u.Host, host, 1)
	}
	return u.Scheme + rest
}

// checkPort refuses ports that no server listens on. 3scale takes any number.
func checkPort(u *url.URL) error { return portNumber(u.Port()) }

// portNumber is a port, or nothing.
func portNumber(text string) error {
	if text == "" {
		return nil
	}
	if port, err := strconv.ParseUint(text, 10, 16); err != nil || port == 0 || text[0] == '0' {
		return fmt.Errorf("%s is no port: those are 1 to 65535", text)
	}
	return nil
}

// label is one part of a host name.
var label = lazyregexp.New(`^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$`)

// checkHost tells what is wrong with the host of an address, or its port.
func checkHost(u *url.URL) error {
	if err := checkPort(u); err != nil {
		return err
	}
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
	if err != nil || u.Host == "" || !isEndpoint(u.Scheme) || strings.ContainsAny(address, " \t\n") {
		return errors.New("an address is scheme://host(:port)(/path), with http, https, ws or wss")
	}
	if u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return errors.New("an address has no query or fragment here")
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
	if u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Path != "" {
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
	return checkPort(u)
}

// serverURL is what 3scale takes as an OpenAPI document's server.
func serverURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || !isEndpoint(u.Scheme) {
		return errors.New("a server's URL is absolute, with http, https, ws or wss")
	}
	if u.User != nil {
		return errors.New("a server's URL has no credentials")
	}
	return checkPort(u)
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
	_, port, _ := strings.Cut(s, ":")
	return portNumber(port)
}
