package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/sites"
)

// How much of a plan is shown without --full.
const (
	shownPeople = 12 // of a table of sites, people or members
	shownParts  = 3  // nodes that somebody gains or loses
)

// printPeople is the first thing a reader sees: how many people are affected
// where, and what becomes of them.
func (a *app) printPeople(fp *sites.FleetPlan, full bool) {
	if rows := fp.Rows(); len(rows) > 0 {
		a.printSiteTable(rows, full)
	}
	a.printModes(fp)
	a.printSeats(fp)
	a.printNewLogins(fp)
	for _, s := range fp.Servers {
		a.sentence("  Logins of server ", fmt.Sprintf("%s: %s.", s.Server, loginWords(s.Changes, 8)))
	}
	for _, p := range fp.Audits {
		a.printf("  Audit of log-ins on server %s:\n", p.Server)
		for _, s := range p.Statements() {
			a.printf("    %s\n", s)
		}
		a.printf("    Undone by: %s\n", strings.Join(p.Reverse(), " "))
	}
	a.printWho(fp, full)
}

// printSiteTable prints the numbers of each site; those with the same are one
// row.
func (a *app) printSiteTable(list []sites.Row, full bool) {
	rows, names := [][]string{{"SITE", "PEOPLE", "GAIN", "LOSE", "LEAVE", "STATEMENTS", ""}}, [][]string{nil}
	at := map[string]int{}
	total := make([]int, 5)
	for _, r := range list {
		cells := []string{"-", "-", "-", "-", "-", string(r.Outcome)}
		if r.Plan != nil {
			p := r.Plan.People()
			for i, n := range []int{p.Total, len(p.Gain), len(p.Lose), leaving(p), r.Plan.Statements()} {
				cells[i] = fmt.Sprint(n)
				total[i] += n
			}
		}
		key := strings.Join(cells, "\x00")
		if full {
			key += "\x00" + r.Site.Name
		}
		if _, again := at[key]; !again {
			at[key] = len(rows)
			rows, names = append(rows, append([]string{""}, cells...)), append(names, nil)
		}
		names[at[key]] = append(names[at[key]], r.Site.Name)
	}
	for i := range rows[1:] {
		rows[i+1][0] = inSites(names[i+1])
	}
	if more := len(rows) - 1 - shownPeople; more > 0 && !full {
		// What stands in the way is never among those that are left to the sum.
		slices.SortStableFunc(rows[1:], func(x, y []string) int { return cmp.Compare(stops(y), stops(x)) })
		keep := 1 + shownPeople
		for keep < len(rows) && rows[keep][6] != "" {
			keep++
		}
		rows = append(rows[:keep], []string{fmt.Sprintf("… and the rest, in all %s", count(len(list), "site"))})
		for _, n := range total {
			rows[keep] = append(rows[keep], fmt.Sprint(n))
		}
		rows[keep] = append(rows[keep], "")
	}
	a.folded(rows, 2, 3, 4, 5, 6)
}

// leaving counts who may not enter afterwards.
func leaving(p grants.People) int {
	n := 0
	for _, e := range p.Effects {
		if e.Leaves {
			n += len(e.People)
		}
	}
	return n
}

// stops is 1 for a row of sites that are left out.
func stops(row []string) int { return len(row[6][:min(len(row[6]), 1)]) }

// inSites names sites in short: "North", "North and 37 more".
func inSites(names []string) string {
	if len(names) <= 3 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more alike", names[0], len(names)-1)
}

// whoRow is people to whom the same happens in the same sites.
type whoRow struct {
	what   string
	rank   int // who loses comes first
	weight int
	sites  []string
	each   bool // in as many sites as these, but each person in sites of their own
	people []string
}

// gains is the rank of who loses nothing.
const gains = 2

// printWho prints what each person gains and loses, by node, losers first.
func (a *app) printWho(fp *sites.FleetPlan, full bool) {
	a.printWhoRows(whoRows(peopledOf(fp.Sites), newTeller(fp.Policy.Catalog, full), full), len(fp.Sites), full)
}

// printWhoRows prints what becomes of people in so many sites in all.
func (a *app) printWhoRows(list []whoRow, all int, full bool) {
	if len(list) == 0 {
		return
	}
	a.printf("\n")
	rows := [][]string{{"WHO", "SITES", "WHAT"}}
	for i, r := range list {
		if i >= shownPeople && r.rank == gains && !full { // losers are never left to a number
			a.folded(rows)
			a.printf("    %s\n", a.faint(fmt.Sprintf("… %s, of people who only gain: --full", count(len(list)-i, "more line"))))
			return
		}
		names := strings.Join(r.people, ", ")
		if r.rank == gains && !full {
			names = firstOf(r.people)
		}
		where := sitesOf(r.sites, all)
		if r.each {
			where = count(len(r.sites), "site") + " each"
		}
		rows = append(rows, []string{names, where, r.what})
	}
	a.folded(rows)
}

