package threescale_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// rulesDocument is a product shop with these rules; each counts on hits. Without backends nothing is deployed.
func rulesDocument(rules []string) string {
	quoted := []string{}
	for _, r := range rules {
		quoted = append(quoted, fmt.Sprintf("%q", r))
	}
	return "products: {shop: {backends: {}, mappingRules: [" + strings.Join(quoted, ", ") + "]}}"
}

// liveRules are the rules of shop in the order in which the gateway tries them, and the numbers of each.
func (tn *tenant) liveRules() (rules []string, ids map[string][]string) {
	tn.t.Helper()
	ids = map[string][]string{}
	found := tn.list("/services/" + tn.idOf("/services", "shop") + "/proxy/mapping_rules")
	slices.SortStableFunc(found, func(a, b map[string]any) int {
		if d := a["position"].(float64) - b["position"].(float64); d != 0 {
			return int(d)
		}
		return int(a["id"].(float64) - b["id"].(float64))
	})
	for _, r := range found {
		name := fmt.Sprint(r["http_method"], " ", r["pattern"])
		rules = append(rules, name)
		ids[name] = append(ids[name], number(r["id"]))
	}
	return rules, ids
}

// fewestWrites is how few requests can turn one list of rules into another: each one that has to come, go or move costs
// one, and a rule that goes can become one that comes.
func fewestWrites(want, have []string) int {
	table := make([][]int, len(want)+1) // longest common subsequence
	for i := range table {
		table[i] = make([]int, len(have)+1)
	}
	for i := range want {
		for j := range have {
			table[i+1][j+1] = max(table[i][j+1], table[i+1][j])
			if want[i] == have[j] {
				table[i+1][j+1] = max(table[i+1][j+1], table[i][j]+1)
			}
		}
	}
	return max(len(want), len(have)) - table[len(want)][len(have)]
}

// Any order of rules becomes any other with the fewest writes, and a rule that stays is the same rule afterwards.
func TestRulesReachAnyOrder(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{WriteGap: -1})
	pool := []string{"GET /aa", "GET /bb", "POST /aa", "PUT /cc$", "GET /dd?x=1", "DELETE /ee", "GET /ff", "GET /gg", "GET /hh"}
	tn.reach(rulesDocument([]string{"GET /"}))
	rapid.Check(t, func(r *rapid.T) {
		tn.t = r
		defer func() { tn.t = t }()
		for range 4 {
			tn.reorder(rapid.SliceOfN(rapid.SampledFrom(pool), 0, 9).Draw(r, "rules")) // some may stand there twice
		}
	})
}

// reorder brings the rules into an order and looks at what that took.
func (tn *tenant) reorder(want []string) {
	tn.t.Helper()
	have, before := tn.liveRules()
	doc := tn.document(rulesDocument(want))
	p := tn.plan(doc)
	tn.Reset()
	if err := tn.run(p, applyAll).Err(); err != nil {
		tn.t.Fatalf("%v -> %v: %v", have, want, err)
	}
	writes := len(slices.DeleteFunc(tn.writes(), func(w string) bool { return !strings.Contains(w, "mapping_rules") }))
	now, after := tn.liveRules()
	if !slices.Equal(now, want) && len(now)+len(want) > 0 {
		tn.t.Fatalf("%v -> %v: it is %v", have, want, now)
	}
	if most := fewestWrites(want, have); writes > most {
		tn.t.Fatalf("%v -> %v: %d writes, %d would do", have, want, writes, most)
	}
	for name, ids := range before {
		gone := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(after[name], id) })
		if len(ids)-len(gone) < min(len(ids), len(after[name])) {
			tn.t.Fatalf("%v -> %v: %s was made anew", have, want, name)
		}
	}
	if p = tn.plan(doc); !p.Empty {
		tn.t.Fatalf("%v -> %v: left to do:\n%s", have, want, lines(p))
	}
}

