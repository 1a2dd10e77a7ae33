package threescaletest

import (
	"strings"

	"example.com/maasctl/internal/lazyregexp"
)

var (
	contentTag    = lazyregexp.New(`\{%\s*content\s*%\}`)
	trailingSlash = lazyregexp.New(`^(.*[^/])/*$`)
	leadingSlash  = lazyregexp.New(`^/+`)
)

// reservedPartials are the names of partials that come with the portal, and of the
// legal terms.
func reservedPartials() []string {
	return []string{"stats/chart", "applications/form", "messages/menu", "shared/pagination", "shared/swagger_ui", "signup/cas", "login/sso", "field",
		"submenu", "menu_item", "users_menu", "signup_licence", "service_subscription_licence", "new_application_licence"}
}

func (t *template) validate(errs *problems, of *tenant) {
	if t.Kind == kindPage {
		t.normalizePage()
	}
	if !blank(t.SystemName) {
		if _, taken := of.Templates.find(func(x *template) bool {
			return x.ID != t.ID && x.Kind == t.Kind && or(x.SystemName, "") == *t.SystemName
		}); taken {
			errs.add("system_name", msgTaken)
		}
		errs.format("system_name", t.SystemName, systemNameForm, msgInvalid)
	}
	errs.maxLength("system_name", t.SystemName, 255)
	if t.Handler != nil {
		errs.inclusion("handler", *t.Handler, "markdown", "textile")
	}
	for name, v := range map[string]*string{"path": t.Path, "title": t.Title, "content_type": t.ContentType} {
		errs.maxLength(name, v, 255)
	}
	if t.checksLiquid() && t.Draft != nil {
		if m := liquidError(*t.Draft); m != "" {
			errs.add("draft", m)
		}
	}
	switch t.Kind {
	case kindPage:
		t.validatePage(errs, of)
	case kindLayout:
		errs.presence("system_name", t.SystemName)
		t.validateLayout(errs)
	case kindPartial:
		errs.presence("system_name", t.SystemName)
		if contains(reservedPartials(), or(t.SystemName, "")) {
			errs.add("system_name", "reserved for internal use")
		}
	}
}

// normalizePage makes a system name of the title and takes double slashes off the
// ends of the path.
func (t *template) normalizePage() {
	if blank(t.SystemName) && !blank(t.Title) {
		t.SystemName = ptr(parameterize(*t.Title))
	}
	if t.Path != nil {
		t.Path = ptr(leadingSlash.ReplaceAllString(trailingSlash.ReplaceAllString(*t.Path, "$1"), "/"))
	}
}

func (t *template) validatePage(errs *problems, of *tenant) {
	if _, known := of.Sections.get(t.SectionID); !known {
		errs.add("section", msgBlank)
		errs.add("section_id", "must belong to the same provider")
	}
	checkPortalPath(errs, "path", t.Path, msgPagePath)
	errs.presence("title", t.Title)
	errs.presence("path", t.Path)
	if !strings.HasPrefix(or(t.Path, ""), "/") {
		errs.add("path", "needs to start with a slash ( / )")
	}
	if _, taken := of.Templates.find(func(x *template) bool {
		return x.ID != t.ID && x.Kind == kindPage && x.Path != nil && *x.Path == or(t.Path, "")
	}); taken {
		errs.add("path", msgTaken)
	}
	if contains(reservedPaths(), or(t.Path, "")) {
		errs.add("path", msgReserved)
	}
}

// reservedPaths are no paths of pages. They lack the slash that every path begins
// with, so nothing depends on them but a second message.
func reservedPaths() []string {
	var out []string
	for _, name := range []string{"terms", "privacy", "refunds"} {
		out = append(out, name, name+".html", name+".htm")
	}
	return out
}

// validateLayout: the main layout has to have a place for the page.
func (t *template) validateLayout(errs *problems) {
	if or(t.SystemName, "") != "main_layout" {
		return
	}
	for name, v := range map[string]*string{"draft": t.Draft, "published": t.Published} {
		if v != nil && !contentTag.MatchString(*v) {
			errs.add(name, "must contain '{&#37; content &#37;}' tag")
		}
	}
}
