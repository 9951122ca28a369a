package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/grants"
	"grantree/sites"
	"grantree/sql/mssql"
)

// shownStatements is how many statements of a site are shown without --full.
const shownStatements = 8

// printPlan prints a plan for people: who is affected, then what each role
// gets by node, then the SQL.
func (a *app) printPlan(fp *sites.FleetPlan, full bool) {
	a.printPeople(fp)
	for _, s := range fp.Sites {
		a.printSite(s, full)
	}
}

// printPeople is the first thing a reader sees.
func (a *app) printPeople(fp *sites.FleetPlan) {
	t := newTable(a.stdout, "SITE", "PEOPLE", "GAIN", "LOSE", "LOCKED OUT", "STATEMENTS", "NAIVE")
	right(t, 2, 3, 4, 5, 6, 7)
	for _, s := range fp.Sites {
		p := s.Plan.People
		t.AppendRow([]any{s.Site.Name, p.Total, len(p.Gain), len(p.Lose), len(p.LockedOut), s.Plan.Statements(), s.Plan.Naive})
	}
	t.Render()
	a.printf("\n  Seats: %s.%s\n", fp.After, seatChanges(fp))
	if len(fp.Logins) > 0 {
		var names []string
		for _, l := range fp.Logins {
			names = append(names, l.Login)
		}
		a.printf("  New logins: %s.\n", list(names, 8))
	}
	if fp.Empty() {
		a.printf("\n%s\n", a.green("Nothing to do: every site is what the policy says."))
	}
}

// seatChanges names whose seat is new, as the sum grows: "adding J. Doe uses
// seat 25 of 25".
func seatChanges(fp *sites.FleetPlan) string {
	if len(fp.NewSeats) == 0 {
		return ""
	}
	if len(fp.NewSeats) == 1 && fp.After.Limited {
		return fmt.Sprintf(" Adding %s uses seat %d of %d.", fp.NewSeats[0], fp.After.Used, fp.After.Limit)
	}
	return fmt.Sprintf(" Before: %d. New: %s.", fp.Before.Used, list(fp.NewSeats, 8))
}

