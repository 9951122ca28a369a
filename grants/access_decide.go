package grants

import "grantree/catalog"

// Decide stub.
func (a *Access) Decide(user, view string, p catalog.Permissions) Decision { return Decision{} }
