// Package threescaletest is a 3scale 2.16 on this machine: its Admin API, the
// master account's API and the part of its backend that gateways talk to. Tests,
// demos and benchmarks run against it instead of a real installation.
//
// It follows rules, not recordings: every answer comes from a small model of a
// tenant that is validated, stored and represented as porta (3scale's Rails
// application) does it, with its quirks. A newcomer finds things by file name:
//
//   - server.go, dispatch.go, routes.go: how a request reaches its handler
//   - auth.go: who may do what; params.go, cast.go: what the request says
//   - problems.go, answers.go, object.go: what the answer looks like
//   - world.go, tenant.go, seed.go: what there is, and how a tenant starts
//   - one file for each area: products.go, backends.go, metrics.go, rules.go, ...
//
// What a simulation needs beyond the API (latency, workers, faults, a log of
// requests, a saved state) is in Options.
package threescaletest
