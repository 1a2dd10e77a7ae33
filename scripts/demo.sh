#!/usr/bin/env bash
# The whole way, against stand-ins on this machine: what would change, change it, nothing left to change.
# KEYCLOAK_URL (with KEYCLOAK_USERNAME and KEYCLOAK_PASSWORD) puts a real Keycloak in place of the stand-in.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v curl >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends curl; }
CGO_ENABLED=0 go build -trimpath -ldflags "-X example.com/maasctl/internal/cli.commit=$(git rev-parse HEAD 2>/dev/null)" -o bin/maasctl ./cmd/maasctl

# The sandbox says on its first two lines where it is, and on stderr what to do with it, which is done below.
said=$(mktemp -d)
bin/maasctl sandbox --listen 127.0.0.1:0 --keycloak-listen 127.0.0.1:0 >"$said/out" 2>"$said/err" &
sandbox=$!
trap 'kill $sandbox 2>/dev/null; wait $sandbox 2>/dev/null || true; rm -rf "$said"' EXIT
until grep -q '^keycloak' "$said/out"; do
	kill -0 $sandbox 2>/dev/null || { cat "$said/err" >&2; exit 1; }
	sleep 0.1
done
cat "$said/out"
threescale=$(awk '/^3scale/ {print $2}' "$said/out")
keycloak=${KEYCLOAK_URL:-$(awk '/^keycloak/ {print $2}' "$said/out")}

# The document's secrets are references to variables; these are the stand-ins' own.
export THREESCALE_TOKEN=sandbox KEYCLOAK_USERNAME=${KEYCLOAK_USERNAME:-admin} KEYCLOAK_PASSWORD=${KEYCLOAK_PASSWORD:-admin}
export UPSTREAM_CLIENT_SECRET=demo-only TESTUSER_PASSWORD=demo-only

run() {
	echo
	echo "\$ maasctl $* -f examples/walkthrough/maas.yaml"
	bin/maasctl "$@" -f examples/walkthrough/maas.yaml --set "threescale.url=$threescale" --set "keycloak.url=$keycloak" \
		--set "realms.maas.identityProviders.keycloak-oidc.discovery=${keycloak%/}/realms/master"
}

code=0
run diff || code=$?
[ "$code" = 2 ] || { echo "diff: exit $code, expected 2 (there is all to do)" >&2; exit 1; }
run apply --yes
run diff

echo
echo "What was made, as the servers have it:"
curl -fsS -u ":$THREESCALE_TOKEN" "$threescale/admin/api/services.json" |
	grep -o '"system_name":"[^"]*"' | sed 's/"system_name":"\(.*\)"/  product \1/'
curl -fsS "${keycloak%/}/realms/maas/.well-known/openid-configuration" | grep -o '"issuer":"[^"]*"' | sed 's/"issuer":"\(.*\)"/  realm   \1/'
