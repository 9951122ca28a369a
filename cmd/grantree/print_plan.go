package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/sites"
	"grantree/sql/mssql"

	"github.com/jedib0t/go-pretty/v6/text"
)

// shownStatements is how many statements of a kind are shown without --full.
const shownStatements = 3

// printPlan prints a plan for people: who is affected and how, then roles by
// node, then the SQL. What is alike in several sites is printed once.
func (a *app) printPlan(fp *sites.FleetPlan, full bool) error {
	a.printPeople(fp, full)
	a.printNothing(fp)
	if full {
		a.printServerStatements(fp)
	}
	return a.printChanges(fp, fp.Sites, full)
}

// printServerStatements prints what is sent to servers, about logins and audits, beside
// the transactions of the sites. What makes a login has no password in it here.
func (a *app) printServerStatements(fp *sites.FleetPlan) {
	for _, s := range serversJSON(fp) {
		a.printf("\n")
		a.sentence("  SQL on server ", s.Server+", beside the sites:")
		for _, c := range s.Changes {
			for line := range strings.Lines(c.Statement) {
				a.printf("    %s\n", safe(finding.Printable(strings.TrimSuffix(line, "\n"))))
			}
		}
	}
}

// printChanges prints what is done to roles and in SQL in some sites of a plan.
func (a *app) printChanges(fp *sites.FleetPlan, some []sites.SitePlan, full bool) error {
	list := drawnOf(some, full)
	a.printRenames(list)
	a.printMembers(list, full)
	a.printNodes(list, full)
	err := a.printStatements(fp, list, full)
	if insert := fp.LedgerInsert(); insert != "" && len(list) > 0 {
		if !full {
			into, _, _ := strings.Cut(insert, " ([")
			insert = into + " …"
		}
		a.printf("\n")
		a.sentence("  Ledger ", "in each site, in the same transaction, a row: "+insert)
	}
	return err
}

// printNothing says it where a plan changes nothing.
func (a *app) printNothing(fp *sites.FleetPlan) {
	switch said, fine := nothingSaid(fp); {
	case fine:
		label, rest, _ := strings.Cut(said, ": ")
		a.printf("\n")
		a.sentence(a.green(label+": "), rest)
	case said != "":
		a.printf("\n%s\n", a.yellow(said))
	}
}

// nothingSaid is what is said of a plan that changes nothing, and whether all is
// fine; of another it is "".
func nothingSaid(fp *sites.FleetPlan) (said string, fine bool) {
	switch n := len(fp.Mismatches()); {
	case len(fp.Rows()) == 0:
		return noSites, false
	case fp.AsWanted() && fp.LeftOut() > 0:
		return fmt.Sprintf("Nothing to do: the sites of this run are what the policy says; %s left out and not looked at.", areLeft(fp.LeftOut())), true
	case fp.AsWanted():
		return "Nothing to do: every site is what the policy says.", true
	case fp.Empty() && n > 0:
		return fmt.Sprintf("Nothing to do, but not as the policy says: %s, named below.", manyMismatches(n)), false
	case fp.Empty():
		return "Nothing to change in the sites that were read, but see the messages below.", false
	}
	return "", false
}

// noSites is said of a run of a shard that no site is in.
const noSites = "This shard has no sites; nothing was looked at."

// areLeft counts sites that a run is not about.
func areLeft(n int) string {
	if n == 1 {
		return "1 site is"
	}
	return count(n, "site") + " are"
}

// alikeSites is some sites in which the same is to be done.
type alikeSites struct {
	first drawn
	names []string
}

// alikeBy groups sites by what is said of them; those of which nothing is are
// left out.
func alikeBy(list []drawn, say func(drawn) string) []alikeSites {
	var out []alikeSites
	at := map[string]int{}
	for _, s := range list {
		key := say(s)
		if key == "" {
			continue
		}
		i, again := at[key]
		if !again {
			i = len(out)
			at[key] = i
			out = append(out, alikeSites{first: s})
		}
		out[i].names = append(out[i].names, s.Site.Name)
	}
	return out
}

