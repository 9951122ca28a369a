package grants

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
)

// Inquiry answers questions about one site: who may do what on a view, who can
// give themselves that, and why. What it knows of ways in is what Judge knows:
// it says them of a person, where Judge says them of a cause.
type Inquiry struct {
	j     *judge
	faces map[account]face
	last  *judge // of the question that was asked last
}

// Inquire reads a site for questions about it. acc is what the policy accepts
// there beside what it wants.
func Inquire(s *Snapshot, w *Wanted, acc Acceptance) *Inquiry {
	return &Inquiry{j: newJudge(NewSurvey(s), w, acc, nil), faces: map[account]face{}}
}

// Explain answers whether somebody may do p, a single permission, on the whole
// of view, and why, as Access.Decide does, and says what the site alone does not
// tell: who they are to the policy, and which lines of it are behind each GRANT
// and DENY, one reason a line. Of one who may not it says by what they could
// give it to themselves, what of the policy is not in the site yet or which
// groups would give it, and what could not be read.
func (q *Inquiry) Explain(name, view string, p catalog.Permissions) Decision {
	acc, okUser := q.find(name)
	v, okView := q.j.a.m.view(view)
	if !okUser {
		acc = account{name: name, user: -1, login: -1}
	}
	x := explainer{q, acc, v, p, ""}
	if !okView || !okUser {
		d := q.j.a.Decide(name, view, p)
		if okView {
			d.Because = slices.Concat(x.standing(), d.Because, x.lacks())
		}
		return d
	}
	d := q.decide(acc, v, p)
	because := d.Because
	d.Because = x.standing()
	for _, r := range because {
		d.Because = append(d.Because, x.trace(r)...)
	}
	x.steps(d.Because)
	if d.Allowed == Yes {
		return d
	}
	if !d.Has("deny") {
		d.Because = append(d.Because, x.lacks()...)
	}
	d.Because = append(d.Because, x.unknown()...)
	return d
}

// ExplainGroup is Explain of a group of the policy: what its role alone gives, with
// the roles that it is in and what everyone has, to whoever is in it and in nothing
// else.
func (q *Inquiry) ExplainGroup(group, role, view string, p catalog.Permissions) Decision {
	d := Decision{User: role, Group: group, Site: q.j.s.Site, View: view, Permission: p}
	v, okView := q.j.a.m.view(view)
	r, okRole := q.j.a.m.principal(role)
	x := explainer{q, account{name: role, user: -1, login: -1}, v, p, group}
	switch {
	case !okView:
		d.Because = []Reason{{Kind: "nothing", Text: fmt.Sprintf("%s has no view %q", q.j.a.site(), view)}}
	case !okRole:
		d.View, d.Because = q.j.a.m.shortName(v), x.roleLacks("there is no such role here yet")
	default:
		x.acc = account{name: q.j.a.m.principals[r].Name, user: r, login: -1}
		f := face{account: x.acc, entry: entry{in: Yes, as: q.j.a.m.principals[r].ID, token: token{db: q.j.a.tokensOf(r)}}}
		d = q.j.a.orNothing(f, v, q.j.a.decide(f, v, p))
		d.Group = group
		because := d.Because
		d.Because = nil
		for _, one := range because {
			d.Because = append(d.Because, x.trace(one)...)
		}
		x.steps(d.Because)
		if d.Allowed != Yes && !d.Has("deny") {
			d.Because = append(d.Because, x.roleLacks("the role is not granted it here yet")...)
		}
	}
	return d
}

// HasRole reports whether the site has a role of this name, and no user, nor its
// server a login.
func (q *Inquiry) HasRole(name string) bool {
	r, ok := q.j.a.m.principal(name)
	_, login := q.j.a.accountOf(name)
	return ok && !login && q.j.a.m.principals[r].Type == DatabaseRole
}

