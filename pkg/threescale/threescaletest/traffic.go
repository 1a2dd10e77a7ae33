package threescaletest

// traffic is what gateways reported.
type traffic struct{}

func newTraffic() *traffic { return &traffic{} }
