package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"grantree/policy"
	"grantree/sites"
)

// What plan, apply and license say about seats.

// printSeats prints what becomes of the seats, and who goes without one.
func (a *app) printSeats(fp *sites.FleetPlan) {
	s := fp.Seats
	a.printf("\n")
	if s.Counted {
		a.sentence("  Seats: ", fmt.Sprintf("%s.%s", s.Count, seatChanges(s)))
	} else {
		a.sentence("  Seats: not counted: ", notCounted(s)+".")
	}
	if len(s.LeftOut) > 0 {
		a.sentence("  "+a.yellow("Left out:")+" ", list(s.LeftOut, 8))
	}
	if len(s.Freed) > 0 {
		a.sentence("  Freed first: ", list(s.Freed, 4)+". Who is new follows once they are out everywhere.")
	}
	if len(s.New) > 0 && s.Limited {
		a.printHome(fp.Policy)
	}
	a.printRetired(fp.Policy)
}

// seatChanges names whose seat is new, as the sum grows: "adding J. Doe uses
// seat 25 of 25".
func seatChanges(s sites.Seats) string {
	if len(s.New) == 0 {
		return ""
	}
	if len(s.New) == 1 && s.Limited {
		return fmt.Sprintf(" Adding %s uses seat %d of %d.", s.New[0], s.Used, s.Limit)
	}
	return fmt.Sprintf(" Before: %d. New: %s.", s.Now, list(s.New, 8))
}

// notCounted says why there is no sum.
func notCounted(s sites.Seats) string {
	switch {
	case len(s.LeftOut) > 0:
		return list(s.Unread, 4) + " could not be read"
	case len(s.New) > 0:
		return "there is no limit, and not every site was read"
	}
	return "this plan takes none"
}

// printHome says where the licence's lock is taken, where the policy leaves it
// open.
func (a *app) printHome(p *policy.Policy) {
	if home, ok := p.Home(); ok && p.License.Home == "" && len(p.SitesInUse()) > 1 {
		a.sentence("  Licence's home: ", home.Name+", the first site ([license] home is not set).")
	}
}

// printRetired names the sites that nothing is said of.
func (a *app) printRetired(p *policy.Policy) {
	for _, s := range p.Sites {
		if s.Retired {
			a.sentence("  Retired: ", fmt.Sprintf("%s, neither read nor counted: %s.", s.Name, strings.TrimRight(s.Reason, ".")))
		}
	}
}

// scriptYears is longer than anybody keeps a script.
const scriptYears = 100

// scriptHead is what a reader of a script has to know before the rest: whence
// it is, when it is stale and, where seats are limited, whose it takes and when they were counted,
// since a script counts none.
func scriptHead(fp *sites.FleetPlan, at time.Time) []string {
	s := fp.Seats
	head := []string{"grantree plan of " + fp.Policy.File}
	for _, m := range modesIn(fp) {
		head = append(head, "Mode "+m.words(len(m.sites)))
	}
	if ends := fp.Policy.Ends(at, at.AddDate(scriptYears, 0, 0)); len(ends) > 0 {
		first := slices.MinFunc(ends, func(a, b policy.End) int { return cmp.Compare(a.When, b.When) })
		head = append(head, fmt.Sprintf("Stale after %s, when something ends (%s): make it anew then.", first.When, first.Pos))
	}
	if !s.Limited {
		return head
	}
	if len(s.New) == 0 {
		head = append(head, "Takes no seat.")
	} else {
		head = append(head, fmt.Sprintf("Takes %s of %d, for %s: counted at %s, %s. Run it before somebody else takes them.",
			count(len(s.New), "seat"), s.Limit, strings.Join(s.New, ", "), at.UTC().Format("2006-01-02 15:04 UTC"), s.Count))
	}
	if len(s.LeftOut) > 0 {
		head = append(head, "Leaves out, for want of a seat: "+strings.Join(s.LeftOut, ", "))
	}
	return head
}

// jsonSeats is the JSON contract of the seats of a plan.
type jsonSeats struct {
	Used    *int     `json:"used"`  // null: not counted
	Limit   int      `json:"limit"` // 0: no limit
	New     []string `json:"new,omitempty"`
	LeftOut []string `json:"left_out,omitempty"`
	Unread  []string `json:"unread,omitempty"`
}

func seatsJSON(s sites.Seats) jsonSeats {
	out := jsonSeats{Limit: s.Limit, New: s.New, LeftOut: s.LeftOut}
	if s.Counted {
		out.Used = &s.Used
	} else if len(s.LeftOut) > 0 {
		out.Unread = s.Unread
	}
	return out
}
