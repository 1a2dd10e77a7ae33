// Package jsonschema holds documents to a JSON Schema as 3scale does: with its schemas of API descriptions, and telling of each
// mistake where it is.
package jsonschema
