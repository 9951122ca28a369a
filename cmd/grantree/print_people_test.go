package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"grantree/catalog"
	"grantree/grants"
	"grantree/policy"
	"grantree/sites"
)

// TestWho: people are one line only where the line is true of each of them, and
// nobody who loses something is left to a number.
func TestWho(t *testing.T) {
	read := map[string]catalog.Permissions{"imvw_work_order": catalog.Select}
	fp := &sites.FleetPlan{Policy: &policy.Policy{Catalog: catalog.IMaint()}}
	for i := range 12 {
		s := sites.SitePlan{Site: policy.Site{Name: fmt.Sprintf("S%02d", i)}, Wanted: &grants.Wanted{Views: []string{"imvw_work_order", "imvw_part"}}, Plan: &grants.Plan{}}
		half := "east"
		if i%2 > 0 {
			half = "west"
		}
		effects := []grants.Effect{
			{People: []string{"boss"}, Gain: read},
			{People: []string{half}, Leaves: true, Lose: read},
			{People: []string{fmt.Sprintf("loser%02d", i)}, Lose: read},
		}
		for n := range 2 {
			effects = append(effects, grants.Effect{People: []string{fmt.Sprintf("new%02d", 2*i+n)}, Enters: true, Gain: read})
		}
		s.Plan.People.Effects = effects
		fp.Sites = append(fp.Sites, s)
	}
	show := func(full bool) string {
		var out bytes.Buffer
		a := &app{stdout: &out, env: func(string) string { return "" }}
		a.printWho(fp, full)
		return strings.TrimSpace(out.String())
	}
	want := `WHO                             SITES         WHAT
  east, west                      6 sites each  leaves
  loser00, loser01, loser02,      1 site each   loses Work Orders | Work Orders
  loser03, loser04, loser05,                    (select)
  loser06, loser07, loser08,
  loser09, loser10, loser11
  boss                            all           gains Work Orders | Work Orders
                                                (select)
  new00, new01, new02, new03 and  1 site each   gains Work Orders | Work Orders
  20 more                                       (select)`
	words := func(s string) []string { // whatever the width of the columns
		var out []string
		for line := range strings.SplitSeq(s, "\n") {
			out = append(out, strings.Join(strings.Fields(line), " "))
		}
		return out
	}
	if d := cmp.Diff(words(want), words(show(false))); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	full := show(true)
	for _, line := range []string{"east                    6 sites  leaves", "new23", "loser11"} {
		if !strings.Contains(strings.Join(words(full), "\n"), strings.Join(words(line), "")) {
			t.Errorf("--full has no line %q:\n%s", line, full)
		}
	}
}
