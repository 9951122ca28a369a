// Package licensing counts seats: who uses one, how many are left and whose
// seat is new. Start with Tally, which turns accounts into a Count.
//
// The rules are those of the application's vendor ("if you purchase 10 user
// licenses, you may only create 10 User ID's … If you need to replace an
// existing user, remove the old user first and then add the new user",
// iMaint Users, Groups and Permissions Overview) as docs/rules.md, rule 3, has
// them: active, not exempt people over all sites, counted once each by name.
// The package is pure; names are folded by the function it is handed.
package licensing

import (
	"cmp"
	"fmt"
	"slices"

	"grantree/finding"
)

// Account is one appearance of a person: in the policy, or as a database user
// that a site holds. A person usually has several.
type Account struct {
	Name   string
	Site   string // "" for a policy user who enters no site
	Active bool
	// Origin says where the account was seen: "policy" or "site".
	Origin string
	Pos    finding.Pos
}

// License is how many people may have a seat, and who never needs one.
type License struct {
	Seats   int
	Limited bool // false: any number
	Exempt  []string
	Pos     finding.Pos
}

// Line is one person and whether they use a seat.
type Line struct {
	Name   string
	Sites  []string // sorted, each once
	Uses   bool
	Why    string // "active in 3 sites", "exempt", "inactive", "enters no site"
	Origin string // "policy", "site" (not in the policy) or "both"
	Pos    finding.Pos
}

// Count is the seats of all sites together. Lines are sorted by name.
type Count struct {
	Used    int
	Limit   int
	Limited bool
	Lines   []Line
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

// Tally counts each person once, however many accounts and sites they have
// and however their name is spelt, as far as fold calls two spellings equal.
// A person is active when any of their accounts is.
func Tally(accounts []Account, l License, fold func(string) string) Count {
	exempt := map[string]bool{}
	for _, name := range l.Exempt {
		exempt[fold(name)] = true
	}
	people := map[string][]Account{}
	for _, a := range accounts {
		people[fold(a.Name)] = append(people[fold(a.Name)], a)
	}
	c := Count{Limit: l.Seats, Limited: l.Limited}
	for key, seen := range people {
		line := person(seen, exempt[key])
		if line.Uses {
			c.Used++
		}
		c.Lines = append(c.Lines, line)
	}
	slices.SortFunc(c.Lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(fold(a.Name), fold(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	return c
}

// person turns one person's accounts into a line. The policy's spelling of
// the name goes before a site's.
func person(seen []Account, exempt bool) Line {
	slices.SortFunc(seen, func(a, b Account) int {
		return cmp.Or(cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Site, b.Site), a.Pos.Compare(b.Pos))
	})
	line := Line{Name: seen[0].Name, Origin: seen[0].Origin, Pos: seen[0].Pos}
	active := false
	for _, a := range seen {
		active = active || a.Active
		if a.Origin != line.Origin {
			line.Origin = "both"
		}
		if a.Site != "" && a.Active {
			line.Sites = append(line.Sites, a.Site)
		}
	}
	slices.Sort(line.Sites)
	line.Sites = slices.Compact(line.Sites)
	switch {
	case exempt:
		line.Why = "exempt"
	case !active:
		line.Why = "inactive"
	case len(line.Sites) == 0:
		line.Why = "enters no site"
	default:
		line.Uses = true
		line.Why = fmt.Sprintf("active in %d sites", len(line.Sites))
		if len(line.Sites) == 1 {
			line.Why = "active in " + line.Sites[0]
		}
	}
	return line
}

// Check is rule 3: an error where a plan gives more people a seat than there
// are seats. before is the count as the sites stand now, so that the sentence
// can name whose seat is new. Where the sites hold too many already and the
// plan adds nobody it is a warning: refusing would keep an administrator from
// taking people out.
func Check(before, after Count, l License, fold func(string) string) finding.List {
	var out finding.List
	if !after.Limited || after.Used <= after.Limit {
		return nil
	}
	taken := New(before, after, fold)
	if len(taken) == 0 && after.Used <= before.Used {
		out.Warnf("over-licence", l.Pos, "deactivate or remove people: \"grantree license\" shows who uses a seat",
			"%d people use a seat and the licence has %d; this plan adds nobody", after.Used, after.Limit)
		return out
	}
	message := fmt.Sprintf("%d people need a seat and the licence has %d", after.Used, after.Limit)
	if len(taken) > 0 {
		message += fmt.Sprintf("; adding %s takes seat %d of %d", quoteAll(taken), after.Used, after.Limit)
	}
	out.Errorf("no-seat-left", l.Pos, "deactivate or remove someone in the same edit, or buy seats: \"grantree license\" shows who uses one", "%s", message)
	return out
}

// New returns, sorted, who uses a seat in after and not in before.
func New(before, after Count, fold func(string) string) []string {
	had := map[string]bool{}
	for _, l := range before.Lines {
		if l.Uses {
			had[fold(l.Name)] = true
		}
	}
	var out []string
	for _, l := range after.Lines {
		if l.Uses && !had[fold(l.Name)] {
			out = append(out, l.Name)
		}
	}
	return out
}

// quoteAll lists up to three names.
func quoteAll(names []string) string {
	const most = 3
	text := ""
	for i, n := range names[:min(len(names), most)] {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%q", n)
	}
	if len(names) > most {
		text += fmt.Sprintf(" and %d more", len(names)-most)
	}
	return text
}