// Positions that somebody has made irregular (3scale stores what it is given, 0 too) don't stop rules from getting
// into their order.
func TestRulesWithIrregularPositions(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	start := []string{"GET /aa", "GET /bb", "GET /cc", "GET /dd"}
	for _, positions := range [][]int{{0, 0, 3, 9}, {7, 7, 7, 7}, {0, 1, 0, 40}, {1, 2, 3, 4}} {
		for _, want := range [][]string{
			{"GET /dd", "GET /cc", "GET /bb", "GET /aa"}, {"GET /bb", "GET /ee", "GET /dd"},
			{"GET /ee", "GET /aa", "GET /bb", "GET /cc", "GET /dd", "GET /ff"}, {},
		} {
			if err := tn.run(tn.plan(tn.document(rulesDocument(start))), applyAll).Err(); err != nil {
				t.Fatal(err)
			}
			base := "/services/" + tn.idOf("/services", "shop") + "/proxy/mapping_rules"
			_, ids := tn.liveRules()
			for i, name := range start {
				tn.call(http.MethodPut, base+"/"+ids[name][0], map[string]any{"position": positions[i]})
			}
			if err := tn.run(tn.plan(tn.document(rulesDocument(want))), applyAll).Err(); err != nil {
				t.Fatal(err)
			}
			if now, _ := tn.liveRules(); !slices.Equal(now, want) && len(now)+len(want) > 0 {
				t.Fatalf("from %v: it is %v, wanted %v", positions, now, want)
			}
		}
	}
}

// A rule's own values change in place, wherever it is.
func TestRulesChangeInPlace(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, threescaletest.Options{})
	tn.reach(`products: {shop: {metrics: {tokens: {unit: token}}, mappingRules: [GET /aa, GET /bb, GET /cc]}}`)
	_, before := tn.liveRules()
	tn.reach(`products: {shop: {metrics: {tokens: {unit: token}}, mappingRules: [GET /cc, {match: GET /bb, metric: tokens, delta: 7, last: true}, GET /aa]}}`)
	_, after := tn.liveRules()
	for name, ids := range before {
		if !slices.Equal(ids, after[name]) {
			t.Errorf("%s was made anew", name)
		}
	}
	tn.expect(`[{"method":"GET","pattern":"/cc","metric":"hits","delta":1,"last":false},{"method":"GET","pattern":"/bb","metric":"tokens","delta":7,"last":true},
		{"method":"GET","pattern":"/aa","metric":"hits","delta":1,"last":false}]`, "products", "shop", "rules")
}

// GET / of a new product goes where the document has rules, and stays where it speaks of none.
func TestRuleOfANewProduct(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`products: {shop: {name: Shop}}`:                                                        {"GET /"},
		`products: {shop: {mappingRules: []}}`:                                                  nil,
		`products: {shop: {mappingRules: [GET /aa]}}`:                                           {"GET /aa"},
		`products: {shop: {mappingRules: [GET /]}}`:                                             {"GET /"},
		`products: {shop: {mappingRules: [GET /aa, GET /, GET /]}}`:                             {"GET /aa", "GET /", "GET /"},
		`products: {shop: {methods: {mm: {rules: [POST /mm]}}, mappingRules: [GET /zz]}}`:       {"POST /mm", "GET /zz"},
		`products: {shop: {methods: {mm: {name: M}}}}`:                                          {"GET /"},
		`products: {shop: {methods: {mm: {rules: []}}}}`:                                        nil,
		`products: {shop: {methods: {bb: {rules: [GET /b2, GET /b1]}, aa: {rules: [GET /a]}}}}`: {"GET /b2", "GET /b1", "GET /a"},
	} {
		tn := newTenant(t, threescaletest.Options{})
		tn.reach(text)
		if now, _ := tn.liveRules(); !slices.Equal(now, want) {
			t.Errorf("%s: %v, wanted %v", text, now, want)
		}
	}
}
