package threescaletest

// policy is an entry of the policy registry: the form of a policy's configuration.
type policy struct {
	stamps
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Version string `json:"version"`
	Schema  any    `json:"schema"`
}

func (p *policy) id() int64 { return p.ID }
