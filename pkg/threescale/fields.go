package threescale

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
	"example.com/maasctl/pkg/secret"
)

// said lists the fields of a struct of the document that were said, under the names that the document gives them.
// Only scalars count: what has a form of its own has a kind or a conversion of its own.
func said(v any) plan.Fields {
	out := plan.Fields{}
	s := reflect.ValueOf(v)
	for i := range s.NumField() {
		name, _, _ := strings.Cut(s.Type().Field(i).Tag.Get("yaml"), ",")
		f := s.Field(i)
		if name == "" || name == "-" || f.Kind() != reflect.Pointer || f.IsNil() {
			continue
		}
		switch x := f.Interface().(type) {
		case *string:
			out[name] = *x
		case *bool:
			out[name] = *x
		case *int64:
			out[name] = *x
		case *maas.Decimal:
			out[name] = string(*x)
		case *secret.Value:
			out[name] = *x
		}
	}
	return out
}

// attributes are the API's names of what the document calls otherwise; everything else has one name, in two spellings.
// Plans say the document's: the keys that lead to a value, below its object.
func attributes() map[string]string {
	names := map[string]string{ //nolint:gosec // names, and no values
		"url":        "private_endpoint",
		"deployment": "deployment_option", "authentication": "backend_version",
		"trialDays": "trial_period_days", "monthlyCost": "cost_per_month",
		"endpoints.production": "endpoint", "endpoints.staging": "sandbox_endpoint",
		"organization": "org_name",

		"authentication.apiKey.name": "auth_user_key", "authentication.apiKey.location": "credentials_location",
		"authentication.appIdKey.id": "auth_app_id", "authentication.appIdKey.key": "auth_app_key",
		"authentication.appIdKey.location": "credentials_location", "authentication.oidc.location": "credentials_location",
		"authentication.oidc.issuerType":               "oidc_issuer_type",
		"authentication.oidc.jwtClaimWithClientId":     "jwt_claim_with_client_id",
		"authentication.oidc.jwtClaimWithClientIdType": "jwt_claim_with_client_id_type",
	}
	for word, name := range gatewayErrors() {
		names["gatewayResponses."+word+".status"] = "error_status_" + name
		names["gatewayResponses."+word+".contentType"] = "error_headers_" + name
		names["gatewayResponses."+word+".body"] = "error_" + name
	}
	return names
}

// attribute is the API's name of a field. The fields that a tenant has defined for its accounts stand below "fields".
func attribute(field string) string {
	if own, ok := strings.CutPrefix(field, fieldsOfTenant); ok {
		return snake(own)
	}
	if name, ok := attributes()[field]; ok {
		return name
	}
	return snake(field)
}

// fieldsOfTenant is where an account of the document has the fields that its tenant has defined.
const fieldsOfTenant = "fields."

// snake is the API's spelling of a name: supportEmail is support_email there.
func snake(camel string) string {
	var b strings.Builder
	for _, c := range camel {
		if unicode.IsUpper(c) {
			b.WriteByte('_')
			c = unicode.ToLower(c)
		}
		b.WriteRune(c)
	}
	return b.String()
}

// params are fields in the API's form, as a JSON body; secrets appear in clear, so it goes nowhere but on the wire.
func params(fields plan.Fields) map[string]any {
	out := map[string]any{}
	for name, v := range fields {
		if s, ok := v.(secret.Value); ok {
			v = s.Reveal()
		}
		out[attribute(name)] = v
	}
	return out
}

// text reads an attribute of an answer; what isn't there is "".
func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// decimal is the shortest exact form of a number that 3scale gives as a float or as text: 49.90 is "49.9".
func decimal(n json.Number) string {
	f, err := n.Float64()
	if err != nil {
		return n.String()
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func source(p maas.Position) plan.Source {
	return plan.Source{File: p.File, Line: p.Line, Column: p.Column}
}
