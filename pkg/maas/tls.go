package maas

import (
	"crypto/tls"
	"crypto/x509"
	"net/url"
	"path/filepath"
	"strings"
)

// TLS is how a server proves who it is, and maasctl to it. Files stand beside the document that says them.
type TLS struct {
	// For http:// to another machine, or a certificate that isn't checked.
	Insecure bool `yaml:"insecure"`
	// Authorities that the server's certificate may be of, beside those of this machine; PEM.
	CAFile string `yaml:"caFile"`
	// The certificate that maasctl shows to a server which asks for one, with those between it and its authority; PEM.
	CertFile string `yaml:"certFile"`
	// The certificate's private key; PEM.
	KeyFile string `yaml:"keyFile"`
	// What is in the files; nil where none is named, and until references are resolved.
	Config *tls.Config `json:"-" yaml:"-"`
}

// readCertificates reads the files of connections.
func readCertificates(r *reporter, doc *Document) {
	if t := doc.ThreeScale; t != nil {
		t.Config = tlsFiles{r, doc, "threescale"}.config(t.TLS)
	}
	if k := doc.Keycloak; k != nil {
		k.Config = tlsFiles{r, doc, "keycloak"}.config(k.TLS)
	}
}

// tlsFiles reads the files of one server.
type tlsFiles struct {
	*reporter
	doc    *Document
	server string
}

func (f tlsFiles) config(said TLS) *tls.Config {
	config := &tls.Config{}
	if data, ok := f.read("caFile", said.CAFile); ok {
		config.RootCAs = authorities()
		if !config.RootCAs.AppendCertsFromPEM(data) {
			f.wrong("caFile", "%s holds no certificate in PEM", said.CAFile)
		}
	}
	cert, hasCert := f.read("certFile", said.CertFile)
	key, hasKey := f.read("keyFile", said.KeyFile)
	if hasCert && hasKey {
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			f.wrong("certFile", "%s with %s: %s", said.CertFile, said.KeyFile, strings.TrimPrefix(err.Error(), "tls: "))
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if config.RootCAs == nil && config.Certificates == nil {
		return nil
	}
	return config
}

// authorities are those of this machine: servers elsewhere are asked with them too, such as an identity provider's.
func authorities() *x509.CertPool {
	if pool, err := x509.SystemCertPool(); err == nil {
		return pool
	}
	return x509.NewCertPool()
}

func (f tlsFiles) read(key, name string) ([]byte, bool) {
	if name == "" {
		return nil, false
	}
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(f.doc.source.options.dirOf(f.doc.Pos(f.server, key).File), path)
	}
	data, err := readWhole(path)
	if err != nil {
		f.wrong(key, "%s: %v", name, reason(err))
	}
	return data, err == nil
}

func (f tlsFiles) wrong(key, format string, args ...any) {
	f.errorf(f.doc.Pos(f.server, key), CodeFile, format, args...)
}

// tls checks what a connection says of certificates.
func (p place) tls(address string, said TLS) {
	has := func(key string) bool { return p.v.said(append(p.path[:len(p.path):len(p.path)], key)...) }
	if has("certFile") != has("keyFile") {
		p.errorf(CodeConflict, "%s: certFile and keyFile go together", p)
	}
	u, err := url.Parse(address)
	if !said.Insecure || err != nil || u.Scheme != "https" {
		return
	}
	if has("caFile") {
		p.at("caFile").errorf(CodeConflict, "%s: with insecure: true nobody checks the certificate that caFile is for; leave one of them out", p)
		return
	}
	if !isLoopback(u.Hostname()) {
		p.at("insecure").warnf(CodeSecurity, "%s: nobody checks that it is %s which gets the credentials; name its authority with caFile instead", p, u.Hostname())
	}
}
