package cli

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// authority vouches for certificates.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{}
	der, key := a.sign(t, &x509.Certificate{IsCA: true, BasicConstraintsValid: true, NotAfter: time.Now().Add(time.Hour)})
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{certificate, key}
}

// sign makes a certificate with a key; of nobody yet, it signs itself.
func (a *authority) sign(t *testing.T, c *x509.Certificate) ([]byte, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.SerialNumber, c.Subject, c.NotBefore = big.NewInt(1), pkix.Name{CommonName: "test"}, time.Now().Add(-48*time.Hour)
	parent, by := a.certificate, a.key
	if parent == nil {
		parent, by = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	return der, key
}

// pair is a certificate with its key, as files have them.
func (a *authority) pair(t *testing.T, c *x509.Certificate) (certificate, key []byte) {
	t.Helper()
	der, private := a.sign(t, c)
	text, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: text})
}

// securely starts a 3scale that has a certificate for a name, valid until a time, and asks for one.
func securely(t *testing.T, a *authority, name string, until time.Time) string {
	t.Helper()
	certificate, key := a.pair(t, &x509.Certificate{DNSNames: []string{name}, NotAfter: until})
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	clients := x509.NewCertPool()
	clients.AddCert(a.certificate)
	server := httptest.NewUnstartedServer(threescaletest.New(threescaletest.Options{Token: "token"}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients, MinVersion: tls.VersionTLS12}
	server.Config.ErrorLog = nil
	server.StartTLS()
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	dir, a := t.TempDir(), newAuthority(t)
	certificate, key := a.pair(t, &x509.Certificate{NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	_, otherKey := a.pair(t, &x509.Certificate{NotAfter: time.Now().Add(time.Hour)})
	for name, data := range map[string][]byte{
		"ca.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw}), "client.pem": certificate, "client.key": key,
		"other.pem": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: newAuthority(t).certificate.Raw}), "other.key": otherKey,
	} {
		if err := errors.Join(os.MkdirAll(filepath.Join(dir, "conf", "tls"), 0o700), os.WriteFile(filepath.Join(dir, "conf", "tls", name), data, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	good := securely(t, a, "localhost", time.Now().Add(time.Hour))
	const mine = "certFile: tls/client.pem, keyFile: tls/client.key"
	for _, c := range []struct {
		url, files string
		code       ExitCode
		want       string
	}{
		{good, "caFile: tls/ca.pem, " + mine, ExitChanges, "+ product granite"},
		{good, "insecure: true, " + mine, ExitChanges, "+ product granite"},
		{good, mine, ExitError, "with caFile"},
		{good, "caFile: tls/other.pem, " + mine, ExitError, "with caFile"},
		{good, "caFile: tls/ca.pem", ExitError, "certFile and keyFile beside its url"},
		{securely(t, a, "elsewhere.example.com", time.Now().Add(time.Hour)), "caFile: tls/ca.pem, " + mine, ExitError, "another name's"},
		{securely(t, a, "localhost", time.Now().Add(-time.Hour)), "caFile: tls/ca.pem, " + mine, ExitError, "has to be renewed there"},
		{good, "caFile: tls/none.pem", ExitError, "conf/maas.yaml:3:65: error: tls/none.pem: no such file or directory [file]"},
		{good, "caFile: tls/client.key", ExitError, "conf/maas.yaml:3:65: error: tls/client.key holds no certificate in PEM [file]"},
		{good, "certFile: tls/client.pem, keyFile: tls/other.key", ExitError, "conf/maas.yaml:3:67: error: tls/client.pem with tls/other.key: private key does not match public key [file]"},
	} {
		text := "apiVersion: maasctl/v1\nname: test\nthreescale: {url: \"URL\", token: \"${env:TOKEN}\",   " + c.files + "}\nproducts: {granite: {}}\n"
		if err := os.WriteFile(filepath.Join(dir, "conf", "maas.yaml"), []byte(strings.Replace(text, "URL", "https://x", 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"diff", "doctor"} {
			var out bytes.Buffer
			code := Run(context.Background(), []string{command, "-f", "conf/maas.yaml", "--set", "threescale.url=" + c.url}, IO{
				In: strings.NewReader(""), Out: &out, Err: &out, Now: time.Now, Dir: dir,
				LookupEnv: func(name string) (string, bool) { return "token", name == "TOKEN" },
			})
			if command == "diff" && (code != c.code || !strings.Contains(out.String(), c.want)) ||
				command == "doctor" && c.code != ExitChanges && (code != c.code || !strings.Contains(out.String(), c.want)) ||
				command == "doctor" && c.code == ExitChanges && !strings.Contains(out.String(), "ok       reachable") {
				t.Errorf("%s with %s at %s: exit %d\n%s", command, c.files, c.url, code, out.String())
			}
		}
	}
	if code := Run(context.Background(), []string{"validate", "-f", "conf/maas.yaml"}, IO{
		In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}, Now: time.Now, Dir: dir, LookupEnv: func(string) (string, bool) { return "", false },
	}); code != ExitOK {
		t.Errorf("what needs no server needs no certificates: exit %d", code)
	}
}
