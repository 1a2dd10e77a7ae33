package threescaletest_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"regexp"
	"strings"
)

// kinds are the kinds of ids, by the segment of a path or the name of a field.
func kinds() map[string]string {
	return map[string]string{
		"services": "service", "service": "service", "service_id": "service", "backend_apis": "backend", "backend_api": "backend",
		"backend_api_id": "backend", "backend_id": "backend", "metrics": "metric", "metric": "metric", "methods": "metric", "method": "metric",
		"metric_id": "metric", "parent_id": "parent", "mapping_rules": "rule", "mapping_rule": "rule", "backend_usages": "usage", "backend_usage": "usage",
		"application_plans": "plan", "application_plan": "plan", "service_plans": "plan", "service_plan": "plan", "account_plans": "plan",
		"account_plan": "plan", "plan_id": "plan", "limits": "limit", "limit": "limit", "pricing_rules": "price", "pricing_rule": "price",
		"features": "feature", "feature": "feature", "feature_id": "feature", "active_docs": "doc", "api_doc": "doc", "accounts": "account",
		"account": "account", "account_id": "account", "user_account_id": "account", "users": "user", "user": "user", "applications": "application",
		"application": "application", "service_subscriptions": "subscription", "service_subscription": "subscription",
		"authentication_providers": "idp", "authentication_provider": "idp", "templates": "template", "layout_id": "template", "sections": "section",
		"section_id": "section", "files": "file", "policies": "policy", "policy": "policy", "access_token": "token", "fields_definitions": "field",
		"fields_definition": "field", "providers": "account", "proxy_config": "config", "message": "message", "object_id": "service",
	}
}

func kindOfPath(path string) string {
	segs := strings.Split(strings.ReplaceAll(path, ".json", ""), "/")
	for i := len(segs) - 1; i >= 0; i-- {
		if k := kinds()[segs[i]]; k != "" {
			return k
		}
	}
	return ""
}

func set(names string) map[string]bool {
	out := map[string]bool{}
	for _, n := range strings.Fields(names) {
		out[n] = true
	}
	return out
}

// The parts of a gateway's configuration that have to agree.
func contentFields() map[string]bool {
	return set("id name description system_name state backend_version deployment_option proxy account_id")
}

func contentProxyFields() map[string]bool {
	return set(`credentials_location auth_user_key auth_app_id auth_app_key error_auth_failed error_auth_missing error_no_match error_limits_exceeded
		error_status_auth_failed error_status_auth_missing error_status_no_match error_status_limits_exceeded error_headers_auth_failed endpoint
		sandbox_endpoint api_backend hostname_rewrite secret_token oidc_issuer_endpoint oidc_issuer_type policy_chain proxy_rules hosts
		authentication_method oidc_config`)
}

// slack is how far versions of a configuration may be from the recorded ones: a deploy
// makes a new one when a clock's second has passed in between.
const slack = 2

var (
	timeForm   = regexp.MustCompile(`^\d{4}-\d\d-\d\d`)
	randomForm = regexp.MustCompile(`^[0-9a-f]{8,64}$|^\d{6,}$`)
	blurred    = regexp.MustCompile(`[\w-]+\.example\.com|[0-9a-f]{12,}|\d+`)
)

// compare says how an answer differs from the recorded one.
func (r *replayer) compare(kind string, recorded, actual any) []string {
	c := &comparison{replayer: r}
	c.walk(kind, recorded, actual, "")
	return c.diffs
}

type comparison struct {
	*replayer
	diffs []string
}

func (c *comparison) note(format string, args ...any) {
	c.diffs = append(c.diffs, fmt.Sprintf(format, args...))
}

func (c *comparison) walk(kind string, recorded, actual any, at string) {
	switch rec := recorded.(type) {
	case map[string]any:
		if act, isObject := actual.(map[string]any); isObject {
			c.objects(kind, rec, act, at)
			return
		}
	case []any:
		if act, isList := actual.([]any); isList {
			c.lists(kind, rec, act, at)
			return
		}
	}
	if !same(recorded, actual) && !sameForm(recorded, actual, at) {
		c.note("%s: %.60q, recorded %.60q", at, fmt.Sprint(actual), fmt.Sprint(recorded))
	}
}

