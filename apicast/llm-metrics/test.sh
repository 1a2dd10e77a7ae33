#!/usr/bin/env bash
# Runs the policy's tests: units, the policy in a real nginx, and real clients before it. Installs what that needs. The last line is
# "N passed, N failed". Options go to busted, for example --filter=stream.
set -euo pipefail
cd "$(dirname "$0")"
../../scripts/install-nginx.sh
../../scripts/clients.sh
READERS=$(bash spec/readers/build.sh)
export READERS

export LUA_PATH="./?.lua;./spec/?.lua;./spec/support/?.lua;;"
status=0
luajit /usr/bin/busted --output=spec/support/totals.lua --pattern=_spec "$@" spec || status=$?
[ "$status" -eq 0 ] || exit 1
