// Package threescaletest is a 3scale 2.16 on this machine: its Admin API, the
// master account's API and the part of its backend that gateways talk to. Tests,
// demos and benchmarks run against it instead of a real installation.
//
// It follows rules, not recordings: every answer comes from a small model of a
// tenant that is validated, stored and represented as porta (3scale's Rails
// application) does it, with its quirks. Recordings of a real installation, in
// testdata/contract, hold it to that (contract_test.go).
//
// A newcomer finds things by file name:
//
//   - a request's way: server.go, dispatch.go, routes.go, routing.go; who may do
//     what: auth.go, tokens.go; what it says: call.go, params.go, cast.go, pages.go
//   - an answer's: answers.go, problems.go (validation), object.go (JSON)
//   - what there is: world.go, tenant.go, table.go; how a tenant starts: seed.go,
//     default_portal.go; what goes later: purge.go; state on disk: state.go
//   - one file for each area of the API: products.go, backends.go, usages.go,
//     metrics.go, rules.go (positions.go, patterns.go), proxy.go (api_backend.go), flows.go,
//     policies.go, registry.go, configs.go (content.go), plans.go, limits.go,
//     prices.go, features.go, accounts.go, users.go, signup.go, applications.go,
//     keys.go, subscriptions.go, fields.go, webhooks.go, active_docs.go (specs.go,
//     schema.go), sections.go, files.go, templates.go (liquid.go), sign_ins.go,
//     provider.go, settings.go, master.go
//   - the gateway's side: gateway*.go, traffic.go, stats.go
//   - what makes it a simulation: latency.go, faults.go, requestlog.go, start.go
//
// Not modelled: answers in XML (406), provider keys, members of the tenant with
// fewer rights than an administrator, billing, and deletion of whole tenants.
package threescaletest
