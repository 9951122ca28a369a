package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/policy"
)

// given is what a group gives and takes on each view, which is the same in all
// sites that it is in, and in which kinds of sites it is.
type given struct {
	group       *policy.Group
	role        string
	may, denied []catalog.Permissions
	in          []bool // by kind of sites
	size        int    // how much, in all kinds of sites
	ends        bool   // it has a line that ends
}

// within reports whether who is in b too has nothing from a: b is wherever a is, all
// that a gives b gives, and a denies no more.
func (a *given) within(b *given) bool {
	for i, in := range a.in {
		if in && !b.in[i] {
			return false
		}
	}
	return covers(b.may, a.may) && covers(b.denied, a.denied)
}

// covers reports whether one list of permissions has all of another.
func covers(all, some []catalog.Permissions) bool {
	for i, p := range some {
		if !p.IsEmpty() && (all == nil || !all[i].Has(p)) {
			return false
		}
	}
	return true
}

// givens is what each group gives, in the policy's order. Of one whose sites are all
// retired there is nothing to say.
func (s *survey) givens() []*given {
	var out []*given
	for _, g := range slices.SortedStableFunc(slices.Values(s.p.Groups), byPlace) {
		x := &given{group: g, role: s.role(g), in: make([]bool, len(s.kinds))}
		sites := 0
		for i, k := range s.kinds {
			if x.in[i] = k.groups[x.role] == g.Name; x.in[i] {
				sites++
			}
		}
		if sites == 0 {
			continue
		}
		k := s.kinds[slices.Index(x.in, true)]
		x.may, x.denied = k.Of([]string{x.role}), k.Denies(x.role)
		for i := range x.may {
			x.size += sites * x.may[i].Len()
			if x.denied != nil {
				x.size += sites * x.denied[i].Len()
			}
		}
		x.ends = slices.ContainsFunc(slices.Concat(g.Allow, g.Deny), func(e policy.Entry) bool { return !e.Until.IsZero() })
		out = append(out, x)
	}
	return out
}

// groupsAlike finds groups that give the same, and groups that give nothing which
// another does not, with who is in both. A group with a line that ends is left
// out: what is said of it would not hold for long. The group that everybody is in
// is no subset worth a word; one that gives everything has all for subsets.
func (s *survey) groupsAlike() finding.List {
	all := slices.DeleteFunc(s.givens(), func(g *given) bool { return g.size == 0 || g.ends })
	var out finding.List
	twins := map[*given]*given{} // to the first of them
	for i, a := range all {
		for _, b := range all[:i] {
			if twins[b] == nil && a.size == b.size && a.within(b) {
				twins[a] = b
				break
			}
		}
	}
	for _, first := range all {
		if of := s.twins(all, first, twins); len(of) > 1 {
			s.twinsFound(of, &out)
		}
	}
	for _, a := range all {
		if twins[a] == nil && !a.group.Baseline {
			s.within(a, s.supersets(a, all, twins), &out)
		}
	}
	return out
}

// twins returns a group with those that give the same.
func (s *survey) twins(all []*given, first *given, twins map[*given]*given) []*given {
	out := []*given{first}
	for _, a := range all {
		if twins[a] == first {
			out = append(out, a)
		}
	}
	return out
}

// twinsFound reports groups that give the same, where the last of them stands that
// the reader wrote and can do without, and who is in several of them.
func (s *survey) twinsFound(of []*given, out *finding.List) {
	slices.SortStableFunc(of, func(x, y *given) int { return cmp.Compare(rank(x), rank(y)) })
	var names []string
	keep, last := of[0].group, of[0].group
	for _, x := range of {
		names = append(names, fmt.Sprintf("%q", x.group.Name))
		if !policy.IsVendor(x.group.Pos) {
			last = x.group
		}
	}
	fix := ""
	switch {
	case last == keep, s.needed(last):
	case keep.Baseline:
		fix = fmt.Sprintf("everybody is in %q: take its people out of %q, and remove it: %s", keep.Name, last.Name, s.removing(last))
	default:
		fix = fmt.Sprintf("put its people into %q, and remove it: %s", keep.Name, s.removing(last))
	}
	out.Warnf(finding.GroupTwin, last.Pos, fix, "groups %s give the same (%s)", listed(names), s.words(of[0].may))
	for i, x := range of {
		for _, y := range of[i+1:] {
			s.inBoth(y, x, out)
		}
	}
}

// removing is the command that removes a group.
func (s *survey) removing(g *policy.Group) string {
	return s.p.Command("group remove " + argument(g.Name))
}

// argument is a name on a command line. One that looks like a flag is left open.
func argument(name string) string {
	if strings.HasPrefix(name, "-") {
		return "…"
	}
	return finding.Argument(name)
}

