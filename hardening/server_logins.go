package hardening

import (
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/grants"
)

// passwords judges the rules that passwords are held to (reference E.3). A login
// that cannot log in has none that matters.
func (j *server) passwords() {
	if j.x.Accounts == nil {
		return
	}
	var hidden int
	for _, a := range j.x.Accounts {
		l, known := j.bySID[a.SID]
		if a.Type != grants.SQLUser || a.Disabled || strings.HasPrefix(a.Name, "##MS_") {
			continue
		}
		if a.Password == nil {
			hidden++
			continue
		}
		evidence := fmt.Sprintf("%s: %s, is_policy_checked %d, is_expiration_checked %d", sqlLogins, a.Name, bit(a.Password.Policy), bit(a.Password.Expiration))
		set := func(f *Finding, option string) {
			f.About = a.Name
			j.mend(f, grants.Remedy{Kind: grants.RemedySetLogin, Principal: a.Name, Option: option})
		}
		if !a.Password.Policy {
			f := j.Warnf(finding.PasswordPolicy, evidence, "the login %q has CHECK_POLICY off", a.Name)
			f.Caveat = "wrong passwords lock it from then on; the password itself is held to the policy when it changes next"
			set(f, "CHECK_POLICY = ON")
		}
		if a.Password.Expiration {
			continue
		}
		option := "CHECK_EXPIRATION = ON"
		if !a.Password.Policy {
			option = "CHECK_POLICY = ON, " + option // error 15122 else
		}
		const caveat = "its password may be over at once: who has none that answers a question, such as a program, is kept out"
		if known && j.administers(l) {
			f := j.Warnf(finding.PasswordExpiration, evidence, "the login %q, an administrator of the server, has CHECK_EXPIRATION off", a.Name)
			f.Caveat = caveat
			set(f, option)
		} else {
			f := j.Notef(finding.PasswordExpiration, evidence, "the login %q has CHECK_EXPIRATION off", a.Name)
			f.Caveat = caveat
			set(f, option)
		}
	}
	if hidden > 0 {
		j.unread("", "what the passwords of some logins are held to", fmt.Sprintf("%d of them are not shown to grantree's login", hidden),
			grants.Remedy{Kind: grants.RemedyGrant, On: grants.Securable{Class: "SERVER"}, Permissions: []string{"VIEW ANY DEFINITION"}, Principal: j.s.Runner.Login})
	}
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// roles finds who is in a fixed server role (reference A.7). Those by which
// somebody reaches a site are told by its judgement, as ways round the policy.
func (j *server) roles() {
	for _, m := range j.s.ServerMembers {
		role, l := j.byID[m.Role], j.byID[m.Member]
		if !role.Fixed || role.Name == "sysadmin" || l.Name == "" || j.spared(l) || j.accepted(l, role.Name) || j.reaches(role.Name) {
			continue
		}
		what := "login"
		if l.IsRole() {
			what = "server role"
		}
		f := j.Warnf(finding.ServerRole, fmt.Sprintf("%s: role %s, member %s", serverMembers, role.Name, l.Name), "the %s %q is in %s", what, l.Name, role.Name)
		f.About, f.Caveat = l.Name, "what needs the role stops working"
		j.mend(f, grants.Remedy{Kind: grants.RemedyDropMember, On: grants.Securable{Class: "SERVER ROLE", Name: role.Name}, Principal: l.Name})
	}
}

// reaching are the fixed server roles, and the permissions of the server, that
// the judgement of a site tells of where anybody has them.
var reaching = []string{"sysadmin", "securityadmin", "dbcreator", "##MS_DatabaseConnector##", "##MS_LoginManager##", "##MS_DatabaseManager##",
	"CONTROL SERVER", "ALTER ANY LOGIN", "IMPERSONATE ANY LOGIN", "ALTER ANY SERVER ROLE", "ALTER ANY DATABASE", "SELECT ALL USER SECURABLES"}

func (j *server) reaches(name string) bool { return slices.Contains(reaching, name) }

// everyServer are the permissions of the role public that every server has.
var everyServer = []string{"VIEW ANY DATABASE"}

// permissions finds what is given to logins and not to server roles, and to
// public.
func (j *server) permissions() {
	given := map[int][]grants.ServerPermissionRow{}
	var order []int
	for _, row := range j.s.ServerPermissions {
		l := j.byID[row.Grantee]
		public := l.IsRole() && l.Name == "public"
		switch {
		case row.State == grants.Denied || row.State == grants.Revoked || l.Name == "" || l.IsRole() && !public:
			continue
		case public && row.Class == grants.ClassServer && slices.Contains(everyServer, row.Name):
			continue
		case !public && (row.Name == "CONNECT SQL" || j.spared(l) || j.accepted(l, row.Name) || l.Type == grants.CertificateUser || l.Type == grants.KeyUser):
			continue
		case !public && (j.reaches(row.Name) || row.Class == grants.ClassServerPrincipal):
			continue // a site's judgement tells of it where it reaches anything
		}
		if given[row.Grantee] == nil {
			order = append(order, row.Grantee)
		}
		given[row.Grantee] = append(given[row.Grantee], row)
	}
	for _, id := range order {
		l := j.byID[id]
		var names []string
		var remedies []grants.Remedy
		for _, row := range given[id] {
			on := grants.Securable{Class: "SERVER"}
			name := row.Name
			if row.Class == grants.ClassServerPrincipal {
				on = grants.Securable{Class: "LOGIN", Name: j.byID[row.Major].Name}
				if j.byID[row.Major].IsRole() {
					on.Class = "SERVER ROLE"
				}
				name += " on " + onWhat(on)
			}
			names = append(names, name)
			remedies = append(remedies, grants.Remedy{Kind: grants.RemedyRevoke, On: on, Permissions: []string{row.Name}, Principal: l.Name, Cascade: row.State == grants.GrantedWithGrant})
		}
		what := some(names)
		evidence := fmt.Sprintf("%s: %s, to %s", serverPermissions, what, l.Name)
		var f *Finding
		if l.IsRole() {
			f = j.Errorf(finding.PublicServerGrant, evidence, "the server's role public holds %s: every login does", what)
			f.Caveat = "whoever needs it has it through nothing else: give it to a server role first"
		} else {
			f = j.Warnf(finding.ServerPermission, evidence, "the login %q is granted %s", l.Name, what)
			f.Caveat = "they lose it: give it to a server role that they are in first"
		}
		f.About = l.Name
		j.mend(f, remedies...)
	}
}

// unused finds logins that have nothing anywhere that was read.
func (j *server) unused() {
	if !j.s.LoginsVisible || len(j.x.Sites) == 0 {
		return
	}
	others := len(j.x.Settings.Databases) - len(j.x.Sites)
	for _, l := range j.s.Logins {
		person := l.Type == grants.SQLUser || l.Type == grants.WindowsUser || l.Type == grants.ExternalUser
		if !person || l.SID == "" || l.Disabled || j.spared(l) || strings.HasPrefix(l.Name, "##MS_") || l.OwnsDatabase || len(j.in[l.ID]) > 0 || j.accepted(l, "") || j.connected(l) || j.holds(l.ID) ||
			slices.ContainsFunc(j.x.Sites, func(u SiteUse) bool { _, ok := u.Users[l.SID]; return ok }) ||
			slices.ContainsFunc(j.x.People, func(name string) bool { return j.s.ServerCollation.Equal(name, l.Name) }) {
			continue
		}
		f := j.Notef(finding.UnusedLogin, serverPeople+": "+l.Name+", its SID is no user's", "the login %q has no user in %s, and nothing of the server", l.Name, counted(len(j.x.Sites), "site that was read", "sites that were read"))
		f.About = l.Name
		switch {
		case len(j.x.Unread) > 0:
			f.Caveat = "not every site was read: it may have a user in " + some(j.x.Unread)
		case others > 0 || !j.x.Settings.SeesDatabases:
			f.Caveat = "it may have a user in a database that is no site: these were not read"
		}
		j.mend(f, grants.Remedy{Kind: grants.RemedyDisableLogin, Principal: l.Name})
	}
}

// holds reports whether a login has a permission of the server but to log in.
func (j *server) holds(id int) bool {
	return slices.ContainsFunc(j.s.ServerPermissions, func(row grants.ServerPermissionRow) bool { return row.Grantee == id && row.Name != "CONNECT SQL" })
}

// connected reports whether a login is seen to be.
func (j *server) connected(l grants.Login) bool {
	return slices.ContainsFunc(j.x.Accounts, func(a grants.Account) bool { return a.SID == l.SID && len(a.Sessions) > 0 })
}

// shared finds logins that look like several people's: they are users of
// different names, or are used from several machines at once.
func (j *server) shared() {
	for _, l := range j.s.Logins {
		if l.IsRole() || l.Type.IsGroup() || l.SID == "" || j.spared(l) || j.accepted(l, "") {
			continue
		}
		var users, where []string
		for _, u := range j.x.Sites {
			if name, ok := u.Users[l.SID]; ok && !slices.ContainsFunc(users, func(x string) bool { return j.s.Collation.Equal(x, name) }) {
				users, where = append(users, name), append(where, fmt.Sprintf("%s in %s", name, u.Site))
			}
		}
		if len(users) > 1 {
			f := j.Warnf(finding.SharedLogin, databasePeople+": sid 0x"+l.SID+", "+some(where), "the login %q is %d users of different names: %s", l.Name, len(users), some(where))
			f.About, f.Fix = l.Name, "give each person a login of their own, or the users one name"
			continue
		}
		if hosts := j.hosts(l); len(hosts) > 1 {
			f := j.Warnf(finding.SharedLogin, sessions+": "+l.Name+", host_name "+some(hosts), "the login %q is connected from %d machines at once: %s", l.Name, len(hosts), some(hosts))
			f.About, f.Fix = l.Name, "give each person a login of their own, or accept it as an [[outsider]]"
		}
	}
	if j.x.Accounts != nil && !j.x.SeesSessions {
		permission := "VIEW SERVER STATE"
		if j.s.Modern() {
			permission = "VIEW SERVER PERFORMANCE STATE"
		}
		j.unread("", "who is connected from where", "grantree's login may not see the sessions of others",
			grants.Remedy{Kind: grants.RemedyGrant, On: grants.Securable{Class: "SERVER"}, Permissions: []string{permission}, Principal: j.s.Runner.Login})
	}
}

// hosts are the machines from which a login is connected, sorted.
func (j *server) hosts(l grants.Login) []string {
	var out []string
	if !j.x.SeesSessions {
		return nil
	}
	for _, a := range j.x.Accounts {
		if a.SID != l.SID {
			continue
		}
		for _, s := range a.Sessions {
			if s.Host != "" {
				out = append(out, s.Host)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
