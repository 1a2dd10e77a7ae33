// Package gateway is the document's side of the gateway, APIcast: what a cluster needs so that the gateway has the policy
// llm-metrics, and what is wrong with a product's policy chain. It knows no server.
package gateway

import llmmetrics "example.com/maasctl/apicast/llm-metrics"

// PolicyName is what chains, the gateway's folder and its list of policies call the policy that ships with maasctl.
const PolicyName = llmmetrics.Name

// Versions are the versions of llm-metrics that ship with maasctl.
func Versions() []string { return []string{llmmetrics.Version()} }
