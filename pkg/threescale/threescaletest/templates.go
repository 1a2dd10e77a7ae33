package threescaletest

import (
	"net/http"
	"regexp"
	"strings"
)

// The kinds of templates.
const (
	kindPage           = "page"
	kindLayout         = "layout"
	kindPartial        = "partial"
	kindBuiltinPage    = "builtin_page"
	kindBuiltinPartial = "builtin_partial"
	kindBuiltinStatic  = "builtin_static_page"
)

// template is a page, layout or partial of the developer portal.
type template struct {
	stamps
	ID          int64   `json:"id"`
	Kind        string  `json:"type"`
	Title       *string `json:"title"`
	SystemName  *string `json:"system_name"`
	Path        *string `json:"path"`
	ContentType *string `json:"content_type"`
	Liquid      *bool   `json:"liquid_enabled"`
	Handler     *string `json:"handler"`
	SectionID   int64   `json:"section_id"`
	LayoutID    int64   `json:"layout_id"`
	Draft       *string `json:"draft"`
	Published   *string `json:"published"`
}

func (t *template) id() int64 { return t.ID }

func (t *template) builtin() bool { return strings.HasPrefix(t.Kind, "builtin_") }

// checksLiquid says whether drafts are parsed: always for what comes with the portal.
func (t *template) checksLiquid() bool { return t.builtin() || or(t.Liquid, false) }

func templateParams() []string {
	return []string{"system_name", "title", "path", "draft", "liquid_enabled", "handler", "content_type", "section_id", "layout_id"}
}

// permitted are the parameters that a kind takes, by the name that a request gives
// the kind. A kind that is written otherwise takes none, without a word.
func permitted(kind string) []string {
	return map[string][]string{
		kindPage:          {"title", "path", "content_type", "system_name", "section_id", "layout_id", "liquid_enabled", "draft", "handler"},
		"builtin-page":    {"layout_id", "draft"},
		kindLayout:        {"system_name", "draft", "title", "liquid_enabled"},
		kindPartial:       {"system_name", "draft"},
		"builtin-partial": {"draft"},
	}[kind]
}

// onTemplates is a handler of templates, which may name layouts and sections.
func onTemplates(h handler) handler {
	return portal(append(templateParams(), "template", "type", "layout_name", "section_name", "content"), h)
}

// inTemplate gives a handler the template of the path.
func inTemplate(h func(*call, *template) answer) handler {
	return onTemplates(func(c *call) answer {
		t, found := c.tenant.Templates.get(c.id("id"))
		if !found {
			return notFound()
		}
		return h(c, t)
	})
}

// listTemplates shows contents only if it is asked to with exactly "true".
func listTemplates(c *call) answer {
	q := c.params()
	kind := q.text("type")
	if kind != "" && !contains([]string{kindPage, kindLayout, kindPartial, kindBuiltinPage, kindBuiltinPartial, kindBuiltinStatic}, kind) {
		return crashed()
	}
	rows := c.tenant.Templates.where(func(t *template) bool {
		return (kind == "" || t.Kind == kind) && (blankParam(q, "section_id") || castID(q["section_id"]) == t.SectionID)
	})
	full := q.text("content") == "true"
	return collection(c, rows, func(c *call, t *template) object { return showTemplate(c, t, full) })
}

func getTemplate(c *call, t *template) answer { return ok(showTemplate(c, t, true)) }

// templateInput finds the parameters of a template in a request.
func (c *call) templateInput(kind string) (params, *answer) {
	in, wrong := c.required("template", templateParams()...)
	if wrong != nil {
		return nil, wrong
	}
	if sent := c.params().text("type"); sent != "" {
		kind = strings.Trim(squeeze(regexp.MustCompile(`[^a-z0-9\-_]+`).ReplaceAllString(strings.ToLower(sent), "-")), "-")
	}
	return in.permit(permitted(kind)...), nil
}

func createTemplate(c *call) answer {
	kind := c.params().text("type")
	in, wrong := c.templateInput("")
	if wrong != nil {
		return *wrong
	}
	if kind != kindPage && kind != kindLayout && kind != kindPartial {
		return failed(http.StatusUnprocessableEntity, "Unknown template type '"+kind+"'")
	}
	t := &template{stamps: born(c.now), Kind: kind}
	if kind == kindPage {
		t.SectionID, t.ContentType = c.tenant.rootSection().ID, ptr("text/html")
	}
	if unknown := c.placeTemplate(t, in, true); unknown != nil {
		return *unknown
	}
	var errs problems
	t.validate(&errs, c.tenant)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	t.ID = c.next("template")
	c.tenant.Templates.add(t)
	return created(showTemplate(c, t, true))
}

func updateTemplate(c *call, t *template) answer {
	in, wrong := c.templateInput(strings.Replace(t.Kind, "builtin_", "builtin-", 1))
	if wrong != nil {
		return *wrong
	}
	draft := *t
	if unknown := c.placeTemplate(&draft, in, false); unknown != nil {
		return *unknown
	}
	var errs problems
	draft.validate(&errs, c.tenant)
	if draft.Kind == kindPage && !errs.any() && draft.checksLiquid() && liquidError(or(draft.Published, "")) != "" {
		return crashed() // porta parses what is published to find out whether it can be searched
	}
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	draft.UpdatedAt = c.now
	*t = draft
	return ok(showTemplate(c, t, true))
}

