package threescaletest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// gateway is what a gateway knows of a product.
type gateway struct {
	*api
	clock                   *clock
	product, plan, service  string
	metrics                 map[string]string
	account, key, applicant string
}

// newGateway makes a product with total_tokens and a method, a plan with limits and an
// application on it.
func newGateway(t *testing.T, opts threescaletest.Options) *gateway {
	t.Helper()
	g := &gateway{clock: newClock(), metrics: map[string]string{}}
	opts.Now = g.clock.Now
	g.api = apiOf(threescaletest.Start(t, opts))
	g.product, _ = g.api.product(t, "granite")
	base := "/admin/api/services/" + g.product
	v := g.must(t, 200, http.MethodGet, base+"/metrics.json", nil)
	g.metrics["hits"] = fmt.Sprint(at(t, v, "metrics.0.metric.id"))
	g.metrics["total_tokens"] = g.make(t, base+"/metrics.json", map[string]any{"friendly_name": "Total tokens", "system_name": "total_tokens", "unit": "token"})
	g.metrics["chat"] = g.make(t, base+"/metrics/"+g.metrics["hits"]+"/methods.json", map[string]any{"friendly_name": "Chat", "system_name": "chat"})
	g.plan = g.make(t, base+"/application_plans.json", map[string]any{"name": "Standard", "system_name": "standard"})
	for _, l := range []struct {
		metric, period string
		value          int
	}{{"total_tokens", "minute", 1000}, {"total_tokens", "day", 1000}, {"hits", "minute", 60}} {
		g.make(t, "/admin/api/application_plans/"+g.plan+"/metrics/"+g.metrics[l.metric]+"/limits.json", map[string]any{"period": l.period, "value": l.value})
	}
	v = g.must(t, 200, http.MethodGet, "/admin/api/accounts.json", nil)
	g.account = fmt.Sprint(at(t, v, "accounts.0.account.id"))
	v = g.must(t, 201, http.MethodPost, "/admin/api/accounts/"+g.account+"/applications.json", map[string]any{"plan_id": g.plan, "name": "chatbot"})
	g.key, g.applicant = fmt.Sprint(at(t, v, "application.user_key")), fmt.Sprint(at(t, v, "application.id"))
	g.must(t, 201, http.MethodPost, base+"/proxy/deploy.json", nil)
	v = g.must(t, 200, http.MethodGet, base+"/proxy/configs/sandbox/latest.json", nil)
	g.service = fmt.Sprint(at(t, v, "proxy_config.content.backend_authentication_value"))
	return g
}

// answered is what the backend says.
type answered struct {
	status                          int
	remaining, reset, limit, reason string
	body                            string
}

