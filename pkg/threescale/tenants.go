package threescale

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// tenantKind is the tenant itself: provider.json and settings.json, and, with a master token, organization and time zone.
type tenantKind struct{}

func (tenantKind) info() plan.Kind { return plan.Kind{Name: kindTenant, Part: true} }

const (
	providerPath = "/admin/api/provider.json"
	settingsPath = "/admin/api/settings.json"

	fieldAccessCode   = "accessCode"
	fieldOrganization = "organization"
	fieldTimezone     = "timezone"
)

func (w *wants) tenant() {
	if w.portalAsked() {
		w.name(kindTenant, "")
	}
	t := w.doc.Tenant
	if t == nil {
		return
	}
	o := plan.New(System, kindTenant, "", said(t.Settings))
	for name, v := range said(t.Provider) {
		o.Fields[name] = v
	}
	if t.AccessCode != nil {
		o.Fields[fieldAccessCode] = *t.AccessCode
	}
	put(o.Fields, fieldOrganization, t.Organization)
	put(o.Fields, fieldTimezone, t.Timezone)
	if len(o.Fields) > 0 {
		w.add(o, maas.Meta{}, "tenant")
	}
	w.signIns(t)
}

// PortalOutput is the output of the tenant that realms' clients take over: the developer portal's address.
const PortalOutput = "portalUrl"

// portalAsked tells whether a client of a realm has the portal's callback among its redirect URIs ("portal").
func (w *wants) portalAsked() bool {
	for _, r := range w.doc.Realms {
		for _, c := range r.Value.Clients {
			uris, _ := c.Value.Fields["redirectUris"].([]any)
			if slices.Contains(uris, any("portal")) {
				return true
			}
		}
	}
	return false
}

type providerJSON struct {
	ID                  int64   `json:"id"`
	OrgName             string  `json:"org_name"`
	BaseURL             string  `json:"base_url"` // of the developer portal
	CreatedAt           string  `json:"created_at"`
	FromEmail           *string `json:"from_email"`
	SupportEmail        *string `json:"support_email"`
	FinanceSupportEmail *string `json:"finance_support_email"`
	SiteAccessCode      *string `json:"site_access_code"`
}

// settingsFields are the fields that settings.json has; all others are provider.json's.
func settingsFields() plan.Fields {
	t, f, text := true, false, ""
	return said(maas.TenantSettings{
		UseraccountareaEnabled: &t, HideService: &f, SignupsEnabled: &t, AccountApprovalRequired: &f, StrongPasswordsEnabled: &f,
		PublicSearch: &f, AccountPlansUIVisible: &f, ChangeAccountPlanPermission: &text, ServicePlansUIVisible: &f,
		ChangeServicePlanPermission: &text, EnforceSSO: &f,
	})
}

func (tenantKind) read(ctx context.Context, r *reader, _ *plan.Object) ([]*plan.Object, error) {
	o := plan.New(System, kindTenant, "", plan.Fields{})
	var wanted plan.Fields
	if d := r.desired[o.Address]; d != nil {
		wanted = d.Fields
	}
	settings := settingsFields()
	wantsSettings, wantsProvider := false, r.s.portalAsked
	for name := range wanted {
		if _, ok := settings[name]; ok {
			wantsSettings = true
		} else {
			wantsProvider = true
		}
	}
	if wantsSettings {
		found, err := one[map[string]any](ctx, r, settingsPath)
		if err != nil {
			return nil, err
		}
		for name := range settings {
			o.Fields[name] = found[snake(name)]
		}
	}
	if wantsProvider {
		p, err := one[providerJSON](ctx, r, providerPath)
		if err != nil {
			return nil, err
		}
		r.provider(o, p, wanted)
	}
	return []*plan.Object{o}, nil
}

func (r *reader) provider(o *plan.Object, p providerJSON, wanted plan.Fields) {
	code := text(p.SiteAccessCode)
	r.s.config.Transport.Redactor.Add(code)
	o.Fields["fromEmail"], o.Fields["supportEmail"] = text(p.FromEmail), text(p.SupportEmail)
	o.Fields["financeSupportEmail"] = text(p.FinanceSupportEmail)
	o.Fields[fieldAccessCode] = secret.New("", code)
	o.Fields[fieldOrganization] = p.OrgName
	o.Fields[fieldTimezone] = zoneOf(p.CreatedAt, wanted[fieldTimezone])
	o.Outputs = map[string]any{PortalOutput: strings.TrimRight(p.BaseURL, "/")}
	r.s.learn(o.Address, p.ID)
}

// frozenTenant are the fields that need a master token: without one they are work for a person.
func (s *Session) frozenTenant() map[string]string {
	if s.master != nil {
		return nil
	}
	return map[string]string{
		fieldOrganization: "needs threescale.master; or Account Settings → Overview → Edit → Organization/Group Name",
		fieldTimezone:     "needs threescale.master; or Account Settings → Overview → Edit → Time Zone",
	}
}

func (tenantKind) write(ctx context.Context, s *Session, c *change) error {
	fields, err := c.changed()
	if err != nil {
		return err
	}
	known := settingsFields()
	settings, provider, master := plan.Fields{}, plan.Fields{}, plan.Fields{}
	for name, v := range fields {
		_, isSetting := known[name]
		switch {
		case isSetting:
			settings[name] = v
		case name == fieldAccessCode:
			provider["siteAccessCode"] = v
		case name == fieldOrganization:
			master["orgName"] = v
		case name == fieldTimezone:
			master[name] = v
		default:
			provider[name] = v
		}
	}
	if len(provider) > 0 {
		if err := s.api.do(ctx, http.MethodPut, providerPath, params(provider), nil); err != nil {
			return err
		}
	}
	if len(settings) > 0 {
		if err := s.api.do(ctx, http.MethodPut, settingsPath, params(settings), nil); err != nil {
			return err
		}
	}
	return s.writeMaster(ctx, c, params(master))
}

func (s *Session) writeMaster(ctx context.Context, c *change, body map[string]any) error {
	if len(body) == 0 {
		return nil
	}
	if s.master == nil {
		return errors.New("organization and timezone need threescale.master")
	}
	id, err := s.id(c.Address)
	if err != nil {
		return err
	}
	err = s.master.do(ctx, http.MethodPut, fmt.Sprintf("/master/api/providers/%d.json", id), body, nil)
	if err != nil {
		return fmt.Errorf("master account: %w", err)
	}
	return nil
}

func (tenantKind) remove(context.Context, *Session, *change) error { return errPart(kindTenant) }