// firstOf prints the first few names.
func firstOf(names []string) string { return list(names, 4) }

// sitesOf names the sites of a row, or says that it is all of them.
func sitesOf(names []string, all int) string {
	if len(names) == all && all > 1 {
		return "all"
	}
	if len(names) > 3 {
		return count(len(names), "site")
	}
	return strings.Join(names, ", ")
}

// peopled is a site with what becomes of its people, and the views that is about.
type peopled struct {
	site    string
	views   []string
	effects []grants.Effect
}

// peopledOf are the sites of a plan.
func peopledOf(list []sites.SitePlan) []peopled {
	out := make([]peopled, len(list))
	for i, s := range list {
		out[i] = peopled{s.Site.Name, s.Views(), s.People().Effects}
	}
	return out
}

// crowd is sites in which the same becomes of the same people.
type crowd struct {
	sites   []int // by place in the list
	views   []string
	effects []grants.Effect
}

// crowds puts sites together that share what becomes of their people.
func crowds(list []peopled) []crowd {
	type same struct {
		views   *string
		effects *grants.Effect
	}
	var out []crowd
	at := map[same]int{}
	for i, s := range list {
		if len(s.effects) == 0 {
			continue
		}
		key := same{effects: &s.effects[0]}
		if len(s.views) > 0 {
			key.views = &s.views[0]
		}
		n, again := at[key]
		if !again {
			n = len(out)
			at[key], out = n, append(out, crowd{views: s.views, effects: s.effects})
		}
		out[n].sites = append(out[n].sites, i)
	}
	return out
}

// whoRows gathers what becomes of people over all sites.
func whoRows(all []peopled, teller *teller, full bool) []whoRow {
	kinds := map[string]whoRow{}
	where := map[string]map[string][]int{} // by what and person, the crowds
	list := crowds(all)
	for n, of := range list {
		for _, e := range of.effects {
			r := teller.row(of.views, e)
			if _, again := kinds[r.what]; !again {
				kinds[r.what], where[r.what] = r, map[string][]int{}
			}
			for _, name := range e.People {
				where[r.what][name] = append(where[r.what][name], n)
			}
		}
	}
	named := func(in []int) []string {
		var places []int
		for _, n := range in {
			places = append(places, list[n].sites...)
		}
		slices.Sort(places)
		out := make([]string, len(places))
		for i, place := range places {
			out[i] = all[place].site
		}
		return out
	}
	var out []whoRow
	for what, people := range where {
		alike := map[string]*whoRow{}
		for _, name := range slices.Sorted(maps.Keys(people)) {
			key := fmt.Sprint(people[name])
			if alike[key] == nil {
				r := kinds[what]
				r.sites = named(people[name])
				alike[key] = &r
			}
			alike[key].people = append(alike[key].people, name)
		}
		for _, r := range alike {
			out = append(out, *r)
		}
	}
	if len(out) > shownPeople && !full {
		out = oneRowEach(out)
	}
	slices.SortFunc(out, func(x, y whoRow) int {
		return cmp.Or(cmp.Compare(x.rank, y.rank), cmp.Compare(y.weight, x.weight), cmp.Compare(x.people[0], y.people[0]), cmp.Compare(x.what, y.what),
			slices.Compare(x.sites, y.sites))
	})
	return out
}

// oneRowEach makes one row of those to whom the same happens in as many sites,
// each in sites of their own.
func oneRowEach(rows []whoRow) []whoRow {
	type kind struct {
		what  string
		sites int
	}
	var out []whoRow
	at := map[kind]int{}
	for _, r := range rows {
		k := kind{r.what, len(r.sites)}
		i, again := at[k]
		if !again {
			at[k] = len(out)
			out = append(out, r)
			continue
		}
		out[i].people, out[i].each = distinct(out[i].people, r.people), true
	}
	return out
}

// distinct is what is in either list, sorted.
func distinct(a, b []string) []string {
	out := slices.Sorted(slices.Values(slices.Concat(a, b)))
	return slices.Compact(out)
}

