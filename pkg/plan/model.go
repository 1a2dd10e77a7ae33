package plan

// FormatVersion is the version of the plan as JSON; a change that readers of it would notice raises it.
const FormatVersion = "1.6"

// Action is what a change does to its object.
type Action string

// The actions.
const (
	Create Action = "create"
	Update Action = "update"
	Delete Action = "delete"
)

// FieldAction is what happens to one field, or to one element of a Set or List.
type FieldAction string

// The actions on fields.
const (
	SetField FieldAction = "set"
	Add      FieldAction = "add"
	Remove   FieldAction = "remove"
	Move     FieldAction = "move"
	Order    FieldAction = "order" // of a List as a whole: Old and New are the labels of all its elements
)

// FieldChange is one line of a change. Secrets among the values print as ***.
type FieldChange struct {
	Name    string      `json:"name"`
	Element string      `json:"element,omitempty"`
	Action  FieldAction `json:"action"`
	Old     any         `json:"old"`
	New     any         `json:"new"`
	Source  *Source     `json:"source,omitempty"`
}

// Change is one object that would be created, updated or deleted.
type Change struct {
	Address     Address       `json:"address"`
	System      string        `json:"system"`
	Kind        string        `json:"kind"`
	Name        string        `json:"name,omitempty"`
	Parent      Address       `json:"parent,omitempty"`
	Part        bool          `json:"part,omitempty"`
	Action      Action        `json:"action"`
	Fields      []FieldChange `json:"fields"`
	Sent        []FieldChange `json:"sent,omitempty"` // what goes along though the server never shows it, so that nobody can compare
	DependsOn   []Address     `json:"dependsOn"`
	Steps       int           `json:"steps,omitempty"` // how many writes it stands for, where these are counted
	Source      *Source       `json:"source,omitempty"`
	Fingerprint string        `json:"fingerprint,omitempty"` // of the object as it was read; none for a create
	Loss        *Loss         `json:"loss,omitempty"`        // what goes along with a deletion; none where its server takes nothing along

	Answered bool `json:"-"` // the kind's: nothing is left to look at after an apply

	Lane    Address `json:"-"` // changes of one lane are carried out one at a time
	Desired *Object `json:"-"` // nil for a delete of something the document doesn't name
	Live    *Object `json:"-"` // nil for a create

	exact  bool              // elements that only the server has go
	frozen map[string]string // the kind's: fields that are left to a person
}

// Note is something to know about one object. Why is a whole sentence without its final stop.
type Note struct {
	Address Address `json:"address"`
	Kind    string  `json:"kind"`
	Name    string  `json:"name,omitempty"`
	Why     string  `json:"why"`
	Source  *Source `json:"source,omitempty"`
}

// Target is a server that the plan is for.
type Target struct {
	System string `json:"system"`
	URL    string `json:"url"`
}

// Plan is what an apply would do, in the order in which it is shown.
type Plan struct {
	FormatVersion string    `json:"formatVersion"`
	Owner         string    `json:"owner"`
	Targets       []Target  `json:"targets"`
	Made          Made      `json:"made"`
	Empty         bool      `json:"empty"`
	Select        []string  `json:"select,omitempty"` // what --target named
	Partial       bool      `json:"partial"`          // that left something out
	Changes       []*Change `json:"changes"`
	Undeclared    []Note    `json:"undeclared"` // on the server, owned, not in the document: --prune would delete it
	Extras        []Extra   `json:"extras"`     // on the server, not in the document, and somebody else's: it stays
	Blocked       []Note    `json:"blocked"`    // asked for, but it can't be done now
	Warnings      []Note    `json:"warnings"`
	Manual        []Note    `json:"manual"`     // what no API can do, and where to click
	Behind        []Note    `json:"behind"`     // products whose production lacks what staging has: no apply promotes them
	NotApplied    []Note    `json:"notApplied"` // parts of the document that this version only checks
	Summary       Summary   `json:"summary"`

	wanted State
}

// Summary counts objects, see Tally.
type Summary struct {
	Create    int `json:"create"`
	Update    int `json:"update"`
	Delete    int `json:"delete"`
	Along     int `json:"deleteAlong"` // what goes along with those
	Prune     int `json:"deleteWithPrune"`
	Unchanged int `json:"unchanged"`
}

// Deletes lists the changes that delete an object, whether the document names it as absent or --prune has found it.
func (p *Plan) Deletes() []*Change {
	var gone []*Change
	for _, c := range p.Changes {
		if c.Action == Delete {
			gone = append(gone, c)
		}
	}
	return gone
}

// Title is what a reader calls the object: its kind and name, with the object at the top where that is another.
func (c *Change) Title() string { return describe(c.object()) }
