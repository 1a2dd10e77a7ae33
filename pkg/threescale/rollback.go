package threescale

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/maasctl/internal/transport"
	"example.com/maasctl/pkg/apply"
	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// Rollback is a tenant of which is wanted that one product's gateways have again what they had: 3scale promotes no version
// twice, and an older one changes nothing. So the old configuration's content is written back, deployed, compared with the old
// one, and promoted. It is an ordinary plan, of the same kinds as a document's.
type Rollback struct {
	*Session
	doc     *maas.Document
	product string

	history  *history
	target   *Configuration
	done     bool // production has it already
	objects  []*plan.Object
	warnings []plan.Note
}

// Rollback is the way to roll one product of a document back.
func (s *Session) Rollback(doc *maas.Document, product string) *Rollback {
	return &Rollback{Session: s, doc: doc, product: product}
}

// Prepare reads what production has had, and works out what it takes to have the version again: 0 for what it had before.
func (b *Rollback) Prepare(ctx context.Context, to int64) error {
	h, err := b.historyOf(ctx, b.doc, b.product)
	if err != nil {
		return b.explain(err)
	}
	i, done, err := h.back(to)
	if err != nil {
		return err
	}
	b.history, b.target, b.done = h, h.had[i], done
	if done {
		b.warn(fmt.Sprintf("production has what version %d was, as version %d; --to names another one, and --list shows them all", b.target.Version, h.had[0].Version))
		return nil
	}
	if err := b.write(ctx, h, h.raw[i]); err != nil {
		return b.explain(err)
	}
	differs, err := differences(b.config.Owner, b.config.Owner, h.said.fields(b.product, b.target.Fields), b.target.Fields)
	if len(differs) > 0 {
		b.warn(fmt.Sprintf("the document differs from version %d, and the next apply goes forward again: %s", b.target.Version, howToAgree))
	}
	return err
}

const howToAgree = "make it agree, by git revert of what has changed it"

// Version is the version that production is to have again.
func (b *Rollback) Version() int64 { return b.target.Version }

func (b *Rollback) warn(why string) {
	b.warnings = append(b.warnings, plan.Note{Address: productAt(b.product), Kind: kindProduct, Name: b.product, Why: why})
}

// Warnings are what is to be known before the plan is carried out.
func (b *Rollback) Warnings() []plan.Note { return b.warnings }

// write works out the objects that have the old configuration's content.
func (b *Rollback) write(ctx context.Context, h *history, old *configJSON) error {
	usages, err := usagesOf(ctx, h.reader, b.Session, productAt(b.product))
	if err != nil {
		return err
	}
	proxy, err := proxyOf(ctx, h.reader, b.Session, productAt(b.product))
	if err != nil {
		return err
	}
	fields := maps.Clone(b.target.Fields)
	paths, _ := fields[fieldBackend].(plan.Set)
	addresses, _ := fields[fieldBackendAddress].(plan.Set)
	if _, nameless := paths[namelessBackend]; nameless { // one that has another address by now: which is at / now
		if err := h.nameBackend(fields, usages); err != nil {
			return err
		}
	}
	if err := b.writable(ctx, h, fields); err != nil {
		return err
	}
	product := plan.New(System, kindProduct, b.product, plan.Fields{
		fieldAuthentication: fields[fieldAuthentication], "deployment": word(deployments(), old.Content.DeploymentOption),
	})
	used := product.Child(kindUsages, "", plan.Fields{fieldBackend: paths})
	rules := product.Child(kindRules, "", plan.Fields{fieldRule: fields[fieldRule]})
	chain, _ := fields[fieldPolicy].(plan.List)
	policies := product.Child(kindPolicies, "", plan.Fields{fieldPolicy: withSwitchedOff(chain, chainOf(proxy.Policies))})
	gateway := product.Child(kindProxy, "", gatewayFields(fields))
	staging := product.Child(kindStaging, "", plan.Fields{fieldGateway: current})
	staging.FollowOn = fieldGateway
	staging.Follows = []plan.Address{product.Address, used.Address, rules.Address, policies.Address, gateway.Address}
	for name, address := range addresses {
		at := plan.New(System, kindBackend, name, plan.Fields{"url": address})
		own := at.Child(kindRules, "", plan.Fields{fieldRule: above(paths[name], fields[backendRuleField(name)])})
		b.objects = append(b.objects, at, own)
		used.Refs = append(used.Refs, at.Address)
		staging.Follows = append(staging.Follows, at.Address, own.Address)
	}
	production := product.Child(kindProduction, "", plan.Fields{fieldGateway: current})
	production.FollowOn = fieldGateway
	production.Follows = []plan.Address{staging.Address}
	b.objects = append(b.objects, product, used, rules, policies, gateway, staging, production)
	return nil
}

