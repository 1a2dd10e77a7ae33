package threescale_test

import (
	"testing"

	"example.com/maasctl/pkg/threescale/threescaletest"
)

// BenchmarkDiffUnchanged is a diff of 16 models with nothing changed, against a server that answers at once: what is
// left is reading, comparing and the stand-in itself.
func BenchmarkDiffUnchanged(b *testing.B) {
	tn := newTenant(b, threescaletest.Options{})
	doc := tn.document(models(16))
	if err := tn.run(tn.plan(doc), applyAll).Err(); err != nil {
		b.Fatal(err)
	}
	tn.Reset()
	runs := 0
	for b.Loop() {
		if p := tn.plan(doc); !p.Empty {
			b.Fatalf("something is left to do:\n%s", lines(p))
		}
		runs++
	}
	b.ReportMetric(float64(len(tn.Requests()))/float64(runs), "requests/op")
}

// BenchmarkDiffAtRealLatency is the same against a server that takes the time of a real one.
func BenchmarkDiffAtRealLatency(b *testing.B) {
	tn := newTenant(b, threescaletest.Options{Latency: threescaletest.RealLatency(), Workers: 8})
	doc := tn.document(models(4))
	if err := tn.run(tn.plan(doc), applyAll).Err(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		tn.plan(doc)
	}
}

// BenchmarkRead reads the state of 16 models without comparing it.
func BenchmarkRead(b *testing.B) {
	tn := newTenant(b, threescaletest.Options{})
	doc := tn.document(models(16))
	if err := tn.run(tn.plan(doc), applyAll).Err(); err != nil {
		b.Fatal(err)
	}
	system := tn.engine(doc).Systems[0]
	desired, collections, _ := system.Desired(doc, nil)
	for b.Loop() {
		state, err := system.Read(b.Context(), desired, collections, false)
		if err != nil || len(state) < 16 {
			b.Fatalf("%d objects: %v", len(state), err)
		}
	}
}

// BenchmarkDesired is what a document wants, without any server.
func BenchmarkDesired(b *testing.B) {
	tn := newTenant(b, threescaletest.Options{})
	doc := tn.document(models(16))
	system := tn.engine(doc).Systems[0]
	for b.Loop() {
		if desired, _, _ := system.Desired(doc, nil); len(desired) < 100 {
			b.Fatalf("%d objects", len(desired))
		}
	}
}
