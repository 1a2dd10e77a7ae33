package maas

import (
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.com/maasctl/internal/lazyregexp"
	"example.com/maasctl/internal/near"
)

// Constraints stand in the types' tags, so that the loader, the schema and the reader see the same ones:
//
//	enum:"a,b"       a text is one of these
//	chars:"1-255"    a text's length in characters; with 1 or more it can't be blank
//	min:"0" max:"9"  a number's range
//	key:"KIND"       what the keys of a Map have to be, see keyKind
//	keys:"a,b"       the keys of a Map are some of these; innerKeys says so of the Maps in a Map

// checkText holds a text to its field's tags.
func (d *decoder) checkText(n *node, s string, a at) {
	if enum, ok := a.tag.Lookup("enum"); ok && !contains(enum, s) {
		known := strings.Split(enum, ",")
		d.errorf(n.pos, CodeSchema, "%s can't be %q; it is one of %s%s", describe(a.path), s,
			strings.Join(known, ", "), near.Meant(s, known))
	}
	least, most, ok := charsTag(a.tag.Get("chars"))
	if !ok {
		return
	}
	switch {
	case strings.ContainsFunc(s, isControl):
		d.errorf(n.pos, CodeValue, "%s holds a control character, which servers drop or refuse", describe(a.path))
	case least > 0 && strings.TrimSpace(s) == "":
		d.errorf(n.pos, CodeValue, "%s can't be blank", describe(a.path))
	case utf8.RuneCountInString(s) < least:
		d.errorf(n.pos, CodeValue, "%s is too short; it has at least %d characters", describe(a.path), least)
	case utf8.RuneCountInString(s) > most:
		d.errorf(n.pos, CodeValue, "%s has %d characters; at most %d fit", describe(a.path), utf8.RuneCountInString(s), most)
	}
}

// userInfo is what stands in front of the host of a URL, wherever in a text that is.
var userInfo = lazyregexp.New(`[A-Za-z][A-Za-z0-9+.-]*://[^/?#\s"'<>\\]*@`)

// checkUserInfo refuses credentials in front of the host of a URL. Such a text isn't known to be a secret, so that plans,
// traces and the servers' own pages would show them.
func (d *decoder) checkUserInfo(n *node, s string, a at) {
	if userInfo.MatchString(s) {
		d.errorf(n.pos, CodeSecret, "%s has credentials in front of a URL's host, where everybody would see them; leave them out", describe(a.path))
	}
}

// charsTag reads "LEAST-MOST".
func charsTag(tag string) (least, most int, ok bool) {
	from, to, ok := strings.Cut(tag, "-")
	if !ok {
		return 0, 0, false
	}
	least, err1 := strconv.Atoi(from)
	most, err2 := strconv.Atoi(to)
	return least, most, err1 == nil && err2 == nil
}

// checkRange holds a number to its field's tags.
func (d *decoder) checkRange(n *node, x int64, a at) {
	if least, err := strconv.ParseInt(a.tag.Get("min"), 10, 64); err == nil && x < least {
		d.errorf(n.pos, CodeValue, "%s is %d; it is at least %d", describe(a.path), x, least)
	}
	if most, err := strconv.ParseInt(a.tag.Get("max"), 10, 64); err == nil && x > most {
		d.errorf(n.pos, CodeValue, "%s is %d; it is at most %d", describe(a.path), x, most)
	}
}

// What names look like in 3scale and Keycloak.
var (
	systemName   = lazyregexp.New(`^[A-Za-z0-9_][A-Za-z0-9_/-]+$`)
	plainName    = lazyregexp.New(`\S`)
	organization = lazyregexp.New(`[\p{L}\p{N}]`)
	username     = lazyregexp.New(`^[A-Za-z0-9_][A-Za-z0-9_.@+-]{2,39}$`)
	realmName    = lazyregexp.New(`^[^/]+$`)
)

// keyKind gives what a key has to look like, in code and in words.
func keyKind(kind string) (pattern *lazyregexp.Regexp, says string) {
	switch kind {
	case "systemName":
		return systemName, "a system name has 2 to 255 of A-Z a-z 0-9 _ - / and starts with a letter, a digit or _"
	case "name":
		return plainName, "a name has 1 to 255 characters and isn't blank"
	case "organization":
		return organization, "an organization's name has at least one letter or digit, and at most 255 characters"
	case "username":
		return username, "a username has 3 to 40 of A-Z a-z 0-9 _ . - @ + and starts with a letter, a digit or _"
	case "realm":
		return realmName, "a realm's name has 1 to 255 characters, none of them /"
	}
	return nil, ""
}

const maxKey = 255

// key holds a key of a Map to its tags.
func (d *decoder) key(f field, a at) {
	if keys, ok := a.tag.Lookup("keys"); ok && !contains(keys, f.key) {
		d.unknown(f, a.path, strings.Split(keys, ","))
	}
	if strings.ContainsFunc(f.key, unicode.IsControl) {
		d.errorf(f.pos, CodeName, "%q can't be a key of %s: a name has no line breaks and no other control characters", f.key, describe(a.path))
		return
	}
	pattern, says := keyKind(a.tag.Get("key"))
	if pattern != nil && (!pattern.MatchString(f.key) || utf8.RuneCountInString(f.key) > maxKey) {
		d.errorf(f.pos, CodeName, "%q can't be a key of %s: %s", f.key, describe(a.path), says)
	}
}

// innerTag gives the tags of a Map's values: innerKeys are the keys of those.
func innerTag(tag reflect.StructTag) reflect.StructTag {
	return reflect.StructTag(strings.ReplaceAll(string(tag), "innerKeys:", "keys:"))
}
