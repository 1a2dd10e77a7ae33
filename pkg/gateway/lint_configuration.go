package gateway

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	llmmetrics "example.com/maasctl/apicast/llm-metrics"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/secret"
)

// configuration holds a configuration to the manifest of the version that ships. 3scale doesn't look at it, and the policy
// logs what it can't use and goes on without: `enforce: total_tokens`, no list, would enforce nothing.
func (l *linter) configuration(p link) {
	if p.Configuration == nil {
		return
	}
	manifest, err := llmmetrics.ReadManifest()
	if err != nil {
		return // what ships has one: the policy's tests say so
	}
	schema, properties, err := compiled(manifest.Configuration)
	if err != nil {
		return
	}
	for _, name := range sortedKeys(p.Configuration) {
		if !slices.Contains(properties, name) {
			l.errorf(l.pos(p, "configuration", name), maas.CodePolicyConfiguration, "%s %s has no option %q%s", PolicyName, p.Version, name, suggestion(name, properties))
		}
	}
	var invalid *jsonschema.ValidationError
	if errors.As(schema.Validate(texts(p.Configuration)), &invalid) {
		l.invalid(p, invalid)
	}
	l.secrets(p)
}

// compiled is a manifest's schema, and the options that it has.
func compiled(text []byte) (schema *jsonschema.Schema, properties []string, err error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft7) // what the gateway's own library reads
	if err := compiler.AddResource("configuration.json", document); err != nil {
		return nil, nil, err
	}
	if schema, err = compiler.Compile("configuration.json"); err != nil {
		return nil, nil, err
	}
	return schema, sortedKeys(schema.Properties), nil
}

// invalid says the innermost reasons, each with its place.
func (l *linter) invalid(p link, e *jsonschema.ValidationError) {
	for _, cause := range e.Causes {
		l.invalid(p, cause)
	}
	if len(e.Causes) > 0 || unknown(at(p.Configuration, e.InstanceLocation)) {
		return
	}
	l.errorf(l.pos(p, append([]string{"configuration"}, e.InstanceLocation...)...), maas.CodePolicyConfiguration, "%s: %s: %s",
		PolicyName, strings.Join(e.InstanceLocation, "."), e.ErrorKind.LocalizedString(message.NewPrinter(language.English)))
}

// at is the value at a path of a configuration.
func at(v any, path []string) any {
	for _, key := range path {
		switch x := v.(type) {
		case map[string]any:
			v = x[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// texts is a value with a text in the place of everything that isn't known, for a schema knows only JSON.
func texts(v any) any {
	switch x := v.(type) {
	case secret.Value:
		return x.String()
	case map[string]any:
		out := map[string]any{}
		for key, inner := range x {
			out[key] = texts(inner)
		}
		return out
	case []any:
		out := make([]any, len(x))
		for i, inner := range x {
			out[i] = texts(inner)
		}
		return out
	}
	return v
}

// secrets looks for credentials that are written out.
func (l *linter) secrets(p link) {
	for _, path := range [][]string{{"upstream_authorization"}, {"application_lookup", "access_token"}} {
		if text, ok := at(p.Configuration, path).(string); ok && text != "" {
			l.errorf(l.pos(p, append([]string{"configuration"}, path...)...), maas.CodeSecret,
				`%s: %s is a secret and has to be a reference, such as "${env:NAME}" or "${file:PATH}"`, PolicyName, strings.Join(path, "."))
		}
	}
}
