package scripts

import (
	"slices"

	"grantree/grants"
	"grantree/sql/tsql"
)

// work is a transaction that is open.
type work struct {
	open  int                // how many BEGIN TRANSACTION have no COMMIT
	saved []*grants.Snapshot // the sites as they were when it began
	point bool               // SAVE TRANSACTION was in it
}

// transaction carries out what begins and ends one: ROLLBACK makes the sites what
// they were.
func (r *reader) transaction(s tsql.Statement) {
	switch s := s.(type) {
	case *tsql.BeginTransaction:
		if r.open++; r.open == 1 {
			r.saved, r.point = nil, false
			for _, d := range r.sites {
				r.saved = append(r.saved, clone(d.Snapshot))
			}
		}
	case *tsql.Commit:
		if r.open = max(0, r.open-1); r.open == 0 {
			r.saved = nil
		}
	case *tsql.SaveTransaction:
		r.point = true
	case *tsql.Rollback:
		switch {
		case r.saved == nil:
			r.skipped(s, "no BEGIN TRANSACTION was read that it ends")
		case s.Name != nil && r.point:
			r.skipped(s, "it may go back to a SAVE TRANSACTION only")
		default:
			for i, d := range r.sites {
				*d.Snapshot = *r.saved[i]
			}
			r.open, r.saved = 0, nil
		}
	}
}

// clone copies what scripts change of a site.
func clone(s *grants.Snapshot) *grants.Snapshot {
	c := *s
	c.Principals, c.Members, c.Permissions = slices.Clone(s.Principals), slices.Clone(s.Members), slices.Clone(s.Permissions)
	c.Schemas, c.Views, c.Objects, c.Logins = slices.Clone(s.Schemas), slices.Clone(s.Views), slices.Clone(s.Objects), slices.Clone(s.Logins)
	for i := range c.Views {
		c.Views[i].Columns = slices.Clone(c.Views[i].Columns)
	}
	return &c
}
