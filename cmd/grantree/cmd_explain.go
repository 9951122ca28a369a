package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"grantree/grants"

	"github.com/spf13/cobra"
)

// lookOptions are the flags that explain and who share.
type lookOptions struct {
	fleetOptions
	offline bool
}

func (o *lookOptions) addFlags(c *cobra.Command) {
	o.fleetOptions.addFlags(c, "text", "json")
	c.Flags().BoolVar(&o.offline, "offline", false, "answer from the policy alone, as if it had been applied to sites made from the catalog")
}

type explainOptions struct {
	lookOptions
	group bool
	edit  bool
}

func newExplain(a *app) *cobra.Command {
	var o explainOptions
	c := &cobra.Command{
		Use:   "explain USER|GROUP VIEW|NODE [PERMISSION]",
		Short: "Say whether somebody, or a group, may do something, and why",
		Long: `Say whether a user may do something, and why: who is in which role and by which
line, the lines of the policy and the nodes through which it is granted, or the
DENY or the lack that stands in the way, and what of it they reach all the same or
can give themselves. USER is a user of the site or a login. A GROUP of the policy
is meant where nobody has the name, or with --group: then it is asked what the
group alone gives. Without PERMISSION all four are answered. A NODE means the
parent views behind it and below. Sites with the same answer are said once. With
--sandbox the policy is applied first.

Of one permission on one view the smallest edit of the policy is said that would
change the answer: after it was made in memory, the policy was read and expanded
again, nobody else gains anything and no rule is broken. --edit=false leaves it out.`,
		Args: cobra.RangeArgs(2, 3),
		RunE: func(c *cobra.Command, args []string) error { return a.explain(c.Context(), o, args) },
	}
	o.addFlags(c)
	c.Flags().BoolVar(&o.edit, "edit", true, "say which edit of the policy would change the answer")
	c.Flags().BoolVar(&o.group, "group", false, "the name is that of a group, whoever else has it")
	return c
}

func (a *app) explain(ctx context.Context, o explainOptions, args []string) error {
	live, p, done, unread := a.look(ctx, o.lookOptions, args[1:])
	defer done()
	if len(live) == 0 && unread != nil {
		return unread
	}
	of, err := subjectOf(live, p, args[0], o.group)
	if err != nil {
		return errors.Join(err, unread)
	}
	q, err := parseQuestion(p.Catalog, args[1:])
	if err == nil {
		err = q.inSomeSite(live)
	}
	if err != nil {
		return errors.Join(err, unread)
	}
	decisions := q.decisions(live, of, len(live) == 1 || len(o.sites) > 0)
	if len(decisions) == 0 {
		return errors.Join(&exitError{code: exitFailed, message: fmt.Sprintf("no site that was read has a user %q", args[0])}, unread)
	}
	alike := sitesTogether(decisions)
	var edits []*edit
	if o.edit && len(q.views) == 1 && len(q.permissions) == 1 {
		if edits, err = a.edits(o, live, p, of, alike); err != nil {
			return errors.Join(err, unread)
		}
	}
	if o.format == "json" {
		return errors.Join(a.printJSON(decisionsJSON(decisions, alike, edits)), unread)
	}
	if len(q.views) > 1 {
		a.printDecisions(decisions)
		return unread
	}
	for i, d := range alike {
		a.printDecision(d)
		if edits != nil {
			a.printEditThat(d, edits[i])
		}
	}
	return unread
}

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

// decisions asks the question of the sites: of all, or of those that have
// something to say of somebody, where there are any.
func (q question) decisions(live []liveSite, of subject, all bool) []grants.Decision {
	var out, idle []grants.Decision
	for _, s := range live {
		if !all && !of.known(s) {
			continue
		}
		var here []grants.Decision
		says := all || of.wanted(s)
		for _, view := range q.views {
			for _, one := range q.permissions {
				d := of.ask(s, view, one)
				here = append(here, d)
				says = says || d.Says()
			}
		}
		if says {
			out = append(out, here...)
		} else {
			idle = append(idle, here...)
		}
	}
	if len(out) == 0 {
		return idle
	}
	return out
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
	steps, beaten := "", false
	for _, r := range shown {
		if r.Beaten && !beaten {
			beaten, steps = true, ""
			a.printf("  %s\n", "A DENY beats every GRANT, so that these give nothing:")
		}
		label := safe("  ")
		if now := stepsKey(r); now != "" {
			if now != steps {
				a.sentence("  ", stepsText(r.Steps))
			}
			label = "  - "
			steps = now
		}
		text := r.Text
		if !strings.Contains(text, r.Where.String()) {
			text += "  " + r.Where.String()
		}
		a.sentence(label, text)
	}
	for _, kind := range sorted(alike) {
		if n := alike[kind] - shownReasons; n > 0 {
			a.printf("  and %s more like these (%s); --format json lists all\n", fmt.Sprint(n), kind)
		}
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
