package sites

import (
	"context"
	"errors"

	"grantree/grants"
	"grantree/policy"
)

// Stage is what a run does with one site after the other.
type Stage string

// The stages. StageMaking is that of a site that an embedded server gets, which a
// caller does.
const (
	StageMaking    Stage = "making"
	StageReading   Stage = "reading"
	StageApplying  Stage = "applying"
	StageVerifying Stage = "verifying"
)

// Step is what a run says of a site on its way: that a stage begins there, or that
// it is over, and how it went. Steps come from several goroutines; of one site and
// stage they come in order. They are for whoever waits: nothing is decided by them.
type Step struct {
	Stage Stage
	Site  string
	Done  bool // the stage is over there; else it begins
	// Outcome is what became of the site, empty where it was read, or verified.
	Outcome    Outcome
	People     int // users of a site that was read, or about whom one was asked
	Statements int // that were committed
	// Part is how many of the Parts small transactions of a site are in, where it is
	// changed in such and one more is in; Parts is 0 otherwise.
	Part, Parts int
	Mismatches  int // causes why a verified site is not as the policy says
	Unverified  int // things of it that are not known
}

// step tells of a step, where somebody wants to know.
func (f *Fleet) step(s Step) {
	if f.options.Progress != nil {
		f.options.Progress(s)
	}
}

// begins tells that a stage begins in a site.
func (f *Fleet) begins(stage Stage, s policy.Site) { f.step(Step{Stage: stage, Site: s.Name}) }

// wasRead tells that a site was read, or not.
func (f *Fleet) wasRead(s policy.Site, snapshot *grants.Snapshot, err error) {
	out := Step{Stage: StageReading, Site: s.Name, Done: true}
	if err != nil {
		out.Outcome = absence(err)
		if errors.Is(err, context.Canceled) {
			out.Outcome = Stopped
		}
	} else if snapshot != nil {
		for _, p := range snapshot.Principals {
			if p.ID >= grants.FirstUserID && p.Type.IsUser() {
				out.People++
			}
		}
	}
	f.step(out)
}

// wasApplied tells what became of a site's plan.
func (f *Fleet) wasApplied(r Result) {
	f.step(Step{Stage: StageApplying, Site: r.Site, Done: true, Outcome: r.Outcome, Statements: r.Statements})
}

// wasVerified tells what a site's server answered.
func (f *Fleet) wasVerified(v Verified) {
	f.step(Step{Stage: StageVerifying, Site: v.Site, Done: true, Outcome: v.Outcome, People: v.Users,
		Mismatches: len(v.Mismatches) + len(v.Failed()), Unverified: len(v.Unverified)})
}