func (c *comparison) objects(kind string, rec, act map[string]any, at string) {
	inContent, inProxy := strings.HasSuffix(at, "proxy_config.content"), strings.HasSuffix(at, "proxy_config.content.proxy")
	internal := set("proxy_id owner_id product_id tenant_id account_id")
	for name, want := range rec {
		if internal[name] && strings.Contains(at, ".content") || name == "tenant_id" || name == "links" ||
			inContent && !contentFields()[name] || inProxy && !contentProxyFields()[name] {
			continue
		}
		got, has := act[name]
		if !has {
			c.note("%s.%s: missing", at, name)
			continue
		}
		c.field(kind, name, want, got, at)
	}
	for name := range act {
		if _, has := rec[name]; !has && name != "links" && !inContent && !inProxy {
			c.note("%s.%s: not in the recording", at, name)
		}
	}
}

// field compares a member of an object: ids by what they stand for, versions with
// some slack, everything else as it is.
func (c *comparison) field(kind, name string, want, got any, at string) {
	sub := kinds()[name]
	switch {
	case name == "id":
		c.learn(kind, want, got)
		if fmt.Sprintf("%T", want) != fmt.Sprintf("%T", got) || kind != "" && !same(c.id(kind, want), got) && !strings.HasSuffix(at, "rules") {
			c.note("%s.id: %v, recorded %v", at, got, want)
		}
	case name == "version" && strings.HasSuffix(at, "proxy_config"):
		c.version(want, got, at)
	case sub == "parent" || sub != "" && strings.HasSuffix(name, "_id"):
		if sub == "parent" {
			sub = "metric"
			if strings.Contains(at, ".section") || strings.Contains(at, "collection") {
				sub = "section"
			}
		}
		c.learn(sub, want, got)
		if !same(c.id(sub, want), got) {
			c.note("%s.%s: %v, recorded %v", at, name, got, want)
		}
	default:
		_, isList := want.([]any)
		if isList && sub == "" {
			sub = kind
		}
		c.walk(sub, want, got, at+"."+name)
	}
}

func (c *comparison) version(want, got any, at string) {
	w, isNumber1 := want.(json.Number)
	g, isNumber2 := got.(json.Number)
	if !isNumber1 || !isNumber2 {
		c.note("%s.version: %v, recorded %v", at, got, want)
		return
	}
	c.versions[w.String()] = g
	a, err1 := w.Int64()
	b, err2 := g.Int64()
	if err1 != nil || err2 != nil || a-b > slack || b-a > slack {
		c.note("%s.version: %v, recorded %v", at, got, want)
	}
}

func (c *comparison) lists(kind string, rec, act []any, at string) {
	if n := len(rec) - len(act); at == ".proxy_configs" && n != 0 && n <= slack && n >= -slack && len(rec) > 0 && len(act) > 0 {
		rec, act = rec[len(rec)-1:], act[len(act)-1:] // only the newest can be compared
	}
	if len(rec) != len(act) {
		c.note("%s: %d items, recorded %d", at, len(act), len(rec))
	}
	for i := range min(len(rec), len(act)) {
		c.walk(kind, rec[i], act[i], fmt.Sprintf("%s[%d]", at, i))
	}
}

// same compares two plain values; numbers by what they are worth.
func same(a, b any) bool {
	x, isNumber1 := a.(json.Number)
	y, isNumber2 := b.(json.Number)
	if !isNumber1 || !isNumber2 {
		return reflect.DeepEqual(a, b)
	}
	m, ok1 := new(big.Rat).SetString(x.String())
	n, ok2 := new(big.Rat).SetString(y.String())
	return ok1 && ok2 && m.Cmp(n) == 0
}

// sameForm compares texts that are never the same twice: times, random keys, texts
// with numbers and host names, pages of errors.
func sameForm(recorded, actual any, at string) bool {
	rec, isText1 := recorded.(string)
	act, isText2 := actual.(string)
	if !isText1 || !isText2 {
		return false
	}
	leaf := at[strings.LastIndex(at, ".")+1:]
	free := set("value user_key provider_verification_key service_endpoint url sso_url token")
	return timeForm.MatchString(rec) && timeForm.MatchString(act) || randomForm.MatchString(rec) && randomForm.MatchString(act) ||
		strings.HasPrefix(rec, "<!DOCTYPE") || free[leaf] || blurred.ReplaceAllString(rec, "N") == blurred.ReplaceAllString(act, "N")
}
