package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"grantree/grants"
	"grantree/licensing"
	"grantree/sites"

	"github.com/spf13/cobra"
)

type licenseOptions struct {
	fleetOptions
	by     string
	more   int
	unseen int
}

func newLicense(a *app) *cobra.Command {
	var o licenseOptions
	c := &cobra.Command{
		Use:   "license",
		Short: "Print who uses a seat, now and once the policy is applied",
		Long: `Print who uses a seat now, who will once the policy is applied, and how many
are left: over all sites of the policy, whatever --site says, and over everybody
whom they hold. A person in several sites uses one seat. --site chooses what the
second number is about: these sites applied, the others as they are.

--more N says what N more people would do, and exits with 4 where there are not so
many seats.

--unseen N says who uses a seat and has not logged in for N days, and so could give
it back: by what the servers' error logs and audits keep of log-ins, and who is
connected now. Of whom that does not tell, it says so, and why.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.license(c.Context(), o) },
	}
	o.addFlags(c, "text", "json")
	c.Flags().StringVar(&o.by, "by", "person", "a line for each: person or site")
	c.Flags().IntVar(&o.more, "more", 0, "what so many more people would do")
	c.Flags().IntVar(&o.unseen, "unseen", 0, "who has not logged in for so many days")
	return c
}

func (a *app) license(ctx context.Context, o licenseOptions) error {
	switch {
	case o.by != "person" && o.by != "site":
		return usageError("--by %q: want person or site", o.by)
	case o.more < 0:
		return usageError("--more %d: people are counted from 1", o.more)
	case o.unseen < 0:
		return usageError("--unseen %d: days are counted from 1", o.unseen)
	}
	f, done, err := a.open(ctx, o.fleetOptions)
	defer done()
	if err != nil {
		return err
	}
	fp, unread := a.plannedOver(ctx, f, sites.PlanOptions{ExpectLoss: -1}, true)
	if fp == nil {
		return unread
	}
	s := fp.Seats
	var absences []sites.Absence
	if o.unseen > 0 {
		absences = f.Absences(ctx, s, o.unseen)
	}
	switch {
	case o.format == "json":
		err = a.printJSON(licenseJSON(s, absences, o.unseen))
	case o.by == "site":
		a.printLicenseBySite(fp)
	default:
		a.printLicense(fp)
	}
	if err != nil {
		return err
	}
	if o.unseen > 0 && o.format == "text" {
		a.printUnseen(absences, o.unseen)
	}
	if o.more > 0 {
		err = a.more(s, o)
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
	rows := [][]string{{"NOW", "PLAN", "NAME", "WHY"}}
	now, plan := 0, 0
	for _, l := range s.Lines {
		rows = append(rows, []string{numbered(&now, l.SeatsNow), numbered(&plan, l.Seats), l.Name, why(l)})
	}
	a.folded(rows, 1, 2)
	a.printSums(s, seatChanges(s))
	a.printUncounted(s.Uncounted)
	a.printHome(fp.Policy)
	a.printRetired(fp.Policy)
}

// more says what some more people would do, whoever they are: each uses a seat,
// once the policy is applied.
func (a *app) more(s sites.Seats, o licenseOptions) error {
	then := s.Count
	then.Used += o.more
	who := "1 more person"
	if o.more > 1 {
		who = fmt.Sprintf("%d more people", o.more)
	}
	switch {
	case s.Limited && then.Used > s.Limit:
		return &exitError{code: exitRule, message: fmt.Sprintf("%s: %d seats would be used of %d, %d too many", who, then.Used, s.Limit, then.Used-s.Limit)}
	case s.Limited && !s.Counted:
		return &exitError{code: exitRule, message: fmt.Sprintf("%s: nobody knows, because not every site could be read: %s", who, list(s.Unread, 4))}
	}
	if o.format == "text" {
		a.printf("\n  With %s: %s.\n", who, then)
	}
	return nil
}

// printLicenseBySite prints a line per site: how many of those who use a seat
// can enter it, now and once the plan is applied. A person in two sites is in
// two lines, and uses one seat.
func (a *app) printLicenseBySite(fp *sites.FleetPlan) {
	rows := [][]string{{"SITE", "NOW", "PLAN", "ONLY HERE"}}
	for _, site := range fp.Policy.SitesInUse() {
		now, plan, only := 0, 0, 0
		for _, l := range fp.Seats.Lines {
			if l.SeatsNow > 0 && slices.Contains(l.SitesNow, site.Name) {
				now += l.SeatsNow
			}
			if l.Uses() && slices.Contains(l.Sites, site.Name) {
				plan += l.Seats
				if len(l.Sites) == 1 {
					only += l.Seats
				}
			}
		}
		row := []string{site.Name, fmt.Sprint(now), fmt.Sprint(plan), fmt.Sprint(only)}
		if slices.Contains(fp.Seats.Unread, site.Name) {
			row = []string{site.Name, "-", "-", "-"}
		}
		rows = append(rows, row)
	}
	a.folded(rows, 1, 2, 3)
	a.printSums(fp.Seats, "")
}

// numbered is the number of the last seat that somebody uses, counted on.
func numbered(n *int, seats int) string {
	if seats == 0 {
		return ""
	}
	*n += seats
	return fmt.Sprint(*n)
}

// why is a person's reason, with the sites where those are several, and what their
// user is called where that is not their name.
func why(l licensing.Line) string {
	text := l.Why
	if places := placesOf(l); len(places) > 1 {
		text += "  " + list(places, 2)
	}
	var names []string
	of := map[string][]string{}
	for _, a := range l.As {
		if of[a.User] == nil {
			names = append(names, a.User)
		}
		of[a.User] = append(of[a.User], a.Site)
	}
	for _, name := range names {
		text += fmt.Sprintf("; as %s in %s", name, list(of[name], 2))
	}
	return text
}

// placesOf are a person's sites: those of the plan, or those that they leave.
func placesOf(l licensing.Line) []string {
	if len(l.Sites) == 0 {
		return l.SitesNow
	}
	return l.Sites
}

// printSums prints how many seats are used, now and by the plan: at least so many,
// where not every site was read, and then nobody knows how many are left.
func (a *app) printSums(s sites.Seats, changes string) {
	a.printf("\n")
	a.sentence("  Now:  ", sum(s, s.Now)+".")
	a.sentence("  Plan: ", sum(s, s.Used)+"."+changes)
}

// sum is the sentence about a number of seats.
func sum(s sites.Seats, used int) string {
	c := s.Count
	if c.Used = used; s.Counted {
		return c.String()
	}
	of := count(used, "seat") + " used, no limit"
	if c.Limited {
		of = fmt.Sprintf("%d of %d seats used", used, c.Limit)
	}
	return fmt.Sprintf("at least %s: %s could not be read", of, list(s.Unread, 4))
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

// printUnseen lists who has not been seen for so many days, then of whom nobody
// knows, and why.
func (a *app) printUnseen(absences []sites.Absence, days int) {
	seen, seats := 0, 0
	rows := [][]string{{"NAME", "SEATS", "LAST LOG-IN", "ALL KNOWN FROM"}}
	var reasons []string
	unknown := map[string][]string{}
	for _, x := range absences {
		switch x.Seen {
		case grants.Yes:
			seen++
		case grants.No:
			seats += x.Seats
			rows = append(rows, []string{x.Name, fmt.Sprint(x.Seats), cmp.Or(moment(x.Last), "none that is known"), moment(x.Since)})
		default:
			why := strings.Join(x.Why, "; ")
			if unknown[why] == nil {
				reasons = append(reasons, why)
			}
			unknown[why] = append(unknown[why], x.Name)
		}
	}
	a.printf("\n  Not seen for %s: %s.\n", count(days, "day"), count(seats, "seat"))
	if seats > 0 {
		a.folded(rows, 2)
	}
	for _, why := range reasons {
		a.sentence("  ", fmt.Sprintf("Unknown of %s: %s: %s", count(len(unknown[why]), "person"), list(unknown[why], 5), why))
	}
	a.printf("  Seen: %s.\n", count(seen, "person"))
}

// jsonAbsent is what is known of somebody who uses a seat.
type jsonAbsent struct {
	Name  string   `json:"name"`
	Seats int      `json:"seats"`
	Seen  *bool    `json:"seen"` // null: nobody knows
	Last  string   `json:"last_login,omitempty"`
	Since string   `json:"known_since,omitempty"`
	Why   []string `json:"why,omitempty"`
}

// The JSON contract of license.
type (
	jsonLicense struct {
		Seats     jsonSeats       `json:"seats"`
		Now       int             `json:"now"`
		People    []jsonSeat      `json:"people"`
		Uncounted []jsonUncounted `json:"uncounted,omitempty"`
		// Unseen is who uses a seat now, where --unseen asked.
		Unseen *jsonUnseen `json:"unseen,omitempty"`
	}
	jsonSeat struct {
		Name   string      `json:"name"`
		Uses   bool        `json:"uses_seat"`
		Now    bool        `json:"uses_seat_now"`
		Seats  int         `json:"seats"`
		Why    string      `json:"why"`
		Sites  []string    `json:"sites"`
		Origin string      `json:"known_from"`
		As     []jsonAlias `json:"users,omitempty"`
	}
	jsonAlias struct {
		Site string `json:"site"`
		User string `json:"user"`
	}
	jsonUncounted struct {
		Where string `json:"where"`
		Name  string `json:"name"`
		Why   string `json:"why"`
	}
	jsonUnseen struct {
		Days   int          `json:"days"`
		People []jsonAbsent `json:"people"`
	}
)

// licenseJSON is the same for programs.
func licenseJSON(s sites.Seats, absences []sites.Absence, days int) jsonLicense {
	out := jsonLicense{Seats: seatsJSON(s), Now: s.Now, People: []jsonSeat{}}
	out.Seats.Used, out.Seats.Unread = &s.Used, s.Unread
	for _, l := range s.Lines {
		var as []jsonAlias
		for _, a := range l.As {
			as = append(as, jsonAlias(a))
		}
		out.People = append(out.People, jsonSeat{As: as, Name: l.Name, Uses: l.Uses(), Now: l.SeatsNow > 0, Seats: max(l.Seats, l.SeatsNow), Why: l.Why,
			Sites: append([]string{}, placesOf(l)...), Origin: l.Origin})
	}
	for _, u := range s.Uncounted {
		out.Uncounted = append(out.Uncounted, jsonUncounted(u))
	}
	if days > 0 {
		out.Unseen = &jsonUnseen{Days: days, People: []jsonAbsent{}}
		for _, x := range absences {
			line := jsonAbsent{Name: x.Name, Seats: x.Seats, Seen: x.Seen.Bool(), Last: moment(x.Last), Since: moment(x.Since), Why: x.Why}
			if x.Seen == grants.Yes {
				line.Why, line.Since = nil, ""
			}
			out.Unseen.People = append(out.Unseen.People, line)
		}
	}
	return out
}
