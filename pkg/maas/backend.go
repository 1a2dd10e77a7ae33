package maas

// Backend is one private API, such as a model server, that products use.
type Backend struct {
	Meta         `yaml:",inline"`
	Use          []string     `yaml:"use"` // templates below its own keys; the loader has merged them, so it is empty
	Name         *string      `yaml:"name" chars:"1-511"`
	Description  *string      `yaml:"description" chars:"0-65535"`
	URL          *string      `yaml:"url" chars:"1-255"` // 3scale's private_endpoint, normalised: the port is explicit
	Metrics      Map[*Metric] `yaml:"metrics" key:"systemName"`
	Methods      Map[*Method] `yaml:"methods" key:"systemName" ordered:"true"`
	MappingRules []Rule       `yaml:"mappingRules"` // besides those of the methods
}

// Metric counts something; "hits" exists by itself.
type Metric struct {
	Meta        `yaml:",inline"`
	Name        *string `yaml:"name" chars:"1-255"` // 3scale's friendly_name
	Unit        *string `yaml:"unit" chars:"1-255"`
	Description *string `yaml:"description" chars:"0-65535"`
}

// Method is a metric below hits, with the rules that count it.
type Method struct {
	Meta        `yaml:",inline"`
	Name        *string `yaml:"name" chars:"1-255"`
	Description *string `yaml:"description" chars:"0-65535"`
	Rules       []Rule  `yaml:"rules"` // their metric is the method
}

// Rule is a mapping rule: what in a request counts how much on which metric. "VERB pattern" is its short form.
type Rule struct {
	Verb    string   `yaml:"-"`
	Pattern string   `yaml:"-"`
	Match   string   `yaml:"match" required:"true"`          // "VERB pattern"
	Metric  string   `yaml:"metric"`                         // a metric's or a method's system name; of a method's rules, the method
	Method  string   `yaml:"method"`                         // the same, said as what it is
	Delta   int64    `yaml:"delta" min:"1" max:"2147483647"` // 1 unless said, 32 bits
	Last    bool     `yaml:"last"`
	Pos     Position `yaml:"-"`
}
