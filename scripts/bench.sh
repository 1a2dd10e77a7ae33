#!/usr/bin/env bash
# What is measured: size and start of the binary, CPU and memory of a plan, requests and time against stand-ins and against
# real Keycloaks, and the gateway policy beside the same nginx without it. Figures of one run are to be compared with each
# other, not with those of another machine; "x-fewest" is the ratio to the fewest possible requests in the same run.
set -euo pipefail
cd "$(dirname "$0")/.."

need() { # need COMMAND PACKAGE
	command -v "$1" >/dev/null && return
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2"
}
need hyperfine hyperfine

echo "== binary (at most 25 MB)"
CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o bin/maasctl-stripped ./cmd/maasctl
stat -c '%s bytes' bin/maasctl-stripped

echo "== start (at most 15 ms)"
hyperfine --warmup 5 --runs 50 --shell none "bin/maasctl-stripped version" "true"

echo "== 1,000 products (18,000 changes) and 5,000 clients, as processes: CPU at most 8 s to create, 4 s where nothing changed, 4 s to plan"
echo "   that all goes; memory at most 250 MB"
go test -run '^$' -bench Thousand -benchtime 1x -timeout 20m ./internal/cli

echo "== Go"
go list ./... | grep -v -e /pkg/keycloak$ -e /internal/cli$ | xargs go test -run '^$' -bench . -benchmem -benchtime 3s -timeout 20m

echo "== Keycloak 26 and 18, a realm of 500 clients (at most 1.3 x-fewest)"
servers=$(bash scripts/keycloak.sh start)
eval "$servers"
trap 'bash scripts/keycloak.sh stop' EXIT
go test -run '^$' -bench . -benchtime 5x -timeout 20m ./pkg/keycloak

echo "== gateway policy"
bash apicast/llm-metrics/bench.sh
