package grants

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
)

// user decides about a wanted user: take the one that is there, make it, or
// refuse it with a finding.
func (d *differ) user(u WantedUser) bool {
	u.Login = cmp.Or(u.Login, u.Name)
	if d.to.Contained {
		return d.contained(u)
	}
	login, known := d.logins.named(u.Login)
	switch {
	case known && login.SID == SASID:
		d.plan.Findings.Errorf(finding.LoginIsSA, u.Cause.Pos, "give the person a login of their own: login = \"…\"",
			"%q, the login of user %q, is the server's own administrator (SID 0x01): it is dbo everywhere and can have no user", login.Name, u.Name)
		return false
	case known && (login.Type == CertificateUser || login.Type == KeyUser) && !d.named(u.Name, login.Type): // else the site has its user too
		return d.clash(u, "a "+login.Type.login())
	case known && !u.fits(login.Type):
		d.plan.Findings.Errorf(finding.LoginDiffers, u.Cause.Pos, "name the person's own login",
			"the login %q of user %q is %s and not %s: %s", login.Name, u.Name, login.describe(), u.describeLogin(), login.whose())
		return false
	case known && d.ownsDatabase(login):
		d.errorf(finding.LoginOwnsDatabase, u.Cause.Pos, mend(d.logins.toSA(d.from.Database)),
			"%q, the login of user %q, owns the database %q: it is dbo there and can have no user", login.Name, u.Name, d.from.Database)
		return false
	}
	if p, exists := d.near.principal(d.ix, u.Name); exists {
		return d.existing(u, d.ix.principals[p], login, known)
	}
	return d.missing(u, login, known)
}

// named reports whether the site has a principal of a name and type.
func (d *differ) named(name string, t PrincipalType) bool {
	p, ok := d.ix.principal(name)
	return ok && d.ix.principals[p].Type == t
}

// clash leaves somebody out whose login cannot be made, for the principals of a
// server have one space of names (error 15025).
func (d *differ) clash(u WantedUser, has string) bool {
	d.plan.Findings.Errorf(finding.LoginClash, u.Cause.Pos, "give the person another login: login = \"…\"",
		"the server has %s named %q, so that no login of user %q can have that name", has, u.Login, u.Name).About = u.Name
	return false
}

// ownsDatabase reports whether a login is dbo in the database: it owns it, or
// its SID is the one of dbo (reference A.8).
func (d *differ) ownsDatabase(l Login) bool {
	if l.SID == "" {
		return false
	}
	return l.SID == d.from.OwnerSID || l.SID == d.logins.dbo
}

// missing makes a user for a login that has none here. Where the login is that
// of a user who leaves, as when a person was renamed, that one goes first.
func (d *differ) missing(u WantedUser, login Login, known bool) bool {
	switch {
	case !known && d.logins.role(u.Login):
		return d.clash(u, "a server role")
	case !known && isWindowsName(u.Login) && !u.external() && (d.seesLogins() || u.NewLogin):
		d.windowsLogin(u, WindowsUser)
		return false
	case !known && d.seesLogins() && !u.NewLogin:
		d.plan.Findings.Errorf(finding.LoginMissing, u.Cause.Pos, "make the login first, or say new_login = true",
			"the server has no login %q for user %q", u.Login, u.Name).About = u.Name
		return false
	case known && !d.makesRoom(u, login):
		return false
	case !known && u.NewLogin:
		d.newLogin(u, "")
	case u.NewLogin && d.taken(login):
		d.plan.Findings.Warnf(finding.LoginTaken, u.Cause.Pos, "remove new_login where that is the person's, else give them another login",
			"the server has a login %q already, which grantree did not make: whoever has its password enters as %q", login.Name, u.Name)
	}
	kind := cmp.Or(u.Type, SQLUser)
	if known {
		kind = login.Type
	}
	d.create(u.Name, kind)
	d.add(phaseCreateUser, Change{Kind: CreateUser, Principals: []string{u.Name}, Login: u.Login,
		NewLogin: u.NewLogin && !known, Causes: []Cause{u.Cause}})
	return true
}

// taken reports whether a login is one with a password that somebody else made,
// and that nothing says is the person's.
func (d *differ) taken(l Login) bool {
	return l.Type == SQLUser && d.options.Made != nil && !d.options.Made(l.SID) &&
		!slices.ContainsFunc(d.options.AdoptLogins, func(name string) bool { return d.from.ServerCollation.Equal(name, l.Name) })
}

