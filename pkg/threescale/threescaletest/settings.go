package threescaletest

import (
	"net/http"
	"strings"
)

// settings are what a tenant allows and shows.
type settings struct {
	UserArea              bool   `json:"useraccountarea_enabled"`
	HideService           *bool  `json:"hide_service"`
	Signups               bool   `json:"signups_enabled"`
	StrongPasswords       bool   `json:"strong_passwords_enabled"`
	PublicSearch          bool   `json:"public_search"`
	AccountPlansVisible   bool   `json:"account_plans_ui_visible"`
	AccountPlanPermission string `json:"change_account_plan_permission"`
	ServicePlansVisible   bool   `json:"service_plans_ui_visible"`
	ServicePlanPermission string `json:"change_service_plan_permission"`
	EnforceSSO            bool   `json:"enforce_sso"`
	// Null are the flags that are null. They are off, and not shown.
	Null map[string]bool `json:"null,omitempty"`
}

func newSettings() settings {
	return settings{UserArea: true, Signups: true, AccountPlanPermission: "request", ServicePlanPermission: "request"}
}

// flags are the settings that are on or off.
func (s *settings) flags() []struct {
	name string
	to   *bool
} {
	return []struct {
		name string
		to   *bool
	}{
		{"useraccountarea_enabled", &s.UserArea}, {"signups_enabled", &s.Signups}, {"strong_passwords_enabled", &s.StrongPasswords},
		{"public_search", &s.PublicSearch}, {"account_plans_ui_visible", &s.AccountPlansVisible}, {"service_plans_ui_visible", &s.ServicePlansVisible},
		{"enforce_sso", &s.EnforceSSO},
	}
}

// assignFlags writes what a request says.
func (s *settings) assignFlags(in params) {
	null := map[string]bool{}
	for _, f := range s.flags() {
		null[f.name] = s.Null[f.name]
		v := castBool(in[f.name])
		switch required := f.name == "public_search" || f.name == "enforce_sso"; {
		case v != nil:
			*f.to, null[f.name] = *v, false
		case in.has(f.name) && !required:
			*f.to, null[f.name] = false, true
		}
	}
	s.Null = null
}

func getSettings(c *call) answer { return ok(showSettings(c)) }

func updateSettings(c *call) answer {
	names := []string{"hide_service", "account_approval_required", "change_account_plan_permission", "change_service_plan_permission"}
	draft := c.tenant.Settings
	for _, f := range draft.flags() {
		names = append(names, f.name)
	}
	in, wrong := c.required("settings", append(settingsColumns(), names...)...)
	if wrong != nil {
		return *wrong
	}
	in = in.permit(names...)
	if sso := in["enforce_sso"]; sso != nil && sso != false && !c.tenant.signInPublished() {
		var errs problems
		errs.add("enforce_sso", "Password-based authentication could not be disabled. No published authentication providers.")
		return answer{status: http.StatusUnprocessableEntity, body: errs.object()}
	}
	draft.assignFlags(in)
	if v, sent := in["hide_service"]; sent {
		draft.HideService = castBool(v)
	}
	var errs problems
	for name, to := range map[string]*string{"change_account_plan_permission": &draft.AccountPlanPermission, "change_service_plan_permission": &draft.ServicePlanPermission} {
		if v := castText(in[name]); !blank(v) {
			*to = *v
			errs.inclusion(name, *v, "request", "none", "credit_card", "request_credit_card", "direct")
		}
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	c.tenant.Settings = draft
	if v := castBool(in["account_approval_required"]); v != nil {
		c.tenant.requireApproval(*v)
	}
	return ok(showSettings(c))
}

// settingsColumns are all columns, which Rails wraps, though few can be set.
func settingsColumns() []string {
	return strings.Fields(`id account_id bg_colour link_colour text_colour created_at updated_at menu_bg_colour link_label link_url welcome_text
		menu_link_colour content_bg_colour tracker_code favicon plans_tab_bg_colour plans_bg_colour content_border_colour forum_enabled
		app_gallery_enabled anonymous_posts_enabled signups_enabled documentation_enabled useraccountarea_enabled refund_policy
		privacy_policy monthly_charging_enabled token_api documentation_public forum_public hide_service cc_terms_path cc_privacy_path
		cc_refunds_path change_account_plan_permission strong_passwords_enabled change_service_plan_permission can_create_service
		spam_protection_level tenant_id multiple_applications_switch multiple_users_switch finance_switch multiple_services_switch
		groups_switch account_plans_switch authentication_strategy janrain_api_key janrain_relying_party service_plans_switch
		public_search product branding_switch monthly_billing_enabled cms_token cas_server_url sso_key sso_login_url cms_escape_draft_html
		cms_escape_published_html setup_fee_enabled account_plans_ui_visible service_plans_ui_visible skip_email_engagement_footer_switch
		web_hooks_switch iam_tools_switch require_cc_on_signup_switch enforce_sso admin_bot_protection_level`)
}

// approvalRequired is a setting of the only account plan, if there is only one.
func (t *tenant) approvalRequired() bool {
	p := t.approvalPlan()
	return p != nil && or(p.Approval, false)
}

// approvalPlan is the account plan that the setting belongs to: the default one, or
// the first.
func (t *tenant) approvalPlan() *plan {
	if p, found := t.plan(planAccount, t.DefaultAccount); found {
		return p
	}
	if len(t.AccountPlans.rows) > 0 {
		return t.AccountPlans.rows[0]
	}
	return nil
}

func (t *tenant) requireApproval(on bool) {
	if p := t.approvalPlan(); p != nil && len(t.AccountPlans.rows) == 1 {
		p.Approval = &on
	}
}

func showSettings(c *call) object {
	s := c.tenant.Settings
	var o object
	put := func(name string, v bool) {
		if !s.Null[name] {
			o.put(name, v)
		}
	}
	put("useraccountarea_enabled", s.UserArea)
	if s.HideService != nil {
		o.put("hide_service", *s.HideService)
	}
	put("signups_enabled", s.Signups)
	o.put("account_approval_required", c.tenant.approvalRequired())
	put("strong_passwords_enabled", s.StrongPasswords)
	put("public_search", s.PublicSearch)
	put("account_plans_ui_visible", s.AccountPlansVisible)
	o.put("change_account_plan_permission", s.AccountPlanPermission)
	put("service_plans_ui_visible", s.ServicePlansVisible)
	o.put("change_service_plan_permission", s.ServicePlanPermission)
	put("enforce_sso", s.EnforceSSO)
	return wrap("settings", o)
}
