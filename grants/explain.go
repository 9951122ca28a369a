package grants

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/catalog"
	"grantree/finding"
)

// explainer joins what the site says about one account and permission with what
// the policy wants.
type explainer struct {
	q    *Inquiry
	acc  account
	v    int
	perm catalog.Permissions

	group string // that is asked of, else ""
}

// entries returns the wanted rows of one grantee on the tuple, or of everyone
// when grantee is "".
func (x explainer) entries(grantee string, state State) []WantedEntry {
	j := x.q.j
	var out []WantedEntry
	for _, e := range j.w.Entries {
		if e.Permission != x.perm || e.State != state || grantee != "" && !j.w.Collation.Equal(e.Grantee, grantee) {
			continue
		}
		if v, ok := j.a.m.viewIn(e.Schema, e.View); ok && v == x.v {
			out = append(out, e)
		}
	}
	return out
}

// trace turns one reason into one for each line of the policy behind it, which
// speaks of whole views alone.
func (x explainer) trace(r Reason) []Reason {
	state := Granted
	switch {
	case r.Kind == "deny":
		state = Denied
	case r.Kind == "module":
		return []Reason{x.accepting(r)}
	case r.Kind != "grant" || len(r.Columns) > 0:
		return []Reason{r}
	}
	grantee := x.acc.name
	switch {
	case len(r.Via) > 0:
		grantee = r.Via[len(r.Via)-1]
	case x.acc.user < 0: // who has no user is guest or public here, of whom no policy speaks
		grantee = "guest"
	}
	var out []Reason
	found := x.entries(grantee, state)
	for _, e := range found {
		for _, c := range e.Causes {
			if state == Denied && c.State == Granted {
				out = append(out, x.from(Reason{Kind: "grant", Via: r.Via, Beaten: true, Text: "the DENY beats what " + grantee + " is also given"}, c))
				continue
			}
			out = append(out, x.from(r, c))
		}
	}
	if len(found) == 0 {
		r.Text += ", " + x.unasked(r.Via, state)
	}
	if len(out) == 0 {
		return []Reason{r}
	}
	return out
}

// from adds a cause to a reason, without the name of the group that is asked of.
func (x explainer) from(r Reason, c Cause) Reason {
	bare := c
	if c.Group == x.group {
		bare.Group = ""
	}
	out := r.from(bare)
	out.Group = c.Group
	return out
}

// from adds a cause to a reason.
func (r Reason) from(c Cause) Reason {
	r.Group, r.Node, r.Level, r.Where = c.Group, c.Node, c.Level, c.Pos
	var parts []string
	if c.Group != "" && (len(r.Via) == 0 || r.Via[len(r.Via)-1] != c.Group) {
		parts = append(parts, "group "+c.Group)
	}
	if len(c.Node) > 0 {
		parts = append(parts, fmt.Sprintf("as a %s view of %s", strings.ReplaceAll(string(c.Level), "_", " "), c.Node))
	}
	if c.Note != "" {
		parts = append(parts, c.Note)
	}
	if where := c.Pos.String(); where != "" {
		parts = append(parts, where)
	}
	if len(parts) > 0 {
		r.Text += ": " + strings.Join(parts, ", ")
	}
	return r
}

// person is whom of the policy an account is: by the user, or else by the login.
func (x explainer) person() (WantedUser, bool) {
	u, ok := x.q.wanted(x.acc.name)
	if ok && (x.acc.user >= 0 || x.acc.login < 0) {
		return u, true
	}
	if x.acc.login < 0 {
		return WantedUser{}, false
	}
	j := x.q.j
	i := slices.IndexFunc(j.w.Users, func(u WantedUser) bool { return j.s.ServerCollation.Equal(u.login(), j.s.Logins[x.acc.login].Name) })
	if i < 0 {
		return WantedUser{}, false
	}
	return j.w.Users[i], true
}