// needed reports whether a group is not to be removed: it administers the sites, or
// others copy it.
func (s *survey) needed(g *policy.Group) bool {
	return s.p.Administrators() == g || slices.ContainsFunc(s.p.Groups, func(h *policy.Group) bool { return h != g && s.copies(h, g) })
}

// rank is 0 of the group that everybody is in, which twins keep before others.
func rank(g *given) int {
	if g.group.Baseline {
		return 0
	}
	return 1
}

// supersets returns the groups that give all that a group does and more, the least
// of them: none that gives what another of them does.
func (s *survey) supersets(a *given, all []*given, twins map[*given]*given) []*given {
	var out []*given
	for _, b := range slices.SortedStableFunc(slices.Values(all), func(x, y *given) int { return cmp.Compare(x.size, y.size) }) {
		if b.size > a.size && twins[b] == nil && !s.everything(b) && a.within(b) &&
			!slices.ContainsFunc(out, func(c *given) bool { return c.within(b) }) {
			out = append(out, b)
		}
	}
	return out
}

// everything reports whether a group gives everything on every view.
func (s *survey) everything(g *given) bool {
	return !slices.ContainsFunc(g.may, func(p catalog.Permissions) bool { return p != catalog.All })
}

// within reports that a group gives nothing which others do not, and who is in
// both. That a group is in one that copies it is how that was meant, and no word.
func (s *survey) within(a *given, supersets []*given, out *finding.List) {
	var names []string
	for _, b := range supersets {
		s.inBoth(a, b, out)
		if !s.copies(b.group, a.group) {
			names = append(names, fmt.Sprintf("%q", b.group.Name))
		}
	}
	if len(names) == 0 {
		return
	}
	b := supersets[slices.IndexFunc(supersets, func(x *given) bool { return !s.copies(x.group, a.group) })]
	verb, more := "gives", without(b.may, a.may)
	if none(more) {
		verb, more = "denies", without(b.denied, a.denied)
	}
	beyond := fmt.Sprintf("%s more (%s)", verb, s.words(more))
	if none(more) {
		beyond = "is in more sites"
	}
	out.Notef(finding.GroupSubset, a.group.Pos, "", "group %q gives nothing that %s not (%s); %q %s",
		a.group.Name, does(names), s.words(a.may), b.group.Name, beyond)
}

// none reports whether some permissions are none at all.
func none(may []catalog.Permissions) bool {
	return !slices.ContainsFunc(may, func(p catalog.Permissions) bool { return !p.IsEmpty() })
}

// without is what one list of permissions has beyond another.
func without(all, some []catalog.Permissions) []catalog.Permissions {
	out := slices.Clone(all)
	for i := range some {
		out[i] = out[i].Minus(some[i])
	}
	return out
}

// does is one of some quoted groups that does something, or each of them.
func does(names []string) string {
	if len(names) == 1 {
		return "group " + names[0] + " does"
	}
	return "each of the groups " + listed(names) + " does"
}

// copies reports whether a group began as another.
func (s *survey) copies(g, from *policy.Group) bool {
	for range len(s.p.Groups) {
		if g = s.p.Group(g.Copies); g == nil || g == from {
			break
		}
	}
	return g == from && g != nil
}

// inBoth reports the people who are in a group and, in the same site, in one that
// gives all that it does.
func (s *survey) inBoth(a, b *given, out *finding.List) {
	if a.group.Baseline {
		return
	}
	who := map[string]bool{}
	for i, k := range s.kinds {
		for _, c := range k.crowds {
			if a.in[i] && b.in[i] && slices.Contains(c.tokens, a.role) && slices.Contains(c.tokens, b.role) {
				for _, u := range c.users {
					who[u] = true
				}
			}
		}
	}
	if len(who) == 0 {
		return
	}
	people := sorted(who)
	at := s.p.User(people[0]).Pos
	if b.group.Baseline {
		out.Warnf(finding.MemberNeedless, at, fmt.Sprintf("give %q what it is to give, or remove it", a.group.Name),
			"%s in group %q, which gives nothing that everybody does not have by group %q", counted(people, "user", "users")+isAre(people), a.group.Name, b.group.Name)
		return
	}
	fix := fmt.Sprintf("take %q out of their groups", a.group.Name)
	if u := s.p.User(people[0]); len(people) == 1 && len(u.At) == 0 {
		fix = s.p.Command("user set " + argument(u.Name) + " --remove-group " + argument(a.group.Name))
	}
	out.Warnf(finding.MemberNeedless, at, fix,
		"%s in group %q and in %q, which gives all that it does", counted(people, "user", "users")+isAre(people), a.group.Name, b.group.Name)
}

func isAre(names []string) string {
	if len(names) == 1 {
		return " is"
	}
	return " are"
}