// list prints up to most names.
func list(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// printSite prints one site's changes.
func (a *app) printSite(s sites.SitePlan, full bool) {
	if s.Plan.Empty() {
		return
	}
	a.printf("\n%s  %s\n", a.bold("Site "+s.Site.Name), a.faint("database "+s.Site.Database+" on server "+s.Site.Server))
	for _, line := range []struct {
		verb  string
		names []string
		paint func(string) string
	}{{"gain", s.Plan.People.Gain, a.green}, {"lose", s.Plan.People.Lose, a.yellow}, {"locked out", s.Plan.People.LockedOut, a.red}} {
		if len(line.names) > 0 {
			a.printf("  %s %s\n", line.paint(fmt.Sprintf("%-11s", line.verb)), list(line.names, 12))
		}
	}
	a.printMembers(s.Plan)
	a.printNodes(s)
	a.printStatements(s.Plan, full)
}

// printMembers prints who enters and leaves which role.
func (a *app) printMembers(p *grants.Plan) {
	members := map[string][]string{}
	for _, c := range p.Changes {
		switch c.Kind {
		case grants.AddMember:
			members[c.Role] = append(members[c.Role], "+"+strings.Join(c.Principals, " +"))
		case grants.DropMember:
			members[c.Role] = append(members[c.Role], "-"+strings.Join(c.Principals, " -"))
		}
	}
	if len(members) == 0 {
		return
	}
	a.printf("\n")
	t := newTable(a.stdout, "ROLE", "MEMBERS")
	for _, role := range sorted(members) {
		t.AppendRow([]any{role, list(members[role], 8)})
	}
	t.Render()
}

// nodeRow is what one role gets or loses at one node.
type nodeRow struct {
	grantee, node, verb string
	permissions         catalog.Permissions
	views               map[string]bool
}

// printNodes prints, for each role, what it gets at which node.
func (a *app) printNodes(s sites.SitePlan) {
	rows := nodeRows(s)
	if len(rows) == 0 {
		return
	}
	a.printf("\n")
	t := newTable(a.stdout, "ROLE OR USER", "NODE", "CHANGE", "VIEWS")
	right(t, 4)
	last := ""
	for _, r := range rows {
		name := r.grantee
		if name == last {
			name = ""
		}
		last = r.grantee
		t.AppendRow([]any{name, r.node, r.verb + " " + r.permissions.String(), len(r.views)})
	}
	t.Render()
}

// nodeRows gathers a plan's permission changes by grantee, node and verb.
func nodeRows(s sites.SitePlan) []nodeRow {
	nodes := nodesOf(s.Wanted)
	byKey := map[[3]string]*nodeRow{}
	for _, c := range s.Plan.Changes {
		if c.Kind != grants.GrantOn && c.Kind != grants.DenyOn && c.Kind != grants.RevokeOn || c.Temporary {
			continue
		}
		for _, grantee := range c.Principals {
			for _, one := range c.Permissions.Each() {
				for _, node := range nodes(c.Kind, grantee, c.View, one) {
					key := [3]string{grantee, node, string(c.Kind)}
					r := byKey[key]
					if r == nil {
						r = &nodeRow{grantee: grantee, node: node, verb: string(c.Kind), views: map[string]bool{}}
						byKey[key] = r
					}
					r.permissions = r.permissions.Union(one)
					r.views[c.View] = true
				}
			}
		}
	}
	var rows []nodeRow
	for _, r := range byKey {
		rows = append(rows, *r)
	}
	slices.SortFunc(rows, func(x, y nodeRow) int {
		return cmp.Or(cmp.Compare(x.grantee, y.grantee), cmp.Compare(x.node, y.node), cmp.Compare(x.verb, y.verb))
	})
	return rows
}

// entryKey names one wanted permission.
type entryKey struct {
	grantee, view string
	permission    catalog.Permissions
}

// nodesOf returns a look-up of the nodes through which a permission is wanted.
// What is taken away is wanted through none.
func nodesOf(w *grants.Wanted) func(kind grants.Kind, grantee, view string, p catalog.Permissions) []string {
	nodes := map[entryKey][]string{}
	for _, e := range w.Entries {
		seen := map[string]bool{}
		for _, cause := range e.Causes {
			if len(cause.Node) == 0 {
				seen["(view named)"] = true
			} else {
				seen[cause.Node.String()] = true
			}
		}
		nodes[entryKey{w.Collation.Key(e.Grantee), w.Collation.Key(e.View), e.Permission}] = sorted(seen)
	}
	return func(kind grants.Kind, grantee, view string, p catalog.Permissions) []string {
		found := nodes[entryKey{w.Collation.Key(grantee), w.Collation.Key(view), p}]
		if kind == grants.RevokeOn || len(found) == 0 {
			return []string{"(not in the policy)"}
		}
		return found
	}
}

// printStatements prints the SQL, cut unless full.
func (a *app) printStatements(p *grants.Plan, full bool) {
	a.printf("\n  SQL, %s where a tool that sends one per permission, role and view would send %d\n", count(p.Statements(), "statement"), p.Naive)
	for i, c := range p.Changes {
		if i == shownStatements && !full && len(p.Changes) > shownStatements+1 {
			a.printf("    %s\n", a.faint(fmt.Sprintf("… %d more: --full, or --format sql", len(p.Changes)-i)))
			return
		}
		a.printf("%s\n", indent(mssql.Render(c), "    "))
	}
}

// printScript prints a plan as a script for one server.
func (a *app) printScript(fp *sites.FleetPlan, rollback bool) error {
	var scripts []mssql.SiteScript
	servers := map[string]bool{}
	for _, s := range fp.Sites {
		scripts = append(scripts, mssql.SiteScript{Site: s.Site.Name, Database: s.Site.Database, Changes: s.Plan.Changes})
		servers[s.Site.Server] = true
	}
	if len(servers) > 1 {
		return usageError("a script is for one server, and these sites are on %s: choose with --site", strings.Join(sorted(servers), ", "))
	}
	if rollback {
		a.printf("%s", mssql.RollbackScript(scripts))
		return nil
	}
	var logins []string
	for _, l := range fp.Logins {
		logins = append(logins, l.Login)
	}
	a.printf("%s", mssql.Script("grantree plan of "+fp.Policy.File, logins, scripts))
	return nil
}
