#!/usr/bin/env bash
# Runs the policy's tests: units, beside the JSON readers of model servers, the policy in a real nginx, and real clients
# before it. Installs what that needs. The last line is "N passed, N failed". Options go to busted, for example --filter=stream.
#
# APICAST_STUBS=2.14, 2.15 or 2.16 says which APIcast's modules the gateway's stand-ins follow; without it and without
# options all tests run with 2.16, and those of the gateway with the older ones as well.
set -euo pipefail
cd "$(dirname "$0")"
../../scripts/install-nginx.sh
../../scripts/clients.sh
READERS=$(bash spec/readers/build.sh)
export READERS

export LUA_PATH="./?.lua;./spec/?.lua;./spec/support/?.lua;;"
output=$(mktemp)
trap 'rm -f "$output"' EXIT
passed=0 failed=0

tests() { # tests VERSION OPTION...
	local version=$1 code=0 totals
	shift
	APICAST_STUBS=$version luajit /usr/bin/busted --output=spec/support/totals.lua --pattern=_spec "$@" | tee "$output" || code=$?
	totals=$(tail -n 1 "$output")
	[[ $totals =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]] || { echo "the tests ended early, with $code" >&2; exit 1; }
	passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
	[ "$code" -eq 0 ] || [ "${BASH_REMATCH[2]}" -gt 0 ] || failed=$((failed + 1))
}

if [ $# -eq 0 ] && [ -z "${APICAST_STUBS:-}" ]; then
	for version in 2.14 2.15; do
		echo "== APIcast $version"
		for part in limits reporting reserve unread; do tests "$version" "spec/gateway/${part}_spec.lua"; done
	done
	echo "== APIcast 2.16"
fi
tests "${APICAST_STUBS:-2.16}" "$@" spec
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
