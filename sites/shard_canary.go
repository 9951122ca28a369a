package sites

import (
	"context"
	"errors"
	"fmt"
	"time"

	"grantree/finding"
	"grantree/policy"
)

// canaryPause is how long a shard waits before it looks at the canary again.
const canaryPause = 2 * time.Second

// CanaryError says that the canary of the first shard is not what its plan wants,
// so that nothing was sent.
type CanaryError struct {
	Sites  []string
	First  Shard
	Reason string
}

func (e *CanaryError) Error() string {
	return fmt.Sprintf("%s of shard %s, which every other shard waits for, %s; nothing was sent: see to shard %s and run this again, or go without it with --canary 0",
		sitesNamed(e.Sites), e.First, e.Reason, e.First)
}

// AwaitCanary has a shard wait for the canary of the first one. There is no channel
// between shards but the sites: what is awaited are the first sites with changes of
// shard 0, as many as Waves.Canary, as the very plan that shard 0 makes now has them.
// They are there once a plan of them is empty, and, with Waves.Verify, their servers
// answer as that plan foresaw. It reports whether there was something to wait for:
// where shard 0 has no changes, or this is shard 0, there was not.
//
// The error is a *CanaryError where that does not come within patience.
func (f *Fleet) AwaitCanary(ctx context.Context, o PlanOptions, patience time.Duration) (awaited bool, err error) {
	if f.options.Shard.Whole() || f.options.Shard.Index == 0 || f.Waves.Canary <= 0 {
		return false, nil
	}
	zero := Shard{Of: f.options.Shard.Of}
	options := f.options
	options.Shard = zero
	first, err := f.beside(options)
	if err != nil {
		return false, err
	}
	defer first.Close()
	fp, _ := first.ReadAndPlan(ctx, o, false)
	if fp == nil || ctx.Err() != nil { // there is no site, or none that can be read
		return false, ctx.Err()
	}
	canaries := fp.canaries(f.Waves.Canary)
	if len(canaries) == 0 {
		return false, nil
	}
	var names []string
	for _, s := range canaries {
		names = append(names, s.Name)
	}
	failed := func(reason string, args ...any) error {
		return &CanaryError{Sites: names, First: zero, Reason: fmt.Sprintf(reason, args...)}
	}
	if refusal := fp.Refusal(); refusal != nil {
		return true, failed("will not be changed: %v", refusal)
	}
	options.Only, options.Except, options.Shard, options.Whole = names, nil, Shard{}, len(names)
	few, err := f.beside(options)
	if err != nil {
		return true, err
	}
	defer few.Close()
	before, err := few.untilDone(ctx, o, patience, func() { f.options.Warn("waiting for %s of shard %s, which is changed first", sitesNamed(names), zero) })
	if ctx.Err() != nil {
		return true, ctx.Err()
	}
	if err != nil {
		return true, failed("is not as its plan wants it after %v: %v", patience, err)
	}
	return true, few.asForeseen(ctx, before, failed)
}

// beside opens sites of the same policy for a look, with the passwords that are known.
func (f *Fleet) beside(o Options) (*Fleet, error) {
	ask := f.options.Password
	o.Progress = nil
	o.Password = func(s policy.Server) (string, error) {
		f.opening.Lock()
		defer f.opening.Unlock()
		if known, ok := f.password[s.Name]; ok {
			return known, nil
		}
		password, err := ask(s)
		if err == nil {
			f.password[s.Name] = password
		}
		return password, err
	}
	out, err := Open(f.Policy, o)
	if err == nil {
		out.Waves, out.canaryPause = f.Waves, f.canaryPause
	}
	return out, err
}

// canaries are the first sites of a plan that something is sent to.
func (fp *FleetPlan) canaries(n int) []policy.Site {
	var out []policy.Site
	for _, r := range fp.Rows() {
		if r.Err == nil && !r.Plan.Empty() && len(out) < n {
			out = append(out, r.Site)
		}
	}
	return out
}

// untilDone waits until a plan of the fleet has nothing to send, and returns the
// sites as they were first planned. The error says what is in the way when patience
// ends. It plans only what has moved since the last look. waits is called once it
// has taken the first.
func (f *Fleet) untilDone(ctx context.Context, o PlanOptions, patience time.Duration, waits func()) (before []SitePlan, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	seen := map[string]string{}
	why := errors.New("it was not looked at")
	for {
		readings := f.Read(ctx)
		moved := false
		for _, r := range readings {
			switch {
			case r.Err != nil && ctx.Err() == nil:
				why = r.Err
			case r.Err == nil:
				now := r.Snapshot.Fingerprint()
				moved = moved || now != seen[r.Site.Name]
				seen[r.Site.Name] = now
			}
		}
		if moved && Failures(readings) == nil {
			fp := f.Plan(ctx, readings, o, false)
			if before == nil {
				before, why = fp.Sites, errors.New("it has not changed")
				waits()
			} else {
				why = errors.New("it has changed, and not into that")
			}
			if len(fp.canaries(1)) == 0 {
				return before, nil
			}
		}
		select {
		case <-ctx.Done():
			return before, why
		case <-time.After(f.canaryPause):
		}
	}
}

// asForeseen verifies sites that another run applied, and holds them to their plans
// from before.
func (f *Fleet) asForeseen(ctx context.Context, before []SitePlan, failed func(string, ...any) error) error {
	if !f.Waves.Verify {
		return nil
	}
	for _, sp := range before {
		v := f.verifyOne(ctx, sp.Site, f.Waves.Today)
		if v.Err != nil {
			return failed("cannot be verified: %v", v.Err)
		}
		if more := f.unforeseen(sp, v); len(more) > 0 {
			return failed("is not as its plan foresaw: %s", first(more))
		}
	}
	return nil
}

// first is the first finding of a list, in a sentence.
func first(l finding.List) string { return l.Sorted()[0].Message }
