package threescaletest

import _ "embed"

// builtinPolicies are the forms of the policies that come with APIcast 2.16, as its
// registry lists them: JSON, by name, a list of versions each.
//
//go:embed builtin_policies.json
var builtinPolicies []byte

func listBuiltinPolicies(*call) answer {
	return answer{status: 200, raw: builtinPolicies, kind: "application/json; charset=utf-8"}
}
