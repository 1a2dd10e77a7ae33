package gateway

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"
)

// The limits of a Secret hold for what ships, so they are shown on other files.
func TestPolicyFilesThatNoClusterTakes(t *testing.T) {
	file := func(size int) *fstest.MapFile { return &fstest.MapFile{Data: bytes.Repeat([]byte("x"), size)} }
	for say, files := range map[string]fstest.MapFS{
		"no init.lua":            {manifestFile: file(1)},
		"no apicast-policy.json": {"init.lua": file(1)},
		"have 1048576 bytes":     {manifestFile: file(1), "init.lua": file(1), "large.lua": file(MaxSecretBytes - 2)},
	} {
		if _, err := policyFiles(files); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%s: %v", say, err)
		}
	}
	almost := fstest.MapFS{manifestFile: file(1), "init.lua": file(1), "large.lua": file(MaxSecretBytes - 3)}
	if files, err := policyFiles(almost); err != nil || len(files) != 3 {
		t.Errorf("%d files, %v", len(files), err)
	}
}
