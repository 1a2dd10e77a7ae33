#!/usr/bin/env bash
# Records what real Keycloaks answer to the questions of pkg/keycloak/recorded_test.go, and which fields they keep, into
# testdata/keycloak. The tests hold the stand-in to it.
#
#   scripts/keycloak-answers.sh     starts both servers (scripts/keycloak.sh) where they aren't running
set -euo pipefail

cd "$(dirname "$0")/.."
eval "$(bash scripts/keycloak.sh start)"
go test -count=1 ./pkg/keycloak -run '^(TestRecordedAnswers|TestKeptFields)$' -record -timeout 30m