// in says which sites it is about: "in 38 sites alike: …".
func (s alikeSites) in() string {
	if len(s.names) == 1 {
		return "in " + s.names[0]
	}
	return fmt.Sprintf("in %s alike: %s", count(len(s.names), "site"), list(s.names, 4))
}

// printRenames prints who and what gets another name, and keeps the rest.
func (a *app) printRenames(plans []drawn) {
	for _, alike := range alikeBy(plans, func(s drawn) string { return s.renamed }) {
		a.printf("\n")
		a.sentence("  Renamed ", alike.in()+": "+alike.first.renamed+".")
	}
}

// renamedIn says what gets another name by a site's plan.
func renamedIn(s sites.SitePlan) string {
	var names []string
	for _, c := range s.Plan.Changes {
		if c.Was != "" {
			names = append(names, c.Was+" → "+c.Principals[0])
		}
	}
	return list(names, 8)
}

// printMembers prints who enters and leaves which role.
func (a *app) printMembers(plans []drawn, full bool) {
	type row struct{ role, members string }
	where, all := map[row][]string{}, map[string][]string{}
	said := map[*sketch][]row{}
	for _, s := range plans {
		rows, again := said[s.sketch]
		if !again {
			for role, members := range s.members {
				r := row{role, list(members, 8)}
				if full {
					r.members = strings.Join(members, ", ")
				}
				rows = append(rows, r)
				all[role] = append(all[role], members...)
			}
			said[s.sketch] = rows
		}
		for _, r := range rows {
			where[r] = append(where[r], s.Site.Name)
		}
	}
	if len(where) == 0 {
		return
	}
	merged := len(where) > 2*shownPeople && !full
	if merged { // by role alone
		rows := map[row][]string{}
		for r, names := range where {
			members := slices.Compact(slices.Sorted(slices.Values(all[r.role])))
			one := row{r.role, list(members, 4)}
			rows[one] = distinct(rows[one], names)
		}
		where = rows
	}
	a.printf("\n")
	rows := [][]string{{"ROLE", "SITES", "MEMBERS"}}
	for r, names := range where {
		in := sitesOf(names, len(plans))
		if merged {
			in = "over " + count(len(names), "site")
		}
		rows = append(rows, []string{r.role, in, r.members})
	}
	slices.SortFunc(rows[1:], slices.Compare)
	shown := rows
	if len(rows) > 1+2*shownPeople && !full {
		shown = rows[:1+2*shownPeople]
	}
	a.folded(shown)
	if n := len(rows) - len(shown); n > 0 {
		a.printf("    %s\n", a.faint(fmt.Sprintf("… %s: --full", count(n, "more row"))))
	}
}

