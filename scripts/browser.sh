#!/usr/bin/env bash
# The browser that the sandbox's page is tested in: Debian's Chromium, installed where it is missing. Prints what to
# eval, CHROMIUM with its path.
set -euo pipefail

if ! command -v chromium >/dev/null; then
	{
		apt-get update -qq
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium
	} >&2
fi
echo "export CHROMIUM=$(command -v chromium)"
