package keycloak

import (
	"slices"

	"example.com/maasctl/pkg/plan"
)

// newRealmHas are the objects that a new realm has by itself, of the kinds of which a document may want one away: those of 18
// and of 26 together, since a plan is made before the server has shown which it is.
func newRealmHas(kind string) []string {
	switch kind {
	case kindScope:
		return []string{
			"acr", "address", "basic", "email", "microprofile-jwt", "offline_access", "organization", "phone", "profile", "role_list",
			"roles", "saml_organization", "service_account", "web-origins",
		}
	case kindRole:
		return []string{"offline_access", "uma_authorization"}
	case kindAction:
		return []string{
			"CONFIGURE_RECOVERY_AUTHN_CODES", "CONFIGURE_TOTP", "TERMS_AND_CONDITIONS", "UPDATE_EMAIL", "UPDATE_PASSWORD", "UPDATE_PROFILE",
			"VERIFY_EMAIL", "VERIFY_PROFILE", "delete_account", "delete_credential", "idp_link", "terms_and_conditions",
			"update_user_locale", "webauthn-register", "webauthn-register-passwordless",
		}
	}
	return nil
}

// unwanted are the objects that a new realm will have by itself and that the document wants away.
func (s *Session) unwanted(realm *plan.Object) []*plan.Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*plan.Object
	for _, d := range s.desired {
		if d.Absent && d.Parent == realm.Address && slices.Contains(newRealmHas(d.Kind), d.Name) {
			out = append(out, realm.Child(d.Kind, d.Name, plan.Fields{}))
		}
	}
	return out
}
