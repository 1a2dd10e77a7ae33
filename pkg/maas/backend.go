package maas

// Backend is one private API, such as a model server, that products use.
type Backend struct {
	Meta `yaml:",inline"`
	// Templates below its own keys; the loader has merged them, so it is empty.
	Use []string `yaml:"use"`
	// Its key unless said.
	Name *string `yaml:"name" chars:"1-511"`
	// For people.
	Description *string `yaml:"description" chars:"0-65535"`
	// 3scale's private_endpoint, normalised: the port is explicit.
	URL *string `yaml:"url" chars:"1-255"`
	// What it counts, by system name.
	Metrics Map[*Metric] `yaml:"metrics" key:"systemName"`
	// Metrics below hits, by system name; in their order.
	Methods Map[*Method] `yaml:"methods" key:"systemName" ordered:"true"`
	// Besides those of the methods.
	MappingRules []Rule `yaml:"mappingRules"`
}

// Metric counts something; "hits" exists by itself.
type Metric struct {
	Meta `yaml:",inline"`
	// 3scale's friendly_name.
	Name *string `yaml:"name" chars:"1-255"`
	// What it counts, such as token.
	Unit *string `yaml:"unit" chars:"1-255"`
	// For people.
	Description *string `yaml:"description" chars:"0-65535"`
}

// Method is a metric below hits, with the rules that count it.
type Method struct {
	Meta `yaml:",inline"`
	// 3scale's friendly_name; its key unless said.
	Name *string `yaml:"name" chars:"1-255"`
	// For people.
	Description *string `yaml:"description" chars:"0-65535"`
	// Their metric is the method.
	Rules []Rule `yaml:"rules"`
}

// Rule is a mapping rule: what in a request counts how much on which metric. "VERB pattern" is its short form.
type Rule struct {
	Verb    string `yaml:"-"`
	Pattern string `yaml:"-"`
	// "VERB pattern".
	Match string `yaml:"match" required:"true"`
	// A metric's or a method's system name; of a method's rules, the method.
	Metric string `yaml:"metric"`
	// The same, said as what it is.
	Method string `yaml:"method"`
	// 1 unless said, 32 bits.
	Delta int64 `yaml:"delta" min:"1" max:"2147483647"`
	// No rule after it is tried where it matches.
	Last bool     `yaml:"last"`
	Pos  Position `yaml:"-"`
}
