package gateway

import (
	"fmt"
	"strings"

	"example.com/maasctl/pkg/maas"
)

// Rules are rules of Prometheus, as a file of rule_files and the spec of a PrometheusRule have them.
type Rules struct {
	Groups []ruleGroup `json:"groups"`
}

type ruleGroup struct {
	Name  string `json:"name"`
	Rules []rule `json:"rules"`
}

// rule is an alert, or a series that is worked out in advance.
type rule struct {
	Record      string            `json:"record,omitempty"`
	Alert       string            `json:"alert,omitempty"`
	Expr        string            `json:"expr"`
	For         string            `json:"for,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// What is tolerated before somebody is told.
const (
	lostShare      = "0.01" // of requests whose tokens nobody knows
	estimatedShare = "0.1"  // of tokens that are charged by a lower bound
	blockedShare   = "0.1"  // of requests that limits refuse
	window         = "10m"
)

// NewRules are the alerts for the gateways that serve a document's products.
func NewRules(doc *maas.Document) Rules {
	group := ruleGroup{Name: "maasctl-llm-" + doc.Name, Rules: []rule{}}
	names := productNames(doc)
	if len(names) == 0 {
		return Rules{Groups: []ruleGroup{group}}
	}
	// Nothing that a system name may have means something in a regular expression.
	group.Rules = alerts(fmt.Sprintf(`service=~"%s"`, strings.Join(names, "|")))
	return Rules{Groups: []ruleGroup{group}}
}

func alerts(selector string) []rule {
	requests := rateOver(window, "service_id", "llm_requests_total", selector)
	return []rule{
		alert("LLMTokensNotCounted", "warning",
			ofProducts("("+notCounted(window)+" / "+requests+")", selector)+" > "+lostShare,
			"Tokens of product {{ $labels.service }} are not counted",
			"Of {{ $value | humanizePercentage }} of the requests nobody knows what they cost. llm_unread_requests_total and llm_usage_skipped_total say why, by reason."),
		alert("LLMTokensEstimated", "warning",
			ofProducts("("+rateOver(window, "service_id", "llm_estimated_tokens_total", "")+" / "+
				rateOver(window, "service_id", "llm_total_tokens_total", selector)+")", selector)+" > "+estimatedShare,
			"Tokens of product {{ $labels.service }} are charged by a lower bound",
			"No server said {{ $value | humanizePercentage }} of the tokens: clients leave early, or replies have no usage."),
		alert("LLMLimitsBlock", "info",
			ofProducts("("+rateOver(window, "service_id", "llm_limited_requests_total", "")+" / "+requests+")", selector)+" > "+blockedShare,
			"Token limits refuse requests of product {{ $labels.service }}",
			"{{ $value | humanizePercentage }} of the requests are refused: plans may be too small, or limits can't be checked."),
		alert("LLMBackendErrors", "warning",
			ofProducts(rateOver(window, "service_id, call, reason", "llm_backend_errors_total", ""), selector)+" > 0",
			"The 3scale backend doesn't answer for product {{ $labels.service }}",
			"Calls of kind {{ $labels.call }} fail ({{ $labels.reason }}): limits are not checked, or reports wait."),
		alert("LLMReportsWait", "warning",
			ofProducts(rateOver(window, "service_id", "llm_reports_total", `result="retried"`), selector)+" > 0",
			"Reports of product {{ $labels.service }} wait",
			"The backend doesn't take reports of tokens. They are kept in the gateway's workers and sent again; a gateway that ends loses them."),
		alert("LLMReportsLost", "critical",
			ofProducts(rateOver(window, "service_id, result", "llm_reports_total", `result=~"refused|unknown|lost|unknown_metric"`), selector)+" > 0",
			"Reports of product {{ $labels.service }} are lost",
			"Tokens were used and are not counted in 3scale, or not known to be ({{ $labels.result }}). The gateway's log says why."),
		alert("LLMPolicyErrors", "warning",
			rateOver(window, "where", "llm_policy_errors_total", "")+" > 0",
			"The gateway's policy llm-metrics has errors",
			"Errors in {{ $labels.where }}: requests go on without the policy. The gateway's log says which."),
	}
}

// notCounted is the rate of requests that nobody knows the tokens of: those that could not be read, and replies without
// usage. Each keeps a label of its own until it is summed, for their reasons may have the same names.
func notCounted(window string) string {
	var parts []string
	for _, series := range []string{"llm_unread_requests_total", "llm_usage_skipped_total"} {
		parts = append(parts, fmt.Sprintf(`label_replace(rate(%s[%s]), "series", "%s", "", "")`, series, window, series))
	}
	return "sum by (service_id) (" + strings.Join(parts, " or ") + ")"
}

func alert(name, severity, expr, summary, description string) rule {
	return rule{
		Alert: name, Expr: expr, For: window, Labels: map[string]string{"severity": severity},
		Annotations: map[string]string{"summary": summary, "description": description},
	}
}
