package threescaletest

// contracts counts who depends on a plan.
func (t *tenant) contracts(*plan) int { return 0 }

// hasAccount says whether a developer account exists.
func (t *tenant) hasAccount(int64) bool { return false }

// forgetProduct takes away what hangs on a deleted product.
func (t *tenant) forgetProduct(*product) {}

// signInPublished says whether the admin portal has a published sign-in provider.
func (t *tenant) signInPublished() bool { return false }
