package licensing_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"grantree/licensing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestSitesOfOneAccount: an account with a list of sites is one in each of them.
func TestSitesOfOneAccount(t *testing.T) {
	names := rapid.SampledFrom([]string{"ann", "Ann", "ben", "cid", "dan"})
	word := rapid.SampledFrom([]string{"", "x", "y"})
	rapid.Check(t, func(t *rapid.T) {
		people := []licensing.Account{user("ann"), user("ben", was("cid"))}[:rapid.IntRange(0, 2).Draw(t, "people")]
		each := people
		merged := map[string]*licensing.Account{}
		taken := map[[2]string]bool{} // a site has no two accounts of one name
		for i := range rapid.IntRange(0, 12).Draw(t, "accounts") {
			sid := word.Draw(t, "sid")
			a := licensing.Account{Name: names.Draw(t, "name"), Login: cmp.Or(word.Draw(t, "login"), names.Draw(t, "its")), SID: sid, Origin: "site",
				Active: rapid.Bool().Draw(t, "active"), Now: rapid.Bool().Draw(t, "now"), Why: word.Draw(t, "why"), Leaving: rapid.Bool().Draw(t, "leaving"),
				Namesake: rapid.IntRange(0, 3).Draw(t, "namesake") == 0, Group: rapid.IntRange(0, 3).Draw(t, "group") == 0, Runner: rapid.IntRange(0, 9).Draw(t, "runner") == 0}
			if rapid.IntRange(0, 2).Draw(t, "accepted") == 0 {
				a.Outsider, a.People = []string{"desk", "Desk"}[i%2], i%3
			}
			sites := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"A", "B", "C", "D"}), 1, 3, rapid.ID).Draw(t, "sites")
			sites = slices.DeleteFunc(sites, func(s string) bool { return taken[[2]string{a.Name, s}] })
			if len(sites) == 0 {
				continue
			}
			for _, s := range sites {
				taken[[2]string{a.Name, s}] = true
				one := a
				one.Site = s
				each = append(each, one)
			}
			key := fmt.Sprintf("%+v", a)
			if merged[key] == nil {
				merged[key] = &a
			}
			merged[key].Sites = append(merged[key].Sites, sites...)
		}
		together := people
		for _, a := range merged {
			slices.Sort(a.Sites)
			a.Sites = slices.Compact(a.Sites)
			together = append(together, *a)
		}
		l := licensing.License{Seats: 2, Limited: true, Exempt: []string{"dan"}}
		want, got := licensing.Tally(each, l, strings.ToLower), licensing.Tally(together, l, strings.ToLower)
		if d := gocmp.Diff(entrances(want), entrances(got)); d != "" {
			t.Error(d)
		}
	})
}

// entrances are a count with a line for each site that somebody enters.
func entrances(c licensing.Count) licensing.Count {
	for i, l := range c.Lines {
		var by []licensing.Entrance
		for _, e := range l.By {
			for _, s := range e.Sites {
				by = append(by, licensing.Entrance{Login: e.Login, Sites: []string{s}})
			}
		}
		slices.SortFunc(by, func(a, b licensing.Entrance) int {
			return cmp.Or(cmp.Compare(a.Sites[0], b.Sites[0]), cmp.Compare(a.Login, b.Login))
		})
		c.Lines[i].By = slices.CompactFunc(by, func(a, b licensing.Entrance) bool { return a.Login == b.Login && a.Sites[0] == b.Sites[0] })
	}
	slices.SortFunc(c.Lines, func(a, b licensing.Line) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	slices.SortFunc(c.Uncounted, func(a, b licensing.Uncounted) int {
		return cmp.Or(cmp.Compare(a.Where, b.Where), cmp.Compare(a.Name, b.Name))
	})
	c.Uncounted = slices.Compact(c.Uncounted)
	return c
}
