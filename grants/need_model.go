package grants

import "slices"

// Lacking are those of some needs in the database that the runner does not meet
// as the snapshot shows it: by the check of reference C.1, over what their user
// and roles hold. Of a runner who is no user of the site nothing is known, and so
// everything is lacking.
func Lacking(s *Snapshot, needs []Need) []Need {
	if s.Runner.SysAdmin || s.Runner.UserID == DboID {
		return nil
	}
	a := NewAccess(s)
	p, known := a.m.principal(s.Runner.User)
	var out []Need
	for _, n := range needs {
		on, found := a.securableOf(n.On)
		switch {
		case n.On.OfServer():
		case s.Runner.CanControl && n.On == Securable{}:
		case known && n.Role != "" && a.In(s.Runner.User, n.Role):
		case !known || !found || !a.can(token{db: a.tokensOf(p)}, on, n.Permission):
			out = append(out, n)
		}
	}
	return out
}

// securableOf finds what a need is on, among what the model knows of a database.
func (a *Access) securableOf(on Securable) (securable, bool) {
	switch on.Class {
	case "":
		return securable{onDatabase, 0}, true
	case "OBJECT":
		v, ok := a.m.view(on.Schema + "." + on.Name)
		if ok {
			return securable{onObject, a.m.views[v].ID}, true
		}
		found := a.s.ledgerOf(&WantedLedger{Schema: on.Schema, Table: on.Name})
		return securable{onObject, found.table.ID}, found.there
	case "SCHEMA":
		i := slices.IndexFunc(a.m.schemas, func(s Schema) bool { return a.s.Collation.Equal(s.Name, on.Name) })
		if i < 0 {
			return securable{}, false
		}
		return securable{onSchema, a.m.schemas[i].ID}, true
	case "ROLE", "USER":
		p, ok := a.m.principal(on.Name)
		if !ok {
			return securable{}, false
		}
		kind := map[string]kind{"ROLE": onRole, "USER": onUser}[on.Class]
		return securable{kind, a.m.principals[p].ID}, true
	}
	return securable{}, false
}
