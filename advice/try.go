package advice

import (
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/policy"
)

// try makes an edit and looks what comes of it: an offer, or why it may not be
// offered, or neither where it does not change the answer.
func (t *trial) try(c candidate) (*Offer, string) {
	done, err := t.made(c)
	if err != nil || len(done.Files) == 0 {
		return nil, ""
	}
	if done.Policy == nil || done.Brought.HasErrors() {
		for _, f := range done.Brought.Of(finding.Error) {
			return nil, "would break a rule: " + f.Message + " (" + f.Code + ")"
		}
		return nil, ""
	}
	after := done.Policy.At(t.now)
	turned, more := t.judge(after)
	switch {
	case !turned:
		return nil, ""
	case more.gained > 0:
		return nil, more.words()
	}
	if t.q.Holds != nil {
		if why := t.q.Holds(after); why != "" {
			return nil, why
		}
	}
	return &Offer{Commands: c.commands, Edited: done, Lost: more.lost, Others: more.others}, ""
}

// made makes the steps of an edit, each on the files that the one before left, as
// one command after another does.
func (t *trial) made(c candidate) (*policy.Edited, error) {
	texts := map[string][]byte{}
	read := func(name string) ([]byte, error) {
		if text, ok := texts[name]; ok {
			return text, nil
		}
		if t.files.Read == nil {
			return nil, fmt.Errorf("no other file can be read here")
		}
		return t.files.Read(name)
	}
	src := t.files.Main
	var before map[string][]byte
	var last *policy.Edited
	for _, step := range c.steps {
		e, err := policy.NewEditor(src, read)
		if err == nil {
			err = step(e)
		}
		if err != nil {
			return nil, err
		}
		if last, err = e.Result(t.now); err != nil {
			return nil, err
		}
		if before == nil {
			before = map[string][]byte{}
		}
		for i, f := range last.Files {
			if first, again := before[f.File]; again {
				last.Files[i].Before = first
			} else {
				before[f.File] = f.Before
			}
			texts[f.File] = f.After
			if f.File == src.File {
				src.Data = f.After
			}
		}
		if last.Brought.HasErrors() {
			return last, nil
		}
	}
	return last, nil
}

// effect is what an edit does beside what was asked for.
type effect struct {
	gained, lost int // permissions on views
	gainers      []string
	others       []string
}

func (e effect) words() string {
	text := fmt.Sprintf("would also give %d more permissions on views", e.gained)
	if e.gained == 1 {
		text = "would also give one more permission on a view"
	}
	if len(e.gainers) > 0 {
		text += " to " + strings.Join(e.gainers[:min(len(e.gainers), 3)], ", ")
		if n := len(e.gainers) - 3; n > 0 {
			text += fmt.Sprintf(" and %d more", n)
		}
	}
	return text
}

// judge says whether the answer is the one that was asked for everywhere, and what
// else an edit does.
func (t *trial) judge(after *policy.Policy) (turned bool, more effect) {
	asked := t.asked()
	others, gainers := map[string]bool{}, map[string]bool{}
	for _, s := range policy.Between(t.before, after, t.q.View) {
		if s.New || s.Gone {
			return false, more
		}
		for _, e := range s.People.Effects {
			for _, name := range e.People {
				_, mine := asked[cell{name, s.Site}]
				gained, lost := e.Change()
				if has := t.part(e.Gain, e.Lose); mine && has {
					asked[cell{name, s.Site}] = true
					if t.q.Allowed {
						gained--
					} else {
						lost--
					}
				}
				if e.Enters {
					gained++
				}
				if gained > 0 {
					gainers[name] = true
				}
				more.gained, more.lost = more.gained+gained, more.lost+lost
				if t.q.Group != "" || name != t.q.User {
					others[name] = true
				}
			}
		}
	}
	turned = true
	if t.q.Group == "" {
		for _, done := range asked {
			turned = turned && done
		}
	} else {
		turned = t.groupTurned(after, &more)
	}
	more.others, more.gainers = names(others), names(gainers)
	return turned, more
}

// part reports whether what was asked for is part of what somebody gains or loses.
func (t *trial) part(gain, lose map[string]catalog.Permissions) bool {
	if t.q.Allowed {
		return gain[t.q.View].Has(t.q.Permission)
	}
	return lose[t.q.View].Has(t.q.Permission)
}

// cell is somebody in a site.
type cell struct{ person, site string }

// asked is whose answers are to change, where. Of a group it is those of its
// members: they may change, and need not.
func (t *trial) asked() map[cell]bool {
	out := map[cell]bool{}
	if t.q.Group == "" {
		for _, s := range t.q.Sites {
			out[cell{t.q.User, s}] = false
		}
		return out
	}
	for _, m := range t.before.Members(t.before.Group(t.q.Group)) {
		for _, s := range m.Sites {
			out[cell{m.User.Name, s}] = false
		}
	}
	return out
}

// groupTurned reports whether a group's answer is the one that was asked for, and
// counts what else it gives or gives no more; other groups may follow it.
func (t *trial) groupTurned(after *policy.Policy, more *effect) bool {
	turned := false
	for _, c := range policy.GroupsBetween(t.before, after) {
		gained, lost := size(c.Gain)+size(c.Spares), size(c.Lose)+size(c.Denies)
		if c.Name == t.q.Group {
			turned = may(after, t.q) == t.q.Allowed && may(t.before, t.q) != t.q.Allowed
			for _, change := range []map[string]catalog.Permissions{c.Gain, c.Spares} {
				if t.q.Allowed && change[t.q.View].Has(t.q.Permission) {
					gained--
				}
			}
			for _, change := range []map[string]catalog.Permissions{c.Lose, c.Denies} {
				if !t.q.Allowed && change[t.q.View].Has(t.q.Permission) {
					lost--
				}
			}
		}
		more.gained, more.lost = more.gained+gained, more.lost+lost
	}
	return turned
}

// may is whether a group's own role may do what is asked, by the policy.
func may(p *policy.Policy, q Question) bool {
	p = p.Everywhere()
	w, _ := p.Wanted(p.OfflineWith(policy.Site{Name: "any site"}, []string{q.View}))
	return policy.GroupMay(w, p.Group(q.Group))[q.View].Has(q.Permission)
}

// size counts permissions.
func size(views map[string]catalog.Permissions) int {
	n := 0
	for _, p := range views {
		n += p.Len()
	}
	return n
}

func names(set map[string]bool) []string {
	var out []string
	for name := range set {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
