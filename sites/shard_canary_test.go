package sites

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"grantree/policy"
)

// TestAwaitCanary: a shard begins once the canary of the first one is what its plan
// wants, and is as foreseen, and not before.
func TestAwaitCanary(t *testing.T) {
	var names [2][]string // of two shards
	for i := 0; len(names[0]) < 2 || len(names[1]) < 1; i++ {
		name := fmt.Sprintf("Site%d", i)
		shard := 0
		if (Shard{1, 2}).Has(name) {
			shard = 1
		}
		names[shard] = append(names[shard], name)
	}
	canary, second, other := names[0][0], names[0][1], names[1][0]
	text := func(w *world) string { return w.policy(5, member("ann", "*")) }
	must := func(_ *FleetPlan, left []string, err error) {
		if err != nil || len(left) > 0 {
			t.Errorf("left out are %v: %v", left, err)
		}
	}
	patient, soon := time.Minute, 200*time.Millisecond
	for _, tt := range []struct {
		name     string
		before   func(w *world, first *Fleet)
		meantime func(w *world, first *Fleet) // once it waits
		slowly   bool                         // it is not over yet when the first look is taken
		patience time.Duration
		awaited  bool
		err      string
	}{
		{name: "the canary is applied", meantime: func(w *world, first *Fleet) { must(w.run(first)) }, slowly: true, patience: patient, awaited: true},
		{name: "it never is", patience: soon, awaited: true, err: `site "` + canary + `" of shard 0/2, which every other shard waits for, is not as its plan wants it after 200ms: it has not changed; nothing was sent`},
		{name: "it changes into something else", meantime: func(w *world, _ *Fleet) { w.in(canary, "CREATE USER fay FOR LOGIN fay") }, patience: soon, awaited: true, err: "it has changed, and not into that"},
		{name: "it has what nobody foresaw", meantime: func(w *world, first *Fleet) {
			w.in(canary, "CREATE USER ann FOR LOGIN ann; ALTER ROLE db_datareader ADD MEMBER ann")
			must(w.run(first))
		}, patience: patient, awaited: true, err: "is not as its plan foresaw: "},
		{name: "the first shard is done", before: func(w *world, first *Fleet) { must(w.run(first)) }, patience: soon},
		{name: "its first site is done", before: func(w *world, first *Fleet) { must(w.run(w.fleet(text(w), canary))) },
			meantime: func(w *world, first *Fleet) { must(w.run(first)) }, patience: patient, awaited: true},
		{name: "its first site is away", before: func(w *world, _ *Fleet) {
			must(w.run(w.fleet(text(w), other))) // who has a seat needs none
			w.Cleanup(w.offline(w.place(canary)))
		},
			meantime: func(w *world, first *Fleet) { must(w.run(w.fleet(text(w), second))) }, patience: patient, awaited: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, 1, place{canary, 0}, place{second, 0}, place{other, 0})
			p := parsed(t, text(w))
			fleet := func(i int, warn func(string, ...any)) *Fleet {
				f, err := Open(p, Options{Shard: Shard{i, 2}, Warn: warn, Password: func(policy.Server) (string, error) { return livePassword, nil }})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(f.Close)
				f.Waves = Waves{Canary: 1, Verify: true, Today: time.Now()}
				f.canaryPause = time.Millisecond
				return f
			}
			first := fleet(0, nil)
			var also sync.WaitGroup
			meantime := func(string, ...any) {
				if tt.meantime == nil {
					return
				}
				if also.Go(func() { tt.meantime(w, first) }); !tt.slowly {
					also.Wait()
				}
			}
			f := fleet(1, meantime)
			if len(f.Sites) != 1 || f.Sites[0].Name != other {
				t.Fatalf("the second shard is %v", f.Sites)
			}
			if tt.before != nil {
				tt.before(w, first)
			}
			awaited, err := f.AwaitCanary(context.Background(), PlanOptions{Today: time.Now(), ExpectLoss: -1}, tt.patience)
			also.Wait()
			if awaited != tt.awaited || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("awaited %v, error %v", awaited, err)
			}
		})
	}
}

// TestWhoAwaitsNoCanary: the first shard, a whole fleet, and a run without canaries.
func TestWhoAwaitsNoCanary(t *testing.T) {
	for _, f := range []*Fleet{
		{options: Options{Shard: Shard{0, 3}}, Waves: Waves{Canary: 1}},
		{options: Options{}, Waves: Waves{Canary: 1}},
		{options: Options{Shard: Shard{1, 3}}},
	} {
		if awaited, err := f.AwaitCanary(context.Background(), PlanOptions{}, time.Minute); awaited || err != nil {
			t.Errorf("shard %s with %d canaries: %v, %v", f.options.Shard, f.Waves.Canary, awaited, err)
		}
	}
	if err := (&CanaryError{Sites: []string{"A", "B"}, First: Shard{0, 2}, Reason: "is away"}); !strings.HasPrefix(err.Error(), `sites "A", "B" of shard 0/2`) || errors.Unwrap(err) != nil {
		t.Errorf("says %v", err)
	}
}
