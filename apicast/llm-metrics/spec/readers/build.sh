#!/usr/bin/env bash
# Builds the reference readers of request bodies, whose verdicts ours is held to: Python's json with pydantic, Go's
# encoding/json, Rust's serde. Prints the folder that holds `python`, `go` and `serde`, each reading base64 lines. One
# that can't be built on this machine is left out, and said; with CI set that is an error.
set -euo pipefail
cd "$(dirname "$0")"
out=../../../../.cache/readers
mkdir -p "$out"
out=$(cd "$out" && pwd)

missing() {
	echo "no reference reader in $1: $2" >&2
	rm -f "$out/$1"
	[ -z "${CI:-}" ] || exit 1
}

# Writes a reader that is up to date with its source only once.
fresh() { [ -x "$out/$1" ] && [ -z "$(find "${@:2}" -newer "$out/$1" -print -quit)" ]; }

python() {
	local interpreter=python3
	if ! python3 -c 'import pydantic; assert pydantic.VERSION[0] == "2"' 2>/dev/null; then
		interpreter=$out/venv/bin/python
		[ -x "$interpreter" ] || python3 -m venv "$out/venv" || return 1
		"$interpreter" -m pip install -q 'pydantic>=2,<3' || return 1
	fi
	printf '#!/bin/sh\nexec %s %s\n' "$interpreter" "$PWD/read.py" >"$out/python"
	chmod +x "$out/python"
}

go_reader() { go build -o "$out/go" read.go; }

serde() {
	cargo build -q --release --locked --manifest-path serde/Cargo.toml --target-dir "$out/serde-target" &&
		cp "$out/serde-target/release/reader" "$out/serde"
}

python >&2 || missing python "it needs python3 with venv"
fresh go read.go || go_reader >&2 || missing go "it needs Go"
fresh serde serde/src serde/Cargo.lock || serde >&2 || missing serde "it needs cargo"
echo "$out"
