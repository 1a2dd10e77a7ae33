package threescaletest

import (
	"fmt"
	"strings"

	"example.com/maasctl/internal/lazyregexp"
)

// appKey is a key of an application.
type appKey struct {
	stamps
	Value string `json:"value"`
}

// referrer is a referrer filter of an application.
type referrer struct {
	stamps
	ID    int64  `json:"id"`
	Value string `json:"value"`
}

// mostKeys is how many keys or referrer filters an application may have.
const mostKeys = 5

// wantedKeys are the keys that a request brings: one, or a list.
func wantedKeys(v any) []string {
	list, isList := v.([]any)
	if !isList {
		list = []any{v}
	}
	var out []string
	for _, x := range list {
		if t := castText(x); t != nil {
			out = append(out, *t)
		}
	}
	return out
}

// checkKey checks a new key of an application.
func (x *application) checkKey(errs *problems, value string) {
	errs.format("value", &value, printableForm, msgInvalid)
	if len(value) < 5 {
		errs.add("value", "is too short (minimum is 5 characters)")
	}
	errs.maxLength("value", &value, 255)
	for _, k := range x.Keys {
		if strings.EqualFold(k.Value, value) {
			errs.add("value", msgTaken)
		}
	}
}

// addKeys gives a new application its keys. The application doesn't say what is wrong
// with them, only that something is.
func (x *application) addKeys(errs *problems, p *product, values []string) {
	for _, v := range values {
		var bad problems
		(&application{}).checkKey(&bad, v)
		if bad.any() || len(values) > p.mostKeys() {
			errs.add("application_keys", msgInvalid)
		}
		x.Keys = append(x.Keys, &appKey{Value: v})
	}
}

// mostKeys is how many keys an application of a product may have. With OpenID Connect
// there is one, the client's secret.
func (p *product) mostKeys() int {
	if p.Proxy.serviceVersion() == "oauth" {
		return 1
	}
	return mostKeys
}

func listKeys(c *call, a *account, x *application) answer {
	return listed(c, "keys", x.Keys, func(c *call, k *appKey) object {
		o := object{{"value", k.Value}}
		o.putTimes(c, k.stamps)
		o.putLinks(c, "application", fmt.Sprintf("/admin/api/accounts/%d/applications/%d", a.ID, x.ID))
		return wrap("key", o)
	})
}

// createKey answers the application.
func createKey(c *call, a *account, x *application) answer {
	value := randomHex(16)
	if v := castText(c.params()["key"]); v != nil {
		value = *v
	}
	var errs problems
	x.checkKey(&errs, value)
	if p, found := c.tenant.Products.get(x.ProductID); found && len(x.Keys) >= p.mostKeys() {
		errs.add("base", "Limit reached")
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	x.Keys = append(x.Keys, &appKey{stamps: born(c.now), Value: value})
	return created(showApplication(c, a, x))
}

func deleteKey(c *call, _ *account, x *application) answer {
	value := c.arg("key")
	left := without(x.Keys, func(k *appKey) bool { return k.Value == value })
	if len(left) == len(x.Keys) {
		return notFound()
	}
	if no := c.verdict(nil); no != nil {
		return *no
	}
	x.Keys = left
	return deleted()
}

var referrerForm = lazyregexp.New(`\A[a-zA-Z0-9*.-]+\z`)

func listReferrers(c *call, a *account, x *application) answer {
	return listed(c, "referrer_filters", x.Referrers, func(c *call, r *referrer) object {
		o := object{{"id", r.ID}, {"value", r.Value}}
		o.putTimes(c, r.stamps)
		o.putLinks(c, "application", fmt.Sprintf("/admin/api/accounts/%d/applications/%d", a.ID, x.ID))
		return wrap("referrer_filter", o)
	})
}

func createReferrer(c *call, a *account, x *application) answer {
	value := castText(c.params()["referrer_filter"])
	var errs problems
	errs.presence("value", value)
	for _, r := range x.Referrers {
		if r.Value == or(value, "") {
			errs.add("value", msgTaken)
		}
	}
	errs.format("value", value, referrerForm, msgInvalid)
	errs.maxLength("value", value, 255)
	if len(x.Referrers) >= mostKeys {
		errs.add("base", "Limit reached")
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	x.Referrers = append(x.Referrers, &referrer{stamps: born(c.now), ID: c.next("referrer"), Value: *value})
	return created(showApplication(c, a, x))
}

func deleteReferrer(c *call, _ *account, x *application) answer {
	left := without(x.Referrers, func(r *referrer) bool { return r.ID == c.id("id") })
	if len(left) == len(x.Referrers) {
		return notFound()
	}
	if no := c.verdict(nil); no != nil {
		return *no
	}
	x.Referrers = left
	return deleted()
}
