package view

import (
	"io"

	"sigs.k8s.io/yaml"

	"example.com/maasctl/pkg/gateway"
)

// ManifestsYAML writes manifests as one stream of YAML documents.
func ManifestsYAML(w io.Writer, manifests []gateway.Manifest) error {
	for _, m := range manifests {
		text, err := yaml.Marshal(m.Object)
		if err != nil {
			return err
		}
		if _, err := w.Write(append([]byte("---\n"), text...)); err != nil {
			return err
		}
	}
	return nil
}

// ManifestsJSON writes manifests as the one object that kubectl and oc take for many.
func ManifestsJSON(w io.Writer, manifests []gateway.Manifest) error {
	list := struct {
		APIVersion string           `json:"apiVersion"`
		Kind       string           `json:"kind"`
		Items      []gateway.Object `json:"items"`
	}{APIVersion: "v1", Kind: "List"}
	for _, m := range manifests {
		list.Items = append(list.Items, m.Object)
	}
	return JSON(w, list)
}
