package sites

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestSteps: every site of a stage begins and ends once, with what became of it.
func TestSteps(t *testing.T) {
	w := newWorld(t, 1, place{"North", 0}, place{"South", 0}, place{"Port", 0})
	f := w.fleet(w.policy(5, member("ann", "*")))
	f.options.Whole = 1 // of more sites a run keeps only what it needs
	var mu sync.Mutex
	var told map[string][]string
	f.options.Progress = func(s Step) {
		mu.Lock()
		defer mu.Unlock()
		text := fmt.Sprint(s.Stage)
		if s.Done {
			text = fmt.Sprint(s.Outcome, " people ", s.People, " statements ", s.Statements > 0, " mismatches ", s.Mismatches, " unverified ", s.Unverified)
		}
		told[s.Site] = append(told[s.Site], text)
	}
	stage := func(name string, want map[string][]string, do func()) {
		told = map[string][]string{}
		do()
		if d := cmp.Diff(want, told); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	all := 0 // people, of sites that have none
	if *least {
		all = 1 // who runs it
	}
	none, ann := fmt.Sprintf(" people %d statements", all), fmt.Sprintf(" people %d statements", all+1)
	each := func(steps ...string) map[string][]string {
		return map[string][]string{"North": steps, "South": steps, "Port": steps}
	}
	var fp *FleetPlan
	stage("reading", each("reading", none+" false mismatches 0 unverified 0"), func() { fp = w.plan(f) })
	stage("applying", each("applying", "applied people 0 statements true mismatches 0 unverified 0"), func() {
		if _, err := f.Apply(context.Background(), fp, Events{}); err != nil {
			t.Fatal(err)
		}
	})
	w.in("North", "GRANT INSERT ON dbo.imvw_site TO ann")
	want := each("verifying", ann+" false mismatches 0 unverified 0")
	want["North"] = []string{"verifying", ann + " false mismatches 1 unverified 0"}
	stage("verifying", want, func() { f.Verify(context.Background(), time.Now()) })

	defer w.offline(w.place("Port"))()
	want = each("reading", ann+" false mismatches 0 unverified 0")
	want["Port"] = []string{"reading", "away people 0 statements false mismatches 0 unverified 0"}
	stage("reading with one away", want, func() { fp = w.plan(f) })
	stage("reading and planning at once", want, func() { fp, _ = f.ReadAndPlan(context.Background(), PlanOptions{ExpectLoss: -1}, false) })
	f.Waves = Waves{Canary: 1}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	stage("a stopped apply", map[string][]string{"North": {"applying", "stopped people 0 statements false mismatches 0 unverified 0"},
		"South": {"applying", "no change people 0 statements false mismatches 0 unverified 0"}, "Port": {"applying", "away people 0 statements false mismatches 0 unverified 0"}},
		func() { f.Apply(stopped, fp, Events{}) })
}
