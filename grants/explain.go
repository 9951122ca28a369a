package grants

import "grantree/catalog"

// Explain is Decide with the policy's causes.
func Explain(a *Access, w *Wanted, user, view string, perm catalog.Permissions) Decision {
	return a.Decide(user, view, perm)
}
