package sites

import (
	"fmt"

	"grantree/catalog"
	"grantree/grants"
	"grantree/journal"
)

// Unproved says of which rows that a Heal gives back none of these runs, the oldest
// first, shows that grantree gave them: the newest of them that was committed on the
// view in the site has to have given it. Anybody who may ALTER a role can write the
// mark from which a Heal knows of a row, so this is what stands in for an approval.
func (fp *FleetPlan) Unproved(runs []journal.Run) []string {
	var out []string
	for _, s := range fp.Sites {
		if len(s.Restored()) == 0 {
			continue
		}
		g := givenRows{same: s.known().head.Collation, state: map[givenRow]grants.State{}}
		for _, r := range runs {
			g.run(r, s)
		}
		for _, r := range s.Restored() {
			for _, l := range r.Lost {
				if g.state[g.key(l.Principal, r.Schema, r.View, l.Permission)] != l.State {
					out = append(out, fmt.Sprintf("site %q: %s on %s.%s of %s", s.Site.Name, l.Permission, r.Schema, r.View, l.Principal))
				}
			}
		}
	}
	return out
}

// givenRow is a row on a view, by keys of a site's collation.
type givenRow struct {
	principal, schema, view string
	permission              catalog.Permissions // a single one
}

// givenRows are the rows of one site as runs left them; one that nothing is known of is
// not among them.
type givenRows struct {
	same  grants.Collation
	state map[givenRow]grants.State
}

func (g givenRows) key(principal, schema, view string, p catalog.Permissions) givenRow {
	return givenRow{g.same.Key(principal), g.same.Key(schema), g.same.Key(view), p}
}

// run takes in what a run did to the site.
func (g givenRows) run(r journal.Run, s SitePlan) {
	for _, x := range r.Sites {
		if x.Site != s.Site.Name || x.Server != s.Site.Server || x.Database != s.Site.Database {
			continue
		}
		for _, p := range x.Parts {
			if p.Fate == journal.FateRolledBack || p.Fate == journal.FateCutOff {
				continue
			}
			for _, c := range p.Grants() {
				g.change(c, p.Fate == journal.FateCommitted)
			}
		}
	}
}

// change takes in one change; of one that may not have been committed nothing is known
// afterwards.
func (g givenRows) change(c grants.Change, committed bool) {
	switch c.Kind {
	case grants.DropRole, grants.DropUser, grants.CreateRole, grants.CreateUser:
		g.forget(c.Principals[0])
	case grants.RenameRole, grants.RenameUser:
		g.forget(c.Principals[0])
		g.forget(c.Was)
	case grants.GrantOn, grants.DenyOn, grants.RevokeOn:
		for _, name := range c.Principals {
			for _, one := range c.Permissions.Each() {
				k := g.key(name, c.Schema, c.View, one)
				switch {
				case !committed || c.Kind == grants.RevokeOn:
					delete(g.state, k)
				case c.Kind == grants.DenyOn:
					g.state[k] = grants.Denied
				default:
					g.state[k] = grants.Granted
				}
			}
		}
	}
}

// forget drops what is known of a principal.
func (g givenRows) forget(name string) {
	for k := range g.state {
		if k.principal == g.same.Key(name) {
			delete(g.state, k)
		}
	}
}
