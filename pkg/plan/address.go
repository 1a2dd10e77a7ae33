// Package plan compares what a document asks for with what the servers have, and says what would change.
// It is pure: no I/O, no clock, and the same input gives the same bytes.
package plan

import (
	"net/url"
	"strings"
)

// Address names one object on one system, such as "3scale:product/granite/metric/total_tokens". Names are escaped like
// segments of a URL, so that an address is unique whatever an object is called.
type Address string

// Root is the address of an object that stands by itself.
func Root(system, kind, name string) Address {
	return Address(system + ":" + segment(kind, name))
}

// Child is the address of an object below another. Parts, of which a parent has one at most, have no name.
func (a Address) Child(kind, name string) Address {
	return a + "/" + Address(segment(kind, name))
}

// Root is the object at the top: the product of a limit, the realm of a role.
func (a Address) Root() Address {
	slashes := 0
	for i := range len(a) {
		if a[i] == '/' {
			if slashes++; slashes == 2 {
				return a[:i]
			}
		}
	}
	return a
}

// System is the system that the object lives on.
func (a Address) System() string {
	system, _, _ := strings.Cut(string(a), ":")
	return system
}

// Within tells whether the object is the other one, or stands below it.
func (a Address) Within(other Address) bool {
	return a == other || strings.HasPrefix(string(a), string(other)+"/")
}

func segment(kind, name string) string {
	if name == "" {
		return kind
	}
	return kind + "/" + url.PathEscape(name)
}

// TopKind is the kind of the object at the top: "product" for a product and all below it.
func (a Address) TopKind() string {
	_, rest, _ := strings.Cut(string(a), ":")
	kind, _, _ := strings.Cut(rest, "/")
	return kind
}

// Name is the object's own name; "" for a part.
func (a Address) Name() string {
	_, rest, _ := strings.Cut(string(a), ":")
	parts := strings.Split(rest, "/")
	if len(parts)%2 == 1 {
		return ""
	}
	name, err := url.PathUnescape(parts[len(parts)-1])
	if err != nil {
		return parts[len(parts)-1]
	}
	return name
}

// LastKind is the kind of the object itself.
func (a Address) LastKind() string {
	_, rest, _ := strings.Cut(string(a), ":")
	parts := strings.Split(rest, "/")
	return parts[(len(parts)-1)/2*2]
}

// Below lists kind and name of each step from root ("SYSTEM:" for all) down to the object, as a reader would say them.
func (a Address) Below(root Address) []string {
	rest, ok := strings.CutPrefix(string(a), string(root))
	rest = strings.TrimPrefix(rest, "/")
	if rest == "" || !ok {
		return nil
	}
	parts := strings.Split(rest, "/")
	for i := 1; i < len(parts); i += 2 {
		if name, err := url.PathUnescape(parts[i]); err == nil {
			parts[i] = name
		}
	}
	return parts
}
