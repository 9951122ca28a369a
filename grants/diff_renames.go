package grants

import (
	"cmp"
	"slices"

	"grantree/finding"
)

// rename is a principal of a site that gets another name in place, and keeps
// its members, memberships and rows.
type rename struct {
	id     int
	to     string
	change Change
}

// renames decides which principals are renamed: roles and users that are
// wanted under a new name and are there under the one before. A name that is
// there already was renamed before, or is another's: then nothing is renamed,
// and an error says so where both are there.
func renames(s *Snapshot, w *Wanted, o DiffOptions) ([]rename, finding.List) {
	if !slices.ContainsFunc(w.Roles, func(r WantedRole) bool { return r.Was != "" }) && !slices.ContainsFunc(w.Users, func(u WantedUser) bool { return u.Was != "" }) {
		return nil, nil
	}
	r := renamer{s: s, o: o, ix: newIndex(s), logins: newLoginTable(s), wanted: map[string]bool{}, contained: w.Contained}
	for _, role := range w.Roles {
		r.wanted[s.Collation.Key(role.Name)] = true
	}
	for _, user := range w.Users {
		r.wanted[s.Collation.Key(user.Name)] = true
	}
	// By name, for what one takes the next cannot have, and the order in which
	// a policy names people is nobody's precedence.
	byName := func(a, b string) int {
		return cmp.Or(cmp.Compare(s.Collation.Key(a), s.Collation.Key(b)), cmp.Compare(a, b))
	}
	for _, role := range slices.SortedFunc(slices.Values(w.Roles), func(a, b WantedRole) int { return byName(a.Name, b.Name) }) {
		if role.Was != "" {
			r.role(role)
		}
	}
	for _, user := range slices.SortedFunc(slices.Values(w.Users), func(a, b WantedUser) int { return byName(a.Name, b.Name) }) {
		if user.Was != "" {
			r.user(user)
		}
	}
	slices.SortFunc(r.out, func(a, b rename) int { return cmp.Compare(a.change.Was, b.change.Was) })
	return r.out, r.findings
}

// renamer is renames under way.
type renamer struct {
	s      *Snapshot
	o      DiffOptions
	ix     *index
	logins loginTable
	wanted map[string]bool // keys of names
	// contained is a site where people are wanted with passwords of its own.
	contained bool
	out       []rename
	findings  finding.List
}

// role renames a role that is grantree's, or that may be adopted.
func (r *renamer) role(role WantedRole) {
	old, ok := r.old(role.Was, role.Name, role.Cause)
	switch adopted := slices.ContainsFunc(r.o.Adopt, func(name string) bool {
		return name == "*" || r.s.Collation.Equal(name, role.Was) || r.s.Collation.Equal(name, role.Name)
	}); {
	case !ok || old.Type != DatabaseRole || old.Fixed || isBuiltIn(old.ID):
	case old.Managed || adopted:
		r.add(RenameRole, old, role.Name, role.Cause)
	default:
		r.findings.Errorf(finding.RoleNotManaged, role.Cause.Pos, "adopt it: [policy] adopt = [\""+role.Name+"\"]",
			"the role %q, which is to be %q, was not made by grantree", old.Name, role.Name)
	}
}

// user renames a user that is grantree's, or that belongs to the login that the
// policy says.
func (r *renamer) user(u WantedUser) {
	old, ok := r.old(u.Was, u.Name, u.Cause)
	if !ok || !isAccount(old) || isBuiltIn(old.ID) || old.AuthType == AuthDatabase && !r.contained { // which is nobody's who has a login
		return
	}
	own := old.Managed
	for _, name := range []string{cmp.Or(u.Login, u.Name), u.WasLogin} {
		l, known := r.logins.named(name)
		own = own || known && l.SID != "" && l.SID == old.SID
	}
	if own {
		r.add(RenameUser, old, u.Name, u.Cause)
	}
}

// old returns the principal that has the name before, where nobody has the new
// one.
func (r *renamer) old(was, name string, by Cause) (Principal, bool) {
	p, there := r.ix.principal(was)
	q, taken := r.ix.principal(name)
	switch {
	case !there || taken && p == q:
		return Principal{}, false
	case slices.ContainsFunc(r.out, func(x rename) bool { return x.id == r.ix.principals[p].ID }):
		r.findings.Errorf(finding.RenameTaken, by.Pos, "remove was from one of them", "%q is to be renamed to %q, and to another name", r.ix.principals[p].Name, name)
		return Principal{}, false
	case r.wanted[r.s.Collation.Key(was)]:
		r.findings.Errorf(finding.RenameTaken, by.Pos, "rename one at a time: the second once the first is done in every site",
			"%q is to be renamed to %q, and %q is wanted too", r.ix.principals[p].Name, name, was)
		return Principal{}, false
	case taken:
		r.findings.Errorf(finding.RenameTaken, by.Pos, "remove was, and what is not needed of the two",
			"%q is to be renamed to %q, and the site has both", r.ix.principals[p].Name, r.ix.principals[q].Name)
		return Principal{}, false
	}
	return r.ix.principals[p], true
}

func (r *renamer) add(kind Kind, old Principal, to string, by Cause) {
	r.out = append(r.out, rename{id: old.ID, to: to, change: Change{Kind: kind, Was: old.Name, Principals: []string{to}, Causes: []Cause{by}}})
}

// renamed returns the snapshot as it is after renames.
func (s *Snapshot) renamed(list []rename) *Snapshot {
	if len(list) == 0 {
		return s
	}
	out := *s
	out.Principals = slices.Clone(s.Principals)
	for i, p := range out.Principals {
		for _, r := range list {
			if r.id == p.ID {
				out.Principals[i].Name = r.to
			}
		}
	}
	return &out
}

// beforeLoginsChange returns what is wanted while logins still have the names
// that they had: they get their new ones after the sites.
func (w *Wanted) beforeLoginsChange(s *Snapshot) *Wanted {
	if !slices.ContainsFunc(w.Users, func(u WantedUser) bool { return u.WasLogin != "" }) {
		return w
	}
	out, logins := *w, newLoginTable(s)
	for i, u := range w.Users {
		if u.WasLogin == "" {
			continue
		}
		_, done := logins.named(cmp.Or(u.Login, u.Name))
		if old, ok := logins.named(u.WasLogin); ok && !done {
			if &out.Users[0] == &w.Users[0] {
				out.Users = slices.Clone(w.Users)
			}
			out.Users[i].Login = old.Name
		}
	}
	return &out
}
