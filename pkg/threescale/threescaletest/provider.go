package threescaletest

import (
	"fmt"

	"example.com/maasctl/internal/lazyregexp"
)

// checkEmail is porta's check of mail addresses.
func checkEmail(errs *problems, field string, v *string) {
	errs.format(field, v, emailForm, "should look like an email address")
}

var emailForm = lazyregexp.New(`(?i)\A['\w.%+\-]+@(?:[A-Z0-9\-]+\.)+[A-Z]{2,63}\z`)

// accountAttributes are the columns of accounts, which Rails wraps.
func accountAttributes() []string {
	return append(fieldColumns("Account"), without(builtinFields("Account"), func(name string) bool { return name == "country" || name == "billing_address" })...)
}

// support is the address for help: the tenant's own, or its administrator's.
func (t *tenant) support() string {
	if blank(t.Contact.Support) {
		return t.AdminEmail
	}
	return *t.Contact.Support
}

func getProvider(c *call) answer { return ok(showProvider(c, c.tenant)) }

func updateProvider(c *call) answer {
	in, wrong := c.required("account", accountAttributes()...)
	if wrong != nil {
		return *wrong
	}
	draft := c.tenant.Contact
	draft.assign(in.permit("from_email", "support_email", "finance_support_email", "site_access_code"))
	var errs problems
	for _, f := range []struct {
		name  string
		value *string
	}{{"support_email", draft.Support}, {"finance_support_email", draft.finance()}} {
		if !blank(f.value) {
			checkEmail(&errs, f.name, f.value)
		}
	}
	for _, f := range []struct {
		name  string
		value *string
	}{{"from_email", draft.FromEmail}, {"support_email", draft.Support}, {"finance_support_email", draft.Finance}, {"site_access_code", draft.AccessCode}} {
		errs.maxLength(f.name, f.value, 255)
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	c.tenant.Contact, c.tenant.UpdatedAt = draft, c.now
	return ok(showProvider(c, c.tenant))
}

// contact is how a tenant is reached, and the code that its portal asks for.
type contact struct {
	FromEmail  *string `json:"from_email"`
	Support    *string `json:"support_email"`
	Finance    *string `json:"finance_support_email"`
	AccessCode *string `json:"site_access_code"`
}

func (x *contact) assign(in params) {
	for name, to := range map[string]**string{"from_email": &x.FromEmail, "support_email": &x.Support, "finance_support_email": &x.Finance, "site_access_code": &x.AccessCode} {
		if v, sent := in[name]; sent {
			*to = castText(v)
		}
	}
}

// finance is the address for bills: the one for help when there is no other.
func (x *contact) finance() *string {
	if blank(x.Finance) {
		return x.Support
	}
	return x.Finance
}

func showProvider(c *call, t *tenant) object { return wrap("account", providerFields(c, t)) }

// providerFields are what the API tells about a tenant.
func providerFields(c *call, t *tenant) object {
	o := object{{"id", t.ID}}
	o.putTimes(c, t.stamps)
	if t.DeletionAt != nil {
		o.put("deletion_date", c.time(*t.DeletionAt))
	}
	o.put("admin_domain", t.AdminDomain)
	o.put("domain", t.Domain)
	o.put("admin_base_url", "http://"+t.AdminDomain)
	o.put("base_url", "http://"+t.Domain)
	o.put("from_email", or(t.Contact.FromEmail, "no-reply@"+c.server.opts.Host))
	o.put("support_email", t.support())
	finance := t.support()
	if !blank(t.Contact.Finance) {
		finance = *t.Contact.Finance
	}
	o.put("finance_support_email", finance)
	o.putText("site_access_code", t.Contact.AccessCode)
	o.put("credit_card_stored", false)
	o.put("monthly_billing_enabled", true)
	o.put("monthly_charging_enabled", true)
	o.put("state", t.State)
	o.put("annotations", annotations(t.Annotations))
	o.putLinks(c, "users", fmt.Sprintf("/admin/api/accounts/%d/users", t.ID))
	o.put("org_name", t.OrgName)
	return o
}
