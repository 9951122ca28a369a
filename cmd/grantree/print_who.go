package main

import (
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// printUnverified prints what could not be read.
func (a *app) printUnverified(list []unverified) {
	if len(list) == 0 {
		return
	}
	a.printf("\n%s\n", a.yellow("Not verified:"))
	for _, u := range list {
		a.sentence("  ", u.Site+": "+u.Message)
	}
}

// accessRow is what somebody may do on a view, in the sites where it is the same.
type accessRow struct {
	first access
	sites []string
	marks []safe
}

// accessRows are the rows of the table: those of one person that are the same in
// several sites are one.
func (a *app) accessRows(list []access, asked []catalog.Permissions) []*accessRow {
	var rows []*accessRow
	at := map[string]*accessRow{}
	for _, x := range list {
		var marks []safe
		for _, one := range asked {
			mark := a.faint(".")
			switch {
			case x.may.Has(one):
				mark = a.green("+")
			case x.unsure.Has(one):
				mark = a.yellow("?")
			case x.around.Has(one), x.columns.Has(one):
				mark = a.yellow("~")
			}
			marks = append(marks, mark)
		}
		key := fmt.Sprintf("%q %q %q %v %q %q", x.View, x.User, x.Login, x.Inactive, marks, x.through)
		if at[key] == nil {
			at[key] = &accessRow{first: x, marks: marks}
			rows = append(rows, at[key])
		}
		at[key].sites = append(at[key].sites, x.Site)
	}
	return rows
}

// shownAt is how many sites a row of who names.
const shownAt = 3

// printAccess prints who may do something now: of what was asked, and nothing
// else, since what was not asked is not known to be otherwise.
func (a *app) printAccess(all []access, asked []catalog.Permissions) {
	rows := a.accessRows(all, asked)
	head := table.Row{"SITE"}
	if slices.ContainsFunc(rows, func(r *accessRow) bool { return len(r.sites) > 1 }) {
		head[0] = "SITES"
	}
	head = append(head, "VIEW", "USER")
	for _, one := range asked {
		head = append(head, one.String()[:1])
	}
	t := newTable(a.stdout, append(head, "THROUGH")...)
	widths := []int{len("SITES"), len("VIEW"), len("USER")}
	marks := map[string]bool{}
	for _, r := range rows {
		user := withLogin(r.first.User, r.first.Login)
		if r.first.Inactive {
			user += " (inactive)"
		}
		in := list(r.sites, shownAt)
		for i, cell := range []string{in, r.first.View, user} {
			widths[i] = max(widths[i], text.StringWidth(finding.Printable(cell)))
		}
		cells := []any{in, r.first.View, user}
		for _, mark := range r.marks {
			marks[string(mark)] = true
			cells = append(cells, mark)
		}
		t.AppendRow(append(cells, strings.Join(r.first.through, ", ")))
	}
	room := max(screen-widths[0]-widths[1]-widths[2]-len(asked)-2*(4+len(asked)), 16)
	t.SetColumnConfigs([]table.ColumnConfig{within(4+len(asked), room)})
	t.Render()
	a.printf("\n%s\n", count(len(rows), "line"))
	for _, m := range []struct {
		mark safe
		text string
	}{
		{a.yellow("~"), "not on the view itself: on some of its columns, or on its data beside it"},
		{a.yellow("?"), "not verified"},
	} {
		if marks[string(m.mark)] {
			a.printf("  %s  %s\n", m.mark, m.text)
		}
	}
}

// shownPowers is how many powers are shown.
const shownPowers = 20

// printPowers prints who could come to what they may not do now: the same of
// several views in one sentence.
func (a *app) printPowers(all []powers) {
	if len(all) == 0 {
		return
	}
	a.printf("\n%s\n", a.yellow("Who may not, and can give it to themselves:"))
	var order []powers
	views := map[string][]string{}
	for _, x := range all {
		key := fmt.Sprint(x.Site, "\x00", x.User, "\x00", x.Login, "\x00", x.Through, "\x00", x.Permissions)
		if views[key] == nil {
			order = append(order, x)
		}
		views[key] = append(views[key], x.View)
	}
	for _, x := range order[:min(len(order), shownPowers)] {
		key := fmt.Sprint(x.Site, "\x00", x.User, "\x00", x.Login, "\x00", x.Through, "\x00", x.Permissions)
		a.sentence("  ", fmt.Sprintf("%s: %s can give themselves %s on %s, through %s", x.Site, withLogin(x.User, x.Login), strings.Join(x.Permissions, ", "), list(views[key], 3), x.Through))
	}
	if n := len(order) - shownPowers; n > 0 {
		a.printf("  and %s more like these; --format json lists all\n", fmt.Sprint(n))
	}
}
