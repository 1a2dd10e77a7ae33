package threescaletest

import "time"

// master is the account whose customers the tenants are.
type master struct {
	Tenant *tenant `json:"account"`
}

func newMaster(o Options, at time.Time) master {
	t := &tenant{stamps: born(at), ID: 1, OrgName: "Master Account", AdminDomain: "master-account." + o.Host, Domain: "master-account." + o.Host, Timezone: "UTC", State: "approved", Settings: newSettings()}
	t.Tokens.add(&token{ID: 1, Name: "Master", Scopes: allScopes(), Permission: "rw", Value: o.MasterToken})
	return master{t}
}

// account is the master account as the one that the API asks about.
func (m *master) account() *tenant { return m.Tenant }

// listTenants lists the tenants as the accounts of the master account.
func listTenants(c *call) answer {
	return paged(c, "accounts", c.server.world.all(), limits500(), func(c *call, t *tenant) object { return wrap("account", providerFields(c, t, false)) })
}
