package maas

import (
	"errors"
	"fmt"
	"testing"
)

func TestExpandOutput(t *testing.T) {
	value := func(r OutputRef) (string, error) {
		if r.Field == "none" {
			return "", errors.New("no such field")
		}
		return fmt.Sprint(r), nil
	}
	for text, want := range map[string]string{
		"plain":                                    "plain",
		"${realms.maas.name}":                      "name of realm maas",
		"a ${realms.maas.clients.3scale.id} b":     "a id of realm maas's client 3scale b",
		`${products["llama-3.3"].plans.free.id}/x`: "id of product llama-3.3's plan free/x",
		"${backends.b.id}${backends.b.name}":       "id of backend bname of backend b",
		"${backends.b.url}":                        "privateEndpoint of backend b",
		"${products.p.endpoints.production}":       "endpoint of product p's gateway",
		"${products.p.endpoints.staging}":          "sandboxEndpoint of product p's gateway",
		"${client_id} $${realms.x.name}":           "${client_id} ${realms.x.name}",
	} {
		got, err := ExpandOutput(text, value)
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"${realms.maas.none}", "${realms.maas}", "${realms.maas.id.more}", "${products.p.endpoints.other}", "${realms.maas.clients[0].id}"} {
		if _, err := ExpandOutput(text, value); err == nil {
			t.Errorf("%s has to be an error", text)
		}
	}
}
