package main

import (
	"fmt"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/policy"
)

// difference is what becomes of people and groups from one policy to another.
type difference struct {
	old, now earlier
	catalog  *catalog.Catalog
	views    []string
	sites    []policy.SiteChange
	groups   []policy.GroupChange
	beside   []policy.Aside
}

// between compares two policies.
func (d *difference) between(before, after *policy.Policy) {
	d.catalog = after.Catalog
	d.sites, d.groups, d.beside = policy.Between(before, after), policy.GroupsBetween(before, after), policy.AsideBetween(before, after)
	for _, v := range after.Catalog.Views() {
		d.views = append(d.views, string(v))
	}
}

// differs reports whether anything does.
func (d *difference) differs() bool {
	for _, s := range d.sites {
		if s.New || s.Gone || len(s.People.Effects) > 0 {
			return true
		}
	}
	return len(d.groups)+len(d.beside) > 0
}

// printDifference prints who gains and loses, which groups change, and what else.
func (a *app) printDifference(d difference, full bool) {
	a.printf("%s\n%s\n", a.bold("From "+d.old.String()), a.bold("to   "+d.now.String()))
	if !d.differs() {
		a.printf("\nNothing differs: nobody gains or loses anything.\n")
		return
	}
	a.printAccessChange(d, full)
	a.printGroupChanges(d, full)
	a.printBeside(d, full)
	a.printf("\n")
	a.sentence("  ", "By the policies alone: no server was asked, and what sites hold beside them is not in it.")
}

// printEdited prints who gains and loses by an edit.
func (a *app) printEdited(d difference) {
	a.printAccessChange(d, false)
	a.printf("\n")
	a.sentence("  ", "By the policy alone: no server was asked.")
}

// printAccessChange prints how many people gain and lose where, and who what.
func (a *app) printAccessChange(d difference, full bool) {
	rows, names := [][]string{{"SITE", "PEOPLE", "GAIN", "LOSE", "LEAVE", ""}}, [][]string{nil}
	at := map[string]int{}
	var all []peopled
	anybody := false
	for _, s := range d.sites {
		all = append(all, peopled{s.Site, s.Views, s.People.Effects})
		word := ""
		switch {
		case s.New:
			word = "new"
		case s.Gone:
			word = "gone"
		}
		cells := []string{fmt.Sprint(s.People.Total), fmt.Sprint(len(s.People.Gain)), fmt.Sprint(len(s.People.Lose)), fmt.Sprint(leaving(s.People)), word}
		key := strings.Join(cells, " ")
		if _, again := at[key]; !again {
			at[key] = len(rows)
			rows, names = append(rows, append([]string{""}, cells...)), append(names, nil)
		}
		names[at[key]] = append(names[at[key]], s.Site)
		anybody = anybody || len(s.People.Effects) > 0
	}
	for i := range rows[1:] {
		rows[i+1][0] = inSites(names[i+1])
	}
	a.printf("\n")
	if len(rows) > 1 {
		a.folded(rows, 2, 3, 4, 5)
	}
	if !anybody {
		a.printf("\nNobody gains or loses anything.\n")
	}
	a.printWhoRows(whoRows(all, newTeller(d.catalog, full), full), len(all), full)
}

// printGroupChanges prints what becomes of each group.
func (a *app) printGroupChanges(d difference, full bool) {
	if len(d.groups) == 0 {
		return
	}
	t := newTeller(d.catalog, full)
	o := t.outline(d.views)
	rows := [][]string{{"GROUP", "WHAT CHANGES"}}
	shown := d.groups
	if len(shown) > shownPeople && !full {
		shown = shown[:shownPeople]
	}
	for _, g := range shown {
		rows = append(rows, []string{g.Name, groupWords(g, t, o, full)})
	}
	a.printf("\n")
	a.folded(rows)
	if n := len(d.groups) - len(shown); n > 0 {
		a.printf("    %s\n", a.faint(fmt.Sprintf("… %s: --full", count(n, "more group"))))
	}
}

// groupWords says what becomes of a group: what it takes first.
func groupWords(g policy.GroupChange, t *teller, o *catalog.Outline, full bool) string {
	var what []string
	say := func(word, more string) {
		if more != "" {
			what = append(what, word+more)
		}
	}
	switch {
	case g.Was != "":
		say("was ", g.Was)
	default:
		say("", newOrGone(g.New, g.Gone))
	}
	say("no longer gives ", t.parts(o, g.Lose))
	say("denies ", t.parts(o, g.Denies))
	say("gives ", t.parts(o, g.Gain))
	say("no longer denies ", t.parts(o, g.Spares))
	most := 4
	if full {
		most = len(g.Joined) + len(g.Left)
	}
	say("who left: ", list(g.Left, most))
	say("who joined: ", list(g.Joined, most))
	return strings.Join(what, "; ")
}

// printBeside prints what changes and is nobody's access by itself.
func (a *app) printBeside(d difference, full bool) {
	if len(d.beside) == 0 {
		return
	}
	names := map[string][]string{}
	for _, x := range d.beside {
		key := fmt.Sprintf("%s %s: ", x.What, x.Change)
		names[key] = append(names[key], x.Name)
	}
	most := 8
	if full {
		most = len(d.beside)
	}
	a.printf("\n  Beside what people may do:\n")
	for _, key := range sorted(names) {
		a.sentence(safe("    "+finding.Printable(key)), list(names[key], most))
	}
}