// placeTemplate writes what a request says into a template: the attributes, and for
// pages the section and layout that are named by id or system name.
func (c *call) placeTemplate(t *template, in params, isNew bool) *answer {
	t.assign(in)
	if t.Kind != kindPage {
		return nil
	}
	q := c.params()
	if id, name := castText(q["section_id"]), castText(q["section_name"]); id != nil || name != nil {
		s, found := c.tenant.Sections.find(func(s *section) bool { return named(id, name, s.ID, s.SystemName) })
		switch {
		case found:
			t.SectionID = s.ID
		default:
			return ptr(failed(http.StatusUnprocessableEntity, "Unknown section: '"+or(id, or(name, ""))+"'"))
		}
	}
	if id, name := castText(q["layout_id"]), castText(q["layout_name"]); id != nil || name != nil {
		l, found := c.tenant.Templates.find(func(l *template) bool { return l.Kind == kindLayout && named(id, name, l.ID, or(l.SystemName, "")) })
		emptied := id != nil && *id == "" || name != nil && *name == ""
		switch {
		case found:
			t.LayoutID = l.ID
		case emptied && !isNew:
			t.LayoutID = 0
		default:
			return ptr(failed(http.StatusUnprocessableEntity, "Unknown layout: '"+or(id, or(name, ""))+"'"))
		}
	}
	return nil
}

// named says whether an object is the one that a request names: by its id, or else
// by its system name.
func named(id, name *string, objectID int64, systemName string) bool {
	if !blank(id) {
		return castID(*id) == objectID
	}
	return !blank(name) && *name == systemName
}

func (t *template) assign(in params) {
	for name, to := range map[string]**string{"title": &t.Title, "path": &t.Path, "content_type": &t.ContentType, "system_name": &t.SystemName, "draft": &t.Draft, "handler": &t.Handler} {
		if v, sent := in[name]; sent {
			*to = castText(v)
		}
	}
	if v, sent := in["liquid_enabled"]; sent {
		t.Liquid = castBool(v)
	}
	if v, sent := in["section_id"]; sent {
		t.SectionID = castID(v)
	}
	if v, sent := in["layout_id"]; sent {
		t.LayoutID = castID(v)
	}
	if blank(t.Handler) {
		t.Handler = nil
	}
}

// publishTemplate moves the draft; without one it does nothing.
func publishTemplate(c *call, t *template) answer {
	if no := c.verdict(nil); no != nil {
		return *no
	}
	if t.Draft != nil {
		if t.Kind == kindPage && t.checksLiquid() && liquidError(*t.Draft) != "" {
			return crashed()
		}
		t.Published, t.Draft, t.UpdatedAt = t.Draft, nil, c.now
	}
	return ok(showTemplate(c, t, true))
}

// deleteTemplate does not delete a layout that pages use, and does not say so.
func deleteTemplate(c *call, t *template) answer {
	if t.builtin() {
		return builtinStays()
	}
	if no := c.verdict(nil); no != nil {
		return *no
	}
	_, used := c.tenant.Templates.find(func(p *template) bool { return p.Kind == kindPage && p.LayoutID == t.ID })
	if t.Kind != kindLayout || !used {
		c.tenant.Templates.remove(t.ID)
	}
	return deleted()
}

// humanTitle is the title of a page that comes with the portal.
func (t *template) humanTitle() string {
	parts := strings.Split(or(t.SystemName, ""), "/")
	text := strings.ReplaceAll(parts[len(parts)-1], "_", " ")
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

func showTemplate(c *call, t *template, full bool) object {
	o := object{{"id", t.ID}, {"type", t.Kind}}
	o.putTimes(c, t.stamps)
	switch t.Kind {
	case kindPage:
		o.putText("title", t.Title)
		o.putNull("system_name", t.SystemName)
		o.putNull("layout_id", idOrNull(t.LayoutID))
		if t.SectionID != 0 {
			o.put("section_id", t.SectionID)
		}
		o.putText("path", t.Path)
		o.putText("content_type", t.ContentType)
		o.put("liquid_enabled", or(t.Liquid, false))
		o.putText("handler", t.Handler)
		o.put("hidden", t.Published == nil)
	case kindBuiltinPage, kindBuiltinStatic:
		o.put("title", t.humanTitle())
		o.putNull("system_name", t.SystemName)
		o.putNull("layout_id", idOrNull(t.LayoutID))
	case kindLayout:
		o.putText("title", t.Title)
		o.putText("system_name", t.SystemName)
		putFlag(&o, "liquid_enabled", t.Liquid)
	default:
		o.putText("system_name", t.SystemName)
	}
	if full {
		o.putNull("draft", t.Draft)
		o.putNull("published", t.Published)
	}
	return o
}
