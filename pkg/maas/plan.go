package maas

// Feature is something that plans can offer.
type Feature struct {
	Meta `yaml:",inline"`
	// For people.
	Name *string `yaml:"name" chars:"0-255"`
	// For people.
	Description *string `yaml:"description" chars:"0-65535"`
	// ApplicationPlan unless said; can't change.
	Scope string `yaml:"scope" enum:"applicationPlan,servicePlan"`
}

// Plan is an application plan.
type Plan struct {
	Meta `yaml:",inline"`
	// Its key unless said.
	Name *string `yaml:"name" chars:"1-255"`
	// Write-only in 3scale.
	Description *string `yaml:"description" chars:"0-65535"`
	// Whether subscribers see it.
	Published *bool `yaml:"published"`
	// True or nothing: 3scale can't take it back by its API.
	Default *bool `yaml:"default"`
	// Applications wait for an approval.
	ApprovalRequired *bool `yaml:"approvalRequired"`
	// Days free of charge.
	TrialDays *int64 `yaml:"trialDays" min:"0" max:"2147483647"`
	// Once.
	SetupFee *Decimal `yaml:"setupFee"`
	// Each month.
	MonthlyCost *Decimal `yaml:"monthlyCost"`
	// By system name.
	Features []string `yaml:"features"`
	// Metric, method or backend/metric; then period.
	Limits Map[Map[int64]] `yaml:"limits" min:"0" innerKeys:"eternity,year,month,week,day,hour,minute"`
	// By metric, method or backend/metric.
	Prices Map[[]Price] `yaml:"prices"`
}

// Price is one step of a metric's price.
type Price struct {
	// 1 unless said.
	From int64 `yaml:"from" min:"1" max:"2147483647"`
	// Its last unit; the last step has none.
	To *int64 `yaml:"to" min:"1" max:"2147483647"`
	// A unit's, at most 4 decimals.
	Price Decimal `yaml:"price" required:"true"`
}

// Decimal is an exact decimal number in its shortest form ("49.9", "0.0001").
type Decimal string

// ServicePlan is how accounts subscribe to the product; its key is its name, which 3scale has no other key for.
type ServicePlan struct {
	Meta `yaml:",inline"`
	// True or nothing: new accounts are subscribed by it.
	Default *bool `yaml:"default"`
	// Whether subscribers see it.
	Published *bool `yaml:"published"`
	// Subscriptions wait for an approval.
	ApprovalRequired *bool `yaml:"approvalRequired"`
	// Its name until now.
	Renamed string `yaml:"renamed" chars:"1-255"`
	// By system name.
	Features []string `yaml:"features"`
}

// ActiveDoc is an OpenAPI document that the portal shows: read from a file, or generated from the product's rules.
type ActiveDoc struct {
	Meta `yaml:",inline"`
	// Its key unless said.
	Name *string `yaml:"name" chars:"1-255"`
	// For people.
	Description *string `yaml:"description" chars:"0-65535"`
	// Whether the portal shows it.
	Published *bool `yaml:"published"`
	// 3scale doesn't check it against its schema.
	SkipSwaggerValidations *bool `yaml:"skipSwaggerValidations"`
	// Beside the document that says it.
	File string `yaml:"file"`
	// Made from the product's rules.
	Generate bool `yaml:"generate"`
	// Staging, production or a URL: written into the document.
	Server string `yaml:"server"`
	// The file's content as JSON, read by the loader.
	Body []byte `yaml:"-"`

	spec *specFile // the file
}
