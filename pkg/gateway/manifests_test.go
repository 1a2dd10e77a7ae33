package gateway_test

import (
	"bytes"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	llmmetrics "example.com/maasctl/apicast/llm-metrics"
	"example.com/maasctl/pkg/gateway"
)

func hosted() gateway.Options {
	return gateway.Options{Namespace: "3scale", APIManager: "apimanager", Timeout: 3 * time.Minute}
}

func manifests(t *testing.T, o gateway.Options) []gateway.Manifest {
	t.Helper()
	list, err := gateway.Manifests(o)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A Secret's keys are what the gateway's folder will have: all files that ship, byte for byte.
func TestSecretHasThePolicysFiles(t *testing.T) {
	secret := manifests(t, hosted())[0].Object
	text, err := yaml.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Kind string            `json:"kind"`
		Data map[string][]byte `json:"data"`
	}
	if err := yaml.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	entries, err := fs.ReadDir(llmmetrics.Files, ".")
	if err != nil {
		t.Fatal(err)
	}
	size := 0
	for _, e := range entries {
		want, err := llmmetrics.Files.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(read.Data[e.Name()], want) {
			t.Errorf("%s differs from the file that ships", e.Name())
		}
		size += len(want)
	}
	if read.Kind != "Secret" || len(read.Data) != len(entries) || len(entries) < 3 {
		t.Errorf("%s with %d files, %d ship", read.Kind, len(read.Data), len(entries))
	}
	if size >= gateway.MaxSecretBytes {
		t.Errorf("%d bytes are too many", size)
	}
}

// outline is the manifests without what changes with every change of the policy itself.
func outline(t *testing.T, list []gateway.Manifest, o gateway.Options) string {
	t.Helper()
	var b strings.Builder
	write := func(file string, v any) {
		text, err := yaml.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString("--- " + file + "\n" + string(text))
	}
	for _, m := range list {
		if files, ok := m.Object.Data.(map[string][]byte); ok {
			m.Object.Data = map[string][]byte{"init.lua": files["init.lua"][:2]}
		}
		text, err := yaml.Marshal(m.Object)
		if err != nil {
			t.Fatal(err)
		}
		var object map[string]any
		if err := yaml.Unmarshal(text, &object); err != nil {
			t.Fatal(err)
		}
		if spec, ok := object["spec"].(map[string]any); ok {
			if schema, ok := spec["schema"].(map[string]any); ok {
				if len(schema["configuration"].(map[string]any)) == 0 || len(schema["description"].([]any)) == 0 {
					t.Error("the definition describes nothing")
				}
				schema["configuration"], schema["description"] = "(left out)", "(left out)"
			}
		}
		write(m.File, object)
	}
	write("kustomization.yaml", gateway.NewComponent(list, o))
	return b.String()
}

func TestManifests(t *testing.T) {
	selfManaged := hosted()
	selfManaged.SelfManaged = true
	for name, o := range map[string]gateway.Options{
		"hosted":       hosted(),
		"self-managed": selfManaged,
		"apicast":      {APIcast: "edge", Routes: []string{"edge", "edge-2"}, Timeout: 90 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name+".yaml", outline(t, manifests(t, o), o))
		})
	}
}

// golden compares with a file of testdata; UPDATE=1 writes it.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := "testdata/" + file
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

// What a cluster would refuse, or read as something else, is refused here.
func TestOptionsAreChecked(t *testing.T) {
	for say, change := range map[string]func(*gateway.Options){
		"needs an APIManager":  func(o *gateway.Options) { o.APIManager = "" },
		`namespace: "3Scale"`:  func(o *gateway.Options) { o.Namespace = "3Scale" },
		`APIManager: "a_b"`:    func(o *gateway.Options) { o.APIManager = "a_b" },
		`APIcast: "-"`:         func(o *gateway.Options) { o.APIcast = "-" },
		`route ../x: "../x"`:   func(o *gateway.Options) { o.Routes = []string{"../x"} },
		"can't be blank":       func(o *gateway.Options) { o.Routes = []string{""} },
		"timeout 0s":           func(o *gateway.Options) { o.Timeout = 0 },
		"timeout 1.5s":         func(o *gateway.Options) { o.Timeout = 1500 * time.Millisecond },
		"timeout 600h0m0s":     func(o *gateway.Options) { o.Timeout = 600 * time.Hour },
		"from 1s to 596h31m23": func(o *gateway.Options) { o.Timeout = -time.Second },
	} {
		o := hosted()
		change(&o)
		if _, err := gateway.Manifests(o); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%s: %v", say, err)
		}
	}
}
