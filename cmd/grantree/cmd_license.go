package main

import (
	"context"
	"errors"
	"fmt"

	"grantree/licensing"
	"grantree/sites"

	"github.com/spf13/cobra"
)

func newLicense(a *app) *cobra.Command {
	var o fleetOptions
	c := &cobra.Command{
		Use:   "license",
		Short: "Print who uses a seat, now and once the policy is applied",
		Long: `Print who uses a seat now, who will once the policy is applied, and how many
are left: over all sites of the policy, whatever --site says, and over everybody
whom they hold. A person in several sites uses one seat. --site chooses what the
second number is about: these sites applied, the others as they are.`,
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
	fp, unread := a.plannedOver(ctx, f, sites.PlanOptions{ExpectLoss: -1}, true)
	if fp == nil {
		return unread
	}
	s := fp.Seats
	if o.format == "json" {
		err = a.printJSON(licenseJSON(s))
	} else {
		a.printLicense(fp)
	}
	if err != nil {
		return err
	}
	if s.Limited && max(s.Used, s.Now) > s.Limit {
		err = &exitError{code: exitRule, message: fmt.Sprintf("more people use a seat than the licence has: %d now, %d once the policy is applied, %d seats", s.Now, s.Used, s.Limit)}
	}
	if unread == nil && len(s.Unread) > 0 {
		unread = &exitError{code: exitFailed, message: "not every site could be read: " + list(s.Unread, 4)}
	}
	return errors.Join(err, unread)
}

// printLicense prints a line per person, those who use a seat numbered: now,
// and once the plan is applied.
func (a *app) printLicense(fp *sites.FleetPlan) {
	s := fp.Seats
	t := newTable(a.stdout, "NOW", "PLAN", "NAME", "WHY")
	right(t, 1, 2)
	now, plan := 0, 0
	for _, l := range s.Lines {
		t.AppendRow([]any{numbered(&now, l.SeatsNow), numbered(&plan, l.Seats), l.Name, why(l)})
	}
	t.Render()
	least := ""
	if !s.Counted {
		least = fmt.Sprintf(" At least: %s could not be read.", list(s.Unread, 4))
	}
	a.printf("\n  Now:  %s.%s\n  Plan: %s.%s%s\n", sum(s.Count, s.Now), least, s.Count, seatChanges(s), least)
	a.printUncounted(s.Uncounted)
	a.printHome(fp.Policy)
	a.printRetired(fp.Policy)
}

// numbered is the number of the last seat that somebody uses, counted on.
func numbered(n *int, seats int) any {
	if seats == 0 {
		return ""
	}
	*n += seats
	return *n
}

// why is a person's reason, with the sites where those are several.
func why(l licensing.Line) string {
	if places := placesOf(l); len(places) > 1 {
		return l.Why + "  " + list(places, 2)
	}
	return l.Why
}

// placesOf are a person's sites: those of the plan, or those that they leave.
func placesOf(l licensing.Line) []string {
	if len(l.Sites) == 0 {
		return l.SitesNow
	}
	return l.Sites
}

// sum is a count's sentence for another number of seats.
func sum(c licensing.Count, used int) string {
	c.Used = used
	return c.String()
}

// printUncounted names who gets in and uses no seat, because nobody can say who
// or how many they are.
func (a *app) printUncounted(list []licensing.Uncounted) {
	if len(list) == 0 {
		return
	}
	a.printf("\n  Not counted:\n")
	for _, u := range list {
		a.printf("    %s: %s %s\n", u.Where, u.Name, u.Why)
	}
	a.printf("  An [[outsider]] with people = N counts a group.\n")
}

// licenseJSON is the same for programs.
func licenseJSON(s sites.Seats) any {
	type line struct {
		Name   string   `json:"name"`
		Uses   bool     `json:"uses_seat"`
		Now    bool     `json:"uses_seat_now"`
		Seats  int      `json:"seats"`
		Why    string   `json:"why"`
		Sites  []string `json:"sites"`
		Origin string   `json:"known_from"`
	}
	type uncounted struct {
		Where string `json:"where"`
		Name  string `json:"name"`
		Why   string `json:"why"`
	}
	out := struct {
		Seats     jsonSeats   `json:"seats"`
		Now       int         `json:"now"`
		People    []line      `json:"people"`
		Uncounted []uncounted `json:"uncounted,omitempty"`
	}{Seats: seatsJSON(s), Now: s.Now, People: []line{}}
	out.Seats.Used, out.Seats.Unread = &s.Used, s.Unread
	for _, l := range s.Lines {
		out.People = append(out.People, line{Name: l.Name, Uses: l.Uses(), Now: l.SeatsNow > 0, Seats: max(l.Seats, l.SeatsNow), Why: l.Why,
			Sites: append([]string{}, placesOf(l)...), Origin: l.Origin})
	}
	for _, u := range s.Uncounted {
		out.Uncounted = append(out.Uncounted, uncounted(u))
	}
	return out
}
