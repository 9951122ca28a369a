package policy

import (
	"cmp"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
	"grantree/grants"
)

// intended is a site as the rules look at it: who is granted and denied what on
// which view once the site is as wanted. It knows only what the policy
// manages; NewAccess is the model of everything else.
type intended struct {
	*grants.Promise
	p     *Policy
	w     *grants.Wanted
	views []string
	names map[string]string                   // of grantees: by key, as entries have it
	group map[string]string                   // by role
	asked map[finding.Pos]catalog.Permissions // by line: what it grants
	alike []alike                             // see crowds
}

func newIntended(p *Policy, w *grants.Wanted) *intended {
	m := &intended{Promise: w.Promise(), p: p, w: w, views: w.Views, names: map[string]string{}, group: map[string]string{}, asked: p.asked()}
	for _, r := range w.Roles {
		m.group[m.key(r.Name)] = r.Group
	}
	seen := map[string]bool{}
	for i := range w.Entries {
		if name := w.Entries[i].Grantee; !seen[name] {
			seen[name], m.names[m.key(name)] = true, name
		}
	}
	return m
}

// asked returns what each line of the policy grants, by its place.
func (p *Policy) asked() map[finding.Pos]catalog.Permissions {
	out := map[finding.Pos]catalog.Permissions{}
	for _, g := range p.Groups {
		for _, e := range g.Allow {
			out[e.Pos] = e.Permissions
		}
	}
	for _, u := range p.Users {
		for _, e := range u.allows() {
			out[e.Pos] = e.Permissions
		}
	}
	return out
}

func (m *intended) key(name string) string { return m.w.Collation.Key(name) }

// entry returns the row of a grantee on the view with an index, or nil.
func (m *intended) entry(grantee string, view int, one catalog.Permissions) *grants.WantedEntry {
	name, known := m.names[grantee]
	if !known {
		return nil
	}
	i, ok := slices.BinarySearchFunc(m.w.Entries, grants.WantedEntry{View: m.views[view], Grantee: name, Permission: one}, grants.CompareEntries)
	if !ok {
		return nil
	}
	return &m.w.Entries[i]
}

// alike is the users of a site who are in the same roles and have no rows of
// their own, or one user who has.
type alike struct {
	tokens []string
	users  []string
}

// crowds returns the users of the site put together where they have the same
// access, so that 2,000 people in 40 groups cost as much as the few
// combinations of groups that they are in.
func (m *intended) crowds() []alike {
	if m.alike != nil {
		return m.alike
	}
	at := map[string]int{}
	var out []alike
	var signature []byte
	for i := range m.w.Users {
		name := m.w.Users[i].Name
		tokens := m.Tokens(name)
		own := tokens[len(tokens)-1]
		signature = signature[:0]
		for _, t := range tokens[:len(tokens)-1] {
			signature = append(append(signature, t...), 0)
		}
		if m.HasRows(own) {
			signature = append(append(signature, 0), own...)
		}
		i, ok := at[string(signature)]
		if !ok {
			i = len(out)
			at[string(signature)] = i
			out = append(out, alike{tokens: tokens})
		}
		out[i].users = append(out[i].users, name)
	}
	m.alike = out
	return out
}

// parents returns, for every child view of the catalog that the site has, the
// views that are its parent in some node and that the site has.
func (m *intended) parents() map[int][]int {
	out := map[int][]int{}
	for i, v := range m.views {
		names := m.p.Catalog.Parents(catalog.ViewName(v))
		if len(names) == 0 {
			continue
		}
		out[i] = []int{}
		for _, n := range names {
			if j, ok := m.Place(string(n)); ok {
				out[i] = append(out[i], j)
			}
		}
	}
	return out
}

// causeOf returns the first cause of an entry with a state.
func causeOf(e *grants.WantedEntry, s grants.State) (grants.Cause, bool) {
	if e == nil {
		return grants.Cause{}, false
	}
	i := slices.IndexFunc(e.Causes, func(c grants.Cause) bool { return c.State == s })
	if i < 0 {
		return grants.Cause{}, false
	}
	return e.Causes[i], true
}

// quoted lists names for a message, most of them by number.
func quoted(names []string, most int) string {
	names = slices.SortedFunc(slices.Values(names), cmp.Compare[string])
	names = slices.Compact(names)
	var shown []string
	for _, n := range names[:min(len(names), most)] {
		shown = append(shown, quote(n))
	}
	return joined(shown, len(names))
}

// joined joins what is shown of total things with commas and "and".
func joined(shown []string, total int) string {
	switch rest := total - len(shown); {
	case rest > 0:
		return strings.Join(shown, ", ") + " and " + more(rest)
	case len(shown) > 1:
		return strings.Join(shown[:len(shown)-1], ", ") + " and " + shown[len(shown)-1]
	}
	return strings.Join(shown, "")
}
