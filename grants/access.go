package grants

import "grantree/catalog"

// Access is the model of effective access.
type Access struct{ s *Snapshot }

func NewAccess(s *Snapshot) *Access { return &Access{s} }

func (a *Access) Users() []string { return nil }

func (a *Access) Of(user, view string) (catalog.Permissions, bool) { return 0, false }

func (a *Access) Decide(user, view string, p catalog.Permissions) Decision { return Decision{} }

func (a *Access) Who(view string, p catalog.Permissions) []string { return nil }
