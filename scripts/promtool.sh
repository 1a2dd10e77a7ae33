#!/usr/bin/env bash
# Prometheus' own check of rules, which the gateway's alerts and dashboards are tested with: taken out of Debian's package,
# since the server isn't needed. Prints what to eval, PROMTOOL with its path.
set -euo pipefail
cd "$(dirname "$0")/.."

promtool=$(command -v promtool || true)
if [ -z "$promtool" ]; then
	promtool=$PWD/.cache/promtool/usr/bin/promtool
	if [ ! -x "$promtool" ]; then
		mkdir -p .cache/promtool
		{
			apt-get update -qq
			(cd .cache/promtool && apt-get download -qq prometheus && dpkg-deb -x prometheus_*.deb . && rm prometheus_*.deb)
		} >&2
	fi
fi
echo "export PROMTOOL=$promtool"
