package lint

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
	"grantree/policy"
)

// Policy returns what is worth a look in a policy, which is taken as it stands at
// now. The findings are warnings and notes; of what is the vendor's, Where is in
// the vendor's file. What is alike is one finding.
func Policy(p *policy.Policy, now time.Time) finding.List {
	s := newSurvey(p.At(now))
	var out finding.List
	out = append(out, s.groupsAlike()...)
	out = append(out, s.needlessLines()...)
	out = append(out, s.wideDenies()...)
	out = append(out, s.idleGroups()...)
	out = append(out, s.idlePeople()...)
	out = append(out, s.unreachedNodes()...)
	out = append(out, ends(p, now)...)
	return out.Sorted()
}

// survey is a policy with what it gives in its sites.
type survey struct {
	p     *policy.Policy
	kinds []*kind
	told  *catalog.Outline             // see outline
	lines map[finding.Pos]policy.Entry // of the policy, those that are copied once
	whose map[finding.Pos]string       // "group \"Crew\"", where the line is written
}

// kind is sites in which the policy wants the same.
type kind struct {
	*grants.Wanted
	*grants.Promise
	sites  []string
	names  map[string]string // of grantees: by key, as entries have it
	groups map[string]string // by the key of their role
	crowds []crowd           // who enters
}

func newSurvey(p *policy.Policy) *survey {
	s := &survey{p: p, lines: map[finding.Pos]policy.Entry{}, whose: map[finding.Pos]string{}}
	for _, g := range p.Groups {
		s.note(fmt.Sprintf("group %q", g.Name), g.Allow, g.Deny)
	}
	for _, u := range p.Users {
		who := fmt.Sprintf("user %q", u.Name)
		s.note(who, u.Allow, u.Deny)
		for _, a := range u.At {
			s.note(who, a.Allow, a.Deny)
		}
	}
	c := policy.NewCompiler(p)
	sites := p.SitesInUse()
	if len(sites) == 0 {
		sites = []policy.Site{{Name: "any site"}}
	}
	for _, site := range sites {
		w, _ := c.Wanted(s.snapshot(site))
		i := slices.IndexFunc(s.kinds, func(k *kind) bool { return alike(k.Wanted, w) })
		if i < 0 {
			i = len(s.kinds)
			s.kinds = append(s.kinds, newKind(w))
		}
		s.kinds[i].sites = append(s.kinds[i].sites, site.Name)
	}
	return s
}

// note keeps lines by their place: of one that groups copy, the one that is
// written there, where there is one.
func (s *survey) note(whose string, lists ...[]policy.Entry) {
	for _, e := range slices.Concat(lists...) {
		if _, there := s.lines[e.Pos]; !there || e.From == "" {
			s.lines[e.Pos], s.whose[e.Pos] = e, whose
		}
	}
}

// snapshot is a site that has every view that the catalog or a line names, and
// one more.
func (s *survey) snapshot(site policy.Site) *grants.Snapshot {
	var named []string
	for _, e := range s.lines {
		named = append(append(named, string(s.p.Catalog.SiteName(e.View))), e.Except...)
	}
	named = append(named, s.p.Catalog.Prefix+policy.AnyOther)
	slices.Sort(named)
	return s.p.OfflineWith(site, named)
}

// alike reports whether the same lists are wanted: a Compiler shares them.
func alike(x, y *grants.Wanted) bool {
	return sameList(x.Entries, y.Entries) && sameList(x.Users, y.Users) && sameList(x.Members, y.Members) && sameList(x.Roles, y.Roles)
}

func sameList[T any](x, y []T) bool { return len(x) == len(y) && (len(x) == 0 || &x[0] == &y[0]) }

func newKind(w *grants.Wanted) *kind {
	k := &kind{Wanted: w, Promise: w.Promise(), names: map[string]string{}, groups: map[string]string{}}
	for _, r := range w.Roles {
		k.groups[k.key(r.Name)] = r.Group
	}
	for i := range w.Entries {
		k.names[k.key(w.Entries[i].Grantee)] = w.Entries[i].Grantee
	}
	k.crowds = k.gather()
	return k
}

func (k *kind) key(name string) string { return k.Collation.Key(name) }

// entry returns the row of a token on a view, or nil.
func (k *kind) entry(token, view string, one catalog.Permissions) *grants.WantedEntry {
	name, known := k.names[token]
	if !known {
		return nil
	}
	i, ok := slices.BinarySearchFunc(k.Entries, grants.WantedEntry{View: view, Grantee: name, Permission: one}, grants.CompareEntries)
	if !ok {
		return nil
	}
	return &k.Entries[i]
}

// gather returns the tokens of the users, each that differ once, with the users.
func (k *kind) gather() []crowd {
	at := map[string]int{}
	var out []crowd
	for _, u := range k.Users {
		tokens := k.Tokens(u.Name)
		if own := len(tokens) - 1; !k.HasRows(tokens[own]) {
			tokens = tokens[:own]
		}
		key := fmt.Sprintf("%q", tokens)
		i, again := at[key]
		if !again {
			i, at[key] = len(out), len(out)
			out = append(out, crowd{tokens: tokens})
		}
		out[i].users = append(out[i].users, u.Name)
	}
	return out
}

// crowd is users of a site with the same tokens: the roles that they are in and,
// where they have rows of their own, last themselves.
type crowd struct {
	tokens []string
	users  []string
}

// roles of a survey's groups, by key: in every kind the same.
func (s *survey) role(g *policy.Group) string { return s.kinds[0].key(g.Role) }

// again reports whether the group that has a role, by key, in a kind of sites is in
// one before it too, where it gives the same. Another group may have the role there.
func (s *survey) again(at int, role string) bool {
	group, is := s.kinds[at].groups[role]
	return is && slices.ContainsFunc(s.kinds[:at], func(k *kind) bool { return k.groups[role] == group })
}

// byPlace orders groups as the policy has them.
func byPlace(a, b *policy.Group) int {
	return cmp.Or(a.Pos.Compare(b.Pos), cmp.Compare(a.Name, b.Name))
}
