package maas_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"example.com/maasctl/pkg/maas"
)

// TestDescriptionsInYAML turns YAML into JSON by the rules of YAML 1.2, with all digits.
func TestDescriptionsInYAML(t *testing.T) {
	dir := t.TempDir()
	for text, want := range map[string]string{
		"on": `"on"`, "yes": `"yes"`, "No": `"No"`, "off": `"off"`, "y": `"y"`, "true": "true", "False": "false", "~": "null", "": "null", "NULL": "null",
		"0644": "644", "-007": "-7", "+12": "12", "0": "0", "-0": "-0", "000": "0", "0o17": "15", "0x1F": "31", "0xFFFFFFFFFFFFFFFFFF": "4722366482869645213695",
		"0b11": `"0b11"`, "1_000": `"1_000"`, "1:30": `"1:30"`, "2001-12-14": `"2001-12-14"`, "0o8": `"0o8"`, "0X1F": `"0X1F"`, "-0x1F": `"-0x1F"`,
		"1.10": "1.10", ".5": "0.5", "5.": "5", "-.5e3": "-0.5e3", "1e3": "1e3", "1.e3": "1e3", "010.50": "10.50", ".": `"."`, "e3": `"e3"`, ".e3": `".e3"`, "1.2.3": `"1.2.3"`, "+": `"+"`,
		"9007199254740993": "9007199254740993", "123456789012345678901234567890": "123456789012345678901234567890", "3.14159265358979323846264338327950288": "3.14159265358979323846264338327950288",
		`"0644"`: `"0644"`, "'true'": `"true"`, "!!str 12": `"12"`, "|\n    a\n    b": `"a\nb\n"`, "&a 5": "5", "<b>": `"<b>"`,
		"{on: 1, 0200: x, 1.0: y}": `{"on":1,"0200":"x","1.0":"y"}`, "[a, 0644, on]": `["a",644,"on"]`,
	} {
		spec := "openapi: 3.0.3\ninfo: {title: T, version: \"1\"}\npaths: {}\nx-value: " + text + "\n"
		if err := os.WriteFile(filepath.Join(dir, "spec.yaml"), []byte(spec), 0o600); err != nil {
			t.Fatal(err)
		}
		doc := load(t, head+"products: {granite: {activeDocs: {one: {file: spec.yaml}}}}\n", func(o *maas.Options) { o.Dir = dir })
		var got map[string]json.RawMessage
		if err := json.Unmarshal(doc.Products[0].Value.ActiveDocs[0].Value.Body, &got); err != nil {
			t.Fatal(text, err)
		}
		var same, expected bytes.Buffer
		if json.Compact(&same, got["x-value"]) != nil || json.Compact(&expected, []byte(want)) != nil || !sameJSON(t, same.Bytes(), expected.Bytes()) {
			t.Errorf("%s is %s, want %s", text, got["x-value"], want)
		}
	}
}

// sameJSON compares texts of JSON whose members may stand in any order; numbers are texts.
func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var values [2]any
	for i, text := range [][]byte{a, b} {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		if err := d.Decode(&values[i]); err != nil {
			t.Fatal(err)
		}
	}
	x, err1 := json.Marshal(values[0])
	y, err2 := json.Marshal(values[1])
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}
