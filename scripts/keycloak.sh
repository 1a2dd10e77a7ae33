#!/usr/bin/env bash
# Two real Keycloaks on this machine, for the tests: 26 on /, and 18 under /auth (what RH-SSO 7.6 is).
#
#   eval "$(scripts/keycloak.sh start)"     fetches what is missing, starts both with empty databases, waits until they are ready,
#                                           and prints KEYCLOAK26_URL and KEYCLOAK18_URL, and where their logs are, KEYCLOAK26_LOG
#                                           and KEYCLOAK18_LOG; both running already: prints them only
#   scripts/keycloak.sh status              prints what runs
#   scripts/keycloak.sh stop                stops both
#
# The administrator is admin/admin. Ports: KEYCLOAK26_PORT (8026) and KEYCLOAK18_PORT (8018), on the loopback address only.
# The distributions come from Maven Central by name and stay in .cache/keycloak. Each request is a line in its server's log
# there: METHOD PATH PROTOCOL STATUS AGENT.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
cache=$root/.cache/keycloak
new=26.7.3
old=18.0.2
port_new=${KEYCLOAK26_PORT:-8026}
port_old=${KEYCLOAK18_PORT:-8018}
url_new=http://127.0.0.1:$port_new
url_old=http://127.0.0.1:$port_old/auth
access='%r %s %{i,User-Agent}' # a line of the access log
patience=400 # seconds until a server has to be ready

say() { printf '%s\n' "$*" >&2; }

# need COMMAND PACKAGE: installs the Debian package where the command is missing.
need() {
	command -v "$1" >/dev/null && return
	say "installing $2"
	local sudo=()
	[ "$(id -u)" = 0 ] || sudo=(sudo)
	"${sudo[@]}" apt-get update -qq >&2
	"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >&2
}

# fetch VERSION: leaves the distribution in .cache/keycloak/keycloak-VERSION.
fetch() {
	local version=$1 home=$cache/keycloak-$1
	[ -x "$home/bin/kc.sh" ] && return
	need java openjdk-17-jre-headless
	need mvn maven
	need unzip unzip
	say "fetching Keycloak $version"
	mkdir -p "$cache"
	mvn -q -B dependency:copy -Dartifact="org.keycloak:keycloak-quarkus-dist:$version:zip" \
		-DoutputDirectory="$cache" -Dmdep.overWriteReleases=true >&2
	unzip -q -o "$cache/keycloak-quarkus-dist-$version.zip" -d "$cache"
	rm "$cache/keycloak-quarkus-dist-$version.zip"
}

running() { # running NAME
	[ -f "$cache/$1.pid" ] && kill -0 "$(cat "$cache/$1.pid")" 2>/dev/null
}

answers() { curl -fsS -o /dev/null --max-time 5 "$1/realms/master" 2>/dev/null; }

# launch NAME VERSION OPTION...: starts a server in a process group of its own, with an empty database.
launch() {
	local name=$1 home=$cache/keycloak-$2
	shift 2
	running "$name" && return
	rm -rf "$home/data/h2"
	JAVA_OPTS="-Xms64m -Xmx768m -XX:MaxMetaspaceSize=256m -XX:TieredStopAtLevel=1 -Djava.net.preferIPv4Stack=true" \
	KEYCLOAK_ADMIN=admin KEYCLOAK_ADMIN_PASSWORD=admin \
	KC_BOOTSTRAP_ADMIN_USERNAME=admin KC_BOOTSTRAP_ADMIN_PASSWORD=admin \
		setsid "$home/bin/kc.sh" start-dev --http-host=127.0.0.1 "$@" >"$cache/$name.log" 2>&1 </dev/null &
	echo $! >"$cache/$name.pid"
}

await() { # await NAME URL
	local until=$((SECONDS + patience))
	until answers "$2"; do
		if ! running "$1" || [ $SECONDS -ge $until ]; then
			say "Keycloak $1 isn't ready at $2; its log ends with:"
			tail -n 20 "$cache/$1.log" >&2
			exit 1
		fi
		sleep 0.5
	done
}

start() {
	need curl curl
	fetch $new
	fetch $old
	launch 26 $new --http-port="$port_new" --http-access-log-enabled=true --http-access-log-pattern="$access"
	printf 'quarkus.http.access-log.%s\n' enabled=true pattern="$access" >"$cache/keycloak-$old/conf/quarkus.properties" # 18 has no option for it
	launch 18 $old --http-port="$port_old" --http-relative-path=/auth
	await 26 "$url_new"
	await 18 "$url_old"
	printf 'export %s=%q\n' KEYCLOAK26_URL "$url_new" KEYCLOAK26_LOG "$cache/26.log" KEYCLOAK18_URL "$url_old" KEYCLOAK18_LOG "$cache/18.log"
}

stop() {
	local name
	for name in 26 18; do
		running $name || continue
		kill -- "-$(cat "$cache/$name.pid")"
		while running $name; do sleep 0.2; done
		rm -f "$cache/$name.pid"
	done
}

status() {
	if running 26 && answers "$url_new"; then echo "26 $url_new"; else echo "26 stopped"; fi
	if running 18 && answers "$url_old"; then echo "18 $url_old"; else echo "18 stopped"; fi
}

case ${1:-} in
start | stop | status) "$1" ;;
*)
	sed -n '2,12s/^# \{0,1\}//p' "$0"
	exit 2
	;;
esac
