package view

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"example.com/maasctl/internal/doctor"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/plan"
)

// Format is something that commands write for programs. Its version is in it as formatVersion: the second number rises where
// something is added, the first where a reader might notice anything else.
type Format struct {
	Name    string   // of its schema
	By      []string // commands whose -o json, or file, it is
	Says    string   // what it holds
	Version string
	value   reflect.Type
}

// FormatVersion is the version of all formats but those that have their own: the plan, and what is running.
const (
	FormatVersion = "1.0"
	VersionFormat = "1.1"
)

// Formats are all that there are. -o yaml is the same as YAML.
func Formats() []Format {
	return []Format{
		{"plan", []string{"diff", "diff --out", "promote --out"}, "what an apply or a promotion would do", plan.FormatVersion, reflect.TypeFor[plan.Plan]()},
		{"applied", []string{"apply", "promote", "rollback"}, "a plan with what became of it", FormatVersion, reflect.TypeFor[Applied]()},
		{"outputs", []string{"output"}, "the document's outputs by name", FormatVersion, reflect.TypeFor[Outputs]()},
		{"findings", []string{"validate", "lint"}, "errors and warnings of a document", FormatVersion, reflect.TypeFor[Findings]()},
		{"status", []string{"status"}, "what is deployed to staging and production", FormatVersion, reflect.TypeFor[Status]()},
		{"versions", []string{"rollback --list"}, "what the production gateways of a product have had", FormatVersion, reflect.TypeFor[Versions]()},
		{"checks", []string{"doctor"}, "what was looked at on the servers", FormatVersion, reflect.TypeFor[Checks]()},
		{"version", []string{"version"}, "the program itself", VersionFormat, reflect.TypeFor[Version]()},
	}
}

// Schema is the JSON Schema (2020-12) of the format. It comes from the type that is written, so that both are the same.
func (f Format) Schema() ([]byte, error) {
	r := jsonschema.Reflector{ExpandedStruct: true, AllowAdditionalProperties: true, Mapper: words}
	s := r.ReflectFromType(f.value)
	s.ID = jsonschema.ID("https://example.com/maasctl/formats/" + f.Name + ".schema.json")
	s.Title, s.Description = "maasctl "+f.Name, f.Says
	if version, ok := s.Properties.Get("formatVersion"); ok {
		version.Const = f.Version
	}
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("the schema of %s: %w", f.Name, err)
	}
	return append(text, '\n'), nil
}

// words gives the schemas of types that are one of a few words.
func words(t reflect.Type) *jsonschema.Schema {
	enum := func(words ...any) *jsonschema.Schema { return &jsonschema.Schema{Type: "string", Enum: words} }
	switch t {
	case reflect.TypeFor[plan.Action]():
		return enum(plan.Create, plan.Update, plan.Delete)
	case reflect.TypeFor[plan.FieldAction]():
		return enum(plan.SetField, plan.Add, plan.Remove, plan.Move, plan.Order)
	case reflect.TypeFor[apply.State]():
		return enum(apply.Done, apply.Failed, apply.Skipped, apply.NotRun)
	case reflect.TypeFor[doctor.Status]():
		return enum(doctor.OK, doctor.Note, doctor.Problem, doctor.Refused)
	}
	return nil
}

// Outputs are the values of the document's outputs by name; secrets stay masked.
type Outputs map[string]string

// JSONSchema says that the one key which isn't an output's name is there.
func (Outputs) JSONSchema() *jsonschema.Schema {
	s := &jsonschema.Schema{
		Type: "object", Properties: jsonschema.NewProperties(), Required: []string{"formatVersion"},
		AdditionalProperties: &jsonschema.Schema{Type: "string"},
	}
	s.Properties.Set("formatVersion", &jsonschema.Schema{Type: "string"})
	return s
}

// NewOutputs begins with the format's version, which no output is called.
func NewOutputs() Outputs { return Outputs{"formatVersion": FormatVersion} }

// Version says what is running.
type Version struct {
	FormatVersion string `json:"formatVersion"`
	Version       string `json:"version"`
	Commit        string `json:"commit,omitempty"`   // none where it was built outside of its repository
	Time          string `json:"time,omitempty"`     // of the commit
	Modified      bool   `json:"modified,omitempty"` // the source had changes that weren't committed
	Go            string `json:"go"`
	Platform      string `json:"platform"` // such as linux/amd64
}

// Line is the same for a person.
func (v Version) Line() string {
	commit := "commit not known: built without version control, "
	switch {
	case v.Commit != "":
		commit = "commit " + v.Commit[:min(len(v.Commit), 12)]
		if day, _, _ := strings.Cut(v.Time, "T"); day != "" {
			commit += " of " + day
		}
		if v.Modified {
			commit += " and changes since"
		}
		commit += ", "
	case !strings.HasPrefix(v.Version, "devel"): // a release is known by its name
		commit = ""
	}
	return fmt.Sprintf("maasctl %s (%s%s, %s)", v.Version, commit, v.Go, v.Platform)
}