// gatewayFields are those of a configuration that the proxy has.
func gatewayFields(all plan.Fields) plan.Fields {
	out := plan.Fields{}
	for name, v := range all {
		if _, isSet := v.(plan.Set); isSet || name == fieldAuthentication {
			continue
		}
		if _, isList := v.(plan.List); !isList {
			out[name] = v
		}
	}
	return out
}

// nameBackend finds out which backend a configuration means that has an address at / and no more.
func (h *history) nameBackend(fields plan.Fields, usages []usageJSON) error {
	i := slices.IndexFunc(usages, func(u usageJSON) bool { return maas.UsagePath(u.Path) == "/" })
	addresses, _ := fields[fieldBackendAddress].(plan.Set)
	address := addresses[namelessBackend]
	if i < 0 {
		return fmt.Errorf("product %s: no backend has the address %v, which it had then", h.product, address)
	}
	name := h.said.backendName(usages[i].BackendID)
	delete(fields[fieldBackend].(plan.Set), namelessBackend)
	delete(addresses, namelessBackend)
	fields[fieldBackend].(plan.Set)[name], addresses[name] = "/", address
	fields[backendRuleField(name)] = plan.List{}
	return nil
}

// writable tells of what is gone since, and would have to be made again before.
func (b *Rollback) writable(ctx context.Context, h *history, fields plan.Fields) error {
	var errs []error
	check := func(owner plan.Address, id int64, rules any) error {
		list, _ := rules.(plan.List)
		if len(list) == 0 {
			return nil
		}
		metrics, err := metricsOf(ctx, h.reader, b.Session, owner)
		for _, r := range list {
			v, _ := r.Value.(map[string]any)
			if err == nil && !slices.ContainsFunc(metrics, func(m metricJSON) bool { return m.key(id) == v["metric"] }) {
				errs = append(errs, fmt.Errorf("product %s: the rule %s counted on %v, which %s %s doesn't have any more; make it again, by an apply of the document that had it",
					b.product, r.Label, v["metric"], owner.LastKind(), owner.Name()))
			}
		}
		return err
	}
	if err := check(productAt(b.product), h.id, fields[fieldRule]); err != nil {
		return err
	}
	paths, _ := fields[fieldBackend].(plan.Set)
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		id, ok := h.backendID(name)
		if !ok {
			errs = append(errs, fmt.Errorf("product %s: a backend that it used at %v was deleted since; make it again, by an apply of the document that had it", b.product, paths[name]))
			continue
		}
		b.learn(backendAt(name), id)
		if err := check(backendAt(name), id, fields[backendRuleField(name)]); err != nil {
			return err
		}
	}
	return errors.Join(errs...)
}

func (h *history) backendID(name string) (int64, bool) {
	for id, b := range h.said.backends {
		if b.SystemName == name {
			return id, true
		}
	}
	return 0, false
}

// above are a backend's own rules, of those that a product's gateways get with the path at which it uses the backend.
func above(path, rules any) plan.List {
	prefix, _ := path.(string)
	list, _ := rules.(plan.List)
	out := plan.List{}
	for _, r := range list {
		verb, pattern, _ := strings.Cut(r.Label, " ")
		out = append(out, plan.Item{Label: verb + " " + strings.TrimPrefix(pattern, strings.TrimSuffix(prefix, "/")), Value: r.Value})
	}
	return out
}

// withSwitchedOff is a chain with the policies that are there and switched off, which gateways never get: they stay, each
// behind the one that it stands behind.
func withSwitchedOff(chain, live plan.List) plan.List {
	out, at := slices.Clone(chain), 0
	for _, p := range live {
		if v, _ := p.Value.(map[string]any); v["enabled"] != true {
			out = slices.Insert(out, at, p)
			at++
		} else if i := slices.IndexFunc(out[at:], func(o plan.Item) bool { return o.Label == p.Label }); i >= 0 {
			at += i + 1
		}
	}
	return out
}

