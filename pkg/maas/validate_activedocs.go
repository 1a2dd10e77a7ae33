package maas

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
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
		if err := serverURL(a.Server); err != nil {
			p.at("server").errorf(CodeValue, "%s is staging, production or a URL: %v", p.at("server"), err)
		}
	}
	if a.Body == nil {
		return
	}
	if err := checkOpenAPI(a.Body, a.Server == "", a.SkipSwaggerValidations != nil && *a.SkipSwaggerValidations); err != nil {
		p.at("file").errorf(CodeOpenAPI, "%s: %v", a.File, err)
	}
}

// openAPI is what 3scale looks at in an OpenAPI document before its schema.
type openAPI struct {
	OpenAPI string `json:"openapi"`
	Swagger string `json:"swagger"`
	Old     string `json:"swaggerVersion"` // 1.x
	APIs    any    `json:"apis"`           // 1.x
	Info    *struct {
		Title   *string `json:"title"`
		Version *string `json:"version"`
	} `json:"info"`
	Servers []struct {
		URL string `json:"url"`
	} `json:"servers"`
	Paths map[string]any `json:"paths"`
}

// checkOpenAPI tells what 3scale would refuse. Servers are checked where they stay, also where the rest isn't.
func checkOpenAPI(body []byte, servers, skip bool) error {
	var doc openAPI
	if err := json.Unmarshal(body, &doc); err != nil {
		return fmt.Errorf("this is no OpenAPI document: %w", err)
	}
	version := doc.OpenAPI + doc.Swagger
	known := slices.ContainsFunc([]string{"2.0", "3.0", "3.1"}, func(v string) bool {
		return version == v || strings.HasPrefix(version, v+".")
	})
	switch {
	case skip && servers:
		return checkServers(doc)
	case skip || doc.Old != "" || doc.APIs != nil:
		return nil
	case version == "":
		return errors.New("this is no OpenAPI document: it has neither openapi nor swagger with a version")
	case !known:
		return fmt.Errorf("3scale reads OpenAPI 2.0, 3.0 and 3.1, not %s", version)
	case doc.Info == nil || doc.Info.Title == nil || doc.Info.Version == nil:
		return errors.New("an OpenAPI document needs info.title and info.version")
	case doc.Paths == nil && !strings.HasPrefix(version, "3.1"):
		return errors.New("an OpenAPI document needs paths")
	case !servers:
		return nil
	}
	return checkServers(doc)
}

func checkServers(doc openAPI) error {
	for i, s := range doc.Servers {
		if s.URL == "" {
			continue
		}
		if err := serverURL(s.URL); err != nil {
			return fmt.Errorf("servers[%d].url %q: %w; or say server: production", i, s.URL, err)
		}
		if i == 0 {
			if err := notLocal(s.URL); err != nil {
				return fmt.Errorf("servers[%d].url: %w", i, err)
			}
		}
	}
	return nil
}

// notLocal refuses addresses of the machine itself.
func notLocal(address string) error {
	if u, err := url.Parse(address); err == nil && isProtected(u.Hostname()) {
		return errors.New("3scale doesn't take localhost here")
	}
	return nil
}
