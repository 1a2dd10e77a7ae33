package threescale

import (
	"net/url"
	"strings"

	"example.com/maasctl/pkg/secret"
)

// withPort is the URL as 3scale stores it: it always writes the port. What is no URL stays as it is.
func withPort(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Port() != "" {
		return raw
	}
	port := map[string]string{"http": "80", "ws": "80", "https": "443", "wss": "443"}[strings.ToLower(u.Scheme)]
	if port == "" {
		return raw
	}
	u.Host += ":" + port
	return u.String()
}

// withSlash is the path of a backend usage as 3scale stores it: one slash in front, none behind.
func withSlash(path string) string { return "/" + strings.Trim(path, "/") }

// issuer is an address of an OpenID Connect issuer with the client's id and secret apart, which 3scale keeps in one
// URL: https://id:secret@host/realms/name.
type issuer struct {
	url, clientID string
	secret        secret.Value
}

func splitIssuer(endpoint string) issuer {
	u, err := url.Parse(endpoint)
	if err != nil || u.User == nil {
		return issuer{url: endpoint}
	}
	password, _ := u.User.Password()
	i := issuer{clientID: u.User.Username(), secret: secret.New("", password)}
	u.User = nil
	i.url = u.String()
	return i
}

// join is the URL with id and secret in it; it goes nowhere but on the wire.
func (i issuer) join() (string, error) {
	u, err := url.Parse(i.url)
	if err != nil {
		return "", err
	}
	if i.clientID != "" {
		u.User = url.UserPassword(i.clientID, i.secret.Reveal())
	}
	return u.String(), nil
}
