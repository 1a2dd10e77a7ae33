package threescaletest

import "strconv"

// section is a part of the developer portal.
type section struct {
	stamps
	ID          int64   `json:"id"`
	Title       *string `json:"title"`
	SystemName  string  `json:"system_name"`
	Public      *bool   `json:"public"`
	ParentID    int64   `json:"parent_id"` // 0: the root
	PartialPath *string `json:"partial_path"`
}

func (s *section) id() int64 { return s.ID }

func sectionParams() []string {
	return []string{"parent_id", "title", "system_name", "public", "partial_path"}
}

// rootSection is the section that all others are below.
func (t *tenant) rootSection() *section {
	s, _ := t.Sections.find(func(s *section) bool { return s.SystemName == "root" })
	return s
}

// inSection gives a handler the section of the path, by its id or system name.
func inSection(h func(*call, *section) answer) handler {
	return portal(append(sectionParams(), "section"), func(c *call) answer {
		key := c.arg("id")
		s, found := c.tenant.Sections.find(func(s *section) bool { return strconv.FormatInt(s.ID, 10) == key || s.SystemName == key })
		if !found {
			return notFound()
		}
		return h(c, s)
	})
}

func listSections(c *call) answer {
	parent := c.params()
	return collection(c, c.tenant.Sections.where(func(s *section) bool {
		return blankParam(parent, "parent_id") || castID(parent["parent_id"]) == s.ParentID
	}), showSection)
}

func getSection(c *call, s *section) answer { return ok(showSection(c, s)) }

func createSection(c *call) answer {
	in, wrong := c.required("section", sectionParams()...)
	if wrong != nil {
		return *wrong
	}
	s := &section{stamps: born(c.now), Public: ptr(true), ParentID: c.tenant.rootSection().ID}
	s.assign(in)
	if p, found := c.tenant.Sections.get(castID(c.params()["parent_id"])); found {
		s.ParentID = p.ID
	} else {
		s.ParentID = c.tenant.rootSection().ID // one that is unknown becomes the root, without a word
	}
	if blank(s.PartialPath) && s.Title != nil {
		s.PartialPath = ptr(parameterize(*s.Title))
	}
	var errs problems
	s.validate(&errs, c.tenant)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	s.squeezePath()
	s.ID = c.next("section")
	c.tenant.Sections.add(s)
	return created(showSection(c, s))
}

func (s *section) assign(in params) {
	in = in.permit(sectionParams()...)
	if v, sent := in["title"]; sent {
		s.Title = castText(v)
	}
	if v, sent := in["system_name"]; sent {
		s.SystemName = or(castText(v), "")
	}
	if v, sent := in["public"]; sent {
		s.Public = castBool(v)
	}
	if v, sent := in["parent_id"]; sent {
		s.ParentID = castID(v)
	}
	if v, sent := in["partial_path"]; sent {
		s.PartialPath = castText(v)
	}
}

func (s *section) validate(errs *problems, t *tenant) {
	if s.SystemName == "" && !blank(s.Title) {
		s.SystemName = parameterize(*s.Title)
	}
	errs.presence("title", s.Title)
	errs.presence("system_name", &s.SystemName)
	root := s.SystemName == "root"
	if !root && s.ParentID == 0 {
		errs.add("parent_id", msgBlank)
	}
	for _, x := range t.Sections.rows {
		if x.ID != s.ID && x.ParentID == s.ParentID && or(x.Title, "") == or(s.Title, "") {
			errs.add("title", msgTaken)
		}
		if x.ID != s.ID && x.SystemName == s.SystemName {
			errs.add("system_name", msgTaken)
		}
	}
	errs.maxLength("system_name", &s.SystemName, 255)
	errs.maxLength("partial_path", s.PartialPath, 255)
	errs.maxLength("title", s.Title, 255)
	checkPortalPath(errs, "partial_path", s.PartialPath, msgPartPath)
	if s.ID != 0 && t.isBelow(s.ParentID, s.ID) {
		errs.add("base", "cannot be it's own ancestor")
	}
	if _, known := t.Sections.get(s.ParentID); !known && !root {
		errs.add("parent_id", "must belong to the same provider")
	}
}

// squeezePath leaves one slash in front of the path, if it has any.
func (s *section) squeezePath() {
	if s.PartialPath != nil {
		s.PartialPath = ptr(leadingSlash.ReplaceAllString(*s.PartialPath, "/"))
	}
}

// isBelow says whether a section is another one or below it.
func (t *tenant) isBelow(id, ancestor int64) bool {
	for range len(t.Sections.rows) + 1 {
		if id == ancestor {
			return true
		}
		s, found := t.Sections.get(id)
		if !found {
			return false
		}
		id = s.ParentID
	}
	return true
}

func updateSection(c *call, s *section) answer {
	in, wrong := c.required("section", sectionParams()...)
	if wrong != nil {
		return *wrong
	}
	draft := *s
	draft.assign(in)
	var errs problems
	draft.validate(&errs, c.tenant)
	if no := c.verdict(&errs); no != nil {
		return *no
	}
	draft.squeezePath()
	draft.UpdatedAt = c.now
	*s = draft
	return ok(showSection(c, s))
}

// deleteSection leaves what is in the section to its parent. Those that come with
// the portal stay.
func deleteSection(c *call, s *section) answer {
	if s.ParentID == 0 || c.tenant.builtinSections()[s.SystemName] {
		return builtinStays()
	}
	if no := c.verdict(nil); no != nil {
		return *no
	}
	for _, x := range c.tenant.Templates.rows {
		if x.SectionID == s.ID {
			x.SectionID = s.ParentID
		}
	}
	for _, x := range c.tenant.Files.rows {
		if x.SectionID == s.ID {
			x.SectionID = s.ParentID
		}
	}
	for _, x := range c.tenant.Sections.rows {
		if x.ParentID == s.ID {
			x.ParentID = s.ParentID
		}
	}
	c.tenant.Sections.remove(s.ID)
	return deleted()
}

func showSection(c *call, s *section) object {
	o := object{{"id", s.ID}}
	o.putTimes(c, s.stamps)
	o.putNull("title", s.Title)
	o.put("system_name", s.SystemName)
	putFlag(&o, "public", s.Public)
	o.putNull("parent_id", idOrNull(s.ParentID))
	o.putNull("partial_path", s.PartialPath)
	return o
}
