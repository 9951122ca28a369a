package policy

import (
	"slices"
	"time"

	"grantree/finding"
)

// At returns the policy as it stands at now: who is past their until is
// inactive, and lines past theirs are gone; Ended of it says which. Everything
// else is shared with p.
func (p *Policy) At(now time.Time) *Policy {
	out := *p
	out.asOf = now
	out.Groups, out.Users, out.Ended = slices.Clone(p.Groups), slices.Clone(p.Users), nil
	left := func(lines []Entry, whose string, ended *[]Override, over Override) []Entry {
		if !slices.ContainsFunc(lines, func(e Entry) bool { return e.Until.Over(now) }) {
			return lines
		}
		var kept []Entry
		for _, e := range lines {
			if !e.Until.Over(now) {
				kept = append(kept, e)
				continue
			}
			over.Line = e
			*ended = append(*ended, over)
			out.Ended.Notef(finding.LineEnded, e.Pos, "remove the line, or write a later until", "this line of %s held until %s", whose, e.Until)
		}
		return kept
	}
	for i, g := range p.Groups {
		h := *g
		whose := "group " + quote(g.Name)
		h.Allow = left(g.Allow, whose, &h.Ended, Override{})
		h.Deny = left(g.Deny, whose, &h.Ended, Override{Deny: true})
		if len(h.Allow)+len(h.Deny) < len(g.Allow)+len(g.Deny) {
			out.Groups[i] = &h
		}
	}
	for i, u := range p.Users {
		v := *u
		if !u.Inactive && u.Until.Over(now) {
			out.Ended.Notef(finding.UserEnded, u.Pos, "remove the user, or write a later until", "user %q was active until %s, and is as one who is inactive now", u.Name, u.Until)
			v.Inactive, v.Past = true, true
			out.Users[i] = &v
			continue
		}
		who := "user " + quote(u.Name)
		v.At = slices.Clone(u.At)
		v.Allow = left(u.Allow, who, &v.Ended, Override{})
		v.Deny = left(u.Deny, who, &v.Ended, Override{Deny: true})
		for j, a := range u.At {
			v.At[j].Allow = left(a.Allow, who, &v.Ended, Override{Sites: a.Sites})
			v.At[j].Deny = left(a.Deny, who, &v.Ended, Override{Deny: true, Sites: a.Sites})
		}
		if len(v.lines()) < len(u.lines()) {
			out.Users[i] = &v
		}
	}
	return &out
}

// lines are a user's own lines, wherever they hold.
func (u *User) lines() []Entry { return slices.Concat(u.allows(), u.denies()) }

func (u *User) allows() []Entry {
	out := slices.Clone(u.Allow)
	for _, a := range u.At {
		out = append(out, a.Allow...)
	}
	return out
}

func (u *User) denies() []Entry {
	out := slices.Clone(u.Deny)
	for _, a := range u.At {
		out = append(out, a.Deny...)
	}
	return out
}

// whyInactive says why a person is inactive.
func (u *User) whyInactive() string {
	if u.Past {
		return "active until " + u.Until.String()
	}
	return "inactive"
}
