#!/usr/bin/env bash
# Breaks the code in small ways, one at a time, and runs its package's tests: what no test notices survives. Survivors are held
# against scripts/mutants/survivors.txt, which says of each why it may; another one, or one that is there no more, is an error.
#
#   scripts/mutants.sh [PACKAGE]...     all packages of the list below, or some; an hour or two for all
set -euo pipefail
cd "$(dirname "$0")/.."
gremlins=v0.6.0
tool=.cache/bin/gremlins-$gremlins
out=.cache/mutants

# The packages, each with its files that are broken; * for all. Of the systems these are the paths that write.
targets="
pkg/plan *
pkg/apply *
pkg/secret *
internal/transport *
pkg/threescale write.go deploy.go rules_edit.go users.go applications.go client.go
pkg/keycloak write.go client.go tokens.go clientsecrets.go
"

if [ ! -x "$tool" ]; then
	mkdir -p .cache/bin
	GOBIN=$PWD/.cache/bin go install "github.com/go-gremlins/gremlins/cmd/gremlins@$gremlins"
	mv .cache/bin/gremlins "$tool"
fi
rm -rf "$out"
mkdir -p "$out"
while read -r package files; do
	[ -n "$package" ] || continue
	[ $# = 0 ] || [[ " $* " == *" $package "* ]] || continue
	leave=()
	if [ "$files" != "*" ]; then
		for file in "$package"/*.go; do
			name=$(basename "$file")
			[[ " $files " == *" $name "* ]] || leave+=(--exclude-files "^$name\$")
		done
	fi
	echo "== $package"
	"$tool" unleash "./$package" --workers 1 --timeout-coefficient 20 --output-statuses l "${leave[@]}" --output "$out/report.json"
	mv "$out/report.json" "$out/${package//\//-}.json"
	go run ./scripts/mutants "$package" "$out/${package//\//-}.json" scripts/mutants/survivors.txt || bad=1
done <<<"$targets"
exit "${bad:-0}"
