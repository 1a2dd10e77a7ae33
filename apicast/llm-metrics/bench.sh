#!/usr/bin/env bash
# Measures what the policy costs: one nginx with it beside one without, in turns, in about a minute.
# Ratios within one run mean something; the absolute numbers are this machine's.
set -euo pipefail
cd "$(dirname "$0")"
../../scripts/install-nginx.sh wrk

export LUA_PATH="./?.lua;./spec/?.lua;./spec/support/?.lua;;"
exec luajit spec/support/bench.lua
