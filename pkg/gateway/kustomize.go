package gateway

import (
	"maps"
	"slices"
	"strings"
)

// Component is a kustomization for a directory of manifests. It is a Component and no Kustomization, because its patches
// are for objects that stand in the overlay that includes it: the APIManager or APIcast, and routes.
type Component struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Resources  []string `json:"resources"`
	Patches    []Patch  `json:"patches"`
}

// Patch says what a file of a Component changes. Where nothing fits the target, nothing is changed: an overlay has the
// APIManager, but seldom the routes, which zync makes on the cluster.
type Patch struct {
	Path   string `json:"path"`
	Target Target `json:"target"`
}

// Target selects objects.
type Target struct {
	Group         string `json:"group"`
	Version       string `json:"version"`
	Kind          string `json:"kind"`
	Name          string `json:"name,omitempty"`
	LabelSelector string `json:"labelSelector,omitempty"`
}

// NewComponent makes the kustomization.yaml of a directory with these manifests.
func NewComponent(manifests []Manifest, o Options) Component {
	c := Component{APIVersion: "kustomize.config.k8s.io/v1alpha1", Kind: "Component", Resources: []string{}, Patches: []Patch{}}
	for _, m := range manifests {
		if !m.Patch {
			c.Resources = append(c.Resources, m.File)
			continue
		}
		group, version, _ := strings.Cut(m.Object.APIVersion, "/")
		target := Target{Group: group, Version: version, Kind: m.Object.Kind, Name: m.Object.Metadata.Name}
		if m.Object.Kind == "Route" && len(o.Routes) == 0 {
			target.Name, target.LabelSelector = "", RouteSelector
		}
		c.Patches = append(c.Patches, Patch{m.File, target})
	}
	return c
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
