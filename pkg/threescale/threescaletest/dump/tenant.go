package dump

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
)

// provider shows an access code as the start of its SHA-256.
func (r *reader) provider(o State) State {
	out := pick(o, "from_email", "site_access_code")
	if code := str(out, "site_access_code"); code != "" {
		sum := sha256.Sum256([]byte(code))
		out["site_access_code"] = "sha256:" + hex.EncodeToString(sum[:4])
	}
	return out
}

func (r *reader) activeDocs() State {
	out := State{}
	for _, d := range r.rows("/active_docs") {
		name := str(d, "system_name")
		if r.skips(name) {
			continue
		}
		doc := pick(d, "name", "description", "published", "skip_swagger_validations")
		doc["product"] = nil
		if product, ok := r.products[num(d, "service_id")]; ok {
			doc["product"] = product
		}
		var body any
		if json.Unmarshal([]byte(str(d, "body")), &body) == nil {
			doc["body"] = body
		}
		out[name] = doc
	}
	return out
}

func (r *reader) accountPlans() State {
	out := State{}
	for _, p := range r.rows("/account_plans") {
		out[str(p, "name")] = pick(p, "state", "default", "approval_required", "setup_fee", "cost_per_month")
	}
	return out
}

func (r *reader) signIns() State {
	out := State{}
	for _, a := range r.rows("/authentication_providers") {
		o := pick(a, "kind", "name", "client_id", "published", "automatically_approve_accounts", "trust_email")
		o["site"], o["client_secret"] = nil, nil
		if site := str(a, "site"); site != "" {
			o["site"] = realm(site)
		}
		if str(a, "client_secret") != "" {
			o["client_secret"] = "given"
		}
		out[str(a, "system_name")] = o
	}
	return out
}

func (r *reader) accounts() State {
	out := State{}
	for _, a := range r.rows("/accounts") {
		base := "/accounts/" + id(a)
		o := pick(a, "state")
		maps.Copy(o, annotations(a))
		o["users"] = names(r.rows(base+"/users"), "username")
		o["applications"] = r.applications(base)
		o["subscriptions"] = r.subscriptions(base)
		out[str(a, "org_name")] = o
	}
	return out
}

func (r *reader) applications(base string) []any {
	var out [][]string
	for _, x := range r.rows(base + "/applications") {
		out = append(out, []string{cmp.Or(r.products[num(x, "service_id")], "?"), str(x, "name"), str(x, "plan_name"), str(x, "state")})
	}
	slices.SortFunc(out, slices.Compare)
	lines := []any{}
	for _, x := range out {
		lines = append(lines, x)
	}
	return lines
}

func (r *reader) subscriptions(base string) []string {
	out := []string{}
	for _, x := range r.rows(base + "/service_subscriptions") {
		product, ok := r.products[num(x, "service_id")]
		if !ok {
			product = cmp.Or(str(x, "service_name"), "?")
		}
		out = append(out, product+" "+str(x, "state"))
	}
	slices.Sort(out)
	return out
}

func names(rows []State, field string) []string {
	out := []string{}
	for _, x := range rows {
		out = append(out, str(x, field))
	}
	slices.Sort(out)
	return out
}

// annotations are those without the owner's mark.
func annotations(o State) State {
	all, _ := o["annotations"].(State)
	rest := State{}
	for k, v := range all {
		if k != "managed_by" {
			rest[k] = v
		}
	}
	if len(rest) == 0 {
		return nil
	}
	return State{"annotations": rest}
}
