package cli

import (
	"runtime"
	"runtime/debug"
	"strings"

	"example.com/maasctl/internal/view"
)

// release is the version that a release was built as, and commit what make build was built from where go build isn't let look
// (a worktree, GOFLAGS=-buildvcs=false); the linker sets them.
var release = ""
var commit = ""

// version is what this program calls itself to servers, in reports and in documents.
func version() string { return builtAs().Version }

// builtAs says what is running: what the linker was told of a release, else what go build found out by itself.
func builtAs() view.Version {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return builtFrom(info, release, commit)
}

// commitDigits is how much of a commit's number names it.
const commitDigits = 12

func builtFrom(info *debug.BuildInfo, release, commit string) view.Version {
	v := view.Version{
		FormatVersion: view.VersionFormat, Version: strings.Trim(info.Main.Version, "()"),
		Commit: commit, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value
		case "vcs.time":
			v.Time = s.Value
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	switch {
	case release != "":
		v.Version = release
	case v.Version != "" && v.Version != "devel":
	case v.Commit != "":
		v.Version = "devel-" + v.Commit[:min(commitDigits, len(v.Commit))]
	default:
		v.Version = "devel"
	}
	if v.Commit == "" {
		v.Commit = commitIn(v.Version)
	}
	return v
}

// commitIn is the commit that the version of a module names that was never tagged: v0.0.0-20261129083451-3e639277d2f8.
func commitIn(version string) string {
	version, _, _ = strings.Cut(version, "+")
	parts := strings.Split(version, "-")
	if len(parts) < 3 || len(parts[len(parts)-1]) != commitDigits {
		return ""
	}
	return parts[len(parts)-1]
}
