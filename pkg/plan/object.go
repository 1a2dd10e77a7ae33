package plan

import "fmt"

// Kind is what the planner has to know about a kind of object. How to read and write one is the business of its system.
type Kind struct {
	System string
	Name   string // the field's own term: "product", "mapping rules"
	Rank   int    // where its objects stand among those of other kinds, in the plan's order

	// Part is configuration of its parent and has no life of its own: it exists as soon as the parent does, is never
	// deleted by itself and follows the document where the document names it.
	Part bool

	// Fixed says why no API can delete an object of this kind, and where a person can.
	Fixed string

	// Frozen are fields that the server takes on create only, each with the way a person can still change it.
	Frozen map[string]string

	// KeepOne is set where the server refuses to delete the last one: deletions come after creations.
	KeepOne bool

	// Apart is set where an object and what stands below it can be written beside others of the same top object. Others
	// are written one at a time below each top object.
	Apart bool

	// Answered is set where each write's answer shows what is there then: it isn't read again after an apply.
	Answered bool

	// Marks is set where objects at the top can keep FieldProtect.
	Marks bool

	// Born lists the objects that the server makes below a new object of this kind, as it would then read them.
	Born func(parent *Object) []*Object
}

// Fields are an object's values by name. A value is what JSON can hold (string, bool, int64, float64, json.Number,
// []any, map[string]any, nil for "none"), a secret.Value, a Set, a List, or Handed.
type Fields map[string]any

// Set is a field with named elements that have no order, such as the limits of a plan. An element wanted as nil is one that
// must not be there, whosever the object is. An element that is a HandedName gets its name from another object.
type Set map[string]any

// List is a field with elements in an order that matters, such as mapping rules.
type List []Item

// Item is one element of a List. Label is what identifies it to a reader and, together with its place among equals, to
// the planner; Value is all the rest of it.
type Item struct {
	Label string
	Value any
}

// Handed is a value that another object has and hands on: a client's secret, once the client is there.
type Handed struct {
	From  Address `json:"from"`
	Field string  `json:"field"`
}

// HandedName is a Set's element whose name starts with a value that another object hands on: a redirect URI on the portal.
type HandedName struct {
	Handed
	Suffix string
}

func (h Handed) String() string { return fmt.Sprintf("%s of %s", h.Field, h.From) }

// Source is where in the user's files something is said.
type Source struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// Object is one thing that exists on a server, or that the document wants there.
type Object struct {
	Address Address
	Kind    string
	Name    string
	Parent  Address // "" at the top
	Fields  Fields
	Refs    []Address // what this object points at: it comes after them, and they can't go before it
	Steps   int       // of a live one: how many writes it takes to make it what is wanted, where these are counted
	Native  any       // what its system knows beside that, such as ids; the planner never looks at it

	// Said by the document.
	Source   Source
	Sources  map[string]Source // of single fields, where known
	Order    int               // place among its siblings, where the document's order counts
	Absent   bool
	Protect  bool
	Follows  []Address // changed along with any of these: a deployment follows the product's rules
	FollowOn string    // the field that then changes
	Unread   Fields    // values that the server doesn't show: sent along with a create or an update, never compared
	Initial  Fields    // values that the server takes with a create and never again, such as a new user's password
	Was      string    // its name until now, where the server knows it by its name only

	// Read from the server.
	Owner   string         // who manages it, or Nobody; below a top object, "" stands for the owner of what it is below
	Sealed  bool           // its owner's mark leaves no room for FieldProtect
	Builtin bool           // the server made it and needs it: never pruned
	Outputs map[string]any // values that only the server knows, for Handed and for outputs
}

// Nobody is the owner of an object that could carry a mark of its own and has none, though what it is below has one.
const Nobody = "nobody"

// New returns an object at the top.
func New(system, kind, name string, fields Fields) *Object {
	return &Object{Address: Root(system, kind, name), Kind: kind, Name: name, Fields: fields}
}

// Child returns an object below another.
func (o *Object) Child(kind, name string, fields Fields) *Object {
	return &Object{Address: o.Address.Child(kind, name), Kind: kind, Name: name, Parent: o.Address, Fields: fields}
}

// Collection is a set of objects that the document names: those of one kind below one parent ("" at the top).
// What is in it on the server and not in the document is undeclared, and --prune may take it.
type Collection struct {
	Kind   string
	Parent Address
	System string
}

// State is a set of objects by address.
type State map[Address]*Object

// Put adds objects.
func (s State) Put(objects ...*Object) {
	for _, o := range objects {
		s[o.Address] = o
	}
}
