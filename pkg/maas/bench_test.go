package maas_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/maasctl/pkg/maas"
)

// BenchmarkLoad loads a document of 500 models, which are some 10,000 objects.
func BenchmarkLoad(b *testing.B) {
	var text strings.Builder
	text.WriteString(head + "templates: {model: {use: [vllm], plans: {free: {}, paid: {limits: {hits: {day: 5}}}}, metrics: {tokens: {unit: token}}}}\nbackends:\n")
	for i := range 500 {
		fmt.Fprintf(&text, "  model-%d: {url: \"https://model-%d.example.com\"}\n", i, i)
	}
	text.WriteString("products:\n")
	for i := range 500 {
		fmt.Fprintf(&text, "  model-%d: {use: [model], name: Model %d, backends: {model-%d: /}}\n", i, i, i)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, found := maas.Load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(text.String())}); found.HasErrors() {
			b.Fatal(found)
		}
	}
}

// BenchmarkLoadMistakes loads a document of 500 products, each of which names a backend that isn't there.
func BenchmarkLoadMistakes(b *testing.B) {
	var text strings.Builder
	text.WriteString(head + "backends:\n")
	for i := range 500 {
		fmt.Fprintf(&text, "  model-%d: {url: \"https://model-%d.example.com\"}\n", i, i)
	}
	text.WriteString("products:\n")
	for i := range 500 {
		fmt.Fprintf(&text, "  model-%d: {backends: {modell-%d: /}}\n", i, i)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, found := maas.Load(maas.Options{Files: []string{"-"}, Stdin: strings.NewReader(text.String())}); len(found) < 500 {
			b.Fatal(len(found))
		}
	}
}
