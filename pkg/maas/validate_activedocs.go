package maas

import (
	"errors"
	"net/url"
)

// activeDoc checks where an ActiveDoc comes from and what 3scale would say to it.
func (p place) activeDoc(a *ActiveDoc) {
	if a.Absent {
		return
	}
	said := func(key string) bool { return p.v.said(p.at(key).path...) }
	if (a.File != "" || said("file")) == a.Generate {
		p.errorf(CodeConflict, "%s is either read from a file or generated: say file or generate: true", p)
	}
	if a.Server != "" && a.Server != "staging" && a.Server != "production" && p.at("server").known() {
		if err := publishedServer(a.Server); err != nil {
			p.at("server").errorf(CodeValue, "%s is staging, production or a URL: %v", p.at("server"), err)
		}
	}
	if a.spec == nil || a.Body == nil {
		return
	}
	checkSpec(p.v.reporter, a.spec, a.Server == "", a.SkipSwaggerValidations != nil && *a.SkipSwaggerValidations)
}

// publishedServer is what can be written into a description as its server: all versions of descriptions have that.
func publishedServer(address string) error {
	if err := serverURL(address); err != nil {
		return err
	}
	if u, err := url.Parse(address); err == nil && (u.RawQuery != "" || u.ForceQuery || u.Fragment != "") {
		return errors.New("a server's URL has no query and no fragment")
	}
	return notLocal(address)
}

// notLocal refuses addresses of the machine itself.
func notLocal(address string) error {
	if u, err := url.Parse(address); err == nil && isProtected(u.Hostname()) {
		return errors.New("3scale doesn't take localhost here")
	}
	return nil
}