// membersOf lists, by role, who comes and who goes.
func membersOf(p *grants.Plan) map[string][]string {
	members := map[string][]string{}
	for _, c := range p.Changes {
		switch c.Kind {
		case grants.AddMember:
			for _, name := range c.Principals {
				members[c.Role] = append(members[c.Role], "+"+name)
			}
		case grants.DropMember:
			for _, name := range c.Principals {
				members[c.Role] = append(members[c.Role], "-"+name)
			}
		}
	}
	return members
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

// shownTables is how many tables by node are shown without --full: what most
// sites have, and the first that differ.
const shownTables = 3

// printNodes prints, for each role, on how many views of which module it gets
// what; full, by node. Sites with the same table share it.
func (a *app) printNodes(plans []drawn, full bool) {
	tables := alikeBy(plans, func(s drawn) string { return s.byNode })
	slices.SortStableFunc(tables, func(x, y alikeSites) int { return cmp.Compare(len(y.names), len(x.names)) })
	for i, t := range tables {
		if i == shownTables && !full {
			a.printf("    %s\n", a.faint(fmt.Sprintf("… %s of other sites: --full", count(len(tables)-i, "more table"))))
			return
		}
		a.printf("\n")
		a.sentence("  Views ", t.in())
		a.printNodeTable(t.first.nodes, full)
	}
}

func (a *app) printNodeTable(list []nodeLine, full bool) {
	rows := [][]string{{"ROLE OR USER", "NODE", "", "SEL", "INS", "UPD", "DEL"}}
	last, short := "", shortNodes(list)
	for i, r := range list {
		if i == shownNodes && !full {
			break
		}
		cells := slices.Clone(r.cells)
		if !full {
			cells[1] = short(r.node)
		}
		if cells[0] == last {
			cells[0] = ""
		} else {
			last = cells[0]
		}
		rows = append(rows, cells)
	}
	a.folded(rows, 4, 5, 6, 7)
	if n := len(list) - shownNodes; n > 0 && !full {
		a.printf("    %s\n", a.faint(fmt.Sprintf("… %s: --full shows them, node by node", count(n, "more row"))))
	}
}

// shortNodes names the modules of a table without their root, where no other has
// that name.
func shortNodes(list []nodeLine) func(string) string {
	name := func(node string) string { return strings.TrimSpace(node[strings.LastIndex(node, "|")+1:]) }
	paths := map[string]map[string]bool{}
	for _, r := range list {
		if paths[name(r.node)] == nil {
			paths[name(r.node)] = map[string]bool{}
		}
		paths[name(r.node)][r.node] = true
	}
	return func(node string) string {
		if len(paths[name(node)]) > 1 {
			return node
		}
		return name(node)
	}
}

// cells is a row as it is printed, the permissions as numbers of views.
func (r nodeRow) cells() []string {
	out := []string{r.grantee, r.node, r.verb}
	for _, one := range catalog.All.Each() {
		if n := len(r.views[one]); n > 0 {
			out = append(out, fmt.Sprint(n))
		} else {
			out = append(out, "-")
		}
	}
	return out
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

// inTable is a node as the table counts it: itself, or the module that it is in.
func inTable(p catalog.Path, full bool) catalog.Path {
	if full || len(p) <= shownDepth {
		return p
	}
	return p[:shownDepth]
}

// printStatements prints the SQL: all of it, or a few of each kind of the first
// site.
func (a *app) printStatements(fp *sites.FleetPlan, plans []drawn, full bool) error {
	if len(plans) == 0 {
		return nil
	}
	groups := alikeBy(plans, func(s drawn) string { return string(s.sql[:]) })
	if full {
		for _, g := range groups {
			a.printf("\n")
			p := g.first
			a.sentence("  SQL ", fmt.Sprintf("%s, %s; one per permission, role and view would be %d", g.in(), count(p.Statements(), "statement"), p.naive))
			text, err := fp.Text(p.SitePlan)
			if err != nil {
				return err
			}
			a.printf("%s", safe(text))
		}
		return nil
	}
	a.printf("\n")
	total := 0
	for _, p := range plans {
		total += p.Statements()
	}
	if len(groups) == 1 {
		a.sentence("  SQL ", fmt.Sprintf("%s, %s", groups[0].in(), count(groups[0].first.Statements(), "statement")))
	} else {
		a.sentence("  SQL, ", fmt.Sprintf("%s; of each kind the first", count(total, "statement")))
	}
	shown := 0
	for _, kind := range kinds {
		n := 0
		for _, g := range groups {
			for _, c := range g.first.some {
				if c.kind != kind || n == shownStatements {
					continue
				}
				n++
				shown += c.statements * len(g.names)
				a.printExcerpt(c.text, g, len(groups) > 1)
			}
		}
	}
	if shown < total {
		a.printf("    %s\n", a.faint("… the rest: --full, or --format sql"))
	}
	return nil
}

// kinds are the kinds of changes, what takes away first: that is what a reader
// has to see of many statements.
var kinds = []grants.Kind{grants.DropUser, grants.DropRole, grants.RevokeConnect, grants.DenyConnect, grants.DenyOn, grants.RevokeOn, grants.DropMember, grants.RenameRole, grants.RenameUser,
	grants.CreateRole, grants.CreateUser, grants.GrantOn, grants.AddMember, grants.GrantConnect, grants.BreakGlass, grants.EndBreakGlass, grants.Mark, grants.Stamp, grants.Unmark,
	grants.CreateSchema, grants.CreateLedger, grants.GuardLedger}

// inShort is a change's statements where not all are shown: of a mark that is written
// anew whose it is, and not what it remembers.
func inShort(c grants.Change) string {
	text := mssql.Render(onScreen(c))
	if _, writes, ok := strings.Cut(text, "; EXEC "); ok && c.Kind == grants.Stamp {
		return "… EXEC " + writes
	}
	return text
}

// printExcerpt prints the first line of a statement, and where it is for where
// sites differ.
func (a *app) printExcerpt(statement string, of alikeSites, differ bool) {
	line, _, more := strings.Cut(statement, "\n")
	if more {
		line += " …"
	}
	where := ""
	if differ {
		if where = "  -- " + finding.Printable(of.names[0]); len(of.names) > 1 {
			where += fmt.Sprintf(" and %d more", len(of.names)-1)
		}
	}
	if a.outWidth > 0 {
		line = cutAt(line, max(a.outWidth-4-text.StringWidth(where), 20))
	}
	a.printf("%s\n", safe("    "+line+where))
}

// cutAt ends a text that is wider than so many columns with dots.
func cutAt(s string, width int) string {
	if text.StringWidth(s) <= width {
		return s
	}
	return text.Trim(s, width-2) + " …"
}

// onScreen is a change whose names and values are printable: no line of them stands for
// itself.
func onScreen(c grants.Change) grants.Change {
	if c.Property != nil {
		p := *c.Property
		p.Name, p.Value = finding.Printable(p.Name), finding.Printable(p.Value)
		c.Property = &p
	}
	for _, name := range []*string{&c.Role, &c.Was, &c.Login, &c.Schema, &c.View, &c.DefaultSchema, &c.Owner, &c.Text} {
		*name = finding.Printable(*name)
	}
	c.Principals = slices.Clone(c.Principals)
	for i, name := range c.Principals {
		c.Principals[i] = finding.Printable(name)
	}
	return c
}

// loginWords says what becomes of logins, the same of several in one breath, and
// names at most so many of each.
func loginWords(changes []grants.LoginChange, most int) string {
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
			parts = append(parts, k.word+" "+list(names, most))
		}
	}
	return strings.Join(parts, "; ")
}

