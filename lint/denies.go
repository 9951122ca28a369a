package lint

import (
	"fmt"
	"slices"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
)

// taking is what a line of deny takes beside what it names.
type taking struct {
	views map[string]bool // that other nodes list too
	nodes map[string]bool // those, by their keys
	used  map[string]bool // the nodes of them that the people who are denied reach
	by    map[finding.Pos]bool
}

// wideDenies finds lines of deny that take a view which other nodes list too: the
// screens of those lose it. It is a warning where people who are denied it are
// given it at such a node, and a note where nobody is. A line that names the view
// itself takes it everywhere, which is said; one for every view is left alone.
func (s *survey) wideDenies() finding.List {
	found := map[finding.Pos]*taking{}
	for i, k := range s.kinds {
		for j := range k.Entries {
			e := &k.Entries[j]
			token := k.key(e.Grantee)
			if e.State != grants.Denied || s.again(i, token) && !s.hasMembers(k, token) {
				continue
			}
			for _, c := range e.Causes {
				line := s.lines[c.Pos]
				if c.State != grants.Denied || line.AllViews || policy.IsVendor(c.Pos) {
					continue
				}
				t := found[c.Pos]
				if t == nil {
					t = &taking{map[string]bool{}, map[string]bool{}, map[string]bool{}, map[finding.Pos]bool{}}
					found[c.Pos] = t
				}
				s.takes(t, k, token, e, line)
			}
		}
	}
	var out finding.List
	for at, t := range found {
		s.takingFound(at, t, &out)
	}
	return out
}

func (s *survey) hasMembers(k *kind, role string) bool {
	return slices.ContainsFunc(k.crowds, func(c crowd) bool { return slices.Contains(c.tokens, role) })
}

// takes notes the other nodes of what an entry denies by a line, and those of them
// at which it is given to somebody who is denied it.
func (s *survey) takes(t *taking, k *kind, token string, e *grants.WantedEntry, line policy.Entry) {
	covered := s.covered(line)
	var others []catalog.Path
	for _, place := range s.p.Catalog.Places(catalog.ViewName(e.View)) {
		if !covered[place.Node.Path.Key()] {
			others = append(others, place.Node.Path)
		}
	}
	if len(others) == 0 || line.View != "" && len(others) < 2 {
		return
	}
	t.views[e.View] = true
	for _, n := range others {
		t.nodes[n.Key()] = true
	}
	for _, by := range s.giving(k, token, e) {
		for _, n := range others {
			if s.lines[by.Pos].AllViews || by.Node != nil && by.Node.Key() == n.Key() {
				t.used[n.Key()] = true
				t.by[by.Pos] = true
			}
		}
	}
}

// covered is the nodes that a line is about, by their paths' keys.
func (s *survey) covered(line policy.Entry) map[string]bool {
	out := map[string]bool{}
	t, failed := s.p.Catalog.Resolve(line.On)
	if line.On == "" || failed != nil {
		return out
	}
	except := slices.Clone(t.Except)
	for _, name := range line.Except {
		if x, failed := s.p.Catalog.Resolve(name); failed == nil {
			except = append(except, x.Roots()...)
		}
	}
	for _, n := range s.p.Catalog.Under(t.Roots(), except) {
		out[n.Path.Key()] = true
	}
	return out
}

// giving returns the causes that give a permission to whom an entry denies it: to
// the group or person itself, and to its members by their other groups and lines.
func (s *survey) giving(k *kind, token string, e *grants.WantedEntry) []grants.Cause {
	var out []grants.Cause
	from := func(e *grants.WantedEntry) {
		if e == nil {
			return
		}
		for _, c := range e.Causes {
			if c.State == grants.Granted {
				out = append(out, c)
			}
		}
	}
	from(e)
	for _, c := range k.crowds {
		if !slices.Contains(c.tokens, token) {
			continue
		}
		for _, other := range c.tokens {
			if other != token {
				from(k.entry(other, e.View, e.Permission))
			}
		}
	}
	return out
}

// takingFound reports what a line of deny takes beside what it names.
func (s *survey) takingFound(at finding.Pos, t *taking, out *finding.List) {
	if len(t.views) == 0 {
		return
	}
	line := s.lines[at]
	what := fmt.Sprintf("the deny of %s on %s of %s", line.Permissions, line.Target(), s.whose[at])
	views := sorted(t.views)
	fix := ""
	if line.View == "" {
		fix = `if these screens need it, add except = ["` + views[0] + `"] to the deny`
		if len(views) > 1 {
			fix = `if these screens need them, add views to the except list of the deny`
		}
	}
	named := listed(views)
	if line.View != "" {
		named = "it"
	}
	if len(t.used) == 0 || line.View != "" {
		out.Notef(finding.DenyTakesMore, at, fix, "%s takes %s from the screens of %s too", what, named, s.places(t.nodes))
		return
	}
	var by []string
	for _, p := range slices.SortedFunc(slices.Values(keys(t.by)), finding.Pos.Compare) {
		by = append(by, p.String())
	}
	out.Warnf(finding.DenyTakesMore, at, fix, "%s takes %s from the screens of %s too, where %s gives it", what, named, s.places(t.used), listed(by))
}

func keys(set map[finding.Pos]bool) []finding.Pos {
	var out []finding.Pos
	for k := range set {
		out = append(out, k)
	}
	return out
}

// places names nodes in the tree's order, as shortly as may be.
func (s *survey) places(nodes map[string]bool) string {
	var out []string
	for _, n := range s.p.Catalog.Nodes {
		if nodes[n.Path.Key()] {
			out = append(out, s.p.Catalog.Short(n))
		}
	}
	return listed(out)
}