// Desired is the old configuration's content, whatever a document says.
func (b *Rollback) Desired(*maas.Document, []string) ([]*plan.Object, []plan.Collection, []plan.Note) {
	if b.done {
		return nil, nil, nil
	}
	return b.objects, nil, []plan.Note{{
		Address: productAt(b.product), Kind: kindProduct, Name: b.product,
		Why: "plans, limits, prices, features, ActiveDocs, metrics and OIDC flows stay as they are: a gateway's configuration doesn't hold them",
	}}
}

// Read reads what is there. It is written exactly, whoever owns it.
func (b *Rollback) Read(ctx context.Context, desired []*plan.Object, collections []plan.Collection, _ bool) (plan.State, error) {
	if b.done {
		return plan.State{}, nil
	}
	state, err := b.Session.Read(ctx, desired, collections, false)
	for _, o := range state {
		if o.Parent == "" {
			o.Owner = b.config.Owner
		}
	}
	if err == nil {
		err = b.warnOfOthers(ctx, desired, state)
	}
	return state, err
}

// warnOfOthers tells which products get a backend's old address and rules, too, as soon as they are deployed.
func (b *Rollback) warnOfOthers(ctx context.Context, desired []*plan.Object, state plan.State) error {
	for _, d := range desired {
		live := state[d.Address]
		if d.Address.TopKind() != kindBackend || live == nil {
			continue
		}
		changes, err := differences(b.config.Owner, b.config.Owner, d.Fields, live.Fields)
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			continue
		}
		name := d.Address.Root().Name()
		others, err := b.history.otherUsers(ctx, name)
		if err != nil {
			return err
		}
		why := fmt.Sprintf("backend %s is used by %s, too: what changes of it gets there with the next deployment", name, strings.Join(others, ", "))
		if len(others) > 0 && !slices.ContainsFunc(b.warnings, func(n plan.Note) bool { return n.Why == why }) {
			b.warn(why)
		}
	}
	return nil
}

// otherUsers are the other products whose gateways lead to a backend.
func (h *history) otherUsers(ctx context.Context, backend string) ([]string, error) {
	var out []string
	for _, p := range h.products {
		c, err := latestOf(ctx, h.reader, "sandbox", p.ID)
		if err != nil {
			return nil, err
		}
		if c == nil || p.SystemName == h.product {
			continue
		}
		if _, uses := h.said.ways(c, p.SystemName)[backend]; uses {
			out = append(out, p.SystemName)
		}
	}
	return out, nil
}

// Execute carries out one change. Production gets only what is the old configuration.
func (b *Rollback) Execute(ctx context.Context, c *plan.Change, handed apply.Handover) (map[string]any, error) {
	if c.Kind != kindProduction {
		return b.Session.Execute(ctx, c, handed)
	}
	ctx, effects := transport.Watch(ctx)
	err := b.promoteOld(ctx)
	return nil, apply.WithEffect(b.explain(err), effects.Taken(), effects.Open())
}

func (b *Rollback) promoteOld(ctx context.Context) error {
	base := fmt.Sprintf("%s/%d", productsPath, b.history.id)
	staging, err := one[configJSON](ctx, b.api, base+"/proxy/configs/sandbox/latest.json")
	if err != nil {
		return err
	}
	if !staging.view().same(b.target.view) {
		return fmt.Errorf("staging has version %d by now, which isn't what version %d was%s; nothing was promoted", staging.Version, b.target.Version, b.unlike(&staging))
	}
	if err := b.promote(ctx, base, staging.Version); err != nil {
		return err
	}
	production, err := one[configJSON](ctx, b.api, base+"/proxy/configs/production/latest.json")
	if err == nil && !production.view().same(b.target.view) {
		err = fmt.Errorf("production has version %d now, which isn't what version %d was: another run has promoted it", production.Version, b.target.Version)
	}
	return err
}

// unlike names the fields in which a configuration isn't the old one.
func (b *Rollback) unlike(c *configJSON) string {
	changes, err := differences(b.config.Owner, b.config.Owner, b.target.Fields, b.history.said.configuration(c, b.product).Fields)
	if err != nil || len(changes) == 0 {
		return ""
	}
	var names []string
	for _, f := range changes {
		if name := strings.TrimSpace(f.Name + " " + f.Element); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return " (" + strings.Join(names, ", ") + ")"
}

var _ apply.Executor = (*Rollback)(nil)
