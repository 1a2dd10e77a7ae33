package maas

import (
	"embed"
	"fmt"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"reflect"
	"strings"
)

// The types' own comments are the schema's descriptions: one text, that can't be out of date.
//
//go:embed accounts.go backend.go document.go plan.go product.go realm.go tenant.go tls.go
var typeSources embed.FS

// docs are the comments of types ("Product") and their fields ("Product.Name").
type docs map[string]string

// of gives the comment of a type, or of one of its fields.
func (d docs) of(typ, field string) string {
	if field != "" {
		typ += "." + field
	}
	return d[typ]
}

// typeDocs reads the comments of the document's types.
func typeDocs() (docs, error) {
	out := docs{}
	entries, err := typeSources.ReadDir(".")
	if err != nil {
		return nil, fmt.Errorf("reading the types: %w", err)
	}
	for _, e := range entries {
		source, err := typeSources.ReadFile(e.Name())
		if err != nil {
			return nil, fmt.Errorf("reading the types: %w", err)
		}
		file, err := goparser.ParseFile(token.NewFileSet(), e.Name(), source, goparser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("reading the types: %w", err)
		}
		for _, d := range file.Decls {
			if general, ok := d.(*ast.GenDecl); ok {
				out.types(general)
			}
		}
	}
	return out, nil
}

func (d docs) types(general *ast.GenDecl) {
	for _, spec := range general.Specs {
		named, ok := spec.(*ast.TypeSpec)
		if !ok {
			continue
		}
		d[named.Name.Name] = oneLine(general.Doc)
		structure, ok := named.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, f := range structure.Fields.List {
			for _, name := range f.Names {
				d[named.Name.Name+"."+name.Name] = oneLine(f.Doc) + oneLine(f.Comment)
			}
		}
	}
}

func oneLine(group *ast.CommentGroup) string {
	return strings.Join(strings.Fields(group.Text()), " ")
}

// declaring is the type whose own field it is; inlined structs bring theirs.
func declaring(t reflect.Type, index []int) string {
	for _, i := range index[:len(index)-1] {
		t = t.Field(i).Type
	}
	return t.Name()
}
