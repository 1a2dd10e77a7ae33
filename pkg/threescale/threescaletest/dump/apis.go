package dump

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// metricSet are the metrics and methods of a product or backend, and the names of both by number.
type metricSet struct {
	metrics, methods State
	names            map[float64]string
}

// metrics reads them. A backend's carry its number behind their names.
func (r *reader) metrics(base, suffix string) metricSet {
	set := metricSet{State{}, State{}, map[float64]string{}}
	all := r.rows(base + "/metrics")
	var methods []State
	for _, m := range all {
		if strings.TrimSuffix(str(m, "system_name"), suffix) == "hits" {
			methods = r.rows(base + "/metrics/" + id(m) + "/methods")
		}
	}
	isMethod := map[float64]bool{}
	for _, m := range methods {
		name := strings.TrimSuffix(str(m, "system_name"), suffix)
		isMethod[num(m, "id")] = true
		set.methods[name], set.names[num(m, "id")] = pick(m, "friendly_name", "description"), name
	}
	for _, m := range all {
		if !isMethod[num(m, "id")] {
			name := strings.TrimSuffix(str(m, "system_name"), suffix)
			set.metrics[name], set.names[num(m, "id")] = pick(m, "friendly_name", "unit", "description"), name
		}
	}
	return set
}

func (r *reader) rules(path string, metrics metricSet) []any {
	rules := r.rows(path)
	slices.SortFunc(rules, func(a, b State) int {
		return cmp.Or(cmp.Compare(num(a, "position"), num(b, "position")), cmp.Compare(num(a, "id"), num(b, "id")))
	})
	out := []any{}
	for _, x := range rules {
		out = append(out, State{
			"method": x["http_method"], "pattern": x["pattern"], "metric": metrics.names[num(x, "metric_id")],
			"delta": x["delta"], "last": x["last"],
		})
	}
	return out
}

func (r *reader) allBackends() State {
	out := State{}
	for _, b := range r.rows("/backend_apis") {
		name := str(b, "system_name")
		r.backends[num(b, "id")] = name
		if r.skips(name) {
			continue
		}
		base := "/backend_apis/" + id(b)
		metrics := r.metrics(base, "."+id(b))
		o := pick(b, "name", "description", "private_endpoint")
		maps.Copy(o, annotations(b))
		o["metrics"], o["methods"], o["rules"] = metrics.metrics, metrics.methods, r.rules(base+"/mapping_rules", metrics)
		out[name] = o
	}
	return out
}

func (r *reader) allProducts() State {
	out := State{}
	for _, s := range r.rows("/services") {
		name := str(s, "system_name")
		r.products[num(s, "id")] = name
		if !r.skips(name) {
			out[name] = r.product(s)
		}
	}
	return out
}

func (r *reader) product(s State) State {
	base := "/services/" + id(s)
	metrics := r.metrics(base, "")
	o := pick(s, "name", "description", "state", "backend_version", "deployment_option")
	maps.Copy(o, annotations(s))
	o["options"] = options(s)
	o["metrics"], o["methods"], o["rules"] = metrics.metrics, metrics.methods, r.rules(base+"/proxy/mapping_rules", metrics)
	usages := State{}
	for _, u := range r.rows(base + "/backend_usages") {
		usages[r.backends[num(u, "backend_id")]] = u["path"]
	}
	o["backends"] = usages
	r.proxy(o, base)
	o["policies"] = r.policies(base)
	o["plans"] = r.plans(base, metrics)
	o["service_plans"], o["features"] = State{}, State{}
	for _, p := range r.rows(base + "/service_plans") {
		o["service_plans"].(State)[str(p, "name")] = pick(p, "state", "default", "approval_required")
	}
	for _, f := range r.rows(base + "/features") {
		o["features"].(State)[str(f, "system_name")] = pick(f, "name", "description", "scope")
	}
	r.configurations(o, base)
	return o
}

func options(s State) State {
	out := State{}
	for k, v := range s {
		if _, isBool := v.(bool); isBool || k == "buyer_plan_change_permission" {
			out[k] = v
		}
	}
	return out
}

func (r *reader) proxy(o State, base string) {
	p := r.object(base + "/proxy")
	shown := pick(p, "credentials_location", "auth_user_key", "auth_app_id", "auth_app_key", "error_auth_failed", "error_auth_missing",
		"error_no_match", "error_limits_exceeded", "error_status_auth_failed", "error_status_auth_missing", "error_status_no_match",
		"error_status_limits_exceeded", "error_headers_auth_failed", "error_headers_auth_missing", "error_headers_no_match",
		"error_headers_limits_exceeded", "endpoint", "sandbox_endpoint", "hostname_rewrite", "secret_token", "api_test_path",
		"oidc_issuer_type", "jwt_claim_with_client_id", "jwt_claim_with_client_id_type")
	o["proxy"] = shown
	issuer := str(p, "oidc_issuer_endpoint")
	if issuer == "" {
		return
	}
	shown["oidc_issuer_endpoint"] = realm(issuer)
	flows := []string{}
	for flow, on := range r.object(base + "/proxy/oidc_configuration") {
		if on == true {
			flows = append(flows, flow)
		}
	}
	slices.Sort(flows)
	o["flows"] = flows
}

func (r *reader) policies(base string) []any {
	out := []any{}
	body, _ := r.get(base+"/proxy/policies", nil).(State)
	chain, _ := body["policies_config"].([]any)
	for _, q := range chain {
		policy, _ := q.(State)
		o := pick(policy, "name", "version", "configuration")
		o["enabled"] = policy["enabled"] != false
		out = append(out, o)
	}
	return out
}

func (r *reader) plans(base string, metrics metricSet) State {
	out := State{}
	for _, a := range r.rows(base + "/application_plans") {
		q := pick(a, "name", "state", "setup_fee", "cost_per_month", "trial_period_days", "approval_required")
		q["default"] = a["default"] == true
		plan := "/application_plans/" + id(a)
		name := func(o State) string { return cmp.Or(metrics.names[num(o, "metric_id")], "?") }
		limits, prices := [][]any{}, [][]any{}
		for _, l := range r.rows(plan + "/limits") {
			limits = append(limits, []any{name(l), l["period"], l["value"]})
		}
		for _, p := range r.rows(plan + "/pricing_rules") {
			to := "None"
			if p["max"] != nil {
				to = fmt.Sprint(p["max"])
			}
			prices = append(prices, []any{name(p), p["min"], to, fmt.Sprint(p["cost_per_unit"])})
		}
		q["limits"], q["prices"], q["features"] = sorted(limits), sorted(prices), names(r.rows(plan+"/features"), "system_name")
		out[str(a, "system_name")] = q
	}
	return out
}

// sorted orders rows by their first two elements, a name and a period or number.
func sorted(rows [][]any) [][]any {
	key := func(row []any) string {
		if n, ok := row[1].(float64); ok {
			return fmt.Sprintf("%v %020.0f", row[0], n)
		}
		return fmt.Sprintf("%v %v", row[0], row[1])
	}
	slices.SortFunc(rows, func(a, b []any) int { return strings.Compare(key(a), key(b)) })
	return rows
}
