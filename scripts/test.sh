#!/usr/bin/env bash
# All tests, with all they need: Go with the race detector, real Keycloaks 26 and 18, a real nginx with Lua, a real
# browser. Installs what is missing (Debian, root) and stops what it has started.
set -euo pipefail
cd "$(dirname "$0")/.."

need() { # need COMMAND PACKAGE...
	command -v "$1" >/dev/null && return
	shift
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}
need gcc gcc libc6-dev # the race detector links with it
need curl curl

echo "== gateway policy: nginx, Lua"
bash apicast/llm-metrics/test.sh

echo "== Keycloak 26 and 18"
servers=$(bash scripts/keycloak.sh start)
eval "$servers"
trap 'bash scripts/keycloak.sh stop' EXIT

echo "== promtool"
promtool=$(bash scripts/promtool.sh)
eval "$promtool"

echo "== browser"
browser=$(bash scripts/browser.sh)
eval "$browser"

echo "== Go"
go vet ./...
go test -race -timeout 60m ./... # a slow machine is no failure

echo "== docs are those of the program"
pages=$(mktemp -d)
go run ./cmd/maasctl docs "$pages"
for page in commands exit-codes.md codes.md maas.schema.json formats.md formats; do
	diff -r "$pages/$page" "docs/$page" || { echo "docs/$page is old: run make docs" >&2; exit 1; }
done
rm -rf "$pages"
