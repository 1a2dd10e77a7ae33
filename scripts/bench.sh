#!/usr/bin/env bash
# What is measured: size and start of the binary, CPU and memory of a plan, requests and time against stand-ins, and the
# gateway policy beside the same nginx without it. Figures of one run are to be compared with each other, not with those
# of another machine.
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

echo "== Go"
go test -run '^$' -bench . -benchmem -timeout 20m ./...

echo "== gateway policy"
bash apicast/llm-metrics/bench.sh
