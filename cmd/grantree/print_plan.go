package main

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/sites"
	"grantree/sql/mssql"
)

// shownStatements is how many statements of a kind are shown without --full.
const shownStatements = 3

// printPlan prints a plan for people: who is affected, then what each role
// gets by node, then the SQL.
func (a *app) printPlan(fp *sites.FleetPlan, full bool) {
	a.printPeople(fp)
	first := map[[sha256.Size]byte]string{} // by what is to be done there, the first site of it
	for _, s := range fp.Sites {
		if s.Plan.Empty() {
			continue
		}
		a.printf("\n%s  %s\n", a.bold("Site "+s.Site.Name), a.faint("database "+s.Site.Database+" on server "+s.Site.Server))
		all := a.wholePlan(s)
		if other, again := first[all]; again {
			a.printf("  the same as in site %s\n", other)
			continue
		}
		first[all] = s.Site.Name
		a.printSite(s, full)
	}
}

// wholePlan is the digest of all that can be shown of a site's plan.
func (a *app) wholePlan(s sites.SitePlan) (sum [sha256.Size]byte) {
	h := sha256.New()
	to := *a
	to.stdout = h
	to.printSite(s, true)
	h.Sum(sum[:0])
	return sum
}

// printPeople is the first thing a reader sees.
func (a *app) printPeople(fp *sites.FleetPlan) {
	t := newTable(a.stdout, "SITE", "PEOPLE", "GAIN", "LOSE", "LOCKED OUT", "STATEMENTS", "NAIVE", "")
	right(t, 2, 3, 4, 5, 6, 7)
	for _, r := range fp.Rows() {
		if r.Plan == nil {
			t.AppendRow([]any{r.Site.Name, "-", "-", "-", "-", "-", "-", a.red(string(r.Outcome))})
			continue
		}
		p := r.Plan.Plan
		t.AppendRow([]any{r.Site.Name, p.People.Total, len(p.People.Gain), len(p.People.Lose), len(p.People.LockedOut), p.Statements(), p.Naive, a.red(string(r.Outcome))})
	}
	t.Render()
	a.printSeats(fp)
	if len(fp.Logins) > 0 {
		var names []string
		for _, l := range fp.Logins {
			names = append(names, l.Login)
		}
		a.sentence("  New logins: ", list(names, 8)+".")
	}
	for _, s := range fp.Servers {
		a.printf("  Logins of server %s: %s.\n", s.Server, loginWords(s.Changes))
	}
	switch n := len(fp.Mismatches()); {
	case fp.AsWanted() && fp.LeftOut() > 0:
		a.printf("\n%s\n", a.green(fmt.Sprintf("Nothing to do: the sites of this run are what the policy says; %s left out and not looked at.", areLeft(fp.LeftOut()))))
	case fp.AsWanted():
		a.printf("\n%s\n", a.green("Nothing to do: every site is what the policy says."))
	case fp.Empty() && n > 0:
		a.printf("\n%s\n", a.yellow(fmt.Sprintf("Nothing to do, but not as the policy says: %s, named below.", manyMismatches(n))))
	case fp.Empty():
		a.printf("\n%s\n", a.yellow("Nothing to change in the sites that were read, but see the messages below."))
	}
}

// areLeft counts sites that a run is not about.
func areLeft(n int) string {
	if n == 1 {
		return "1 site is"
	}
	return count(n, "site") + " are"
}

// printSite prints one site's changes, which are some.
func (a *app) printSite(s sites.SitePlan, full bool) {
	for _, line := range []struct {
		verb  string
		names []string
		paint func(string) safe
	}{{"gain", s.Plan.People.Gain, a.green}, {"lose", s.Plan.People.Lose, a.yellow}, {"locked out", s.Plan.People.LockedOut, a.red}} {
		if len(line.names) > 0 {
			a.sentence("  "+line.paint(fmt.Sprintf("%-11s", line.verb))+" ", list(line.names, 12))
		}
	}
	a.printRenames(s.Plan)
	a.printMembers(s.Plan)
	a.printNodes(s, full)
	a.printStatements(s.Plan, full)
}

