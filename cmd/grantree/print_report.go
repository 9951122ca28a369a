package main

import (
	"fmt"
	"strings"

	"grantree/catalog"
	"grantree/report"
)

// printReport prints a report in few lines: what was read, who is in it, what is worth
// a look, and how to see the rest.
func (a *app) printReport(r *report.Report) {
	a.printf("%s\n", a.bold("Who may do what: "+r.Application))
	a.sentence("  ", "from "+r.Basis.Words())
	a.printf("\n")
	rows := [][]string{{"SITE", "PEOPLE", "ALIKE", "GROUPS", "NOT IN THE POLICY", "MAY CHANGE SOMETHING"}}
	for _, s := range r.Sites {
		rows = append(rows, a.reportRow(r, s))
	}
	a.folded(rows, 2, 3, 4, 5, 6)
	var notes []string
	if n := unverifiedIn(r); n > 0 {
		notes = append(notes, fmt.Sprintf("Not verified: %s could not be read; the page says each where it matters.", count(n, "thing")))
	}
	if len(r.Findings) > 0 {
		notes = append(notes, fmt.Sprintf("Findings: %s. The full list is in the report.", severitiesOf(r.Findings)))
	}
	if r.Seats != nil {
		notes = append(notes, "Seats: "+r.Seats.Words()+".")
	}
	if r.Since != nil {
		notes = append(notes, sinceWords(r.Since))
	}
	if len(notes) > 0 {
		a.printf("\n")
	}
	for _, n := range notes {
		a.sentence("  ", n)
	}
	if r.Since != nil {
		a.printChanged(r.Since)
	}
	a.printf("\n  The page: grantree report --out report.html (or .csv, .xlsx)\n  To compare a later one with: grantree report --out report.json\n")
}

// reportRow is one site in numbers.
func (a *app) reportRow(r *report.Report, s report.Site) []string {
	if !s.Read {
		return []string{s.Site, "-", "-", "-", "-", "not read"}
	}
	people, strangers, change := 0, 0, 0
	for _, m := range s.Members {
		people += len(m.People)
		if r.Changes(r.Access[m.Access]) {
			change += len(m.People)
		}
		for _, p := range m.People {
			if r.People[p].In(s.Site) == report.Stranger {
				strangers++
			}
		}
	}
	return []string{s.Site, fmt.Sprint(people), fmt.Sprint(len(s.Members)), fmt.Sprint(len(s.Roles)), fmt.Sprint(strangers), fmt.Sprint(change)}
}

// unverifiedIn is how many things could not be read.
func unverifiedIn(r *report.Report) int {
	seen := map[string]bool{}
	for _, s := range r.Sites {
		for _, d := range s.Unverified {
			seen[d.Message] = true
		}
	}
	return len(seen)
}

func severitiesOf(list []report.Finding) string {
	n := map[string]int{}
	for _, f := range list {
		n[f.Severity]++
	}
	var out []string
	for _, s := range []string{"error", "warning", "note"} {
		if n[s] > 0 {
			out = append(out, count(n[s], s))
		}
	}
	return strings.Join(out, ", ")
}

// sinceWords is what became of people, in a sentence.
func sinceWords(s *report.Since) string {
	people := map[string]bool{}
	for _, c := range s.Changes {
		for _, p := range c.People {
			people[p] = true
		}
	}
	text := fmt.Sprintf("Since %s: the access of %s is another.", s.Made, count(len(people), "person"))
	if len(s.NotCompared) > 0 {
		text += " Not compared, because one of the reports has not read them: " + list(s.NotCompared, 4) + "."
	}
	return text
}

// shownChanges is how many changes are shown.
const shownChanges = 10

// printChanged prints the first changes since an earlier report.
func (a *app) printChanged(s *report.Since) {
	for i, c := range s.Changes {
		if i == shownChanges {
			a.printf("    and %s more; --format json lists all\n", fmt.Sprint(len(s.Changes)-i))
			return
		}
		var what []string
		if c.Came {
			what = append(what, "new here")
		}
		if c.Left {
			what = append(what, "no longer here")
		}
		for _, r := range c.RolesAdded {
			what = append(what, "now in "+r)
		}
		for _, r := range c.RolesRemoved {
			what = append(what, "no longer in "+r)
		}
		what = append(what, partsWords("gains", c.Gains)...)
		what = append(what, partsWords("loses", c.Loses)...)
		a.sentence("    ", fmt.Sprintf("%s in %s: %s", list(c.People, 4), list(c.Sites, 3), strings.Join(what, ", ")))
	}
}

func partsWords(verb string, parts []report.Part) []string {
	views, all := map[string]bool{}, catalog.None
	for _, p := range parts {
		for _, v := range p.Views {
			views[v] = true
		}
		for _, name := range p.Permissions {
			one, _ := catalog.ParsePermission(name)
			all |= one
		}
	}
	if len(views) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s %s on %s", verb, strings.Join(all.Words(), ", "), count(len(views), "view"))}
}
