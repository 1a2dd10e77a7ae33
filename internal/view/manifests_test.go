package view

import (
	"bytes"
	"testing"

	"example.com/maasctl/pkg/gateway"
)

func TestManifests(t *testing.T) {
	list := []gateway.Manifest{
		{Object: gateway.Object{APIVersion: "v1", Kind: "Secret", Metadata: gateway.Metadata{Name: "a"}, Type: "Opaque", Data: map[string][]byte{"b.lua": []byte("return 1\n"), "a.lua": {}}}},
		{Patch: true, Object: gateway.Object{APIVersion: "apps/v1", Kind: "Thing", Metadata: gateway.Metadata{Name: "b", Namespace: "n", Labels: map[string]string{"l": "1"}}, Spec: map[string]string{"version": "1.0"}}},
	}
	var b bytes.Buffer
	if err := ManifestsYAML(&b, list); err != nil {
		t.Fatal(err)
	}
	golden(t, "manifests.yaml", b.String())
	b.Reset()
	if err := ManifestsJSON(&b, list); err != nil {
		t.Fatal(err)
	}
	golden(t, "manifests.json", b.String())
}