// standing says who an account is to the policy, where that is not plain.
func (x explainer) standing() []Reason {
	j := x.q.j
	note := func(kind string, at finding.Pos, format string, args ...any) []Reason {
		r := Reason{Kind: kind, Text: fmt.Sprintf(format, args...), Where: at}
		if at.Line > 0 {
			r.Text += ", " + at.String()
		}
		return []Reason{r}
	}
	u, ours := x.person()
	own, named, link := Login{}, Login{}, ownLogin
	if ours && x.acc.user >= 0 {
		if p := j.a.m.principals[x.acc.user]; p.Type != DatabaseRole && !isBuiltIn(p.ID) {
			own, named, link = j.linked(u, p, x.acc)
		}
	}
	l, leaves := x.q.leaver(x.acc)
	o := j.outsider(x.acc)
	switch {
	case link == otherKind:
		return note("login", u.Cause.Pos, "the user %s belongs to %s and not to %s: %s", x.acc.name, own.describe(), u.describeLogin(), own.whose())
	case link == otherLogin:
		where := fmt.Sprintf("the login %s has no user here", named.Name)
		switch acc, there := j.a.accountOf(named.Name); {
		case !there:
			where = fmt.Sprintf("the server has no login %s", named.Name)
		case acc.user >= 0:
			where = fmt.Sprintf("the login %s is the user %s here", named.Name, acc.name)
		}
		return note("login", u.Cause.Pos, "the user %s belongs to the login %s and not to %s: somebody else enters as it, and %s", x.acc.name, own.Name, named.Name, where)
	case link == renamedLogin:
		return note("login", u.Cause.Pos, "the login %s, of whom the policy speaks, is called %s now", u.login(), own.Name)
	case ours && x.acc.user >= 0 && !j.s.Collation.Equal(x.acc.name, u.Name):
		return note("policy", u.Cause.Pos, "the user of the login %s is %s here, and %s in the policy", u.login(), x.acc.name, u.Name)
	case leaves && x.acc.user >= 0:
		return note("policy", l.Cause.Pos, "%s is inactive in the policy, and still in the site", x.acc.name)
	case leaves:
		return note("policy", l.Cause.Pos, "%s is inactive in the policy", x.acc.name)
	case !ours && o != nil:
		return note("policy", o.Pos, "the policy accepts %s as an outsider who may %s: %s", o.Name, cmp.Or(o.May.String(), "nothing"), o.Reason)
	}
	return nil
}

// lacks says what a refused user lacks: what of the policy is not in the site
// yet, or else which groups would give it.
func (x explainer) lacks() []Reason {
	j := x.q.j
	u, ours := x.person()
	var out []Reason
	var others []string
	given := false
	for _, e := range x.entries("", Granted) {
		switch {
		case ours && x.belongs(u.Name, e.Grantee):
			given = true
			why := x.notYet(u, e.Grantee)
			for _, c := range e.Causes {
				if why != "" {
					r := Reason{Kind: "nothing", Text: fmt.Sprintf("the policy gives it through %s, but %s", e.Grantee, why)}
					out = append(out, r.from(c))
				}
			}
		case slices.ContainsFunc(j.w.Roles, func(r WantedRole) bool { return j.w.Collation.Equal(r.Name, e.Grantee) }):
			others = append(others, e.Grantee)
		}
	}
	slices.Sort(others)
	would := strings.Join(slices.Compact(others), " or ")
	_, leaves := x.q.leaver(x.acc)
	switch {
	case given || would == "" || leaves || !ours && j.outsider(x.acc) != nil:
	case ours:
		out = append(out, Reason{Kind: "nothing", Text: fmt.Sprintf("no group of %s reaches %s with %s; %s would", u.Name, j.a.m.shortName(x.v), x.perm, would)})
	case x.acc.user < 0 || isAccount(j.a.m.principals[x.acc.user]):
		out = append(out, Reason{Kind: "nothing", Text: fmt.Sprintf("the policy does not name %s in this site; %s would give it", x.acc.name, would)})
	}
	return out
}

