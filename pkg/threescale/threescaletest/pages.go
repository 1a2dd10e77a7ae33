package threescaletest

// pageLimits are how many objects a list may have on a page.
type pageLimits struct{ most, normal int64 }

// limits500 are those of nearly all lists that have pages.
func limits500() pageLimits { return pageLimits{500, 500} }

// window reads page and per_page. What is out of range becomes the default,
// without a word.
func (c *call) window(l pageLimits) (page, per int64) {
	q := c.params()
	page, per = castID(q["page"]), l.normal
	if page < 1 {
		page = 1
	}
	if n := castID(q["per_page"]); n >= 1 && n <= l.most {
		per = n
	}
	return page, per
}

// slicePage is the part of a list that is on a page.
func slicePage[R any](rows []R, page, per int64) []R {
	from := (page - 1) * per
	if from < 0 || from >= int64(len(rows)) {
		return nil
	}
	return rows[from:min(from+per, int64(len(rows)))]
}

// paged answers a page of a list, with metadata when there is more than one.
func paged[R any](c *call, name string, rows []R, l pageLimits, show func(*call, R) object) answer {
	page, per := c.window(l)
	o := wrap(name, showAll(c, slicePage(rows, page, per), show))
	if total := int64(len(rows)); per < total {
		o.put("metadata", object{{"per_page", per}, {"total_entries", total}, {"total_pages", (total + per - 1) / per}, {"current_page", page}})
	}
	return ok(o)
}

// withoutMetadata takes the metadata away again, for lists that never have any.
func withoutMetadata(a answer) answer {
	if o, isObject := a.body.(object); isObject {
		a.body = o[:1]
	}
	return a
}

// showAll represents a list.
func showAll[R any](c *call, rows []R, show func(*call, R) object) []object {
	out := make([]object, 0, len(rows))
	for _, r := range rows {
		out = append(out, show(c, r))
	}
	return out
}

// listed answers a whole list.
func listed[R any](c *call, name string, rows []R, show func(*call, R) object) answer {
	return ok(wrap(name, showAll(c, rows, show)))
}
