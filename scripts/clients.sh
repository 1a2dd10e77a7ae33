#!/usr/bin/env bash
# The real clients that the gateway policy is tested with, openai and anthropic for Python and Node, in .cache/clients.
# What is there already is left alone.
set -euo pipefail
cd "$(dirname "$0")/.."

python=(openai==3.57.0 anthropic==2.14.0)
node=(openai@6.49.0 @anthropic-ai/sdk@1.14.0)
versions="${python[*]} ${node[*]}"
dir=.cache/clients
[ "$(cat "$dir/versions" 2>/dev/null)" = "$versions" ] && exit 0

need() { # need PACKAGE...
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
python3 -c 'import ensurepip' 2>/dev/null || need python3 python3-venv
command -v npm >/dev/null || need nodejs npm

rm -rf "$dir"
mkdir -p "$dir/node"
python3 -m venv "$dir/python"
"$dir/python/bin/pip" install -q --disable-pip-version-check "${python[@]}"
(cd "$dir/node" && echo '{"private":true}' >package.json && npm install --silent --no-audit --no-fund --save-exact "${node[@]}")
echo "$versions" >"$dir/versions"