// makesRoom reports whether a login has no user here when the plan makes one: a
// login has one user in a database (error 15063).
func (d *differ) makesRoom(u WantedUser, login Login) bool {
	holder, taken := d.logins.holder(login.SID)
	if !taken || login.SID == "" {
		return true
	}
	if _, leaves := d.leaving[holder.ID]; leaves && !d.held[holder.ID] {
		d.replaced[d.from.Collation.Key(u.Name)] = holder.ID
		return true
	}
	do := advice{words: "name that user in the policy, or drop it first", or: "name that user in the policy"}
	if !d.isWanted(holder.Name) {
		do.remedies = []Remedy{{Kind: RemedyWithName, Principal: holder.Name, To: u.Name}}
	}
	d.errorf(finding.LoginHasUser, u.Cause.Pos, do,
		"login %q already is the user %q here, not %q", u.Login, holder.Name, u.Name)
	return false
}

// existing judges a wanted user that is in the site. It is taken as it is and
// marked, so long as it is a user and belongs to the login that the policy says
// (reference A.8: the link is the SID).
func (d *differ) existing(u WantedUser, found Principal, login Login, known bool) bool {
	switch {
	case isBuiltIn(found.ID):
		d.plan.Findings.Errorf(finding.NameReserved, u.Cause.Pos, "name the person's own account",
			"%q is a name that every database has", u.Name)
		return false
	case !isAccount(found) && found.Type == DatabaseRole:
		d.plan.Findings.Errorf(finding.NameTaken, u.Cause.Pos, "give the user another name, or drop the role first",
			"the user %q cannot be made: the site has a role of that name", u.Name)
		return false
	case found.Type == SQLUser && found.AuthType == AuthNone:
		d.errorf(finding.UserWithoutLogin, u.Cause.Pos, mend(Remedy{Kind: RemedyDropUser, Principal: found.Name}),
			"user %q was made WITHOUT LOGIN: nobody can enter as it, and no login can be given to it", found.Name)
		return false
	case found.AuthType == AuthDatabase:
		d.errorf(finding.LoginDiffers, u.Cause.Pos, ownPassword(found), "user %q does not belong to %s here: %s", found.Name, u.describeLogin(), hasOwnPassword)
		return false
	case !u.fits(found.Type):
		d.loginDiffers(u, found)
		return false
	case !d.linked(u, found, login, known):
		return false
	case !found.Managed:
		d.add(phaseMark, Change{Kind: Mark, Principals: []string{found.Name}, Causes: []Cause{u.Cause}})
	}
	return true
}

// hasOwnPassword is what it means that a user is no login's, where the policy
// means a login: the name is all that it shares with the policy's person, and a
// mark is in the power of whoever may alter the user.
const hasOwnPassword = "it has a password of its own, and whoever knows that enters as it: see who that is first"

// ownPassword is what to do about such a user.
func ownPassword(user Principal) advice {
	do := mend(Remedy{Kind: RemedyDropUser, Principal: user.Name})
	do.or = "give the person another name"
	return do
}

// linked judges the link between a user who is there and their login: false
// where it is another's, or where the login cannot be made.
func (d *differ) linked(u WantedUser, found Principal, login Login, known bool) bool {
	own, has := d.logins.withSID(found.SID)
	switch {
	case !enters(found) || found.SID == "" || known && (login.SID == "" || login.SID == found.SID):
		return true
	case known && d.logins.renaming(u, found):
		d.plan.Findings.Errorf(finding.RenameTaken, u.Cause.Pos, keepLogin(u), "user %q, whose login is %q, cannot have the login %q: the server has one of that name, which is somebody else's",
			found.Name, own.Name, u.Login).About = u.Name
		return false
	case known, has && !found.Managed: // a name alone is no evidence of a login that was renamed
		d.loginDiffers(u, found)
		return false
	case has:
		d.plan.Findings.Notef(finding.LoginRenamed, u.Cause.Pos, fmt.Sprintf("write login = %q", own.Name),
			"user %q belongs to login %q here, which the policy calls %q", found.Name, own.Name, u.Login)
		return true
	case d.logins.role(u.Login) && u.NewLogin && found.Type == SQLUser:
		return d.clash(u, "a server role")
	case !d.seesLogins():
		if u.NewLogin {
			d.newLogin(u, found.SID)
		}
		return true
	case found.Type != SQLUser && u.external() && found.Type == u.Type:
		d.newLogin(u, "")
		return true
	case found.AuthType == AuthExternal: // enters by itself
		return true
	case found.Type != SQLUser:
		return d.windowsLogin(u, found.Type)
	case u.NewLogin:
		d.newLogin(u, found.SID)
		return true
	}
	do := mend(Remedy{Kind: RemedyCreateLogin, Type: SQLUser, Principal: u.Login, SID: found.SID})
	do.or = "say new_login = true: the login is made with the user's SID"
	d.warnf(finding.OrphanedUser, u.Cause.Pos, do,
		"user %q has no login on the server: nobody can enter as it", found.Name)
	return true
}

