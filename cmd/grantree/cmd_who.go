package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"grantree/catalog"

	"github.com/spf13/cobra"
)

func newWho(a *app) *cobra.Command {
	var o explainOptions
	c := &cobra.Command{
		Use:   "who VIEW|NODE [PERMISSION]",
		Short: "List who may do something, by whatever way",
		Long: `List every account of the sites that may do something, whether the policy or
something else gives it: a schema grant, a fixed role, ownership. A NODE means
the parent views behind it and below. With --sandbox the policy is applied first.`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error { return a.who(c.Context(), o, args) },
	}
	o.addFlags(c)
	return c
}

// access is one line of "who".
type access struct {
	Site        string   `json:"site"`
	View        string   `json:"view"`
	User        string   `json:"user"`
	Permissions []string `json:"permissions"`
	Via         []string `json:"via"`
	permissions catalog.Permissions
}

func (a *app) who(ctx context.Context, o explainOptions, args []string) error {
	live, p, done, unread := a.look(ctx, o)
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
	out := []access{}
	for _, s := range live {
		for _, view := range q.views {
			out = append(out, whoMay(s, view, q.permissions)...)
		}
	}
	if o.format == "json" {
		return errors.Join(a.printJSON(map[string]any{"access": out}), unread)
	}
	t := newTable(a.stdout, "SITE", "VIEW", "USER", "S", "I", "U", "D", "THROUGH")
	for _, x := range out {
		cells := []any{x.Site, x.View, x.User}
		for _, one := range catalog.All.Each() {
			cells = append(cells, a.cell(groupRow{allowed: x.permissions}, one))
		}
		t.AppendRow(append(cells, strings.Join(x.Via, ", ")))
	}
	t.Render()
	a.printf("\n%s\n", count(len(out), "line"))
	return unread
}

// whoMay lists a site's accounts that hold any of the permissions on a view.
func whoMay(s liveSite, view string, asked []catalog.Permissions) []access {
	byUser := map[string]*access{}
	for _, one := range asked {
		for _, user := range s.access.Who(view, one) {
			x := byUser[user]
			if x == nil {
				x = &access{Site: s.name, View: view, User: user}
				byUser[user] = x
			}
			x.permissions = x.permissions.Union(one)
			for _, r := range s.access.Decide(user, view, one).Because {
				through := r.Kind
				if len(r.Via) > 0 {
					through = strings.Join(r.Via, " > ")
				}
				if r.Kind != "nothing" && !slices.Contains(x.Via, through) {
					x.Via = append(x.Via, through)
				}
			}
		}
	}
	var out []access
	for _, user := range sorted(byUser) {
		x := byUser[user]
		x.Permissions = x.permissions.Names()
		out = append(out, *x)
	}
	return out
}
