package threescale

import (
	"net/url"

	"example.com/maasctl/pkg/secret"
)

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
