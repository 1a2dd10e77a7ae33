#!/usr/bin/env bash
# golangci-lint in the version that .golangci.yaml was written for, built into .cache/bin at the first call.
set -euo pipefail
cd "$(dirname "$0")/.."
version=v2.15.0
tool=.cache/bin/golangci-lint-$version
if [ ! -x "$tool" ]; then
	mkdir -p .cache/bin
	GOBIN=$PWD/.cache/bin GOFLAGS=-mod=mod go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$version"
	mv .cache/bin/golangci-lint "$tool"
fi
"$tool" run ./...
