package gateway

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Monitoring gives a dashboard and rules as objects of a cluster: a ConfigMap with the label that Grafana's sidecar looks
// for, and a PrometheusRule, which the Prometheus operator takes.
func Monitoring(document, namespace string, dashboard Dashboard, rules Rules) ([]Manifest, error) {
	o := Options{Namespace: namespace}
	if err := objectName("namespace", namespace); err != nil {
		return nil, err
	}
	// A document's name has more characters than an object's.
	name := "maasctl-llm-" + strings.TrimRight(strings.ReplaceAll(strings.ToLower(document), "_", "-"), "-.")
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(dashboard); err != nil {
		return nil, err
	}
	board := Object{
		APIVersion: "v1", Kind: "ConfigMap", Metadata: o.metadata(name),
		Data: map[string]string{name + ".json": text.String()},
	}
	board.Metadata.Labels = map[string]string{"grafana_dashboard": "1"}
	alerts := Object{APIVersion: "monitoring.coreos.com/v1", Kind: "PrometheusRule", Metadata: o.metadata(name), Spec: rules}
	return []Manifest{{File: "dashboard.yaml", Object: board}, {File: "rules.yaml", Object: alerts}}, nil
}
