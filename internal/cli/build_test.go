package cli

import (
	"runtime/debug"
	"testing"

	"example.com/maasctl/internal/view"
)

// TestVersionOfEachBuild: a release, go build in a clone, go install of a version, and where nothing is known of the source.
func TestVersionOfEachBuild(t *testing.T) {
	const commit = "3e639277d2f81812fb6648e2a16b8848e6496419"
	vcs := func(modified string) []debug.BuildSetting {
		return []debug.BuildSetting{{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: commit}, {Key: "vcs.time", Value: "2026-11-29T08:34:51Z"}, {Key: "vcs.modified", Value: modified}}
	}
	for name, c := range map[string]struct {
		main, release string
		settings      []debug.BuildSetting
		want          view.Version
		text          string
		commit        string // what make build says
	}{
		"a release": {
			"(devel)", "1.2.3", vcs("false"), view.Version{Version: "1.2.3", Commit: commit, Time: "2026-11-29T08:34:51Z"},
			"maasctl 1.2.3 (commit 3e639277d2f8 of 2026-11-29, go, os)", "",
		},
		"go build": {
			"v0.0.0-20261129083451-3e639277d2f8+dirty", "", vcs("true"),
			view.Version{Version: "v0.0.0-20261129083451-3e639277d2f8+dirty", Commit: commit, Time: "2026-11-29T08:34:51Z", Modified: true},
			"maasctl v0.0.0-20261129083451-3e639277d2f8+dirty (commit 3e639277d2f8 of 2026-11-29 and changes since, go, os)", "",
		},
		"go build of an older Go": {
			"(devel)", "", vcs("false"), view.Version{Version: "devel-3e639277d2f8", Commit: commit, Time: "2026-11-29T08:34:51Z"},
			"maasctl devel-3e639277d2f8 (commit 3e639277d2f8 of 2026-11-29, go, os)", "",
		},
		"go install of a version": {"v1.2.3", "", nil, view.Version{Version: "v1.2.3"}, "maasctl v1.2.3 (go, os)", ""},
		"go install of a commit": {
			"v0.0.0-20261129083451-3e639277d2f8", "", nil, view.Version{Version: "v0.0.0-20261129083451-3e639277d2f8", Commit: "3e639277d2f8"},
			"maasctl v0.0.0-20261129083451-3e639277d2f8 (commit 3e639277d2f8, go, os)", "",
		},
		"make build in a worktree": {"(devel)", "", nil, view.Version{Version: "devel-3e639277d2f8", Commit: commit}, "maasctl devel-3e639277d2f8 (commit 3e639277d2f8, go, os)", commit},
		"without version control":  {"(devel)", "", nil, view.Version{Version: "devel"}, "maasctl devel (commit not known: built without version control, go, os)", ""},
		"no build info":            {"", "", nil, view.Version{Version: "devel"}, "maasctl devel (commit not known: built without version control, go, os)", ""},
	} {
		got := builtFrom(&debug.BuildInfo{Main: debug.Module{Version: c.main}, Settings: c.settings}, c.release, c.commit)
		got.Go, got.Platform, c.want.Go, c.want.Platform, c.want.FormatVersion = "go", "os", "go", "os", view.VersionFormat
		if got != c.want || got.Line() != c.text {
			t.Errorf("%s: %+v, want %+v; %q, want %q", name, got, c.want, got.Line(), c.text)
		}
	}
}
