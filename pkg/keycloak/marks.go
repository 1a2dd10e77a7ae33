package keycloak

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"maps"
	"strings"

	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// The keys of maasctl's own in attributes and configurations; Keycloak cuts or refuses values of more than 255 characters.
const (
	ownerKey  = "maasctl.owner"
	guardKey  = "maasctl.protect." // a key for each of what is protected in a realm
	secretKey = "maasctl.secret."  //nolint:gosec // no secret, but where its fingerprint stands; the name of the field follows
)

// masked is what Keycloak shows in place of a secret; written back it keeps the secret that is there, but for a client's.
const masked = "**********"

// place is where an object has room for keys of our own.
type place struct {
	field  string // "attributes", "config"; "": nowhere
	listed bool   // its values are lists of texts
}

func (p place) read(raw map[string]any, key string) string {
	v := at(raw, p.field, key)
	if list, ok := v.([]any); ok && len(list) > 0 {
		v = list[0]
	}
	t, _ := v.(string)
	return t
}

func (p place) write(body map[string]any, key, value string) {
	if p.field == "" {
		return
	}
	if p.listed {
		put(body, []string{value}, p.field, key)
		return
	}
	put(body, value, p.field, key)
}

// guards are what of a realm is protected, for plan.FieldProtect.
func (p place) guards(raw map[string]any) plan.Set {
	set := plan.Set{}
	attributes, _ := at(raw, p.field).(map[string]any)
	for key := range attributes {
		if strings.HasPrefix(key, guardKey) {
			if name := p.read(raw, key); name != "" {
				set[name] = true
			}
		}
	}
	return set
}

// guard writes what is protected, each under a key of its own; what isn't any more as nothing.
func (p place) guard(body map[string]any, fields plan.Fields) {
	set, _ := fields[plan.FieldProtect].(plan.Set)
	for name, stays := range set {
		key := guardKey + strings.TrimPrefix(plan.ShortGuard(name), "#")
		if strings.HasPrefix(name, "#") {
			key = guardKey + name[1:]
		}
		switch {
		case stays == nil:
			put(body, nil, p.field, key)
		case len(name) > mostOfAttribute:
			p.write(body, key, plan.ShortGuard(name))
		default:
			p.write(body, key, name)
		}
	}
}

// withoutOldGuards takes out the keys of what isn't protected any more: a realm's attributes are replaced as a whole.
func withoutOldGuards(body map[string]any) {
	attributes, _ := body["attributes"].(map[string]any)
	maps.DeleteFunc(attributes, func(key string, v any) bool { return v == nil && strings.HasPrefix(key, guardKey) })
}

// mostOfAttribute is how many characters of a value Keycloak keeps.
const mostOfAttribute = 255

// owner is who manages the object.
func (p place) owner(raw map[string]any) string {
	if p.field == "" {
		return ""
	}
	if o := p.read(raw, ownerKey); o != "" {
		return o
	}
	return plan.Nobody
}

// remember writes a fingerprint of each secret that the server won't show again.
func (p place) remember(body map[string]any, fields plan.Fields) {
	for name := range maps.Keys(fields) {
		if s, ok := fields[name].(secret.Value); ok && name != fieldSecret {
			p.write(body, secretKey+name, fingerprint(newSalt(), s))
		}
	}
}

// seen is a secret of the server as far as it can be told: its text where it is shown, the wanted one where the fingerprint
// says that it is this one, and otherwise one that equals none.
func (p place) seen(raw map[string]any, name string, have any, want secret.Value) any {
	if t, ok := have.(string); ok && t != masked && t != "" {
		return secret.New("", t)
	}
	kept := p.read(raw, secretKey+name)
	salt, _, _ := strings.Cut(kept, ".")
	if kept != "" && subtle.ConstantTimeCompare([]byte(fingerprint(salt, want)), []byte(kept)) == 1 {
		return want
	}
	return secret.Value{}
}

// fingerprint is 32 bits of a salted hash: enough to notice a change, too few to find the secret by trying.
func fingerprint(salt string, s secret.Value) string {
	sum := sha256.Sum256([]byte(salt + "\x00" + s.Reveal()))
	return salt + "." + hex.EncodeToString(sum[:4])
}

func newSalt() string {
	salt := make([]byte, 8)
	_, _ = rand.Read(salt) // never fails
	return hex.EncodeToString(salt)
}
