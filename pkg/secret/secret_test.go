package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

func TestNoTextFormShowsTheSecret(t *testing.T) {
	const canary = "canary-3f9"
	v := New("${env:S}", canary)
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v, "nested", struct{ V Value }{v})
	j, err := json.Marshal(map[string]any{"v": v, "list": []Value{v}})
	if err != nil {
		t.Fatal(err)
	}
	y, err := yaml.Marshal(struct{ V Value }{v})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		v.String(), v.GoString(), log.String(), string(j), string(y), fmt.Sprint(v), fmt.Sprintf("%v %+v %#v %s %q %x %d", v, v, v, v, v, v, v),
		fmt.Sprintf("%v %+v %#v", struct{ V Value }{v}, &v, []Value{v}), fmt.Errorf("wrapped: %v", v).Error(),
	} {
		if strings.Contains(text, canary) || strings.Contains(text, fmt.Sprintf("%x", canary)) {
			t.Errorf("the secret shows in %q", text)
		}
		if !strings.Contains(text, Mask) {
			t.Errorf("no mask in %q", text)
		}
	}
}

func TestEqual(t *testing.T) {
	a, b := New("${env:A}", "x"), New("", "x")
	if !a.Equal(b) || a.Equal(New("", "y")) {
		t.Error("texts decide")
	}
	if FromRef("${env:A}").Equal(FromRef("${env:A}")) {
		t.Error("what isn't resolved equals nothing")
	}
	if a.Reveal() != "x" || a.Ref() != "${env:A}" || !a.Known() || a.IsZero() || !(Value{}).IsZero() {
		t.Error("accessors")
	}
}