// loginDiffers refuses a user who belongs to another login, or to one of another
// kind.
func (d *differ) loginDiffers(u WantedUser, found Principal) {
	own, has := d.logins.withSID(found.SID)
	is, whose := fmt.Sprintf("login %q", u.login()), "a login that is gone"
	switch {
	case has && u.fits(own.Type):
		whose = fmt.Sprintf("%q", own.Name)
	case has:
		is, whose = u.describeLogin(), own.describe()
	case !u.fits(found.Type):
		is, whose = u.describeLogin(), Login{Type: found.Type}.describe()
	}
	d.errorf(finding.LoginDiffers, u.Cause.Pos, d.logins.another(u, found), "user %q does not belong to %s here, but to %s", found.Name, is, whose).About = u.Name
}

// fits reports whether a login or user of a type can be the one that the policy
// means: only accounts of Windows have a backslash in their name, what it says is
// Entra's is Entra's, another login that is made has a password, and nobody logs
// in by a certificate or key (reference A.1, A.8).
func (u WantedUser) fits(t PrincipalType) bool {
	windows := t == WindowsUser || t == WindowsGroup
	switch {
	case t == CertificateUser || t == KeyUser || t == ApplicationRole:
		return false
	case isWindowsName(u.login()):
		return windows
	case u.ofEntra():
		return t == ExternalUser || t == ExternalGroup
	case u.NewLogin:
		return t == SQLUser
	}
	return !windows
}

// describeLogin is the login that the policy means, for a sentence.
func (u WantedUser) describeLogin() string {
	switch {
	case isWindowsName(u.login()):
		return fmt.Sprintf("the Windows account %q", u.login())
	case u.ofEntra():
		return fmt.Sprintf("the Entra account %q", u.login())
	case u.NewLogin:
		return fmt.Sprintf("the SQL login %q", u.login())
	}
	return fmt.Sprintf("the login %q", u.login())
}

// describe is a login, or where it has no name the lack of one, for a sentence.
func (l Login) describe() string {
	kind := l.Type.login()
	switch {
	case l.Name == "" && l.Type.external():
		return "an " + kind
	case l.Name == "":
		return "a " + cmp.Or(kind, "principal that is no person's")
	}
	return fmt.Sprintf("the %s %q", cmp.Or(kind, "login"), l.Name)
}

// login is what a login of this type is called, or "".
func (t PrincipalType) login() string {
	return map[PrincipalType]string{SQLUser: "SQL login", WindowsUser: "Windows account", WindowsGroup: "Windows group", ExternalUser: "Entra account", ExternalGroup: "Entra group",
		CertificateUser: "certificate's login", KeyUser: "key's login"}[t]
}

// whose says what it means that a user is this login's.
func (l Login) whose() string {
	if l.Type == CertificateUser || l.Type == KeyUser || l.Type == ApplicationRole {
		return "nobody enters as it"
	}
	return "somebody else enters as it"
}

// windowsLogin reports an account of Windows without a login of its own: an error where there is no user to enter as, or where the policy
// asks for a login with a password; else a warning.
func (d *differ) windowsLogin(u WantedUser, kind PrincipalType) bool {
	do := mend(Remedy{Kind: RemedyCreateLogin, Type: kind, Principal: u.Login})
	_, exists := d.ix.principal(u.Name)
	switch {
	case u.NewLogin:
		d.errorf(finding.LoginMissing, u.Cause.Pos, do,
			"the server has no login %q for user %q, and new_login makes none for an account of Windows", u.Login, u.Name).About = u.Name
		return false
	case !exists:
		d.errorf(finding.LoginMissing, u.Cause.Pos, do, "the server has no login %q for user %q", u.Login, u.Name).About = u.Name
		return false
	}
	d.warnf(finding.WindowsLoginMissing, u.Cause.Pos, do,
		"%q has no login of its own on the server and can enter only through a Windows group's", u.Login)
	return true
}

