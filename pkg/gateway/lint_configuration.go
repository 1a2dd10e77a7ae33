package gateway

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	llmmetrics "example.com/maasctl/apicast/llm-metrics"
	"example.com/maasctl/pkg/maas"
)

// configuration holds a configuration to the manifest of the version that ships. 3scale doesn't look at it, and the policy
// logs what it can't use and goes on without: `enforce: total_tokens`, no list, would enforce nothing.
func (l *linter) configuration(p link) {
	schema := l.manifest()
	if p.Configuration == nil || schema == nil {
		return
	}
	c := &configurationLinter{linter: l, policy: p, schema: schema}
	c.value(schema, p.Configuration)
	c.secrets()
}

// configurationSchema is what the manifest says of a configuration. What ships has one: the policy's tests say so.
func configurationSchema() *jsonschema.Schema {
	manifest, err := llmmetrics.ReadManifest()
	if err != nil {
		return nil
	}
	schema := &jsonschema.Schema{}
	if err := json.Unmarshal(manifest.Configuration, schema); err != nil {
		return nil
	}
	return schema
}

// configurationLinter looks at one value of a configuration after the other: the library that knows JSON Schema says
// whether a value is right, and not where in it the mistakes are.
type configurationLinter struct {
	*linter
	policy link
	schema *jsonschema.Schema
}

// value looks at the value at a path, and at its parts.
func (c *configurationLinter) value(s *jsonschema.Schema, v any, path ...string) {
	if unknown(v) {
		return
	}
	if name, ok := strings.CutPrefix(s.Ref, "#/definitions/"); ok {
		s = c.schema.Definitions[name]
	}
	if !takes(s, v) {
		c.errorf(c.at(path), maas.CodePolicyConfiguration, "%s: %s has to be %s", PolicyName, dotted(path), wanted(s, v))
	}
	switch v := v.(type) {
	case map[string]any:
		for _, name := range sortedKeys(v) {
			c.option(s, v[name], path, name)
		}
	case []any:
		for i, item := range v {
			if s.Items != nil {
				c.value(s.Items, item, append(path, strconv.Itoa(i))...)
			}
		}
	}
}

// option looks at one value of a mapping. Where a schema lists names, the policy reads no others.
func (c *configurationLinter) option(s *jsonschema.Schema, v any, path []string, name string) {
	switch inner := cmp.Or(s.Properties[name], s.AdditionalProperties); {
	case inner != nil:
		c.value(inner, v, append(path, name)...)
	case s.Properties != nil:
		c.errorf(c.at(append(path, name)), maas.CodePolicyConfiguration, "%s %s has no option %q in %s%s",
			PolicyName, c.policy.Version, name, dotted(path), suggestion(name, sortedKeys(s.Properties)))
	}
}

// secrets looks for credentials that are written out.
func (c *configurationLinter) secrets() {
	lookup, _ := c.policy.Configuration["application_lookup"].(map[string]any)
	c.secret(c.policy.Configuration["upstream_authorization"], "upstream_authorization")
	c.secret(lookup["access_token"], "application_lookup", "access_token")
}

func (c *configurationLinter) secret(v any, path ...string) {
	if text, ok := v.(string); ok && text != "" {
		c.errorf(c.at(path), maas.CodeSecret, `%s: %s is a secret and has to be a reference, such as "${env:NAME}" or "${file:PATH}"`, PolicyName, dotted(path))
	}
}

// at is where a part of the configuration stands.
func (c *configurationLinter) at(path []string) maas.Position {
	return c.pos(c.policy, append([]string{"configuration"}, path...)...)
}

// dotted is a path as messages say it.
func dotted(path []string) string { return cmp.Or(strings.Join(path, "."), "configuration") }
