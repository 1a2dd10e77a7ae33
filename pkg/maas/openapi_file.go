package maas

import (
	"encoding/json"
	"path/filepath"

	"sigs.k8s.io/yaml"
)

// dirOf is the directory of a file of the document; "" stands for where relative paths start from.
func (o Options) dirOf(file string) string {
	if file == StdinName || filepath.Dir(file) == "." {
		return o.Dir
	}
	return filepath.Dir(o.path(file))
}

// readActiveDocs reads the files that ActiveDocs name, each beside the document that says it. 3scale takes JSON only, so
// YAML is converted.
func readActiveDocs(r *reporter, doc *Document, o Options) {
	for _, p := range doc.Products {
		for _, a := range p.Value.ActiveDocs {
			if a.Value.File == "" || a.Value.Absent || doc.unresolved[pathKey([]string{"products", p.Name, "activeDocs", a.Name, "file"})] {
				continue
			}
			pos := doc.Pos("products", p.Name, "activeDocs", a.Name, "file")
			path := a.Value.File
			if !filepath.IsAbs(path) {
				path = filepath.Join(o.dirOf(pos.File), path)
			}
			data, err := readWhole(path)
			if err != nil {
				r.errorf(pos, CodeFile, "%s: %v", a.Value.File, reason(err))
				continue
			}
			if a.Value.Body, err = asJSON(data); err != nil {
				r.errorf(pos, CodeOpenAPI, "%s is neither JSON nor YAML: %v", a.Value.File, err)
			}
		}
	}
}

// asJSON leaves JSON as it is and converts YAML.
func asJSON(data []byte) ([]byte, error) {
	if json.Valid(data) {
		return data, nil
	}
	return yaml.YAMLToJSON(data)
}
