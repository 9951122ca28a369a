package sites

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"grantree/finding"
	"grantree/policy"
)

func TestWavesSplit(t *testing.T) {
	var all []policy.Site
	for _, name := range strings.Fields("A b C d E F") {
		all = append(all, policy.Site{Name: name})
	}
	for _, tt := range []struct {
		name string
		w    Waves
		want string
	}{
		{"one wave", Waves{}, "b d A C E F"},
		{"a canary", Waves{Canary: 1}, "b d A! C E F"},
		{"two canaries and waves of two", Waves{Canary: 2, Size: 2}, "b d A C! E F"},
		{"waves of three", Waves{Size: 3}, "b d A C E, F"},
		{"as many canaries as sites", Waves{Canary: 4}, "b d A C E F"},
	} {
		var got []string
		for _, w := range tt.w.split(all, func(s policy.Site) bool { return s.Name == strings.ToUpper(s.Name) }) {
			var names []string
			for _, s := range w.sites {
				names = append(names, s.Name)
			}
			text := strings.Join(names, " ")
			if w.canary {
				text += "!"
			}
			got = append(got, text)
		}
		if s := strings.ReplaceAll(strings.Join(got, ", "), "!, ", "! "); s != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, s, tt.want)
		}
	}
	if w := (Waves{Canary: 1}).split(nil, nil); len(w) != 1 || len(w[0].sites) != 0 {
		t.Errorf("no site: %v", w)
	}
}

// TestWaves: a canary that fails ends the run; else failures are counted; sites
// that are not begun say so, and nothing is sent to them; the same run again goes
// on where it ended.
func TestWaves(t *testing.T) {
	names := []string{"North", "South", "East", "West", "Port"}
	var places []place
	for _, name := range names {
		places = append(places, place{name, 0})
	}
	stale := "CREATE USER fay FOR LOGIN fay"
	for _, tt := range []struct {
		name   string
		waves  Waves
		broken []string
		want   map[Outcome][]string
		err    string
	}{
		{"nothing fails", Waves{Canary: 1, Size: 2, Verify: true}, nil, map[Outcome][]string{Applied: names}, ""},
		{"the canary fails", Waves{Canary: 1, Verify: true}, []string{"North"},
			map[Outcome][]string{Failed: {"North"}, Stopped: names[1:]}, `not begun: site "North", which is changed first, failed`},
		{"another fails", Waves{Canary: 1, Size: 1}, []string{"South"}, map[Outcome][]string{Failed: {"South"}, Applied: {"North", "East", "West", "Port"}}, ""},
		{"one too many fails", Waves{Canary: 1, Size: 1, MaxFailures: 2}, []string{"South", "East"},
			map[Outcome][]string{Applied: {"North"}, Failed: {"South", "East"}, Stopped: {"West", "Port"}}, "not begun: 2 of at most 2 sites failed"},
		{"no canary", Waves{}, []string{"North"}, map[Outcome][]string{Failed: {"North"}, Applied: names[1:]}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, 1, places...)
			f := w.fleet(w.policy(5, member("ann", "*")))
			tt.waves.Today = time.Now()
			f.Waves = tt.waves
			fp := w.plan(f)
			for _, name := range tt.broken {
				w.in(name, stale)
			}
			var begun []string
			results, err := f.Apply(context.Background(), fp, Events{Wave: func(n, of int, sites []string) { begun = append(begun, fmt.Sprint(n, of, sites)) }})
			got := map[Outcome][]string{}
			for _, r := range results {
				got[r.Outcome] = append(got[r.Outcome], r.Site)
				if r.Outcome == Applied && tt.waves.Verify != (r.Verified != nil && r.Verified.OK()) {
					t.Errorf("site %s is verified: %v", r.Site, r.Verified)
				}
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("results (-want +got):\n%s", d)
			}
			if (err == nil) != (len(tt.broken) == 0) || tt.err != "" && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error %v", err)
			}
			if len(w.inside()["ann"]) != len(got[Applied]) {
				t.Errorf("ann is in %v, applied are %v", w.inside()["ann"], got[Applied])
			}
			if tt.waves.Canary > 0 && (len(begun) == 0 || begun[0] != fmt.Sprint(1, len(f.Waves.split(f.Sites, func(policy.Site) bool { return true })), []string{"North"})) {
				t.Errorf("waves %v", begun)
			}
			for _, name := range tt.broken {
				w.in(name, "DROP USER fay")
			}
			if _, _, err := w.run(f); err != nil || len(w.inside()["ann"]) != len(names) {
				t.Errorf("again: %v, ann is in %v", err, w.inside()["ann"])
			}
		})
	}
}

// TestUnforeseen: a failure is what the run made or should have mended. Who was
// there before, and who waits for a seat, is none.
func TestUnforeseen(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0}, place{"Port", 0})
	w.in("North", "CREATE USER dan FOR LOGIN dan; ALTER ROLE db_datareader ADD MEMBER dan")
	w.in("South", "CREATE USER ann FOR LOGIN ann")
	back := w.offline(w.place("Port"))
	defer back()
	f := w.fleet(w.policy(4, member("ann", "*"), member("eve", "*"), member("fay", "*")))
	f.options.Whole = 4 // the plan of a site is looked at below
	f.Waves = Waves{Canary: 1, Verify: true, Today: time.Now()}
	fp := w.plan(f)
	results, err := f.Apply(context.Background(), fp, Events{})
	left := (*LeftOutError)(nil)
	if !errors.As(err, &left) || len(left.Names) == 0 {
		t.Fatalf("somebody waits for a seat, and the error is %v", err)
	}
	for _, r := range results[:2] {
		if r.Outcome != Applied && r.Outcome != NoChange || len(r.Unforeseen) > 0 {
			t.Errorf("%s is %s, and not foreseen is %v", r.Site, r.Outcome, r.Unforeseen)
		}
	}
	if north := results[0].Verified; north == nil || len(north.Mismatches) == 0 {
		t.Fatalf("North has strangers, and verify says %v", north)
	}
	sp := fp.Sites[slices.IndexFunc(fp.Sites, func(s SitePlan) bool { return s.Site.Name == "North" })]
	more := *results[0].Verified
	more.Mismatches = append(slices.Clone(more.Mismatches), finding.Finding{Code: finding.ModelDiffers, Message: "the server says else"})
	if got := f.unforeseen(sp, &more); len(got) != 1 || got[0].Code != finding.ModelDiffers {
		t.Errorf("not foreseen is %v", got)
	}
	if r := (Result{Outcome: Applied, Unforeseen: more.Mismatches}); !r.failed() {
		t.Error("a site with a mismatch of the run is no failure")
	}
}
