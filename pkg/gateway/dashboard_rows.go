package gateway

// dashboardRows are the charts, of every series that the policy has.
func dashboardRows() []row {
	return []row{
		{"Tokens", []chart{
			{
				"Tokens by application, and the limit of a plan", "suffix:/s",
				"The limit is the one chosen above, as a rate that uses it up evenly.",
				[]line{
					{rate("service, application_id", "llm_total_tokens_total", products+`, application_id=~"$application", model=~"$model"`), "{{service}} {{application_id}}"},
					{"vector($plan)", "limit: ${plan:text}"},
				},
			},
			tokens("total"), tokens("prompt"), tokens("completion"), tokens("cached"), tokens("reasoning"),
		}},
		{"Requests", []chart{
			{
				"Requests by status", "reqps", "",
				[]line{{rate("service, status", "llm_requests_total", products), "{{service}} {{status}}"}},
			},
			{
				"Refused at a limit", "reqps", "Requests that a token limit refused, or a limit that could not be checked.",
				[]line{{chosen(rate("service_id", "llm_limited_requests_total", "")), "{{service}}"}},
			},
			{"Time to the first token", "s", "", quantiles("llm_time_to_first_token_seconds")},
			{"Duration of requests", "s", "", quantiles("llm_request_duration_seconds")},
			{"Tokens a second while writing", "suffix:/s", "", quantiles("llm_tokens_per_second")},
		}},
		{"What is not counted", []chart{
			{
				"Share of requests whose tokens are not known", "percentunit",
				"Requests that could not be read and replies without usage, of all requests. An alert says so beyond one percent.",
				[]line{{chosen("(" + notCounted("$__rate_interval") + " / " + rate("service_id", "llm_requests_total", products) + ")"), "{{service}}"}},
			},
			{
				"Requests that could not be read", "reqps", "",
				[]line{{chosen(rate("service_id, reason", "llm_unread_requests_total", "")), "{{service}} {{reason}}"}},
			},
			{
				"Replies whose usage was not counted", "reqps", "",
				[]line{{chosen(rate("service_id, reason", "llm_usage_skipped_total", "")), "{{service}} {{reason}}"}},
			},
			{
				"Tokens charged by a lower bound", "cps", "No server said them: their client left, or the reply had no usage.",
				[]line{{chosen(rate("service_id, reason", "llm_estimated_tokens_total", "")), "{{service}} {{reason}}"}},
			},
		}},
		{"Backend", []chart{
			{
				"Reports", "reqps", "accepted; retried: the backend was away; unknown, refused, lost: not counted, or not known to be.",
				[]line{{chosen(rate("service_id, result", "llm_reports_total", "")), "{{service}} {{result}}"}},
			},
			{
				"Calls that failed", "reqps", "Calls to the 3scale backend: limits are not checked, or reports wait.",
				[]line{{chosen(rate("service_id, call, reason", "llm_backend_errors_total", "")), "{{service}} {{call}} {{reason}}"}},
			},
			{
				"Errors of the policy", "cps", "Requests go on without the policy; the gateway's log says why.",
				[]line{{rate("where", "llm_policy_errors_total", ""), "{{where}}"}},
			},
		}},
	}
}
