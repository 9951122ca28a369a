package advice

import (
	"slices"
	"time"

	"grantree/catalog"
	"grantree/grants"
	"grantree/policy"
)

// Question is an answer that somebody wants otherwise.
type Question struct {
	// User is somebody of the policy, by name; Group, where that is not "", is a group
	// of it, and User does not count.
	User, Group string
	// Sites are those in which the answer shall change, as they are called; of a group
	// it changes wherever the group is. In others it stays as it is.
	Sites      []string
	View       string // its name in the sites
	Permission catalog.Permissions
	Allowed    bool // the answer that is wanted
	// Holds says what is wrong with an edited policy for what the sites hold beside it,
	// as the end of a sentence about the edit: "would leave it as it is in North". "" for
	// nothing; nil: the policy alone counts.
	Holds func(edited *policy.Policy) (why string)
}

// Offer is an edit that was tried, and is right.
type Offer struct {
	Commands []string // what makes it, to paste, in this order
	Edited   *policy.Edited
	// Lost is how many permissions on views go beside what was asked for, counted once
	// for each person, or group, and site.
	Lost int
	// Others are the people for whom something changes, but for User, sorted.
	Others []string
}

// Refusal is an edit that would change the answer and is not offered.
type Refusal struct {
	What string // "put bob into Planner"
	Why  string // "gives 12 other permissions on views"
}

// Answer is the smallest edit, or why there is none.
type Answer struct {
	Offer   *Offer // nil: none of the edits that were tried may be offered
	Refused []Refusal
}

// Files is a policy as it is read: its main file, and what reads the others.
type Files struct {
	Main policy.Source
	Read func(name string) ([]byte, error)
}

// Smallest tries the edits that may change the answer to q and returns the smallest
// of those that do, give nobody anything else and break no rule anew: the one that
// changes something for fewest other people, then takes fewest other permissions,
// then is made by fewest commands. Which edits are tried the kinds of candidate say.
// now is when the policy is judged. An error says that the policy cannot be edited.
func Smallest(f Files, q Question, now time.Time) (Answer, error) {
	e, err := policy.NewEditor(f.Main, f.Read)
	if err != nil {
		return Answer{}, err
	}
	t := trial{files: f, before: e.Policy().At(now), q: q, now: now}
	var out Answer
	for _, c := range t.candidates() {
		offer, why := t.try(c)
		switch {
		case why != "":
			out.Refused = append(out.Refused, Refusal{c.what, why})
		case offer != nil && (out.Offer == nil || offer.less(out.Offer)):
			out.Offer = offer
		}
		if out.Offer != nil && out.Offer.least() {
			break
		}
	}
	return out, nil
}

// less reports whether an offer is smaller than another.
func (o *Offer) less(than *Offer) bool {
	return slices.Compare([]int{len(o.Others), o.Lost, len(o.Commands)}, []int{len(than.Others), than.Lost, len(than.Commands)}) < 0
}

// least reports whether nothing can be smaller.
func (o *Offer) least() bool { return len(o.Others)+o.Lost == 0 && len(o.Commands) == 1 }

// trial is the policy on which edits are tried.
type trial struct {
	files  Files
	before *policy.Policy
	q      Question
	now    time.Time

	wanted map[string]*grants.Wanted // by site
}

// site is what the policy wants of a site that has every view that it knows.
func (t *trial) site(name string) *grants.Wanted {
	if t.wanted[name] == nil {
		if t.wanted == nil {
			t.wanted = map[string]*grants.Wanted{}
		}
		s, _ := t.before.Site(name)
		s.Name = name
		t.wanted[name], _ = t.before.Wanted(t.before.OfflineWith(s, []string{t.q.View}))
	}
	return t.wanted[name]
}
