package sites

import (
	"slices"

	"grantree/grants"
	"grantree/policy"
)

// enteringFirst puts the sites first whose plan lets somebody in: until those are in,
// the licence's lock may be held.
func enteringFirst(sites []policy.Site, rows map[string]Row) {
	enters := func(s policy.Site) int {
		if plan := rows[s.Name].Plan; plan != nil && plan.known().enters {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(sites, func(a, b policy.Site) int { return enters(a) - enters(b) })
}

// letGoEarly has the licence's lock let go as soon as everybody who needs a seat is
// in, long before the last of many small transactions, where nothing after the sites
// lets somebody in.
func (fp *FleetPlan) letGoEarly(may bool) {
	later := slices.ContainsFunc(fp.Logins, fp.WaitsForSites) || slices.ContainsFunc(fp.Servers, func(s ServerPlan) bool {
		return slices.ContainsFunc(s.Changes, func(c grants.LoginChange) bool { return c.Kind == grants.EnableLogin })
	})
	if !may || later || fp.licence == nil {
		return
	}
	entries := map[string]bool{}
	for _, s := range fp.Sites {
		if fp.Seats.enteredBy(s.Site.Name) && !s.Stays() {
			entries[s.Site.Name] = true
		}
	}
	fp.licence.entries = entries
}

// entered says that everybody is in a site who is let in there, or that nobody will be.
func (l *licence) entered(site string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.entries[site] {
		return
	}
	if delete(l.entries, site); len(l.entries) == 0 {
		l.drop()
	}
}