// printRenames prints who and what gets another name, and keeps the rest.
func (a *app) printRenames(p *grants.Plan) {
	var names []string
	for _, c := range p.Changes {
		if c.Was != "" {
			names = append(names, c.Was+" → "+c.Principals[0])
		}
	}
	if len(names) > 0 {
		a.printf("  %-11s %s\n", "renamed", list(names, 8))
	}
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

// nodeRow is what one role gets or loses at one node: on which views, by
// permission.
type nodeRow struct {
	grantee, node, verb string
	views               map[catalog.Permissions]map[string]bool
}

// shownNodes is how many rows of the table by node are shown without --full,
// and shownDepth how much of a path: the module, not the form.
const (
	shownNodes = 16
	shownDepth = 2
)

// printNodes prints, for each role, on how many views of which module it gets
// what; full, by node.
func (a *app) printNodes(s sites.SitePlan, full bool) {
	rows := nodeRows(s, full)
	if len(rows) == 0 {
		return
	}
	a.printf("\n")
	t := newTable(a.stdout, "ROLE OR USER", "NODE", "CHANGE", "SELECT", "INSERT", "UPDATE", "DELETE")
	right(t, 4, 5, 6, 7)
	last := ""
	for i, r := range rows {
		if i == shownNodes && !full {
			break
		}
		name := r.grantee
		if name == last {
			name = ""
		}
		last = r.grantee
		cells := []any{name, r.node, r.verb}
		for _, one := range catalog.All.Each() {
			if n := len(r.views[one]); n > 0 {
				cells = append(cells, count(n, "view"))
			} else {
				cells = append(cells, "-")
			}
		}
		t.AppendRow(cells)
	}
	t.Render()
	if n := len(rows) - shownNodes; n > 0 && !full {
		a.printf("    %s\n", a.faint(fmt.Sprintf("… %d more rows: --full shows them, node by node", n)))
	}
}

// nodeRows gathers a plan's permission changes by grantee, node and verb.
func nodeRows(s sites.SitePlan, full bool) []nodeRow {
	nodes := nodesOf(s.Wanted, full)
	byKey := map[[3]string]*nodeRow{}
	for _, c := range s.Plan.Changes {
		if c.Kind != grants.GrantOn && c.Kind != grants.DenyOn && c.Kind != grants.RevokeOn || c.Temporary {
			continue
		}
		for _, grantee := range c.Principals {
			for _, one := range c.Permissions.Each() {
				for _, node := range nodes(c.Kind, grantee, c.View, one) {
					row(byKey, grantee, node, string(c.Kind)).add(one, c.View)
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

// row finds or makes a row.
func row(rows map[[3]string]*nodeRow, grantee, node, verb string) *nodeRow {
	key := [3]string{grantee, node, verb}
	if rows[key] == nil {
		rows[key] = &nodeRow{grantee: grantee, node: node, verb: verb, views: map[catalog.Permissions]map[string]bool{}}
	}
	return rows[key]
}

// add counts a view under a permission, once.
func (r *nodeRow) add(p catalog.Permissions, view string) {
	if r.views[p] == nil {
		r.views[p] = map[string]bool{}
	}
	r.views[p][view] = true
}

// entryKey names one wanted permission.
type entryKey struct {
	grantee, view string
	permission    catalog.Permissions
}

// nodesOf returns a look-up of the nodes through which a permission is wanted.
// What is taken away is wanted through none.
func nodesOf(w *grants.Wanted, full bool) func(kind grants.Kind, grantee, view string, p catalog.Permissions) []string {
	nodes := map[entryKey][]string{}
	for _, e := range w.Entries {
		seen := map[string]bool{}
		for _, cause := range e.Causes {
			if len(cause.Node) == 0 {
				seen["(views by name)"] = true
			} else {
				seen[inTable(cause.Node, full).String()] = true
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

// inTable is a node as the table shows it.
func inTable(p catalog.Path, full bool) catalog.Path {
	if full || len(p) <= shownDepth {
		return p
	}
	return p[:shownDepth]
}

// printStatements prints the SQL: all of it, or a few of each kind.
func (a *app) printStatements(p *grants.Plan, full bool) {
	a.printf("\n")
	a.sentence("  SQL, ", fmt.Sprintf("%s; one per permission, role and view would be %d", count(p.Statements(), "statement"), p.Naive))
	shown, ofKind := 0, map[grants.Kind]int{}
	for _, c := range p.Changes {
		text := mssql.Render(onScreen(c))
		if ofKind[c.Kind]++; !full && ofKind[c.Kind] > shownStatements {
			continue
		}
		if first, _, more := strings.Cut(text, "\n"); more && !full {
			text = first + " …"
			shown++
		} else {
			shown += c.Statements()
		}
		a.printf("%s\n", safe(indent(text, "    ")))
	}
	if n := p.Statements() - shown; n > 0 {
		a.printf("    %s\n", a.faint(fmt.Sprintf("… %d more: --full, or --format sql", n)))
	}
}

// onScreen is a change whose names are printable.
func onScreen(c grants.Change) grants.Change {
	for _, name := range []*string{&c.Role, &c.Login, &c.Schema, &c.View} {
		*name = finding.Printable(*name)
	}
	c.Principals = slices.Clone(c.Principals)
	for i, name := range c.Principals {
		c.Principals[i] = finding.Printable(name)
	}
	return c
}

// loginWords says what becomes of logins, the same of several in one breath.
func loginWords(changes []grants.LoginChange) string {
	var parts []string
	for _, k := range []struct {
		kind grants.LoginKind
		word string
	}{{grants.DisableLogin, "disable"}, {grants.EnableLogin, "enable"}, {grants.RenameLogin, "rename"}, {grants.DropLogin, "drop"}} {
		var names []string
		for _, c := range changes {
			switch {
			case c.Kind != k.kind:
			case c.To != "":
				names = append(names, c.Login+" → "+c.To)
			default:
				names = append(names, c.Login)
			}
		}
		if len(names) > 0 {
			parts = append(parts, k.word+" "+list(names, 8))
		}
	}
	return strings.Join(parts, "; ")
}

// printScript prints a plan as a script for one server, or nothing at all: none
// is printed of a plan that is refused, or of names that a script cannot carry,
// and nothing of a site that is refused.
func (a *app) printScript(fp *sites.FleetPlan, rollback bool) error {
	var scripts []mssql.SiteScript
	servers := map[string]bool{}
	if fp.Refusal() != nil {
		return nil
	}
	for _, s := range fp.Sites {
		if s.Refused() {
			continue
		}
		scripts = append(scripts, mssql.SiteScript{Site: s.Site.Name, Database: s.Site.Database, From: s.Snapshot, Changes: s.Plan.Changes})
		servers[s.Site.Server] = true
	}
	if len(servers) > 1 {
		return usageError("a script is for one server, and these sites are on %s: choose with --site", strings.Join(sorted(servers), ", "))
	}
	server := mssql.ServerScript{Logins: scriptLogins(fp)}
	for _, s := range fp.Servers {
		server.Changes = append(server.Changes, s.Changes...)
	}
	text, err := mssql.RollbackScript(server, scripts)
	if !rollback {
		text, err = mssql.Script(scriptHead(fp, a.now()), server, scripts)
	}
	if err != nil {
		return usageError("%v", err)
	}
	a.printf("%s", safe(text))
	return nil
}

func scriptLogins(fp *sites.FleetPlan) []mssql.ScriptLogin {
	var out []mssql.ScriptLogin
	for _, l := range fp.Logins {
		out = append(out, mssql.ScriptLogin{Name: l.Login, SID: l.SID, Type: l.Type, Rules: sites.PasswordRules(fp.Policy)})
	}
	return out
}