// teller says effects in words. Sites that have the same views share an
// outline, and what was said once is not worked out again.
type teller struct {
	catalog  *catalog.Catalog
	most     int                                          // parts that are named
	quote    func(place string) string                    // nil: as they are
	say      func(*catalog.Outline, grants.Effect) string // nil: words
	outlines map[string]*catalog.Outline
	said     map[string]whoRow
}

func newTeller(c *catalog.Catalog, full bool) *teller {
	t := &teller{catalog: c, most: shownParts, outlines: map[string]*catalog.Outline{}, said: map[string]whoRow{}}
	if full {
		t.most = len(c.Nodes) + 1
	}
	return t
}

// row says what an effect is, and how bad.
func (t *teller) row(views []string, e grants.Effect) whoRow {
	o := t.outline(views)
	key := fmt.Sprintf("%p", o) + fmt.Sprint(e.Gain, e.Lose, e.Enters, e.Leaves, e.Empty, e.More, e.Less) // fmt sorts maps
	r, again := t.said[key]
	if !again {
		r = whoRow{rank: gains}
		if t.say != nil {
			r.what = t.say(o, e)
		} else {
			r.what = t.words(o, e)
		}
		gained, lost := e.Change()
		r.weight = max(gained, lost)
		switch {
		case e.Leaves:
			r.rank, r.weight = 0, 0
		case lost > 0 || e.Less:
			r.rank, r.weight = 1, lost
		}
		t.said[key] = r
	}
	return r
}

// outline returns that of sites with these views.
func (t *teller) outline(views []string) *catalog.Outline {
	key := strings.Join(views, "\x00")
	if t.outlines[key] == nil {
		t.outlines[key] = t.catalog.Outline(views)
	}
	return t.outlines[key]
}

// words is an effect as a reader wants it: what is lost first.
func (t *teller) words(o *catalog.Outline, e grants.Effect) string {
	if e.Leaves {
		return "leaves"
	}
	var out []string
	if parts := t.parts(o, e.Lose); parts != "" {
		out = append(out, "loses "+parts)
	}
	if e.Less {
		out = append(out, "loses more than views (named below)")
	}
	if e.Empty {
		out = append(out[:len(out)-1], out[len(out)-1]+" and keeps nothing")
	}
	if parts := t.parts(o, e.Gain); parts != "" {
		out = append(out, "gains "+parts)
	}
	if e.More {
		out = append(out, "gains more than views")
	}
	if len(out) == 0 {
		return "may enter, and gains nothing yet"
	}
	return strings.Join(out, "; ")
}

// parts writes an outline: "Scheduling (select), 3 views of Asset (update)".
func (t *teller) parts(o *catalog.Outline, got map[string]catalog.Permissions) string {
	keyed, names := byKey(got)
	parts := o.Of(keyed)
	var out []string
	for i, p := range parts {
		if i == t.most {
			break
		}
		place := t.catalog.Place(p, names)
		if t.quote != nil {
			place = t.quote(place)
		}
		out = append(out, fmt.Sprintf("%s (%s)", place, inWords(p.Permissions)))
	}
	text := strings.Join(out, ", ")
	if n := len(parts) - t.most; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

// byKey is a set of permissions by the keys of views, and the views' names.
func byKey(views map[string]catalog.Permissions) (got map[string]catalog.Permissions, names map[string]string) {
	got, names = map[string]catalog.Permissions{}, map[string]string{}
	for view, p := range views {
		key := catalog.ViewName(view).Key()
		names[key] = view
		got[key] |= p
	}
	return got, names
}

// inWords is "all" for the four permissions.
func inWords(p catalog.Permissions) string {
	if p == catalog.All {
		return "all"
	}
	return strings.Join(p.Words(), ", ")
}

// printNewLogins names the logins that a plan makes, by server where the policy has
// several: a login of one name is another one on each.
func (a *app) printNewLogins(fp *sites.FleetPlan) {
	names := map[string][]string{}
	for _, l := range fp.Logins {
		names[l.Server] = append(names[l.Server], l.Login)
	}
	for _, server := range sorted(names) {
		label := safe("  New logins: ")
		if len(fp.Policy.Servers) > 1 {
			label = safe(fmt.Sprintf("  New logins of server %s: ", finding.Printable(server)))
		}
		a.sentence(label, list(names[server], 8)+".")
	}
	var users []string
	for _, l := range fp.NewAccounts() {
		if l.Database != "" {
			users = append(users, l.Login+" in "+l.Place())
		}
	}
	if len(users) > 0 {
		a.sentence("  New users with a password of their own: ", list(users, 8)+".")
	}
}
