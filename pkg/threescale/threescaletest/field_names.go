package threescaletest

import "strings"

// fieldTargets are the classes that can have fields: accounts, users, applications.
func fieldTargets() []string { return []string{"Account", "User", "Cinstance"} }

// builtinFields are the fields of a target that 3scale has columns for.
func builtinFields(target string) []string {
	return strings.Fields(map[string]string{
		"Account": `org_name org_legaladdress org_legaladdress_cont telephone_number vat_code vat_rate fiscal_code state_region city country zip
			primary_business business_category po_number billing_address`,
		"User":      "username email title first_name last_name job_role",
		"Cinstance": "name description",
	}[target])
}

// fieldColumns are the other columns of a target, which no field can be named like.
func fieldColumns(target string) []string {
	return strings.Fields(map[string]string{
		"Account": `id created_at updated_at provider buyer country_id provider_account_id domain site_access_code credit_card_partial_number
			credit_card_expires_on credit_card_auth_code master billing_address_name billing_address_address1 billing_address_address2
			billing_address_city billing_address_state billing_address_country billing_address_zip billing_address_phone state paid paid_at
			signs_legal_terms timezone delta from_email extra_fields invoice_footnote vat_zero_text default_account_plan_id default_service_id
			credit_card_authorize_net_payment_profile_token tenant_id self_domain s3_prefix prepared_assets_version sample_data support_email
			finance_support_email billing_address_first_name billing_address_last_name email_all_users partner_id hosted_proxy_deployed_at
			state_changed_at`,
		"User": `id crypted_password salt created_at updated_at remember_token remember_token_expires_at activation_code activated_at state role
			lost_password_token posts_count account_id signup_type last_login_at last_login_ip email_verification_code extra_fields tenant_id
			cas_identifier lost_password_token_generated_at authentication_id open_id password_digest`,
		"Cinstance": `id plan_id user_account_id user_key provider_public_key created_at updated_at state paid_until application_id
			trial_period_expires_at setup_fee type redirect_url variable_cost_paid_until extra_fields tenant_id create_origin first_traffic_at
			first_daily_traffic_at service_id accepted_at`,
	}[target])
}
