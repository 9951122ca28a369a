package grants

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
)

// principals decides about every wanted role and user: take it as it is, make
// it, or refuse it with a finding.
func (d *differ) principals() {
	d.wanted = map[string]bool{}
	roles := slices.Clone(d.to.Roles)
	slices.SortFunc(roles, func(a, b WantedRole) int { return strings.Compare(a.Name, b.Name) })
	for _, r := range roles {
		if d.first(r.Name) && d.role(r) {
			d.accepted = append(d.accepted, r.Name)
		}
	}
	users := slices.Clone(d.to.Users)
	slices.SortFunc(users, func(a, b WantedUser) int { return strings.Compare(a.Name, b.Name) })
	for _, u := range users {
		if d.first(u.Name) && d.user(u) {
			d.accepted = append(d.accepted, u.Name)
		}
	}
}

// first notes a wanted name and reports whether it is new.
func (d *differ) first(name string) bool {
	key := d.from.Collation.Key(name)
	if d.wanted[key] {
		d.plan.Findings.Errorf("name-twice", d.whereIs(name), "give one of them another name",
			"%q is wanted twice: a role and a user, or two that the site's collation does not tell apart", name)
		return false
	}
	d.wanted[key] = true
	return true
}

func (d *differ) role(r WantedRole) bool {
	p, exists := d.ix.principal(r.Name)
	if !exists {
		d.create(r.Name, DatabaseRole)
		d.add(phaseCreateRole, Change{Kind: CreateRole, Principals: []string{r.Name}, Causes: []Cause{r.Cause}})
		return true
	}
	found := d.ix.principals[p]
	switch {
	case isBuiltIn(found.ID) || found.Fixed:
		d.plan.Findings.Errorf("name-reserved", r.Cause.Pos, "give the group another role",
			"%q is a name that every database has", r.Name)
	case found.Type != DatabaseRole:
		d.plan.Findings.Errorf("name-taken", r.Cause.Pos, "give the group another role, or drop the user first",
			"the role %q cannot be made: the site has a user of that name", r.Name)
	case found.Managed:
		return true
	case d.adopts(r.Name):
		d.add(phaseMark, Change{Kind: MarkRole, Principals: []string{found.Name}, Causes: []Cause{r.Cause}})
		return true
	default:
		d.plan.Findings.Errorf("role-not-managed", r.Cause.Pos, "adopt it: [policy] adopt = [\""+r.Name+"\"]",
			"the role %q is in the site already%s and was not made by grantree", found.Name, d.sameAs(found.Name, r.Name))
	}
	return false
}

// sameAs says that a name of the site is the policy's in another spelling.
func (d *differ) sameAs(held, wanted string) string {
	if held == wanted {
		return ""
	}
	return fmt.Sprintf(", which is %q by its collation %s,", wanted, d.from.Collation.Name)
}

func (d *differ) adopts(role string) bool {
	return slices.ContainsFunc(d.options.Adopt, func(name string) bool {
		return name == "*" || d.from.Collation.Equal(name, role)
	})
}

func (d *differ) user(u WantedUser) bool {
	if p, exists := d.ix.principal(u.Name); exists {
		return d.existing(u, d.ix.principals[p])
	}
	if u.Login == "" {
		u.Login = u.Name
	}
	login, found := d.logins.named(u.Login)
	switch {
	case !found && !u.NewLogin && d.seesLogins():
		d.plan.Findings.Errorf("login-missing", u.Cause.Pos, "make the login first, or say new_login = true",
			"the server has no login %q for user %q", u.Login, u.Name)
		return false
	case found && d.logins.user[login.SID] != "":
		d.plan.Findings.Errorf("login-has-user", u.Cause.Pos, "name that user in the policy, or drop it first",
			"login %q already is the user %q here, not %q", u.Login, d.logins.user[login.SID], u.Name)
		return false
	}
	kind := SQLUser
	if found {
		kind = login.Type
	}
	d.create(u.Name, kind)
	d.add(phaseCreateUser, Change{Kind: CreateUser, Principals: []string{u.Name}, Login: u.Login,
		NewLogin: u.NewLogin && !found, Causes: []Cause{u.Cause}})
	return true
}

// existing judges a wanted user that is in the site. It is taken as it is,
// with grantree's mark or without, so long as it is a user and belongs to the
// login that the policy says (reference A.8: the link is the SID).
func (d *differ) existing(u WantedUser, found Principal) bool {
	switch {
	case isBuiltIn(found.ID):
		d.plan.Findings.Errorf("name-reserved", u.Cause.Pos, "name the person's own account",
			"%q is a name that every database has", u.Name)
		return false
	case !isAccount(found):
		d.plan.Findings.Errorf("name-taken", u.Cause.Pos, "give the user another name, or drop the role first",
			"the user %q cannot be made: the site has a role of that name", u.Name)
		return false
	}
	login, known := d.logins.named(cmp.Or(u.Login, u.Name))
	if found.AuthType != 1 || found.SID == "" {
		return true
	}
	switch {
	case known && login.SID != "" && login.SID != found.SID:
		d.plan.Findings.Errorf("login-differs", u.Cause.Pos,
			"ALTER USER … WITH LOGIN, or name the right login", "user %q does not belong to login %q here", found.Name, login.Name)
		return false
	case !known && d.seesLogins() && d.logins.bySID[found.SID] == "":
		d.plan.Findings.Warnf("orphaned-user", u.Cause.Pos, "make the login with the user's SID, or ALTER USER … WITH LOGIN",
			"user %q has no login on the server: nobody can enter as it", found.Name)
	}
	return true
}

// seesLogins reports whether a login that is not listed does not exist. A
// server always lists the login that asks, so an empty list is no list.
func (d *differ) seesLogins() bool { return d.from.LoginsVisible && len(d.from.Logins) > 0 }

// create notes a principal that the plan makes.
func (d *differ) create(name string, kind PrincipalType) {
	d.created = append(d.created, Principal{ID: -1 - len(d.created), Name: name, Type: kind, Owner: DboID, Managed: true})
}

// whereIs finds the line of the second thing that wants a name.
func (d *differ) whereIs(name string) (where finding.Pos) {
	for _, r := range d.to.Roles {
		if d.from.Collation.Equal(r.Name, name) {
			where = r.Cause.Pos
		}
	}
	for _, u := range d.to.Users {
		if d.from.Collation.Equal(u.Name, name) {
			where = u.Cause.Pos
		}
	}
	return where
}

// loginTable finds logins by name, as the server's collation compares names,
// and by SID.
type loginTable struct {
	logins []Login
	byName names
	bySID  map[string]string // the login's name
	user   map[string]string // the name of the site's user with a SID
}

func newLoginTable(s *Snapshot) loginTable {
	t := loginTable{logins: s.Logins, byName: newNames(s.ServerCollation, len(s.Logins)), bySID: map[string]string{}, user: map[string]string{}}
	for i, l := range s.Logins {
		if l.IsRole() {
			continue
		}
		t.byName.add(i, l.Name)
		if l.SID != "" {
			t.bySID[l.SID] = l.Name
		}
	}
	for _, p := range s.Principals {
		if p.SID != "" && isAccount(p) {
			t.user[p.SID] = p.Name
		}
	}
	return t
}

func (t loginTable) named(name string) (Login, bool) {
	i, ok := t.byName.find(name)
	if !ok {
		return Login{}, false
	}
	return t.logins[i], true
}