// belongs reports whether the policy wants a user to act as grantee.
func (x explainer) belongs(user, grantee string) bool {
	same := x.q.j.w.Collation.Equal
	return same(grantee, user) || slices.ContainsFunc(x.q.j.w.Members, func(m WantedMember) bool { return same(m.Role, grantee) && same(m.User, user) })
}

// notYet says what is missing in the site of what the policy gives a person
// through a role, or by a row of their own; "" where nothing is, so that it is
// something else that stands in the way.
func (x explainer) notYet(u WantedUser, grantee string) string {
	a, same := x.q.j.a, x.q.j.w.Collation.Equal
	g, exists := a.m.principal(grantee)
	own := same(grantee, u.Name)
	if own && x.acc.user >= 0 {
		g, exists = x.acc.user, true
	}
	in := exists && x.acc.user >= 0 && slices.Contains(a.tokensOf(x.acc.user), int32(g))
	has := exists && a.m.cells.at(g, x.v).granted().Has(x.perm)
	switch {
	case in && has:
		return ""
	case x.acc.user < 0 && x.acc.login >= 0:
		return fmt.Sprintf("the login %s has no user here yet", a.server.logins[x.acc.login].Name)
	case x.acc.user < 0:
		return "there is no such user here yet"
	case !same(x.acc.name, u.Name):
		return fmt.Sprintf("to the user %s, and here the login %s is %s", u.Name, u.login(), x.acc.name)
	case !exists:
		return "there is no such role here yet"
	case !in:
		return fmt.Sprintf("%s is not in that role here yet", x.acc.name)
	case own:
		return fmt.Sprintf("%s has no such row here yet", x.acc.name)
	}
	return "that role is not granted it here yet"
}

// unknown says what could not be read and may allow what is refused by what was.
func (x explainer) unknown() []Reason {
	j := x.q.about(x.v, x.perm)
	var out []Reason
	doubt := func(format string, args ...any) {
		out = append(out, Reason{Kind: "not_verified", Text: fmt.Sprintf(format, args...)})
	}
	at, known := -1, false
	if x.acc.user >= 0 {
		at, known = j.selves.get(x.acc.user)
	} else if x.acc.login >= 0 {
		at, known = j.logins.get(x.acc.login)
	}
	for _, id := range j.sorted(j.moduleIDs()) {
		o := j.a.objects.byID[id]
		if why := j.a.unknown(o); why != "" && !j.isAccepted(o) && known && slices.ContainsFunc(j.runs(o), func(r run) bool { return r.who == at }) {
			doubt("what %s reaches cannot be read (%s), and %s may run it", o.name, why, x.acc.name)
		}
	}
	if kind := x.kind(); kind.IsGroup() {
		doubt("who is in the %s %q cannot be read", kind.login(), x.acc.name)
	} else if kind != SQLUser {
		for p, principal := range j.a.m.principals {
			if principal.Type.IsGroup() && principal.Type.external() == kind.external() && !j.worthOfPrincipal(p).empty() {
				doubt("whether %s is in the %s %q, which reaches it, cannot be read", x.acc.name, principal.Type.login(), principal.Name)
			}
		}
	}
	enters := x.q.face(x.acc).in != No
	for _, f := range x.q.doubts(x.v, x.perm) {
		if slices.Contains([]string{finding.NotRead, finding.OtherDatabase, finding.TrustedDatabase}, f.Code) || f.Code == finding.ApplicationRole && enters {
			doubt("%s", f.Message)
		}
	}
	return out
}

// kind is the type of the account: of the user, or else of the login.
func (x explainer) kind() PrincipalType {
	switch {
	case x.acc.user >= 0:
		return x.q.j.a.m.principals[x.acc.user].Type
	case x.acc.login >= 0:
		return x.q.j.s.Logins[x.acc.login].Type
	}
	return SQLUser
}
