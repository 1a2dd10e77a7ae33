package plan

// Veiled is what a server has, fit to be shown: texts are opaque where said has a secret, and below names that can hold one,
// unless said has the very same. said is what is known to be harmless, in the same form; nil where nothing is.
func Veiled(name string, said, have any) any { return veiled(name, said, have) }
