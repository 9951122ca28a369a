package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/grants"
	"grantree/sites"
	"grantree/sql/mssql"

	"github.com/jedib0t/go-pretty/v6/text"
)

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