// printScript prints a plan as a script for one server, or nothing at all: none
// is printed of a plan that is refused, or of names that a script cannot carry,
// and nothing of a site that is refused.
func (a *app) printScript(fp *sites.FleetPlan, rollback bool) error {
	var parts []mssql.ScriptPart
	var in []sites.SitePlan
	servers := map[string]bool{}
	if fp.Refusal() != nil {
		return nil
	}
	for _, s := range fp.Sites {
		if s.Refused() {
			continue
		}
		parts, in = append(parts, s.Sketch.(*sketch).part), append(in, s)
		servers[s.Site.Server] = true
	}
	if len(servers) > 1 {
		return usageError("a script is for one server, and these sites are on %s: choose with --site", strings.Join(sorted(servers), ", "))
	}
	server := mssql.ServerScript{Logins: scriptLogins(fp)}
	for _, s := range fp.Servers {
		server.Changes = append(server.Changes, s.Changes...)
	}
	text := func(i int) (mssql.ScriptPart, error) {
		part := parts[i]
		text, err := fp.Text(in[i])
		if err != nil {
			return part, err
		}
		var halves [2]string
		err = json.Unmarshal(text, &halves)
		part.Do, part.Undo = halves[0], halves[1]
		return part, err
	}
	out := bufio.NewWriter(a.stdout)
	var err error
	if rollback {
		err = mssql.WriteRollbackScript(out, server, parts, text)
	} else {
		err = mssql.WriteScript(out, scriptHead(fp, a.now()), server, parts, text)
	}
	if err != nil {
		return usageError("%v", err)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	for _, p := range fp.Audits {
		a.warnf("the audit of log-ins on server %q is not in the script: \"grantree apply\" changes it, or a DBA sends: %s", p.Server, strings.Join(p.Statements(), " "))
	}
	return nil
}

func scriptLogins(fp *sites.FleetPlan) []mssql.ScriptLogin {
	var out []mssql.ScriptLogin
	for _, l := range fp.Logins {
		out = append(out, mssql.ScriptLogin{Name: l.Login, SID: l.SID, Type: l.Type, Rules: sites.PasswordRules(fp.Policy), Late: fp.WaitsForSites(l)})
	}
	return out
}
