// Package licensing counts seats: who uses one now, who will once a plan is
// applied, how many are left and whose seat is new. Start with Tally, which
// turns accounts into a Count.
//
// The rules are those of the application's vendor ("if you purchase 10 user
// licenses, you may only create 10 User ID's … If you need to replace an
// existing user, remove the old user first and then add the new user",
// iMaint Users, Groups and Permissions Overview) as DESIGN.md, rule 3, states
// them: active, not exempt people over all sites, each counted once.
// The package is pure; names are folded by the functions it is handed.
package licensing

import (
	"fmt"
	"slices"

	"grantree/finding"
)

// Account is one appearance of a person: in the policy, or as a database user
// that a site holds. A person usually has several.
type Account struct {
	Name  string // of the [[user]], or of the database user
	Login string
	Was   []string // of the policy: names that the person's accounts had before
	SID   string   // "" where it is not known, and for an account of the policy
	Site  string   // "" for an account of the policy that enters no site
	// Sites are those in which it is the same account, sorted, each once, in place
	// of Site: a fleet of copies has one account a person. The list may be shared.
	Sites []string
	// Active is whether the account can enter its site once the plan is
	// applied, Now whether it can at present. Of an account of the policy
	// without a site, Active is whether the policy lets the person in at all.
	Active, Now bool
	Why         string // of an account that cannot enter: why not
	// Origin says where the account was seen: "policy" or "site".
	Origin string
	// Leaving is an account that the policy does not want anywhere: of a person
	// who is inactive in it, or one that grantree made and no longer finds there.
	Leaving bool
	// Namesake is an account of a site that has the name of somebody of the policy
	// and is known to be another's: only its login and SID say whose it is.
	Namesake bool
	// Renamed is an account that is to get the name of somebody of the policy, who
	// had this one.
	Renamed bool
	// Outsider names the [[outsider]] that accepts the account, and People is
	// how many people there are behind that one.
	Outsider string
	People   int
	// Group is an account of a group of Windows or Entra: nobody knows how many
	// people enter by it.
	Group bool
	// Runner is the account of the login that runs grantree.
	Runner bool
	Pos    finding.Pos
}

// License is how many people may have a seat, and who never needs one.
type License struct {
	Seats   int
	Limited bool // false: any number
	Exempt  []string
	Unread  []string // sites whose accounts are not known
	Pos     finding.Pos
}

// Line is one person, or the people behind an outsider, and the seats they use.
type Line struct {
	Name            string
	Sites, SitesNow []string // that they can enter, sorted, each once; lines may share a list
	Seats, SeatsNow int      // once the plan is applied, and at present
	Why             string   // "active in 3 sites", "exempt", "inactive; South could not be read"
	Origin          string   // "policy", "site" (not in the policy) or "both"
	Leaving         bool     // the policy wants them nowhere
	Group           bool     // a person of the policy by whose account a group of Windows or Entra enters
	Pos             finding.Pos
	By              []Entrance // at present
	As              []Alias    // users that are called otherwise than the line, sorted by site
}

// Alias is a site where the user of somebody has another name: one SID is one
// person, whatever they are called.
type Alias struct{ Site, User string }

// Entrance is a login by which somebody can enter, and which sites.
type Entrance struct {
	Login string // "" where it is not known, or there is none
	Sites []string
}

// Uses reports whether the person uses a seat once the plan is applied.
func (l Line) Uses() bool { return l.Seats > 0 }

// Enters reports whether the plan lets the person into a site that they cannot
// enter at present.
func (l Line) Enters() bool {
	return slices.ContainsFunc(l.Sites, func(s string) bool { return !In(l.SitesNow, s) })
}

// In reports whether a line's list has a site.
func In(sites []string, site string) bool {
	_, found := slices.BinarySearch(sites, site)
	return found
}

// Count is the seats of all sites together. Lines are sorted by name.
type Count struct {
	Used    int // once the plan is applied
	Now     int
	Limit   int
	Limited bool
	Lines   []Line
	// Uncounted are groups of Windows or Entra that enter a site and for which
	// nobody has said how many people they are.
	Uncounted []Uncounted
}

// Uncounted is a way into a site that uses no seat because nobody can say whose
// it is.
type Uncounted struct {
	Where string // the site or the server
	Name  string
	Why   string
}

// Left returns the free seats, never negative, and -1 where there is no limit.
func (c Count) Left() int {
	if !c.Limited {
		return -1
	}
	return max(c.Limit-c.Used, 0)
}

// String is the sum as a plan shows it: "24 of 25 seats used, 1 left".
func (c Count) String() string {
	if !c.Limited {
		if c.Used == 1 {
			return "1 seat used, no limit"
		}
		return fmt.Sprintf("%d seats used, no limit", c.Used)
	}
	return fmt.Sprintf("%d of %d seats used, %d left", c.Used, c.Limit, c.Left())
}

// Line returns the line of a name as the count spells it.
func (c Count) Line(name string) (Line, bool) {
	i := slices.IndexFunc(c.Lines, func(l Line) bool { return l.Name == name })
	if i < 0 {
		return Line{}, false
	}
	return c.Lines[i], true
}

// New returns who uses a seat once the plan is applied and does not now, in the
// order of the policy's lines: the order in which free seats are given.
func (c Count) New() []string {
	return c.names(func(l Line) bool { return l.Uses() && l.SeatsNow == 0 })
}

// Freed returns, in the same order, whose seat the plan frees.
func (c Count) Freed() []string {
	return c.names(func(l Line) bool { return !l.Uses() && l.SeatsNow > 0 })
}

// Staying returns who uses a seat although the policy wants them nowhere: a
// leaver whom the plan does not reach.
func (c Count) Staying() []string { return c.names(func(l Line) bool { return l.Uses() && l.Leaving }) }

func (c Count) names(want func(Line) bool) []string {
	var some []Line
	for _, l := range c.Lines {
		if want(l) {
			some = append(some, l)
		}
	}
	slices.SortStableFunc(some, func(a, b Line) int { return a.Pos.Compare(b.Pos) })
	var out []string
	for _, l := range some {
		out = append(out, l.Name)
	}
	return out
}
