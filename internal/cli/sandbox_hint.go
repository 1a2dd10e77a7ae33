package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/maasctl/internal/lazyregexp"
	"example.com/maasctl/internal/sandbox"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/secret"
)

// hint is what to say on a command line so that a document speaks of the stand-ins.
type hint struct {
	files     string   // -f and -e
	sets      []string // --set
	variables []string // NAME=VALUE
	any       bool     // no document is known
}

// hintFor looks at the document that is at hand: the one that the sandbox was started with, or the one that lies there. Without
// any, it is for one of both servers.
func (o *sandboxOptions) hintFor(s *sandbox.Sandbox) hint {
	files := o.seeds
	if len(files) == 0 {
		files = o.files
	}
	named := files
	if len(files) == 0 {
		if _, err := os.Stat(filepath.Join(o.Dir, maas.DefaultFile)); err == nil {
			files = []string{maas.DefaultFile}
		}
	}
	h := hint{}
	for _, f := range named {
		h.files += " -f " + shellWord(f)
	}
	if o.environment != "" {
		h.files += " -e " + shellWord(o.environment)
	}
	var doc *maas.Document
	if len(files) > 0 {
		doc, _ = maas.Load(maas.Options{Files: files, Stdin: strings.NewReader(""), Dir: o.Dir, Environment: o.environment})
	}
	if doc == nil || doc.ThreeScale == nil && doc.Keycloak == nil {
		h.any = true
		doc = &maas.Document{
			ThreeScale: &maas.ThreeScale{Token: secret.FromRef("${env:THREESCALE_TOKEN}")},
			Keycloak: &maas.Keycloak{Credentials: &maas.Credentials{
				Username: secret.FromRef("${env:KEYCLOAK_USERNAME}"), Password: secret.FromRef("${env:KEYCLOAK_PASSWORD}"),
			}},
		}
	}
	if t := doc.ThreeScale; t != nil {
		h.sets = append(h.sets, "threescale.url="+s.ThreeScale)
		h.variable(t.Token, s.Token)
	}
	if k := doc.Keycloak; k != nil {
		h.sets = append(h.sets, "keycloak.url="+s.Keycloak)
		h.credentials(k.Credentials)
		h.discovery(doc, s.Keycloak)
	}
	return h
}

// credentials are those of the stand-in's administrator; a document that signs in otherwise gets them.
func (h *hint) credentials(c *maas.Credentials) {
	if c != nil && !c.Username.IsZero() && !c.Password.IsZero() && c.ClientID.IsZero() && (c.Realm == "" || c.Realm == "master") {
		h.variable(c.Username, sandbox.AdminUsername)
		h.variable(c.Password, sandbox.AdminPassword)
		return
	}
	h.sets = append(h.sets, fmt.Sprintf(`keycloak.credentials={username: %s, password: "${env:KEYCLOAK_PASSWORD}"}`, sandbox.AdminUsername))
	h.variables = append(h.variables, "KEYCLOAK_PASSWORD="+sandbox.AdminPassword)
}

// discovery lets identity providers find the stand-in, since nothing else may be there.
func (h *hint) discovery(doc *maas.Document, address string) {
	for _, r := range doc.Realms {
		for _, p := range r.Value.IdentityProviders {
			if p.Value.Discovery != "" {
				path := "realms" + pathStep(r.Name) + ".identityProviders" + pathStep(p.Name) + ".discovery"
				h.sets = append(h.sets, path+"="+address+"/realms/master")
			}
		}
	}
}

var envReference = lazyregexp.New(`^\$\{env:([^}]+)\}$`)

// variable adds one that a reference names.
func (h *hint) variable(of secret.Value, value string) {
	if m := envReference.FindStringSubmatch(of.Ref()); m != nil {
		h.variables = append(h.variables, m[1]+"="+shellWord(value))
	}
}

// command is a command line with all that it needs.
func (h *hint) command(name string) string {
	line := "maasctl " + name + h.files
	for _, s := range h.sets {
		line += " --set " + shellWord(s)
	}
	return line
}

var plainKey = lazyregexp.New(`^[A-Za-z0-9_-]+$`)

// pathStep is a key as a path of --set has it.
func pathStep(key string) string {
	if plainKey.MatchString(key) {
		return "." + key
	}
	return fmt.Sprintf("[%q]", key)
}

var plainWord = lazyregexp.New(`^[A-Za-z0-9_./:=@%+,-]+$`)

// shellWord is a word as a shell takes it.
func shellWord(text string) string {
	if plainWord.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
