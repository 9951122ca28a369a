package main

import (
	"context"
	"strings"

	"grantree/licensing"
	"grantree/sites"

	"github.com/spf13/cobra"
)

func newLicense(a *app) *cobra.Command {
	var o fleetOptions
	c := &cobra.Command{
		Use:   "license",
		Short: "Print who uses a seat, and how many are left",
		Long: `Print who uses a seat, over all sites of the policy and over what the sites
hold, and how many seats are left. The count is what it will be once the policy
is applied; a person in several sites uses one seat.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.license(c.Context(), o) },
	}
	o.addFlags(c, "text", "json")
	return c
}

func (a *app) license(ctx context.Context, o fleetOptions) error {
	f, done, err := a.open(ctx, o)
	defer done()
	if err != nil {
		return err
	}
	fp, unread := a.planned(ctx, f, sites.PlanOptions{ExpectLoss: -1})
	if fp == nil {
		return unread
	}
	if o.format == "json" {
		err = a.printJSON(licenseJSON(fp.After))
	} else {
		a.printLicense(fp.After)
	}
	if err != nil || unread != nil {
		return firstError(err, unread)
	}
	if fp.After.Limited && fp.After.Used > fp.After.Limit {
		return &exitError{code: exitRule, message: "more people need a seat than the licence has"}
	}
	return nil
}

// printLicense prints a line per person, those who use a seat marked.
func (a *app) printLicense(c licensing.Count) {
	t := newTable(a.stdout, "SEAT", "NAME", "WHY", "SITES", "KNOWN FROM")
	right(t, 1)
	n := 0
	for _, l := range c.Lines {
		seat := any("")
		if l.Uses {
			n++
			seat = n
		}
		t.AppendRow([]any{seat, l.Name, l.Why, strings.Join(l.Sites, ", "), l.Origin})
	}
	t.Render()
	a.printf("\n  %s\n", c)
}

// licenseJSON is the same for programs.
func licenseJSON(c licensing.Count) any {
	type line struct {
		Name   string   `json:"name"`
		Uses   bool     `json:"uses_seat"`
		Why    string   `json:"why"`
		Sites  []string `json:"sites"`
		Origin string   `json:"known_from"`
	}
	out := struct {
		Seats  jsonSeats `json:"seats"`
		People []line    `json:"people"`
	}{jsonSeats{Used: c.Used, Limit: c.Limit}, []line{}}
	for _, l := range c.Lines {
		out.People = append(out.People, line{Name: l.Name, Uses: l.Uses, Why: l.Why, Sites: append([]string{}, l.Sites...), Origin: l.Origin})
	}
	return out
}
