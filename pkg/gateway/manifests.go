package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"time"

	llmmetrics "example.com/maasctl/apicast/llm-metrics"
	"example.com/maasctl/internal/lazyregexp"
)

// Options say which cluster objects the policy is for.
type Options struct {
	Namespace   string        // of all objects; "": none is written
	APIManager  string        // the APIManager whose two gateways get the policy; "" with APIcast
	APIcast     string        // the APIcast of a self-managed gateway, instead of an APIManager
	SelfManaged bool          // a CustomPolicyDefinition too; an APIcast implies it
	Routes      []string      // names of the gateways' routes; none: one patch for all of them, see [Component]
	Timeout     time.Duration // how long a route waits for a gateway's next bytes; whole seconds
}

// Manifest is one object for a cluster, or a patch of one that is there already.
type Manifest struct {
	File   string // its name in a directory
	Patch  bool   // a patch: it says only what it changes
	Object Object
}

// Object is a Kubernetes object with as much as is needed of it.
type Object struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Metadata   Metadata `json:"metadata"`
	Type       string   `json:"type,omitempty"`
	Data       any      `json:"data,omitempty"` // of a Secret map[string][]byte, which is base64 in JSON and YAML; of a ConfigMap text
	Spec       any      `json:"spec,omitempty"`
}

// Metadata is an object's metadata.
type Metadata struct {
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// MaxSecretBytes is the most that the values of a Secret may have together; the API server refuses more.
const MaxSecretBytes = 1 << 20

// The labels that make an operator watch a Secret: when its content changes, the gateways that use it start anew. APIcast
// loads a policy only once, so without the label a new version would lie there unused.
const (
	watchedByAPIManager = "apimanager.apps.3scale.net/watched-by" // of the 3scale operator, value apimanager
	watchedByAPIcast    = "apicast.apps.3scale.net/watched-by"    // of the APIcast operator, value apicast
)

// RouteTimeout is the annotation by which OpenShift's router waits longer than 30 s for a server's next bytes.
const RouteTimeout = "haproxy.router.openshift.io/timeout"

// RouteSelector selects the routes that zync makes for the gateways of products, under names that can't be foreseen.
const RouteSelector = "zync.3scale.net/route-to in (apicast-staging,apicast-production)"

// Manifests gives what a cluster needs so that its gateways have the policy, in the order in which to apply it.
func Manifests(o Options) ([]Manifest, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	files, err := policyFiles(llmmetrics.Files)
	if err != nil {
		return nil, err
	}
	out := []Manifest{{File: "secret.yaml", Object: o.secret(files)}}
	if o.APIcast == "" {
		out = append(out, Manifest{File: "apimanager.yaml", Patch: true, Object: o.apiManager()})
	} else {
		out = append(out, Manifest{File: "apicast.yaml", Patch: true, Object: o.apicast()})
	}
	if o.SelfManaged || o.APIcast != "" {
		definition, err := o.definition(files[manifestFile])
		if err != nil {
			return nil, err
		}
		out = append(out, Manifest{File: "custompolicydefinition.yaml", Object: definition})
	}
	return append(out, o.routes()...), nil
}

const manifestFile = "apicast-policy.json"

// policyFiles reads the policy's files. An operator takes a Secret only if it has these two, and the API server only if it
// isn't too large; both would show on the cluster only.
func policyFiles(from fs.FS) (map[string][]byte, error) {
	files, size := map[string][]byte{}, 0
	entries, err := fs.ReadDir(from, ".")
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", PolicyName, err)
	}
	for _, e := range entries {
		text, err := fs.ReadFile(from, e.Name())
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", PolicyName, err)
		}
		files[e.Name()] = text
		size += len(text)
	}
	for _, needed := range []string{"init.lua", manifestFile} {
		if files[needed] == nil {
			return nil, fmt.Errorf("policy %s: it has no %s, without which no gateway loads it", PolicyName, needed)
		}
	}
	if size >= MaxSecretBytes {
		return nil, fmt.Errorf("policy %s: its files have %d bytes; a Secret holds less than %d", PolicyName, size, MaxSecretBytes)
	}
	return files, nil
}

func (o Options) metadata(name string) Metadata { return Metadata{Name: name, Namespace: o.Namespace} }

func (o Options) secret(files map[string][]byte) Object {
	m := o.metadata(PolicyName)
	m.Labels = map[string]string{watchedByAPIManager: "apimanager"}
	if o.APIcast != "" {
		m.Labels = map[string]string{watchedByAPIcast: "apicast"}
	}
	return Object{APIVersion: "v1", Kind: "Secret", Metadata: m, Type: "Opaque", Data: files}
}

