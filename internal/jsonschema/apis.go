package jsonschema

import (
	_ "embed"
	"fmt"
)

//go:embed schemas/openapi30.json
var openAPI30JSON string

//go:embed schemas/openapi31.json
var openAPI31JSON string

//go:embed schemas/swagger20.json
var swagger20JSON string

//go:embed schemas/swagger12.json
var swagger12JSON string

// OpenAPI30 is what 3scale holds descriptions in OpenAPI 3.0 to.
func OpenAPI30() *Schema { return &Schema{Root: Embedded(openAPI30JSON), Leaves: true} }

// OpenAPI31 is what 3scale holds descriptions in OpenAPI 3.1 to.
func OpenAPI31() *Schema { return &Schema{Root: Embedded(openAPI31JSON), Leaves: true} }

// Swagger20 is what 3scale holds descriptions in Swagger 2.0 to.
func Swagger20() *Schema { return &Schema{Root: Embedded(swagger20JSON)} }

// Swagger12 is what 3scale holds descriptions in Swagger 1.2 to: a schema of several documents.
func Swagger12() *Schema {
	s := &Schema{Others: map[string]Object{}}
	for _, m := range Embedded(swagger12JSON) {
		s.Others[m.Name], _ = m.Value.(Object)
	}
	s.Root = s.Others["apiDeclaration.json"]
	return s
}

// Embedded reads a schema that comes with the program.
func Embedded(text string) Object {
	v, err := Decode(text)
	if err != nil {
		panic(fmt.Sprintf("embedded schema: %v", err))
	}
	o, _ := v.(Object)
	return o
}
