package sites

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
)

// Waves says in which order an apply changes sites: a few first, the canaries,
// then the others in waves. A wave begins when the one before is over: its sites
// are applied and, where Verify says so, verified. The zero value is one wave.
type Waves struct {
	// Canary is how many sites with changes are in the first wave. Where one of
	// them fails no other site is begun.
	Canary int
	// Size is how many sites a later wave has; 0 is all that are left.
	Size int
	// MaxFailures is after how many failed sites no wave is begun; 0 is no limit.
	MaxFailures int
	// Verify asks the server about each site once it is applied, as Fleet.Verify
	// does, at Today. A site fails where something is not as the policy says that
	// was not foreseen: what this run made, or should have mended. A stranger who
	// was there before is no failure of the run.
	Verify bool
	Today  time.Time
}

// wave is the sites that are changed together.
type wave struct {
	sites  []policy.Site
	canary bool
}

// split puts sites into waves, in their order. Those with nothing to send, or
// with something in the way, are no canary and fill no wave: they go with the
// first.
func (w Waves) split(sites []policy.Site, sends func(policy.Site) bool) []wave {
	var idle, rest []policy.Site
	for _, s := range sites {
		if sends(s) {
			rest = append(rest, s)
		} else {
			idle = append(idle, s)
		}
	}
	var out []wave
	if n := min(w.Canary, len(rest)); n > 0 && len(rest) > n {
		out, rest = append(out, wave{sites: rest[:n], canary: true}), rest[n:]
	}
	size := w.Size
	if size <= 0 {
		size = max(len(rest), 1)
	}
	for some := range slices.Chunk(rest, size) {
		out = append(out, wave{sites: some})
	}
	if len(out) == 0 {
		out = append(out, wave{})
	}
	out[0].sites = slices.Concat(idle, out[0].sites)
	return out
}

// inWaves applies the sites of a run by apply, wave after wave, and returns a
// result for each site of the fleet, in its order. Sites of a wave that is not
// begun are Stopped.
func (f *Fleet) inWaves(ctx context.Context, rows map[string]Row, apply func(context.Context, Row) (Result, *SitePlan), ev Events) []Result {
	at := map[string]int{}
	for i, s := range f.Sites {
		at[s.Name] = i
	}
	results := make([]Result, len(f.Sites))
	sends := func(s policy.Site) bool {
		r := rows[s.Name]
		return r.Err == nil && r.Plan != nil && !r.Plan.Empty()
	}
	var stop string
	failures := 0
	waves := f.Waves.split(f.Sites, sends)
	if f.Online != nil {
		for _, w := range waves {
			enteringFirst(w.sites, rows)
		}
	}
	for n, w := range waves {
		if stop == "" && len(waves) > 1 && ev.Wave != nil {
			ev.Wave(n+1, len(waves), w.begun(sends))
		}
		f.eachOf(ctx, w.sites, func(ctx context.Context, _ int, s policy.Site) {
			var made *SitePlan
			r := Result{Outcome: Stopped, Err: fmt.Errorf("not begun: %s; nothing was sent to it", stop)}
			if stop == "" || !sends(s) {
				f.begins(StageApplying, s)
				r, made = apply(ctx, rows[s.Name])
			}
			r.Site = s.Name
			if f.Waves.Verify && len(waves) > 1 && r.Outcome == Applied && ctx.Err() == nil {
				r.Verified = f.verifyOne(ctx, s, f.Waves.Today)
				r.Unforeseen = f.unforeseen(*made, r.Verified)
			}
			results[at[s.Name]] = r
			f.wasApplied(r)
			if ev.Site != nil {
				ev.Site(r)
			}
		})
		for _, s := range w.sites {
			r := results[at[s.Name]]
			if stop != "" || !sends(s) || !r.failed() {
				continue
			}
			if failures++; w.canary {
				stop = fmt.Sprintf("site %q, which is changed first, failed", s.Name)
			}
		}
		if n := f.Waves.MaxFailures; n > 0 && failures >= n && stop == "" {
			stop = fmt.Sprintf("%d of at most %d sites failed", failures, n)
			if n == 1 {
				stop = "a site failed"
			}
		}
	}
	return results
}

// failed reports whether a site that something was sent to counts as a failure
// of the run.
func (r Result) failed() bool {
	if r.Outcome == Partly { // but one that the window or somebody ended, as they end the run
		return !errors.As(r.Err, new(*pauseError))
	}
	return r.Outcome == Failed || r.Outcome == Unknown || len(r.Unforeseen) > 0 || r.Verified != nil && r.Verified.Err != nil
}

// unforeseen returns what a verified site has that is not as the policy says and
// that its plan did not leave.
func (f *Fleet) unforeseen(sp SitePlan, v *Verified) finding.List {
	if len(v.Mismatches) == 0 {
		return nil
	}
	end, err := sp.Snapshot.After(sp.Plan)
	if err != nil {
		return v.Mismatches
	}
	wanted, _ := f.Policy.Wanted(sp.Snapshot) // of everybody: who waits for a seat is foreseen to be missing
	left := grants.Judge(end, wanted, f.Policy.Accepts(sp.Site.Name, f.Waves.Today), nil).Mismatches
	left = append(left, f.answered(end, wanted)...)
	for _, u := range wanted.Users {
		if !slices.ContainsFunc(end.Principals, func(p grants.Principal) bool { return end.Collation.Equal(p.Name, u.Name) }) {
			left = append(left, v.missing(u.Name)...)
		}
	}
	return slices.DeleteFunc(slices.Clone(v.Mismatches), func(m finding.Finding) bool {
		return slices.ContainsFunc(left, func(f finding.Finding) bool {
			return f.Code == m.Code && f.About == m.About && (m.About != "" || f.Message == m.Message)
		})
	})
}

// answered is what a verification finds where the server answers as the model does, of
// which a plan names the causes: what others deny, and what a mode leaves undone.
func (f *Fleet) answered(end *grants.Snapshot, wanted *grants.Wanted) finding.List {
	v, err := VerifySnapshot(f.Policy, end, f.Waves.Today, func(_ []string, managed func(view string) bool) ([]grants.Reply, []string, error) {
		return grants.NewSurvey(end).Access(wanted).Replies(managed), nil, nil
	})
	if err != nil {
		return nil // the same error as that of the verification
	}
	return v.Mismatches
}

// missing returns what is said of somebody who has no user in the site.
func (v *Verified) missing(name string) finding.List {
	return slices.DeleteFunc(slices.Clone(v.Mismatches), func(m finding.Finding) bool {
		return m.Code != finding.UserMissing || !about(finding.List{m}, name)
	})
}

// begun names the sites of a wave that something is sent to.
func (w wave) begun(sends func(policy.Site) bool) []string {
	var out []string
	for _, s := range w.sites {
		if sends(s) {
			out = append(out, s.Name)
		}
	}
	return out
}
