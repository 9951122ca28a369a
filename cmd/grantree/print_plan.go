package main

import (
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/grants"
	"grantree/sites"
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
