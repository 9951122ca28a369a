package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/grants"
)

// printDecisions prints what somebody may do on the views of a node: a table for
// the sites in which it is the same, and each reason once.
func (a *app) printDecisions(list []grants.Decision) {
	for i, t := range tablesTogether(list) {
		here := t.list
		if i > 0 {
			a.printf("\n")
		}
		a.printf("%s: %s\n", a.bold(firstOf(t.sites)), whoseAnswer(here[0]))
		rows := [][]string{append([]string{"VIEW"}, permissionsOf(here)...)}
		for i, d := range here {
			if i == 0 || d.View != here[i-1].View {
				rows = append(rows, []string{d.View})
			}
			rows[len(rows)-1] = append(rows[len(rows)-1], answerWord(d.Allowed))
		}
		a.folded(rows)
		a.printReasons(here)
	}
}

// permissionsOf are the permissions that were asked for of each view.
func permissionsOf(list []grants.Decision) []string {
	var out []string
	for _, d := range list {
		if d.View == list[0].View {
			out = append(out, d.Permission.String())
		}
	}
	return out
}

func answerWord(a grants.Answer) string {
	switch a {
	case grants.Yes:
		return "yes"
	case grants.No:
		return "no"
	}
	return "not verified"
}

// printReasons prints what decisions about several views rest on, the same cause
// once, those of most answers first.
func (a *app) printReasons(list []grants.Decision) {
	type cause struct{ kind, via, where string }
	first, times := map[cause]string{}, map[cause]int{}
	var order []cause
	for _, d := range list {
		for _, r := range d.Because {
			c := cause{r.Kind, strings.Join(r.Via, "\x00"), r.Where.String()}
			if times[c] == 0 {
				order = append(order, c)
				first[c] = r.Text
				if !strings.Contains(r.Text, c.where) {
					first[c] += "  " + c.where
				}
			}
			times[c]++
		}
	}
	slices.SortStableFunc(order, func(x, y cause) int { return cmp.Compare(times[y], times[x]) })
	for i, c := range order {
		if i == shownReasons {
			a.printf("  … and %s; of one view all is said: grantree explain USER VIEW\n", count(len(order)-i, "more reason"))
			return
		}
		text := first[c]
		if n := times[c] - 1; n > 0 {
			text += fmt.Sprintf("; %s by the same", count(n, "more answer"))
		}
		a.sentence("  ", text)
	}
}

// shownReasons is how many reasons of a kind are shown.
const shownReasons = 5

// printDecision prints one answer and its reasons, in lines of 80 columns: each
// membership before what comes through it.
func (a *app) printDecision(t together) {
	d := t.Decision
	may := safe(d.Allowed.String())
	switch d.Allowed {
	case grants.Yes:
		may = a.green(d.Allowed.String())
	case grants.No:
		may = a.red(d.Allowed.String())
	}
	a.printf("%s: %s %s %s %s\n", list(t.sites, 4), whoseAnswer(d), may, d.Permission, d.View)
	alike := map[string]int{}
	var shown []grants.Reason
	for _, r := range d.Because {
		if alike[r.Kind]++; alike[r.Kind] <= shownReasons {
			shown = append(shown, r)
		}
	}
	a.printChain(shown)
	for _, kind := range sorted(alike) {
		if n := alike[kind] - shownReasons; n > 0 {
			a.printf("  and %s more like these (%s); --format json lists all\n", fmt.Sprint(n), kind)
		}
	}
}

// printChain prints reasons, those that go through the same memberships below them,
// and what a DENY beats behind it.
func (a *app) printChain(list []grants.Reason) {
	steps, beaten := "", false
	for _, r := range list {
		if r.Beaten && !beaten {
			beaten, steps = true, ""
			a.printf("  %s\n", "A DENY beats every GRANT, so that these give nothing:")
		}
		label := safe("  ")
		if now := stepsKey(r); now != "" {
			if now != steps {
				a.sentence("  ", stepsText(r.Steps))
			}
			label, steps = "  - ", now
		}
		text := r.Text
		if !strings.Contains(text, r.Where.String()) {
			text += "  " + r.Where.String()
		}
		a.sentence(label, text)
	}
}

// stepsKey is the same for reasons that go through the same memberships.
func stepsKey(r grants.Reason) string {
	var b strings.Builder
	for _, s := range r.Steps {
		b.WriteString(s.String() + "\x00")
	}
	return b.String()
}

// stepsText says memberships: "bob is in Mechanic, grantree.toml:43:1".
func stepsText(steps []grants.Step) string {
	var out []string
	for _, s := range steps {
		out = append(out, s.String())
	}
	return strings.Join(out, "; ")
}

// withLogin is a user's name with that of the login, where it is another.
func withLogin(user, login string) string {
	if login == "" {
		return user
	}
	return user + " (login " + login + ")"
}
