package sandbox_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.com/maasctl/internal/sandbox"
	"example.com/maasctl/internal/testkit"
)

// browsers are those to test with: the one that CHROMIUM names, or that of the system, if it has one.
func browsers() []string {
	if named := os.Getenv("CHROMIUM"); named != "" {
		return []string{named}
	}
	if found, err := exec.LookPath("chromium"); err == nil {
		return []string{found}
	}
	return nil
}

func open(t *testing.T, path string) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	options := append(chromedp.DefaultExecAllocatorOptions[:len(chromedp.DefaultExecAllocatorOptions):len(chromedp.DefaultExecAllocatorOptions)],
		chromedp.ExecPath(path), chromedp.WSURLReadTimeout(time.Minute), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true))
	ctx, closeBrowser := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(closeBrowser)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	return ctx
}

// await waits until an element is seen that holds the text. The page asks in one go: it may replace the element at any time.
func await(t *testing.T, tab context.Context, selector, text string) {
	t.Helper()
	var seen string
	for began := time.Now(); time.Since(began) < time.Minute; time.Sleep(50 * time.Millisecond) {
		shown, err := chromedp.Run(tab, chromedp.Evaluate[string](fmt.Sprintf(
			`(e => e && e.checkVisibility() ? e.innerText : "")(document.querySelector(%q))`, selector)))
		if err != nil {
			t.Fatalf("%s: %v", selector, err)
		}
		if seen = shown; strings.Contains(seen, text) {
			return
		}
	}
	t.Fatalf("%s shows %q, not %q", selector, seen, text)
}

// click clicks on an element, in one go too.
func click(t *testing.T, tab context.Context, selector string) {
	t.Helper()
	done, err := chromedp.Run(tab, chromedp.Evaluate[bool](fmt.Sprintf(`document.querySelector(%q).click() === undefined`, selector)))
	if err != nil || !done {
		t.Fatalf("%s: %v", selector, err)
	}
}

// A person opens the page, unfolds a product, and sees what others do to the tenant without touching anything.
func TestPageInABrowser(t *testing.T) {
	if len(browsers()) == 0 {
		testkit.LeftOut(t, "a browser: CHROMIUM isn't set; scripts/browser.sh prints it")
	}
	for _, path := range browsers() {
		s := start(t, sandbox.Config{})
		addProduct(t, s, "granite")
		tab := open(t, path)
		messages := chromedp.Console(tab)
		if err := chromedp.Do(tab, chromedp.Navigate(s.ThreeScale+"/"), chromedp.WaitVisible(chromedp.CSS("#feed.on"))); err != nil {
			t.Fatal(err)
		}
		await(t, tab, "#requests tbody tr:first-child", "POST /admin/api/services.json")
		await(t, tab, "#product-granite dl", "Plans") // the newest is unfolded by itself
		click(t, tab, "#product-api summary")
		await(t, tab, "#product-api dl", "Plans")

		ask(t, http.MethodPost, s.ThreeScale+"/admin/api/services/3/application_plans.json", s.Token, `{"name": "Free <b>plan</b>"}`)
		await(t, tab, "#product-granite", "Free <b>plan</b>") // as text
		await(t, tab, "#product-api dl", "Unlimited")         // still unfolded
		addProduct(t, s, "mistral")
		await(t, tab, "#product-mistral", "mistral")
		await(t, tab, "#writes", "3")
		ask(t, http.MethodGet, s.Keycloak+"/realms/nowhere", "", "")
		await(t, tab, "#requests tr.failed", "GET /realms/nowhere")

		stop(t, s)
		await(t, tab, "#feed", "doesn't answer")
		if err := chromedp.Cancel(tab); err != nil {
			t.Error(err)
		}
		for m, err := range messages {
			if err == nil && !strings.Contains(m.Text, "net::ERR_") { // what the end of the sandbox leaves behind
				t.Errorf("the browser complains: %v", m)
			}
		}
	}
}
