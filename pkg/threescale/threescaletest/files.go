package threescaletest

import (
	"fmt"
	"net/http"
	"path"
	"strings"
)

// file is a file of the developer portal.
type file struct {
	stamps
	ID           int64  `json:"id"`
	SectionID    int64  `json:"section_id"`
	Path         string `json:"path"`
	Downloadable bool   `json:"downloadable"`
	Name         string `json:"name"`
	ContentType  string `json:"content_type"`
	Secret       string `json:"secret"`
	Data         []byte `json:"data"`
}

func (f *file) id() int64 { return f.ID }

func fileParams() []string { return []string{"section_id", "path", "attachment", "downloadable"} }

// inFile gives a handler the file of the path.
func inFile(h func(*call, *file) answer) handler {
	return portal(append(fileParams(), "file"), func(c *call) answer {
		f, found := c.tenant.Files.get(c.id("id"))
		if !found {
			return notFound()
		}
		return h(c, f)
	})
}

func listFiles(c *call) answer {
	q := c.params()
	return collection(c, c.tenant.Files.where(func(f *file) bool { return blankParam(q, "section_id") || castID(q["section_id"]) == f.SectionID }), showFile)
}

func getFile(c *call, f *file) answer { return ok(showFile(c, f)) }

// createFile puts a file into the root section if its own is unknown.
func createFile(c *call) answer {
	in, wrong := c.required("file", fileParams()...)
	if wrong != nil {
		return *wrong
	}
	f := &file{stamps: born(c.now), Secret: randomHex(8)}
	if !f.assign(in) {
		return crashed()
	}
	f.SectionID = c.tenant.rootSection().ID
	if s, found := c.tenant.Sections.get(castID(c.params()["section_id"])); found {
		f.SectionID = s.ID
	}
	var errs problems
	f.validate(&errs, c.tenant)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	f.ID = c.next("file")
	c.tenant.Files.add(f)
	return created(showFile(c, f))
}

// assign writes what a request says. It is false for an attachment that is a text:
// porta doesn't know how to read one from that.
func (f *file) assign(in params) bool {
	if v, sent := in.permit("path")["path"]; sent {
		f.Path = or(castText(v), "")
		if v != nil && !strings.HasPrefix(f.Path, "/") {
			f.Path = "/" + f.Path
		}
	}
	if v, sent := in.permit("downloadable")["downloadable"]; sent {
		f.Downloadable = or(castBool(v), false)
	}
	if v, sent := in.permit("section_id")["section_id"]; sent {
		f.SectionID = castID(v)
	}
	switch u := in["attachment"].(type) {
	case *upload:
		f.Name, f.ContentType, f.Data = path.Base(u.name), u.contentType, u.data
	case nil:
		if in.has("attachment") {
			f.Name, f.Data = "", nil
		}
	case string:
		return u == ""
	}
	return true
}

func (f *file) validate(errs *problems, t *tenant) {
	checkPortalPath(errs, "path", &f.Path, msgPartPath)
	errs.presence("path", &f.Path)
	_, known := t.Sections.get(f.SectionID)
	if !known {
		errs.add("section", msgBlank)
	}
	if f.Name == "" {
		errs.add("attachment", msgBlank)
	}
	if _, taken := t.Files.find(func(x *file) bool { return x.ID != f.ID && x.Path == f.Path }); taken {
		errs.add("path", msgTaken)
	}
	errs.maxLength("path", &f.Path, 255)
	if !known {
		errs.add("section_id", "must belong to the same provider")
	}
}

func updateFile(c *call, f *file) answer {
	in, wrong := c.required("file", fileParams()...)
	if wrong != nil {
		return *wrong
	}
	draft := *f
	if !draft.assign(in) {
		return crashed()
	}
	var errs problems
	draft.validate(&errs, c.tenant)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	draft.UpdatedAt = c.now
	*f = draft
	return ok(showFile(c, f))
}

func deleteFile(c *call, f *file) answer {
	if no := c.verdict(nil); no != nil {
		return *no
	}
	c.tenant.Files.remove(f.ID)
	return deleted()
}

// url is where the file can be downloaded without the portal's access code. It
// changes with every upload.
func (f *file) url(t *tenant) string {
	ext := path.Ext(f.Name)
	return fmt.Sprintf("/system/%s/%s/%s-%s%s?%d", parameterize(t.OrgName), f.CreatedAt.UTC().Format("2006/01/02"),
		strings.TrimSuffix(f.Name, ext), f.Secret, ext, f.UpdatedAt.Unix())
}

func showFile(c *call, f *file) object {
	o := object{{"id", f.ID}}
	o.putTimes(c, f.stamps)
	o.put("section_id", f.SectionID)
	o.put("path", f.Path)
	o.put("downloadable", f.Downloadable)
	o.put("url", f.url(c.tenant))
	o.put("title", f.Name)
	o.put("content_type", f.ContentType)
	return o
}

// download serves a file: by its url on any host of the tenant, by its path on the
// developer portal. There, while an access code is set, everybody without it is
// shown a page instead, with the status 200.
func (t *tenant) download(r *http.Request, admin bool) *answer {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range t.Files.rows {
		stored, _, _ := strings.Cut(f.url(t), "?")
		byPath := !admin && f.Path == r.URL.Path
		if stored != r.URL.Path && !byPath {
			continue
		}
		if byPath && !t.passes(r) {
			return ptr(page(http.StatusOK, "Access Restricted", "This developer portal asks for an access code."))
		}
		return &answer{status: http.StatusOK, raw: f.Data, kind: f.ContentType}
	}
	return nil
}

// passes says whether a visitor has the access code, if there is one.
func (t *tenant) passes(r *http.Request) bool {
	if blank(t.Contact.AccessCode) {
		return true
	}
	cookie, err := r.Cookie("access_code")
	return err == nil && cookie.Value == *t.Contact.AccessCode
}