// isWindowsName reports whether a login's name is that of an account of Windows
// (reference A.8).
func isWindowsName(login string) bool { return strings.Contains(login, `\`) }

// newLogin notes a login to be made.
func (d *differ) newLogin(u WantedUser, sid string) {
	d.plan.Logins = append(d.plan.Logins, NewLogin{Login: u.Login, SID: sid, Type: cmp.Or(u.Type, SQLUser), Cause: u.Cause})
}

// loginTable finds logins by name, as the server's collation compares names,
// and by SID.
type loginTable struct {
	logins []Login
	byName names
	roles  names // of the server
	users  []Principal
	bySID  map[string]int32 // positions in logins
	user   map[string]int32 // the site's user with a SID: positions in users
	dbo    string           // the SID of dbo
}

func newLoginTable(s *Snapshot) loginTable {
	t := loginTable{logins: s.Logins, users: s.Principals, byName: newNames(s.ServerCollation, len(s.Logins)), roles: newNames(s.ServerCollation, 0),
		bySID: make(map[string]int32, len(s.Logins)), user: make(map[string]int32, len(s.Principals))}
	for i := range s.Logins {
		l := &s.Logins[i]
		if l.IsRole() {
			t.roles.add(i, l.Name)
			continue
		}
		t.byName.add(i, l.Name)
		if l.SID != "" {
			t.bySID[l.SID] = int32(i)
		}
	}
	for i := range s.Principals {
		p := &s.Principals[i]
		if p.SID != "" && isAccount(*p) {
			t.user[p.SID] = int32(i)
		}
		if p.ID == DboID {
			t.dbo = p.SID
		}
	}
	return t
}

// withSID is the login with a SID, which no role is.
func (t loginTable) withSID(sid string) (Login, bool) {
	if i, ok := t.bySID[sid]; ok {
		return t.logins[i], true
	}
	return Login{}, false
}

// nameOf is the name of the login with a SID, or "".
func (t loginTable) nameOf(sid string) string {
	if i, ok := t.bySID[sid]; ok {
		return t.logins[i].Name
	}
	return ""
}

// holder is the site's user with a SID.
func (t loginTable) holder(sid string) (Principal, bool) {
	if i, ok := t.user[sid]; ok {
		return t.users[i], true
	}
	return Principal{}, false
}

// holds reports whether the site has a user with a SID.
func (t loginTable) holds(sid string) bool {
	p, ok := t.holder(sid)
	return ok && p.Name != ""
}

// sa is the name of the server's own administrator.
func (t loginTable) sa() string { return cmp.Or(t.nameOf(SASID), "sa") }

// toSA gives a database to the server's own administrator.
func (t loginTable) toSA(database string) Remedy {
	return Remedy{Kind: RemedyOwner, On: Securable{Class: "DATABASE", Name: database}, To: t.sa()}
}

// another is what to do about a user who belongs to another login than the
// policy says: to give it to that one, which is made first where it is missing
// and of Windows. Whose user it is where nothing but the name speaks for the
// policy's person is for the reader to say.
func (t loginTable) another(u WantedUser, user Principal) advice {
	do := advice{or: "name the right login"}
	login, known := t.named(u.login())
	own, _ := t.withSID(user.SID)
	switch {
	case t.renaming(u, user):
		return advice{words: keepLogin(u)}
	case known && !u.fits(login.Type):
	case !known && !user.Managed && own.Name != "" && u.fits(own.Type):
		return advice{words: fmt.Sprintf("write login = %q where that is the same person, else give the user another name", own.Name)}
	case known:
		do.remedies = t.relink(user, login)
	case isWindowsName(u.login()):
		do.remedies = []Remedy{{Kind: RemedyCreateLogin, Type: WindowsUser, Principal: u.login()}, {Kind: RemedyDropUser, Principal: user.Name}}
	case u.ofEntra():
		do.remedies = []Remedy{{Kind: RemedyCreateLogin, Type: ExternalUser, Principal: u.login()}, {Kind: RemedyDropUser, Principal: user.Name}}
	default:
		do.remedies = []Remedy{{Kind: RemedyDropUser, Principal: user.Name}}
	}
	return do
}

// relink gives a user to a login: to one of its own kind that has no user here
// (errors 33016 to 33018), else, where the login has none, by dropping the user
// so that a plan makes it anew.
func (t loginTable) relink(user Principal, login Login) []Remedy {
	_, taken := t.holder(login.SID)
	switch {
	case taken:
		return nil
	case user.Type == login.Type:
		return []Remedy{{Kind: RemedyWithLogin, Principal: user.Name, To: login.Name}}
	}
	return []Remedy{{Kind: RemedyDropUser, Principal: user.Name}}
}

// renaming reports whether a user belongs to the login that a person had before,
// while the name that it is to get is another login's.
func (t loginTable) renaming(u WantedUser, user Principal) bool {
	old, there := t.named(u.WasLogin)
	now, taken := t.named(u.login())
	return u.WasLogin != "" && there && taken && old.SID != now.SID && old.SID != "" && old.SID == user.SID
}

// keepLogin is what to do about somebody whose login cannot get its new name.
func keepLogin(u WantedUser) string {
	return fmt.Sprintf("choose another name, or keep the login: login = %q", u.WasLogin)
}

// role reports whether a server role has a name.
func (t loginTable) role(name string) bool {
	_, ok := t.roles.find(name)
	return ok
}

func (t loginTable) named(name string) (Login, bool) {
	i, ok := t.byName.find(name)
	if !ok {
		return Login{}, false
	}
	return t.logins[i], true
}
