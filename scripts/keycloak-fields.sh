#!/usr/bin/env bash
# Makes internal/representation/fields.txt: the fields of Keycloak's objects, with their types, and in which versions they are.
#
#   scripts/keycloak-fields.sh [VERSION...]     one of each major version, the oldest first; without any: those below
#
# They come from the classes that a Keycloak reads its requests into: org.keycloak:keycloak-core of Maven Central.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
cache=$root/.cache/keycloak/classes
out=$root/internal/representation/fields.txt
versions=("$@")
[ ${#versions[@]} -gt 0 ] || versions=(18.0.2 19.0.3 20.0.5 21.1.2 22.0.5 23.0.7 24.0.5 25.0.6 26.7.3)
json=com.fasterxml.jackson.core
idm=org.keycloak.representations.idm
roots=("$idm.RealmRepresentation" "$idm.ClientPolicyRepresentation" "$idm.ClientProfileRepresentation"
	org.keycloak.representations.userprofile.config.UPConfig)

for command in java javac mvn; do
	command -v "$command" >/dev/null || { echo "$command is missing: apt-get install openjdk-17-jdk-headless maven" >&2; exit 1; }
done

# jar GROUP ARTIFACT VERSION: leaves the file in the cache, and prints its name.
jar() {
	[ -f "$cache/$2-$3.jar" ] || mvn -q -B dependency:copy -Dartifact="$1:$2:$3" -DoutputDirectory="$cache" >&2
	printf '%s:' "$cache/$2-$3.jar"
}

mkdir -p "$cache"
shared=$(for artifact in databind core annotations; do jar $json jackson-$artifact 2.17.2; done; jar org.jboss.logging jboss-logging 3.5.3.Final)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
javac -cp "$shared" -d "$work" "$root/scripts/KeycloakFields.java"
for version in "${versions[@]}"; do
	classes=$(jar org.keycloak keycloak-core "$version"; jar org.keycloak keycloak-common "$version")
	java -cp "$work:$shared$classes" KeycloakFields "${roots[@]}" | sed "s/^/${version%%.*} /"
done >"$work/all"

# The type is the newest version's.
{
	echo "# Made by scripts/keycloak-fields.sh of Keycloak ${versions[*]}: representation, field, type, first and last version."
	awk '{
		key = $2 " " $3
		if (!(key in first)) first[key] = $1
		last[key] = $1; type[key] = $4
	} END { for (key in first) print key, type[key], first[key], last[key] }' "$work/all" | LC_ALL=C sort
} >"$work/fields.txt"
mv "$work/fields.txt" "$out"
echo "$out: $(wc -l <"$out") lines" >&2