func (g *gateway) call(t *testing.T, method, path, options string, q url.Values) answered {
	t.Helper()
	if q.Get("service_id") == "" {
		q.Set("service_id", g.product)
		q.Set("service_token", g.service)
	}
	address, body := g.url+path, io.Reader(http.NoBody)
	if method == http.MethodPost {
		body = strings.NewReader(q.Encode())
	} else {
		address += "?" + q.Encode()
	}
	req, err := http.NewRequest(method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("3scale-options", options)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	h := res.Header
	return answered{res.StatusCode, h.Get("3scale-limit-remaining"), h.Get("3scale-limit-reset"), h.Get("3scale-limit-max-value"), h.Get("3scale-rejection-reason"), string(raw)}
}

const headers = "rejection_reason_header=1&limit_headers=1&no_body=1"

// ask asks with the application's key for some usage, like "hits=1 total_tokens=0".
func (g *gateway) ask(t *testing.T, call, usage string) answered {
	t.Helper()
	q := url.Values{"user_key": {g.key}}
	for _, u := range strings.Fields(usage) {
		name, n, _ := strings.Cut(u, "=")
		q.Set("usage["+name+"]", n)
	}
	return g.call(t, http.MethodGet, "/transactions/"+call+".xml", headers, q)
}

// report reports tokens; more parameters of the transaction can be given.
func (g *gateway) report(t *testing.T, usage string, more ...string) int {
	t.Helper()
	q := url.Values{"transactions[0][user_key]": {g.key}}
	for _, u := range strings.Fields(usage) {
		name, n, _ := strings.Cut(u, "=")
		q.Set("transactions[0][usage]["+name+"]", n)
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return g.call(t, http.MethodPost, "/transactions.xml", "", q).status
}

// TestLimitsAndHeaders is the table of what a real backend answers.
func TestLimitsAndHeaders(t *testing.T) {
	t.Parallel()
	day, minute := "58800", "60" // until midnight, and until the next minute
	for _, c := range []struct {
		used   int
		usage  string
		status int
		want   string // remaining and reset
	}{
		{0, "", 200, "-1 -1"}, {400, "", 200, "-1 -1"}, {1000, "", 200, "0 " + day}, {6000, "", 409, "0 " + day},
		{0, "hits=1", 200, "60 " + minute}, {400, "hits=1", 200, "60 " + minute}, {1000, "hits=1", 200, "60 " + minute}, {6000, "hits=1", 200, "60 " + minute},
		{0, "total_tokens=0", 200, "-1 -1"}, {1000, "total_tokens=0", 200, "0 " + day}, {6000, "total_tokens=0", 409, "0 " + day},
		{0, "hits=1 total_tokens=0", 200, "-1 -1"}, {1000, "hits=1 total_tokens=0", 200, "0 " + day}, {6000, "hits=1 total_tokens=0", 409, "0 " + day},
		{0, "total_tokens=1", 200, "1000 " + day}, {400, "total_tokens=1", 200, "600 " + day}, {1000, "total_tokens=1", 409, "0 " + day},
		{400, "total_tokens=600", 200, "1 " + day}, {400, "total_tokens=601", 409, ""},
	} {
		t.Run(fmt.Sprintf("%d used, %s", c.used, c.usage), func(t *testing.T) {
			t.Parallel()
			g := newGateway(t, threescaletest.Options{})
			if c.used > 0 && g.report(t, fmt.Sprintf("total_tokens=%d", c.used)) != 202 {
				t.Fatal("the report was refused")
			}
			a := g.ask(t, "authorize", c.usage)
			if got := a.remaining + " " + a.reset; a.status != c.status || c.want != "" && got != c.want {
				t.Errorf("%d %s, want %d %s", a.status, got, c.status, c.want)
			}
			if (a.reason == "limits_exceeded") != (c.status == 409) || a.body != "" {
				t.Errorf("reason %q, body %q", a.reason, a.body)
			}
			if again := g.ask(t, "authorize", c.usage); again.status != a.status || again.remaining != a.remaining {
				t.Errorf("authorize counted: %v, then %v", a, again)
			}
		})
	}
}

func TestLimitIsMinusOneWhenAnotherPeriodDenies(t *testing.T) {
	t.Parallel()
	g := newGateway(t, threescaletest.Options{})
	g.report(t, "total_tokens=6000")
	g.clock.advance(time.Minute)
	if a := g.ask(t, "authorize", "total_tokens=0"); a.status != 409 || a.reset != "-1" {
		t.Errorf("%d with reset %s, want 409 with -1: the minute has headroom", a.status, a.reset)
	}
	if a := g.ask(t, "authorize", "total_tokens=1"); a.status != 409 || a.reset != "58740" || a.limit != "1000" {
		t.Errorf("%d with reset %s, want 409 with the day's", a.status, a.reset)
	}
}

func TestAuthrepCountsOnlyWhatIsAuthorized(t *testing.T) {
	t.Parallel()
	g := newGateway(t, threescaletest.Options{})
	if a := g.ask(t, "authrep", "hits=1"); a.status != 200 || a.remaining != "59" {
		t.Errorf("%d with %s left, want 200 with 59", a.status, a.remaining)
	}
	g.report(t, "total_tokens=1000")
	if a := g.ask(t, "authrep", "hits=1 total_tokens=1"); a.status != 409 {
		t.Errorf("%d at the limit, want 409", a.status)
	}
	if n := g.stats(t, "hits"); n != 1 {
		t.Errorf("%v hits were counted, want 1: the denied one is lost", n)
	}
}

// stats is what the statistics of the product show of a metric today.
func (g *gateway) stats(t *testing.T, metric string) float64 {
	t.Helper()
	v := g.must(t, 200, http.MethodGet, "/stats/services/"+g.product+"/usage.json?metric_name="+metric+"&period=day", nil)
	n, _ := at(t, v, "total").(float64)
	return n
}

func TestReports(t *testing.T) {
	t.Parallel()
	stamp := func(g *gateway, d time.Duration) string {
		return g.clock.Now().Add(d).Format("2006-01-02 15:04:05 -0700")
	}
	for _, c := range []struct {
		name, usage string
		more        func(*gateway) []string
		status      int
		want        float64
	}{
		{"counted", "total_tokens=7", nil, 202, 7},
		{"with blanks", "total_tokens=%20", nil, 202, 0},
		{"negative", "total_tokens=-3", nil, 202, 0},
		{"no number", "total_tokens=abc", nil, 202, 0},
		{"a fraction", "total_tokens=1.5", nil, 202, 0},
		{"beyond 64 bits", "total_tokens=9223372036854775808", nil, 202, 0},
		{"unknown metric loses all", "total_tokens=7 nope=1", nil, 202, 0},
		{"wrong case loses all", "total_tokens=7 HITS=1", nil, 202, 0},
		{"a bad transaction loses all", "total_tokens=7", func(*gateway) []string {
			return []string{"transactions[1][user_key]", "nobody", "transactions[1][usage][hits]", "1"}
		}, 202, 0},
		{"two transactions", "total_tokens=7", func(g *gateway) []string {
			return []string{"transactions[1][user_key]", g.key, "transactions[1][usage][total_tokens]", "5"}
		}, 202, 12},
		{"an hour ago", "total_tokens=7", func(g *gateway) []string { return []string{"transactions[0][timestamp]", stamp(g, -time.Hour)} }, 202, 7},
		{"too old", "total_tokens=7", func(g *gateway) []string { return []string{"transactions[0][timestamp]", stamp(g, -25*time.Hour)} }, 202, 0},
		{"too new", "total_tokens=7", func(g *gateway) []string { return []string{"transactions[0][timestamp]", stamp(g, 2*time.Hour)} }, 202, 0},
		{"unreadable time is now", "total_tokens=7", func(*gateway) []string { return []string{"transactions[0][timestamp]", "yesterday"} }, 202, 7},
		{"wrong token", "total_tokens=7", func(g *gateway) []string { return []string{"service_id", g.product, "service_token", "nope"} }, 403, 0},
		{"no service", "total_tokens=7", func(g *gateway) []string { return []string{"service_id", " ", "service_token", ""} }, 403, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g := newGateway(t, threescaletest.Options{})
			var more []string
			if c.more != nil {
				more = c.more(g)
			}
			if status := g.report(t, c.usage, more...); status != c.status {
				t.Errorf("status %d, want %d", status, c.status)
			}
			if n := g.stats(t, "total_tokens"); n != c.want {
				t.Errorf("%v tokens were counted, want %v", n, c.want)
			}
		})
	}
}

func TestReportingAgainCountsAgain(t *testing.T) {
	t.Parallel()
	g := newGateway(t, threescaletest.Options{})
	for range 3 {
		g.report(t, "total_tokens=5 chat=2")
	}
	if tokens, hits, chat := g.stats(t, "total_tokens"), g.stats(t, "hits"), g.stats(t, "chat"); tokens != 15 || hits != 6 || chat != 6 {
		t.Errorf("%v tokens, %v hits and %v chats, want 15, and 6 of the method and so of hits", tokens, hits, chat)
	}
	v := g.must(t, 200, http.MethodGet, "/stats/applications/"+g.applicant+"/usage.json?metric_name=total_tokens&period=month", nil)
	if n := at(t, v, "total"); n != 15.0 {
		t.Errorf("the application used %v", n)
	}
	v = g.must(t, 200, http.MethodGet, "/stats/services/"+g.product+"/top_applications.json?metric_name=total_tokens&period=month&since=2026-11-01", nil)
	if at(t, v, "applications.0.value") != "15" {
		t.Errorf("top applications: %v", v)
	}
}

func TestWhoIsRefused(t *testing.T) {
	t.Parallel()
	g := newGateway(t, threescaletest.Options{})
	for name, c := range map[string]struct {
		q      url.Values
		status int
		want   string
	}{
		"unknown key":    {url.Values{"user_key": {"nobody"}}, 403, `code="user_key_invalid"`},
		"no key":         {url.Values{}, 403, "user key is missing"},
		"unknown metric": {url.Values{"user_key": {g.key}, "usage[nope]": {"0"}}, 404, `metric "nope" is invalid`},
		"no number":      {url.Values{"user_key": {g.key}, "usage[hits]": {"x"}}, 403, `code="usage_value_invalid"`},
		"both":           {url.Values{"user_key": {g.key}, "app_id": {"x"}}, 403, "either app_id or user_key"},
		"wrong token":    {url.Values{"user_key": {g.key}, "service_id": {g.product}, "service_token": {"x"}}, 403, `code="service_token_invalid"`},
	} {
		if a := g.call(t, http.MethodGet, "/transactions/authrep.xml", "", c.q); a.status != c.status || !strings.Contains(strings.ReplaceAll(a.body, "&#34;", `"`), c.want) {
			t.Errorf("%s: %d %s, want %d with %q", name, a.status, a.body, c.status, c.want)
		}
	}
	g.must(t, 200, http.MethodPut, "/admin/api/accounts/"+g.account+"/applications/"+g.applicant+"/suspend.json", nil)
	if a := g.ask(t, "authrep", "hits=1"); a.status != 409 || a.reason != "application_not_active" {
		t.Errorf("suspended: %d %s", a.status, a.reason)
	}
}

func TestChangedLimitComesLate(t *testing.T) {
	t.Parallel()
	g := newGateway(t, threescaletest.Options{LimitDelay: time.Minute})
	base := "/admin/api/application_plans/" + g.plan
	v := g.must(t, 200, http.MethodGet, base+"/limits.json", nil)
	for i := range 2 {
		id := fmt.Sprint(at(t, v, fmt.Sprintf("limits.%d.limit.id", i)))
		g.must(t, 200, http.MethodPut, base+"/metrics/"+g.metrics["total_tokens"]+"/limits/"+id+".json", map[string]any{"value": 10})
	}
	if a := g.ask(t, "authorize", "total_tokens=500"); a.status != 200 {
		t.Errorf("%d at once, want the old limit", a.status)
	}
	g.clock.advance(time.Minute)
	if a := g.ask(t, "authorize", "total_tokens=500"); a.status != 409 {
		t.Errorf("%d a minute later, want the new limit", a.status)
	}
}
