package grants

import (
	"slices"
	"strings"

	"grantree/catalog"
)

// Reversed returns the changes that take some back, in the order to send them: each
// prefix of it leaves the site as a prefix of those had made it.
func Reversed(changes []Change) []Change {
	var out []Change
	for _, c := range slices.Backward(changes) {
		out = append(out, c.Reverse()...)
	}
	return out
}

// Lends are the openings by which changes let somebody into a role for a while: whose
// property they write, and who comes into the role that their property in the site names.
// One that cannot be read has its user alone.
func (s *Snapshot) Lends(changes []Change) []Opening {
	var out []Opening
	for _, c := range changes {
		if len(c.Principals) != 1 || c.Kind != BreakGlass && c.Kind != AddMember {
			continue
		}
		text := c.Text
		if c.Kind == AddMember {
			text = s.OpeningOf(c.Principals[0])
		}
		o, err := ParseOpening(c.Principals[0], text)
		if err != nil {
			o = Opening{User: c.Principals[0]}
		}
		if c.Kind == BreakGlass || err == nil && s.Collation.Equal(o.Role, c.Role) {
			out = append(out, o)
		}
	}
	return out
}

// OnlyLends reports whether changes do nothing but let people into roles for a while, or
// end that.
func OnlyLends(changes []Change) bool {
	roles := map[string]string{} // of who is let in, by user
	for _, c := range changes {
		if c.Kind == BreakGlass || c.Kind == EndBreakGlass {
			o, _ := ParseOpening("", c.Text)
			roles[c.Principals[0]] = o.Role
		}
	}
	for _, c := range changes {
		switch c.Kind {
		case BreakGlass, EndBreakGlass:
			continue
		case AddMember, DropMember:
			if role, ok := roles[c.Principals[0]]; ok && role == c.Role {
				continue
			}
		}
		return false
	}
	return len(changes) > 0
}

// Undoing is the plan of some changes that no policy wants, and the site once they are
// made. views are those of the application. The error is that the server would refuse
// them.
func Undoing(now *Snapshot, views []string, changes []Change) (*Plan, *Snapshot, error) {
	changes = now.withMarks(changes)
	end, err := now.With(changes)
	if err != nil {
		return nil, nil, err
	}
	p := &Plan{Site: now.Site, Changes: changes, Fingerprint: now.Fingerprint(), People: Changed(now, end, views)}
	for _, c := range changes {
		p.Naive += max(c.Permissions.Len(), 1) * len(c.Principals)
	}
	return p, end, nil
}

// withMarks are changes that know the marks which they replace or take away, as a plan's
// do, so that they can be taken back in turn.
func (s *Snapshot) withMarks(changes []Change) []Change {
	marks := map[string]string{}
	for _, p := range s.Principals {
		marks[s.Collation.Key(p.Name)] = p.Mark
	}
	out := slices.Clone(changes)
	for i := range out {
		c := &out[i]
		if len(c.Principals) != 1 {
			continue
		}
		mark := marks[s.Collation.Key(c.Principals[0])]
		switch c.Kind {
		case Stamp, Unmark:
			c.MarkWas = mark
		case DropRole, DropUser:
			if c.Drops != nil {
				drops := *c.Drops
				drops.Mark, c.Drops = mark, &drops
			}
		}
		if c.Kind.Marks() {
			marks[s.Collation.Key(c.Principals[0])] = c.markText()
		}
	}
	return out
}

// Changed says what becomes of the people of a site on some views when it becomes
// another: who enters, and what each may do. Somebody is the same person by the SID of
// their login, else by name.
func Changed(before, after *Snapshot, views []string) People {
	old, now := newStandings(before, views), newStandings(after, views)
	es := effects{view: func(v int) string { return views[v] }, alike: map[string]*Effect{}, contrasts: map[contrasted]*contrast{}}
	had := map[string]int{}
	for _, u := range old.a.users {
		had[old.who(u)] = u
	}
	var p People
	nobody := standing{views: make([]catalog.Permissions, len(views))}
	for _, u := range now.a.users {
		was, then := had[now.who(u)], nobody
		if _, here := had[now.who(u)]; here {
			then = old.of(was)
			delete(had, now.who(u))
		}
		p.promised(&es, now.a.m.principals[u].Name, then, now.of(u))
	}
	for _, u := range had {
		p.promised(&es, old.a.m.principals[u].Name, old.of(u), nobody)
	}
	for _, list := range [][]string{p.Gain, p.Lose, p.LockedOut} {
		slices.Sort(list)
	}
	p.Effects = es.sorted()
	return p
}

// standings are what the accounts of a site may do on some views.
type standings struct {
	a      *Access
	places []int // of the views, -1 for one that the site has not
	known  map[string]int32
}

func newStandings(s *Snapshot, views []string) *standings {
	x := &standings{a: NewAccess(s), known: map[string]int32{}}
	for _, name := range views {
		v, ok := x.a.m.view(name)
		if !ok {
			v = -1
		}
		x.places = append(x.places, v)
	}
	return x
}

// who is whose account it is.
func (x *standings) who(u int) string {
	if p := x.a.m.principals[u]; p.SID != "" && p.AuthType == AuthLogin {
		return "sid " + p.SID
	}
	return "name " + x.a.s.Collation.Key(x.a.m.principals[u].Name)
}

// of is what an account may do. Accounts that may do the same are alike.
func (x *standings) of(u int) standing {
	s := standing{enters: x.a.arrive(x.a.userAccount(u)).in == Yes, views: make([]catalog.Permissions, len(x.places))}
	t := x.a.tokenOf(u, nil)
	var key strings.Builder
	for i, v := range x.places {
		if v >= 0 && s.enters {
			s.views[i] = x.a.holdsOn(t, v)
		}
		key.WriteByte(byte(s.views[i]))
	}
	id, seen := x.known[key.String()]
	if !seen {
		id = int32(len(x.known) + 1)
		x.known[key.String()] = id
	}
	s.alike = id
	return s
}