// customPolicy is how an operator is told to put a Secret's files where the gateway looks for the policy.
type customPolicy struct {
	Name      string    `json:"name"`
	Version   string    `json:"version"`
	SecretRef secretRef `json:"secretRef"`
}

type secretRef struct {
	Name string `json:"name"`
}

type customPolicies struct {
	Policies []customPolicy `json:"customPolicies"`
}

func newCustomPolicies() customPolicies {
	return customPolicies{[]customPolicy{{Name: PolicyName, Version: llmmetrics.Version(), SecretRef: secretRef{PolicyName}}}}
}

func (o Options) apiManager() Object {
	gateways := map[string]customPolicies{"stagingSpec": newCustomPolicies(), "productionSpec": newCustomPolicies()}
	return Object{
		APIVersion: "apps.3scale.net/v1alpha1", Kind: "APIManager", Metadata: o.metadata(o.APIManager), Spec: map[string]any{"apicast": gateways},
	}
}

func (o Options) apicast() Object {
	return Object{APIVersion: "apps.3scale.net/v1alpha1", Kind: "APIcast", Metadata: o.metadata(o.APIcast), Spec: newCustomPolicies()}
}

// definition describes the policy to the admin portal. The operator knows these keys of a manifest and drops others.
func (o Options) definition(manifest []byte) (Object, error) {
	var schema struct {
		Schema        string         `json:"$schema"`
		Name          string         `json:"name"`
		Version       string         `json:"version"`
		Summary       string         `json:"summary"`
		Description   []string       `json:"description,omitempty"`
		Configuration map[string]any `json:"configuration"`
	}
	if err := json.Unmarshal(manifest, &schema); err != nil {
		return Object{}, fmt.Errorf("policy %s: %s: %w", PolicyName, manifestFile, err)
	}
	return Object{
		APIVersion: "capabilities.3scale.net/v1beta1", Kind: "CustomPolicyDefinition", Metadata: o.metadata(PolicyName),
		Spec: map[string]any{"name": PolicyName, "version": schema.Version, "schema": schema},
	}, nil
}

// routes are patches of the routes: the named ones, or one that stands for all.
func (o Options) routes() []Manifest {
	var out []Manifest
	route := func(file, name string) {
		m := o.metadata(name)
		m.Annotations = map[string]string{RouteTimeout: o.RouteTimeout()}
		out = append(out, Manifest{File: file, Patch: true, Object: Object{APIVersion: "route.openshift.io/v1", Kind: "Route", Metadata: m}})
	}
	if len(o.Routes) == 0 {
		route("route.yaml", "apicast")
	}
	for _, name := range o.Routes {
		route("route-"+name+".yaml", name)
	}
	return out
}

// RouteTimeout is the timeout as the annotation has it, in whole seconds: "180s".
func (o Options) RouteTimeout() string {
	return strconv.FormatInt(int64(o.Timeout/time.Second), 10) + "s"
}

var dnsName = lazyregexp.New(`^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$`)

// maxTimeout is HAProxy's: 2^31-1 ms. It takes a longer one for this one, with a warning in its log.
const maxTimeout = (1<<31 - 1) * time.Millisecond

// objectName refuses what is no name of an object; none at all is fine.
func objectName(what, name string) error {
	if name != "" && !dnsName.MatchString(name) {
		return fmt.Errorf("%s: %q is no name of a Kubernetes object: it has a-z 0-9 - and . and begins and ends with a letter or a digit", what, name)
	}
	return nil
}

// check refuses what a cluster would refuse, or read as something else.
func (o Options) check() error {
	names := map[string]string{"namespace": o.Namespace, "APIManager": o.APIManager, "APIcast": o.APIcast}
	if o.APIManager == "" && o.APIcast == "" {
		return errors.New("the policy needs an APIManager or an APIcast to be put into")
	}
	for _, r := range o.Routes {
		names["route "+r] = r
		if r == "" {
			return errors.New("a route's name can't be blank")
		}
	}
	for _, what := range sortedKeys(names) {
		if err := objectName(what, names[what]); err != nil {
			return err
		}
	}
	if o.Timeout < time.Second || o.Timeout%time.Second != 0 || o.Timeout > maxTimeout {
		return fmt.Errorf("timeout %s: a route takes whole seconds, from 1s to %s", o.Timeout, maxTimeout.Truncate(time.Second))
	}
	return nil
}
