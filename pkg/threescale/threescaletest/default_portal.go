package threescaletest

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"time"
)

// defaultPortal is the developer portal that 3scale 2.16 gives a new tenant, from
// porta (Apache License 2.0, see NOTICE in it).
//
//go:embed portal.zip
var defaultPortal []byte

// portalIndex says what the default portal consists of.
type portalIndex struct {
	Sections []struct {
		Title       string `json:"title"`
		SystemName  string `json:"system_name"`
		Parent      string `json:"parent"`
		PartialPath string `json:"partial_path"`
	} `json:"sections"`
	Templates []struct {
		Kind        string `json:"type"`
		SystemName  string `json:"system_name"`
		Title       string `json:"title"`
		Path        string `json:"path"`
		ContentType string `json:"content_type"`
		Section     string `json:"section"`
		Layout      string `json:"layout"`
		Liquid      bool   `json:"liquid"`
		Content     string `json:"content"` // the file with the text
	} `json:"templates"`
	Files []struct {
		Path        string `json:"path"`
		Section     string `json:"section"`
		ContentType string `json:"content_type"`
		Content     string `json:"content"`
	} `json:"files"`
}

// seedPortal gives a tenant the default portal.
func (s *Server) seedPortal(t *tenant, at time.Time) {
	files := readPortal()
	var index portalIndex
	if err := json.Unmarshal(files["portal.json"], &index); err != nil {
		panic(fmt.Sprintf("embedded portal: %v", err))
	}
	sections, layouts := map[string]int64{}, map[string]int64{}
	for _, x := range index.Sections {
		sec := &section{stamps: born(at), ID: s.world.next("section"), Title: ptr(x.Title), SystemName: x.SystemName, Public: ptr(true), ParentID: sections[x.Parent], PartialPath: ptr(x.PartialPath)}
		sections[x.SystemName] = sec.ID
		t.Sections.add(sec)
	}
	for _, x := range index.Templates {
		m := &template{stamps: born(at), ID: s.world.next("template"), Kind: x.Kind, SystemName: ptr(x.SystemName), SectionID: sections[x.Section], LayoutID: layouts[x.Layout], Published: ptr(string(files[x.Content]))}
		if x.Title != "" {
			m.Title = ptr(x.Title)
		}
		switch x.Kind {
		case kindPage:
			m.Path, m.ContentType, m.Liquid = ptr(x.Path), ptr(x.ContentType), ptr(x.Liquid)
		case kindLayout:
			layouts[x.SystemName], m.Liquid = m.ID, ptr(true)
		}
		t.Templates.add(m)
	}
	for _, x := range index.Files {
		t.Files.add(&file{stamps: born(at), ID: s.world.next("file"), SectionID: sections[x.Section], Path: x.Path, Name: path.Base(x.Path), ContentType: x.ContentType, Secret: randomHex(8), Data: files[x.Content]})
	}
}

// builtinSections are the sections that cannot be deleted.
func (t *tenant) builtinSections() map[string]bool {
	names := map[string]bool{}
	var index portalIndex
	if err := json.Unmarshal(readPortal()["portal.json"], &index); err == nil {
		for _, s := range index.Sections {
			names[s.SystemName] = true
		}
	}
	return names
}

// readPortal unpacks the default portal.
func readPortal() map[string][]byte {
	z, err := zip.NewReader(bytes.NewReader(defaultPortal), int64(len(defaultPortal)))
	if err != nil {
		panic(fmt.Sprintf("embedded portal: %v", err))
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			panic(fmt.Sprintf("embedded portal: %s: %v", f.Name, err))
		}
		if out[f.Name], err = io.ReadAll(r); err != nil {
			panic(fmt.Sprintf("embedded portal: %s: %v", f.Name, err))
		}
		_ = r.Close() // it was read to its end
	}
	return out
}
