// Package dump reads the whole state of a 3scale tenant as one value without numbers, times and secrets, so that two
// tenants, or a tenant and a recorded state, can be compared. It reads by itself, with nothing of maasctl in between.
package dump

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Options say which tenant to read.
type Options struct {
	URL    string
	Token  string
	Skip   []string     // system names of products, backends and ActiveDocs to leave out
	Client *http.Client // nil: http.DefaultClient
}

// State is what JSON can hold: objects by system name, numbers as float64.
type State = map[string]any

// Tenant reads everything but the portal's pages. Objects are keyed by their system names, generated secrets appear as
// "generated", others as "given", the tenant's name in host names as TENANT, an issuer as CLIENT@PATH; the owner's mark
// (annotations.managed_by) is left out.
func Tenant(ctx context.Context, o Options) (State, error) {
	r := &reader{ctx: ctx, opts: o, backends: map[float64]string{}, products: map[float64]string{}}
	provider := r.object("/provider")
	state := State{
		"provider": r.provider(provider), "settings": r.object("/settings"),
		"backends": r.allBackends(), "products": r.allProducts(), "active_docs": r.activeDocs(),
		"account_plans": r.accountPlans(), "sign_in": r.signIns(), "accounts": r.accounts(),
	}
	if r.err != nil {
		return nil, r.err
	}
	return anonymous(state, tenantName(provider))
}

func tenantName(provider State) string {
	host, _ := provider["admin_domain"].(string)
	name, _, _ := strings.Cut(host, ".")
	return strings.TrimSuffix(name, "-admin")
}

var generatedToken = regexp.MustCompile(`Shared_secret_sent_from_proxy_to_API_backend_[0-9a-f]{16}`)

// anonymous takes the names out that differ from tenant to tenant.
func anonymous(state State, tenant string) (State, error) {
	text, err := json.Marshal(state)
	if err != nil {
		return nil, err
	}
	plain := generatedToken.ReplaceAllString(string(text), "generated")
	plain = strings.ReplaceAll(plain, "-"+tenant+"-apicast-", "-TENANT-apicast-")
	out := State{}
	return out, json.Unmarshal([]byte(plain), &out)
}

// reader remembers the first error and reads nothing after it.
type reader struct {
	ctx      context.Context //nolint:containedctx // it lives for one call of Tenant
	opts     Options
	backends map[float64]string // system names by number
	products map[float64]string
	err      error
}

// get reads an answer; nil where there is nothing to be seen (403, 404).
func (r *reader) get(path string, query url.Values) any {
	if r.err != nil {
		return nil
	}
	target := strings.TrimRight(r.opts.URL, "/") + "/admin/api" + path + ".json?" + query.Encode()
	req, err := http.NewRequestWithContext(r.ctx, http.MethodGet, target, nil)
	if err != nil {
		r.err = err
		return nil
	}
	req.SetBasicAuth("", r.opts.Token)
	resp, err := cmp.Or(r.opts.Client, http.DefaultClient).Do(req)
	if err != nil {
		r.err = err
		return nil
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		r.err = err
	case resp.StatusCode == http.StatusForbidden || resp.StatusCode == http.StatusNotFound:
	case resp.StatusCode != http.StatusOK:
		r.err = fmt.Errorf("GET %s: %d %.200s", path, resp.StatusCode, body)
	default:
		var v any
		r.err = json.Unmarshal(body, &v)
		return v
	}
	return nil
}

// object reads one object without its wrapper.
func (r *reader) object(path string) State { return unwrapped(r.get(path, nil)) }

// rows reads all pages of a list.
func (r *reader) rows(path string) []State {
	const most = 500
	var all []State
	for page := 1; ; page++ {
		items := itemsOf(r.get(path, url.Values{"page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(most)}}))
		for _, i := range items {
			all = append(all, unwrapped(i))
		}
		if len(items) < most {
			return all
		}
	}
}

func itemsOf(body any) []any {
	if list, ok := body.([]any); ok {
		return list
	}
	object, _ := body.(State)
	for _, v := range object {
		if list, ok := v.([]any); ok {
			return list
		}
	}
	return nil
}

func unwrapped(v any) State {
	outer, _ := v.(State)
	if len(outer) == 1 {
		for _, inner := range outer {
			if o, ok := inner.(State); ok {
				return o
			}
		}
	}
	return outer
}

func (r *reader) skips(name string) bool { return slices.Contains(r.opts.Skip, name) }

// pick takes the named attributes that say something.
func pick(o State, names ...string) State {
	out := State{}
	for _, n := range names {
		if v, ok := o[n]; ok && says(v) {
			out[n] = v
		}
	}
	return out
}

func says(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case State:
		return len(v) > 0
	}
	return true
}

func str(o State, name string) string {
	s, _ := o[name].(string)
	return s
}

func num(o State, name string) float64 {
	n, _ := o[name].(float64)
	return n
}

// id is the object's number as it stands in paths.
func id(o State) string { return strconv.FormatInt(int64(num(o, "id")), 10) }

// realm is an issuer's address as CLIENT@PATH: neither host nor secret, nor the /auth of older servers.
func realm(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.User.Username() + "@" + strings.TrimPrefix(u.Path, "/auth")
}
