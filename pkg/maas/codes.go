package maas

// Code names a kind of mistake; it stands in brackets at the end of a diagnostic.
type Code string

// Codes of diagnostics. [Codes] explains them.
const (
	CodeSyntax      Code = "syntax"
	CodeFile        Code = "file"
	CodeSchema      Code = "schema"
	CodeField       Code = "field"
	CodeRequired    Code = "required"
	CodeConflict    Code = "conflict"
	CodeDuplicate   Code = "duplicate"
	CodeEnvironment Code = "environment"
	CodeSet         Code = "set"
	CodeTemplate    Code = "template"
	CodeReference   Code = "reference"
	CodeSecret      Code = "secret"
	CodeName        Code = "name"
	CodeValue       Code = "value"
	CodePrecision   Code = "precision"
	CodeOpenAPI     Code = "openapi"
	CodePolicy      Code = "policy"
	CodeSecurity    Code = "security"
	CodeSignIn      Code = "sign-in"
	CodeClientUse   Code = "client-use"

	CodePolicyMetric        Code = "policy-metric"
	CodePolicyLimit         Code = "policy-limit"
	CodePolicyOrder         Code = "policy-order"
	CodePolicyVersion       Code = "policy-version"
	CodePolicyConfiguration Code = "policy-configuration"
	CodePolicyTimeout       Code = "policy-timeout"
	CodePolicyCORS          Code = "policy-cors"
)

// CodeInfo explains a code.
type CodeInfo struct {
	Code    Code
	Meaning string
}

// Codes lists every code with its meaning, in one line each.
func Codes() []CodeInfo {
	return []CodeInfo{
		{CodeSyntax, "The file is not YAML."},
		{CodeFile, "A file can't be read."},
		{CodeSchema, "A key that the language doesn't have, or a value of the wrong type."},
		{CodeField, "A field of Keycloak's that is misspelt, that it doesn't keep, or that no known version has."},
		{CodeRequired, "Something is missing without which an object can't be made."},
		{CodeConflict, "Two things are said that exclude each other, or one without the other that goes with it."},
		{CodeDuplicate, "The same thing is said twice, in one file or in two."},
		{CodeEnvironment, "The environment doesn't exist, speaks of an object that the document hasn't, or none was chosen and something is missing without one."},
		{CodeSet, "A --set that can't be read or doesn't fit the document, such as one for an object that isn't there."},
		{CodeTemplate, "A template that doesn't exist, or that uses itself."},
		{CodeReference, "Something is named that the document doesn't have, or that is absent."},
		{CodeSecret, "A secret is written out instead of referred to, or a reference leads nowhere."},
		{CodeName, "A name that 3scale or Keycloak would refuse."},
		{CodeValue, "A value that 3scale or Keycloak would refuse, or change without a word."},
		{CodePrecision, "A number with more decimals than 3scale keeps."},
		{CodeOpenAPI, "An OpenAPI document that 3scale would refuse, or one that leads to other files."},
		{CodePolicy, "A policy chain that would not do what it says."},
		{CodeSecurity, "A setting that opens more than it should."},
		{CodeSignIn, "A sign-in that would not work."},
		{CodeClientUse, "A client that is used for two things, or lacks the rights for what it is used for."},
		{CodePolicyMetric, "The gateway counts or enforces a metric that the product lacks, or none at all."},
		{CodePolicyLimit, "A limit on tokens that nobody enforces, a way around it, or an enforced metric that no plan limits."},
		{CodePolicyOrder, "Policies in an order in which one of them can't do its work, or does it twice."},
		{CodePolicyVersion, "A policy in a version that doesn't ship with maasctl, or that no gateway is known to have."},
		{CodePolicyConfiguration, "A policy's configuration that the policy can't use."},
		{CodePolicyTimeout, "A timeout that cuts replies of models."},
		{CodePolicyCORS, "Rules for other sites that browsers refuse, or that let every site in."},
	}
}
