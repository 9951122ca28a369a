package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/grants"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"
)

func newWho(a *app) *cobra.Command {
	var o explainOptions
	c := &cobra.Command{
		Use:   "who VIEW|NODE [PERMISSION]",
		Short: "List who may do something, by whatever way, and who could come to it",
		Long: `List every account of the sites that may do something, whether the policy or
something else gives it: a schema grant, a fixed role, ownership, EXECUTE AS, a
table behind the view. Apart from them stands who may not and can give it to
themselves, and what could not be read. A NODE means the parent views behind it
and below. With --sandbox the policy is applied first.`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error { return a.who(c.Context(), o, args) },
	}
	o.addFlags(c)
	return c
}

// answers is what "who" answers.
type answers struct {
	Access     []access     `json:"access"`
	Powers     []powers     `json:"powers,omitempty"`
	Unverified []unverified `json:"unverified,omitempty"`
}

// access is what somebody may do on a view now.
type access struct {
	Site        string   `json:"site"`
	View        string   `json:"view"`
	User        string   `json:"user"`
	Login       string   `json:"login,omitempty"`
	Inactive    bool     `json:"inactive,omitempty"`
	Permissions []string `json:"permissions"`
	// Not on the view itself: on some of its columns, or on its data beside it.
	Columns     []string `json:"columns,omitempty"`
	Around      []string `json:"around,omitempty"`
	NotVerified []string `json:"not_verified,omitempty"`
	Via         []string `json:"via"`

	may, columns, around, unsure catalog.Permissions
	through                      []string // Via for people
}

// powers is what somebody may not do and can give to themselves.
type powers struct {
	Site        string   `json:"site"`
	View        string   `json:"view"`
	User        string   `json:"user"`
	Login       string   `json:"login,omitempty"`
	Permissions []string `json:"permissions"`
	Through     string   `json:"through"`

	permissions catalog.Permissions
}

// unverified is something that could not be read.
type unverified struct {
	Site    string `json:"site"`
	Message string `json:"message"`
}

func (a *app) who(ctx context.Context, o explainOptions, args []string) error {
	live, p, done, unread := a.look(ctx, o, args)
	defer done()
	if len(live) == 0 && unread != nil {
		return unread
	}
	q, err := parseQuestion(p.Catalog, args)
	if err == nil {
		err = q.inSomeSite(live)
	}
	if err != nil {
		return errors.Join(err, unread)
	}
	out := answers{Access: []access{}}
	for _, s := range live {
		for _, view := range q.views {
			out.view(s, view, q.permissions)
		}
	}
	if o.format == "json" {
		return errors.Join(a.printJSON(out), unread)
	}
	a.printAccess(out.Access, q.permissions)
	a.printPowers(out.Powers)
	if len(out.Unverified) > 0 {
		a.printf("\n%s\n", a.yellow("Not verified:"))
		for _, u := range out.Unverified {
			a.sentence("  ", u.Site+": "+u.Message)
		}
	}
	return unread
}

// view adds what is to be said of one view of a site.
func (x *answers) view(s liveSite, view string, asked []catalog.Permissions) {
	byUser, byPower := map[string]*access{}, map[string]*powers{}
	for _, one := range asked {
		for _, d := range s.Who(view, one) {
			if now := d.Allowed != grants.No || d.Has(aroundKinds...) || d.Has("column"); now {
				key := d.User + "\x00" + d.Login
				if byUser[key] == nil {
					byUser[key] = &access{Site: s.name, View: view, User: d.User, Login: d.Login, Inactive: d.Inactive, Via: []string{}}
				}
				byUser[key].add(d)
			}
			for _, r := range d.Because {
				if r.Kind != "power" {
					continue
				}
				key := d.User + "\x00" + r.Via[0]
				if byPower[key] == nil {
					byPower[key] = &powers{Site: s.name, View: view, User: d.User, Login: d.Login, Through: r.Via[0]}
				}
				byPower[key].permissions |= one
			}
		}
		for _, m := range s.Unverified(view, one) {
			if u := (unverified{s.name, m}); !slices.Contains(x.Unverified, u) {
				x.Unverified = append(x.Unverified, u)
			}
		}
	}
	for _, key := range sorted(byUser) {
		y := byUser[key]
		y.Permissions = y.may.Union(y.unsure).Union(y.around).Names()
		y.Columns, y.Around, y.NotVerified = y.columns.Names(), y.around.Names(), y.unsure.Names()
		x.Access = append(x.Access, *y)
	}
	for _, key := range sorted(byPower) {
		y := byPower[key]
		y.Permissions = y.permissions.Names()
		x.Powers = append(x.Powers, *y)
	}
}

// aroundKinds are the reasons by which somebody reaches a view's data beside it.
var aroundKinds = []string{"table", "view", "synonym", "module"}

// add joins the answer about one permission.
func (x *access) add(d grants.Decision) {
	switch {
	case d.Allowed == grants.Yes:
		x.may |= d.Permission
	case d.Allowed == grants.NotVerified:
		x.unsure |= d.Permission
	case d.Has(aroundKinds...):
		x.around |= d.Permission
	default:
		x.columns |= d.Permission
	}
	for _, r := range d.Because {
		around := r.Kind == "column" || slices.Contains(aroundKinds, r.Kind)
		if d.Allowed == grants.No && !around || slices.Contains([]string{"nothing", "deny", "power"}, r.Kind) {
			continue // it gives nothing, or not now
		}
		via := strings.Join(r.Via, " > ")
		text := via
		switch {
		case r.Kind == "column":
			via = strings.Join(append(slices.Clone(r.Via), "columns "+strings.Join(r.Columns, ", ")), " > ")
			if d.Allowed == grants.Yes {
				via = "not " + via
			}
			text = via
		case r.Kind == "impersonate":
			text = "acting as " + via
		case around:
			text = "the " + r.Kind + " " + via
		case via == "":
			via, text = r.Kind, strings.ReplaceAll(r.Kind, "_", " ")
		}
		if slices.Contains([]string{"chain", "other_database", "login", "connect"}, r.Kind) {
			text = "" // it is no way
		}
		if !slices.Contains(x.Via, via) {
			x.Via = append(x.Via, via)
		}
		if text != "" && !slices.Contains(x.through, text) {
			x.through = append(x.through, text)
		}
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
	left := 0
	marks := map[string]bool{}
	for _, r := range rows {
		user := withLogin(r.first.User, r.first.Login)
		if r.first.Inactive {
			user += " (inactive)"
		}
		in := list(r.sites, shownAt)
		left = max(left, len([]rune(in+r.first.View+user)))
		cells := []any{in, r.first.View, user}
		for _, mark := range r.marks {
			marks[string(mark)] = true
			cells = append(cells, mark)
		}
		t.AppendRow(append(cells, strings.Join(r.first.through, ", ")))
	}
	room := max(80-left-2*(4+len(asked))-4, 24)
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
