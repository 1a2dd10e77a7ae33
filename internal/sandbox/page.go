package sandbox

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

//go:embed assets
var assets embed.FS

// page shows the tenant and the requests in a browser, at /sandbox beside the Admin API. What it shows is taken from the
// stand-in directly, so that looking at it neither counts as a request nor meets a fault.
type page struct {
	sandbox *Sandbox
	html    *template.Template
}

// shownProducts is how many products the page shows at once.
const shownProducts = 50

func newPage(s *Sandbox) *page {
	return &page{s, template.Must(template.ParseFS(assets, "assets/*.html"))}
}

// over puts the page in front of the stand-in. The root is the page's for browsers only: the API has nothing there.
func (p *page) over(threescale http.Handler) http.Handler {
	pages := http.NewServeMux()
	pages.HandleFunc("GET /sandbox", p.show("page.html"))
	pages.HandleFunc("GET /sandbox/tenant", p.show("tenant.html"))
	pages.HandleFunc("GET /sandbox/requests", p.requests)
	for _, name := range []string{"style.css", "script.js"} {
		pages.HandleFunc("GET /sandbox/"+name, func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, assets, "assets/"+name)
		})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/sandbox" || strings.HasPrefix(r.URL.Path, "/sandbox/"):
			w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:")
			w.Header().Set("Cache-Control", "no-store")
			pages.ServeHTTP(w, r)
		case r.URL.Path == "/" && r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html"):
			http.Redirect(w, r, "/sandbox", http.StatusFound)
		default:
			threescale.ServeHTTP(w, r)
		}
	})
}

// shown is what the templates show.
type shown struct {
	*Sandbox
	threescaletest.Overview
	Search string
}

// show renders a template: the whole page, or the part that changes.
func (p *page) show(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		search := r.URL.Query().Get("q")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		// An error here is a browser that has gone.
		_ = p.html.ExecuteTemplate(w, name, shown{p.sandbox, p.sandbox.stands.threescale.Overview(search, shownProducts), search})
	}
}

// requests streams the requests as server-sent events: those that are kept, then each as it is answered. A browser that
// comes back says which it had last.
func (p *page) requests(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	last, _ := strconv.Atoi(r.Header.Get("Last-Event-ID")) // none: from the start
	for {
		found, to, more := p.sandbox.feed.since(last)
		for i, q := range found {
			raw, err := json.Marshal(q)
			if err != nil {
				return
			}
			if _, err := fmt.Fprintf(w, "id: %d\ndata: %s\n\n", to-len(found)+1+i, raw); err != nil {
				return
			}
		}
		last = to
		if http.NewResponseController(w).Flush() != nil {
			return
		}
		select {
		case <-more:
		case <-r.Context().Done():
			return
		case <-p.sandbox.feed.ended:
			return
		}
	}
}
