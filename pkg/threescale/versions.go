package threescale

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/maasctl/pkg/maas"
	"example.com/maasctl/pkg/plan"
)

// Version is a configuration that production has, or had.
type Version struct {
	*Configuration
	Like    int64              // an earlier version that gateways can't tell from this one; 0: none
	Changes []plan.FieldChange // what it brought, compared with the version before; of the first, nothing
}

// NoVersionError is a version that production never had.
type NoVersionError struct {
	Product string
	Version int64
	Known   []int64 // the newest first
}

func (e *NoVersionError) Error() string {
	if len(e.Known) == 0 {
		return fmt.Sprintf("product %s: nothing is in production yet", e.Product)
	}
	known := make([]string, len(e.Known))
	for i, v := range e.Known {
		known[i] = strconv.FormatInt(v, 10)
	}
	return fmt.Sprintf("product %s: production never had version %d; it had %s", e.Product, e.Version, strings.Join(known, ", "))
}

// Versions are all that production has had of a product, the newest first.
func (s *Session) Versions(ctx context.Context, doc *maas.Document, product string) ([]Version, error) {
	h, err := s.historyOf(ctx, doc, product)
	if err != nil {
		return nil, s.explain(err)
	}
	out := make([]Version, len(h.had))
	for i, c := range h.had {
		out[i].Configuration = c
		for _, earlier := range h.had[i+1:] {
			if earlier.view.same(c.view) {
				out[i].Like = earlier.Version
				break
			}
		}
		if i+1 == len(h.had) || h.had[i+1].view.same(c.view) {
			continue
		}
		if out[i].Changes, err = differences(s.config.Owner, s.config.Owner, c.Fields, h.had[i+1].Fields); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// history is what production has had of one product, and what has to be known to read that.
type history struct {
	product  string
	id       int64
	products []productJSON // all of the tenant
	said     *saidOf
	reader   *reader
	raw      []*configJSON // the newest first
	had      []*Configuration
}

func (s *Session) historyOf(ctx context.Context, doc *maas.Document, product string) (*history, error) {
	h := &history{product: product, reader: s.reader(plan.State{})}
	products, err := h.reader.forGateways(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(products, func(p productJSON) bool { return p.SystemName == product })
	if i < 0 {
		return nil, fmt.Errorf("product %s isn't on the server", product)
	}
	h.id, h.products = products[i].ID, products
	s.learn(productAt(product), h.id)
	backends, err := h.reader.backends(ctx)
	if err != nil {
		return nil, err
	}
	h.said = s.said(doc, backends)
	found, err := list[configJSON](ctx, h.reader, fmt.Sprintf("%s/%d/proxy/configs/production.json", productsPath, h.id))
	if err != nil {
		return nil, err
	}
	for i := range found {
		h.raw = append(h.raw, &found[i])
		s.config.Transport.Redactor.Add(found[i].Content.Proxy.SecretToken)
	}
	slices.SortFunc(h.raw, func(a, b *configJSON) int { return cmp.Compare(b.Version, a.Version) })
	for _, c := range h.raw {
		h.had = append(h.had, h.said.configuration(c, product))
	}
	return h, nil
}

// back is the version to go back to, and whether production has that already. Asked for none, it is what production had before;
// where it has gone back to that already, there is nothing to do, so that a run which was broken off can be done again.
func (h *history) back(to int64) (int, bool, error) {
	if len(h.had) == 0 {
		return 0, false, &NoVersionError{Product: h.product, Version: to}
	}
	now := h.had[0]
	differs := func(c *Configuration) bool { return !c.view.same(now.view) }
	if to != 0 {
		i := slices.IndexFunc(h.had, func(c *Configuration) bool { return c.Version == to })
		if i < 0 {
			known := make([]int64, len(h.had))
			for j, c := range h.had {
				known[j] = c.Version
			}
			return 0, false, &NoVersionError{Product: h.product, Version: to, Known: known}
		}
		return i, !differs(h.had[i]), nil
	}
	i := slices.IndexFunc(h.had, differs)
	if i < 0 {
		return 0, false, fmt.Errorf("product %s: production never had anything but what it has now", h.product)
	}
	for j, c := range h.had[i:] {
		if !differs(c) {
			return i + j, true, nil
		}
	}
	return i, false, nil
}
