package lint

import (
	"slices"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
)

// gift is one permission that a line gives to a role or a person: in a kind of
// sites, by an entry.
type gift struct {
	k     *kind
	entry *grants.WantedEntry
	token string
}

// worth is why a line gives nothing: other lines give it, denies take it.
type worth struct {
	given, denied map[finding.Pos]bool
}

// needlessLines finds the reader's lines of allow that give nobody anything: what
// they give, other lines of the same group or person give too, or the person's
// groups do, or a DENY takes it from all who would have it. A line that ends
// neither gives nor takes what a lasting one would: it does not count against
// others. Lines are looked at from the last to the first, and what was found before
// does not count any more, so that all of them can go at once.
func (s *survey) needlessLines() finding.List {
	gifts := s.gifts()
	places := make([]finding.Pos, 0, len(gifts))
	for at := range gifts {
		if !policy.IsVendor(at) {
			places = append(places, at)
		}
	}
	slices.SortFunc(places, func(a, b finding.Pos) int { return b.Compare(a) })
	gone := map[finding.Pos]bool{}
	var out finding.List
	for _, at := range places {
		if w, needless := s.needless(at, gifts[at], gone); needless {
			gone[at] = true
			s.needlessFound(at, w, &out)
		}
	}
	return out
}

// gifts is what each line of allow gives, by its place. What a group gives is the
// same in all kinds of sites that it is in, and is looked at in the first of them.
func (s *survey) gifts() map[finding.Pos][]gift {
	out := map[finding.Pos][]gift{}
	for i, k := range s.kinds {
		for j := range k.Entries {
			e := &k.Entries[j]
			token := k.key(e.Grantee)
			if s.again(i, token) {
				continue
			}
			var last finding.Pos
			for _, c := range e.Causes { // those of one line are beside one another
				if c.State == grants.Granted && c.Pos != last {
					out[c.Pos] = append(out[c.Pos], gift{k, e, token})
					last = c.Pos
				}
			}
		}
	}
	return out
}

// needless reports whether every permission that a line gives is given or denied
// by others.
func (s *survey) needless(at finding.Pos, gifts []gift, gone map[finding.Pos]bool) (worth, bool) {
	w := worth{map[finding.Pos]bool{}, map[finding.Pos]bool{}}
	for _, g := range gifts {
		if !s.worthless(at, g, gone, w) {
			return w, false
		}
	}
	return w, true
}

// worthless reports whether a permission is there or taken whatever a line says,
// and notes by which lines.
func (s *survey) worthless(at finding.Pos, g gift, gone map[finding.Pos]bool, w worth) bool {
	if by, ok := s.lasting(g.entry, grants.Denied, at, gone); ok {
		w.denied[by] = true
		return true
	}
	if g.entry.State == grants.Denied {
		return false // by a line that ends
	}
	if by, ok := s.lasting(g.entry, grants.Granted, at, gone); ok {
		w.given[by] = true
		return true
	}
	if _, role := g.k.groups[g.token]; role {
		return s.deniedToAll(g, w)
	}
	return s.hasAnyway(g, at, gone, w)
}

// lasting returns the first line of an entry that says so, is not the one at a
// place nor gone, and does not end.
func (s *survey) lasting(e *grants.WantedEntry, state grants.State, but finding.Pos, gone map[finding.Pos]bool) (finding.Pos, bool) {
	if e == nil || e.State != state {
		return finding.Pos{}, false
	}
	for _, c := range e.Causes {
		if c.State == state && c.Pos != but && !gone[c.Pos] && s.lines[c.Pos].Until.IsZero() {
			return c.Pos, true
		}
	}
	return finding.Pos{}, false
}

// deniedToAll reports whether a role has members, and each is denied what the role
// gives by another role or a line of their own.
func (s *survey) deniedToAll(g gift, w worth) bool {
	members := false
	for _, k := range s.kinds {
		for _, c := range k.crowds {
			if k.groups[g.token] != g.k.groups[g.token] || !slices.Contains(c.tokens, g.token) {
				continue
			}
			members = true
			by, ok := s.denied(k, c.tokens, g.entry.View, g.entry.Permission)
			if !ok {
				return false
			}
			w.denied[by] = true
		}
	}
	return members
}

// denied returns the line by which one of some tokens is denied a permission, if
// it is one that lasts.
func (s *survey) denied(k *kind, tokens []string, view string, one catalog.Permissions) (finding.Pos, bool) {
	for _, t := range tokens {
		if by, ok := s.lasting(k.entry(t, view, one), grants.Denied, finding.Pos{}, nil); ok {
			return by, true
		}
	}
	return finding.Pos{}, false
}

// hasAnyway reports whether a person's roles give them what a line of their own
// does, or deny it.
func (s *survey) hasAnyway(g gift, at finding.Pos, gone map[finding.Pos]bool, w worth) bool {
	tokens := g.k.Tokens(g.entry.Grantee)
	if by, ok := s.denied(g.k, tokens, g.entry.View, g.entry.Permission); ok {
		w.denied[by] = true
		return true
	}
	for _, t := range tokens {
		if by, ok := s.lasting(g.k.entry(t, g.entry.View, g.entry.Permission), grants.Granted, at, gone); ok {
			w.given[by] = true
			return true
		}
	}
	return false
}

// needlessFound reports a line that gives nothing, with the lines for which it
// does not.
func (s *survey) needlessFound(at finding.Pos, w worth, out *finding.List) {
	e := s.lines[at]
	by := func(lines map[finding.Pos]bool) string {
		var places []finding.Pos
		for p := range lines {
			places = append(places, p)
		}
		slices.SortFunc(places, finding.Pos.Compare)
		var texts []string
		for _, p := range places {
			texts = append(texts, p.String())
		}
		return listed(texts)
	}
	who := s.whose[at]
	switch {
	case len(w.given) == 0:
		out.Warnf(finding.LineDenied, at, "remove the line, or the deny", "the line of %s, %s on %s, gives nobody anything: denied at %s", who, e.Permissions, e.Target(), by(w.denied))
	case len(w.denied) == 0:
		out.Warnf(finding.LineNeedless, at, "remove the line", "the line of %s, %s on %s, gives nothing that %s not", who, e.Permissions, e.Target(), doesNot(by(w.given), len(w.given)))
	default:
		out.Warnf(finding.LineNeedless, at, "remove the line", "the line of %s, %s on %s, gives nothing that %s not, or that is not denied at %s", who, e.Permissions, e.Target(), doesNot(by(w.given), len(w.given)), by(w.denied))
	}
}

func doesNot(lines string, n int) string {
	if n == 1 {
		return lines + " does"
	}
	return lines + " do"
}
