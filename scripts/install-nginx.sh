#!/usr/bin/env bash
# Installs what the gateway policy's tests and benchmark run on: nginx with its Lua module, LuaJIT, busted.
# For Debian 12, as root. Further package names may be given as arguments. What is there already is left alone.
set -euo pipefail

# luajit2, never luajit: nginx's Lua module is built against luajit2's library, and the two conflict.
packages=(nginx-light libnginx-mod-http-lua luajit2 lua-busted lua-cjson lua-socket procps "$@")

missing=()
for package in "${packages[@]}"; do
  status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

export DEBIAN_FRONTEND=noninteractive
# Nothing here needs nginx as a service; the tests start their own.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get update -qq
for package in "${missing[@]}"; do
  echo "installing $package"
  apt-get install -y -qq --no-install-recommends "$package" >/dev/null
done