// Who decides for everybody who may do p, a single permission, on view by
// whatever way, or of whom that is not verified, and for those who have some
// columns of it, reach its data beside it, or can give it to themselves; sorted
// by name. The reasons are the site's alone.
func (q *Inquiry) Who(view string, p catalog.Permissions) []Decision {
	v, ok := q.j.a.m.view(view)
	if !ok {
		return nil
	}
	var out []Decision
	inside := map[int]bool{}
	for _, acc := range q.j.a.everybody() {
		inside[acc.login] = true
		if d := q.decide(acc, v, p); d.Allowed != No || d.Has("column", "table", "view", "synonym", "module", "power") {
			out = append(out, d)
		}
	}
	for i, l := range q.j.s.Logins {
		if l.IsRole() || l.Type == CertificateUser || l.Type == KeyUser || inside[i] {
			continue
		}
		if d := q.decide(account{name: l.Name, user: -1, login: i}, v, p); d.Has("power") { // the rest is guest's
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(x, y Decision) int { return strings.Compare(x.User, y.User) })
	return out
}

// Says reports whether there is more to say than that somebody cannot enter, or
// that nothing gives them what was asked.
func (d Decision) Says() bool {
	return d.Allowed != No || slices.ContainsFunc(d.Because, func(r Reason) bool {
		return !slices.Contains([]string{"connect", "login", "nothing", "not_verified"}, r.Kind)
	})
}

// Has reports whether some reason is of one of these kinds.
func (d Decision) Has(kinds ...string) bool {
	return slices.ContainsFunc(d.Because, func(r Reason) bool { return slices.Contains(kinds, r.Kind) })
}

// Unverified says what could not be read or asked, so that nothing is known of
// it, as far as it may matter to p on view.
func (q *Inquiry) Unverified(view string, p catalog.Permissions) []string {
	v, ok := q.j.a.m.view(view)
	if !ok {
		return nil
	}
	var out []string
	for _, f := range q.doubts(v, p) {
		out = append(out, f.Message)
	}
	return out
}

func (q *Inquiry) doubts(v int, p catalog.Permissions) finding.List {
	one, site := *q.about(v, p), *q.j.s
	site.Site = "" // whoever asks knows which
	one.s, one.unsure = &site, nil
	one.modules()
	one.databases()
	one.unverified()
	return one.unsure.Sorted()
}

// Known reports whether somebody has this name here: an account of the site, a
// login of its server, or a person whom the policy wants in it. Names are the
// same where the site's collation says so.
func (q *Inquiry) Known(name string) bool {
	_, found := q.find(name)
	return found || q.Wants(name)
}

// Wants reports whether the policy wants somebody of this name in the site.
func (q *Inquiry) Wants(name string) bool {
	_, ok := q.wanted(name)
	return ok
}

// Promised reports whether the policy alone gives p on view to a user, or to a role
// by its own rows.
func (q *Inquiry) Promised(name, view string, p catalog.Permissions) bool {
	promise := q.j.w.Promise()
	v, ok := q.j.a.m.view(view)
	if !ok {
		return false
	}
	place, ok := promise.Place(q.j.a.m.views[v].Name)
	if !ok {
		return false
	}
	tokens := promise.Tokens(name)
	if q.WantsRole(name) {
		tokens = []string{q.j.w.Collation.Key(name)}
	}
	return promise.Of(tokens)[place].Has(p)
}

// WantsRole reports whether the policy wants a role of this name in the site.
func (q *Inquiry) WantsRole(name string) bool {
	return slices.ContainsFunc(q.j.w.Roles, func(r WantedRole) bool { return q.j.w.Collation.Equal(r.Name, name) })
}

// Names are those of the site's accounts and of the logins of its server.
func (q *Inquiry) Names() []string {
	out := q.j.a.Users()
	for _, l := range q.j.s.Logins {
		if !l.IsRole() {
			out = append(out, l.Name)
		}
	}
	return out
}

// LoginsRead reports whether all logins of the site's server could be read, so
// that one that is not among Names does not exist.
func (q *Inquiry) LoginsRead() bool { return q.j.s.LoginsVisible }

// Views returns the names of the site's views, without their schemas.
func (q *Inquiry) Views() []string { return q.j.a.Views() }

// HasView reports whether the site has a view of this name, which may be
// written with its schema.
func (q *Inquiry) HasView(name string) bool {
	_, ok := q.j.a.m.view(name)
	return ok
}

// find finds somebody: the account of that name, else the login of the policy's
// person, else the login of that name.
func (q *Inquiry) find(name string) (account, bool) {
	u, ours := q.wanted(name)
	if _, isUser := q.j.a.m.principal(name); ours && !isUser {
		return q.j.a.accountOf(u.login())
	}
	return q.j.a.account(name)
}

// wanted finds a person of the policy by their user's name.
func (q *Inquiry) wanted(name string) (WantedUser, bool) {
	i := slices.IndexFunc(q.j.w.Users, func(u WantedUser) bool { return q.j.s.Collation.Equal(u.Name, name) })
	if i < 0 {
		return WantedUser{}, false
	}
	return q.j.w.Users[i], true
}

// decide is Access.decide with what somebody can give themselves.
func (q *Inquiry) decide(acc account, v int, p catalog.Permissions) Decision {
	f := q.face(acc)
	d := q.j.a.decide(f, v, p)
	_, d.Inactive = q.leaver(acc)
	if d.Allowed != Yes {
		for _, by := range q.about(v, p).powers(f) {
			d.Because = append(d.Because, Reason{Kind: "power", Via: []string{by},
				Text: fmt.Sprintf("%s can give themselves %s on %s, through %s", acc.name, p, q.j.a.m.viewName(v), by)})
		}
	}
	return q.j.a.orNothing(f, v, d)
}

func (q *Inquiry) face(acc account) face {
	f, known := q.faces[acc]
	if !known {
		f = q.j.a.face(acc)
		q.faces[acc] = f
	}
	return f
}

// leaver is the person of the policy, inactive there, that an account is.
func (q *Inquiry) leaver(acc account) (Leaver, bool) {
	if acc.user >= 0 {
		l, ok := q.j.leavers()[acc.user]
		return l, ok
	}
	all := slices.Concat(q.j.w.Leavers, q.j.w.Absent)
	i := slices.IndexFunc(all, func(l Leaver) bool { return q.j.s.ServerCollation.Equal(cmp.Or(l.Login, l.Name), acc.name) })
	if i < 0 {
		return Leaver{}, false
	}
	return all[i], true
}

// about is the judge of one question: one to whom only p on one view counts.
func (q *Inquiry) about(v int, p catalog.Permissions) *judge {
	if q.last != nil && q.last.views[0] == v && q.last.asked == p {
		return q.last
	}
	one := *q.j
	view := one.a.m.views[v]
	one.asked, one.views, one.place, one.schemas, one.behind = p, []int{v}, map[int]int{v: 0}, map[int]bool{view.Schema: true}, map[int][]int{}
	for _, table := range one.a.tables(view.ID) {
		one.behind[table] = []int{v}
	}
	one.beside, one.tables, one.openIDs, one.dataOwners, one.worths = nil, nil, nil, nil, map[int]worth{}
	q.last = &one
	return q.last
}
