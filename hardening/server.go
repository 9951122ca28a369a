package hardening

import (
	"fmt"
	"slices"
	"strings"

	"grantree/finding"
	"grantree/grants"
)

// Settings are what a server says of itself beside its logins.
type Settings struct {
	WindowsOnly     grants.Answer // no login but those of Windows
	Chaining        grants.Answer // the option "cross db ownership chaining"
	ContainedLogins grants.Answer // the option "contained database authentication"
	LoginsAudited   grants.Answer // an audit that is on takes who logs in and who is refused
	Machine         string        // its name, "" where it is not known
	Databases       []Database    // without the system's
	SeesDatabases   bool          // these are all
	Why             string        // LoginsAudited is not verified
}

// Database is a row of sys.databases.
type Database struct {
	Name                   string
	OwnerSID               string // as in grants.Principal
	Trustworthy, Chaining  bool
	Contained, ClosesAlone bool // CONTAINMENT = PARTIAL, and AUTO_CLOSE
}

// ServerFacts is what is known of one server.
type ServerFacts struct {
	Name     string
	Settings Settings
	// Logins is the part of a snapshot that is about the server, of any site there;
	// nil where none was read.
	Logins *grants.Snapshot
	// Runner is the login that runs grantree; empty where nobody said.
	Runner string
	// Accounts are what the server says of its logins' passwords and sessions; nil
	// where that was not read.
	Accounts     []grants.Account
	SeesSessions bool
	Sites        []SiteUse
	// Accepted is what the policy accepts in any of the sites there.
	Accepted []grants.Acceptance
	// People are the logins of the policy's people who have a site there.
	People []string
	// Contained says that the policy has a contained site there.
	Contained bool
	// Unread names the policy's sites there that were not read.
	Unread []string
}

// SiteUse is a site that was read: whose logins are its users'.
type SiteUse struct {
	Site, Database string
	Users          map[string]string // their names, by SID
}

// Uses is what a snapshot says of that.
func Uses(s *grants.Snapshot) SiteUse {
	u := SiteUse{Site: s.Site, Database: s.Database, Users: map[string]string{}}
	for _, p := range s.Principals {
		if isPerson(p) && p.SID != "" && p.AuthType != grants.AuthNone {
			u.Users[p.SID] = p.Name
		}
	}
	return u
}

// Server judges one server: its own settings, its databases and its logins.
func Server(x ServerFacts, write func(grants.Remedy) string) Report {
	s := x.Logins
	if s == nil {
		s = &grants.Snapshot{Runner: grants.Runner{Login: x.Runner}}
	}
	j := &server{report: report{server: x.Name, write: write}, x: x, s: s, byID: map[int]grants.Login{}, bySID: map[string]grants.Login{}, in: map[int][]int{}}
	for _, l := range s.Logins {
		j.byID[l.ID] = l
		if !l.IsRole() && l.SID != "" {
			j.bySID[l.SID] = l
		}
	}
	for _, m := range s.ServerMembers {
		j.in[m.Member] = append(j.in[m.Member], m.Role)
	}
	j.settings()
	j.databases()
	j.administrator()
	j.passwords()
	j.roles()
	j.permissions()
	j.groups()
	j.unused()
	j.shared()
	return j.Report
}

// server is one judgement in the making.
type server struct {
	report
	x     ServerFacts
	s     *grants.Snapshot
	byID  map[int]grants.Login
	bySID map[string]grants.Login
	in    map[int][]int // the server roles that a login or role is in, directly
}

// roleIDs are the server roles that somebody is in, nested ones too.
func (j *server) roleIDs(id int) []int {
	out := []int{id}
	for i := 0; i < len(out); i++ {
		for _, r := range j.in[out[i]] {
			if !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	return out[1:]
}

// administers reports whether a login may do everything on the server.
func (j *server) administers(l grants.Login) bool {
	return l.SID == grants.SASID || slices.ContainsFunc(j.roleIDs(l.ID), func(r int) bool { return j.byID[r].Fixed && j.byID[r].Name == "sysadmin" })
}

// privileged reports whether a login is in any fixed server role, and in which.
func (j *server) privileged(l grants.Login) (string, bool) {
	if l.SID == grants.SASID {
		return "the server's own administrator", true
	}
	for _, r := range j.roleIDs(l.ID) {
		if j.byID[r].Fixed {
			return "in " + j.byID[r].Name, true
		}
	}
	return "", false
}

// accepted reports whether the policy accepts a login's access somewhere, or the
// power of one name of a person.
func (j *server) accepted(l grants.Login, power string) bool {
	same := j.s.ServerCollation.Equal
	for _, a := range j.x.Accepted {
		if slices.ContainsFunc(a.Outsiders, func(o grants.Outsider) bool { return same(o.Name, l.Name) || j.isUser(o.Name, l) }) {
			return true
		}
		for name, also := range a.Also {
			if (same(name, l.Name) || j.isUser(name, l)) && slices.ContainsFunc(also, func(x string) bool { return same(x, power) }) {
				return true
			}
		}
	}
	return false
}

// isUser reports whether a login's user in some site has a name.
func (j *server) isUser(name string, l grants.Login) bool {
	return l.SID != "" && slices.ContainsFunc(j.x.Sites, func(u SiteUse) bool {
		user, ok := u.Users[l.SID]
		return ok && j.s.Collation.Equal(user, name)
	})
}

// runs reports whether a login is the one that runs grantree.
func (j *server) runs(l grants.Login) bool {
	return j.s.Runner.Login != "" && j.s.ServerCollation.Equal(l.Name, j.s.Runner.Login)
}

// spared reports whether a login is the server's own or runs grantree.
func (j *server) spared(l grants.Login) bool { return j.s.OwnLogin(l) || j.runs(l) }

// settings judges the server's options, and its audits.
func (j *server) settings() {
	x := j.x.Settings
	unknown := func(a grants.Answer, what, why string) {
		if a == grants.NotVerified {
			j.unread("", what, why)
		}
	}
	if x.Chaining == grants.Yes {
		f := j.Errorf(finding.ServerChaining, configurations+": cross db ownership chaining = 1", "the option \"cross db ownership chaining\" is on")
		f.Caveat = "what reads another database through a view or procedure stops working: SET DB_CHAINING ON for the databases that need it"
		j.mend(f, grants.Remedy{Kind: grants.RemedyConfigure, Option: "cross db ownership chaining"})
	}
	if x.WindowsOnly == grants.No {
		f := j.Notef(finding.SQLAuthentication, serverProperty+"('IsIntegratedSecurityOnly') = 0", "logins with a password of the server's own may log in")
		f.Fix = "where every person and program has an account of Windows: choose Windows Authentication mode in the server's properties, and start it anew"
	}
	if x.ContainedLogins == grants.Yes && !j.x.Contained {
		f := j.Notef(finding.ContainedLogins, configurations+": contained database authentication = 1", "users of contained databases need no login, and the policy has no contained site here")
		f.Caveat = "who enters another contained database by a password of its own is kept out"
		j.mend(f, grants.Remedy{Kind: grants.RemedyConfigure, Option: grants.ContainedOption})
	}
	if x.LoginsAudited == grants.No {
		f := j.Warnf(finding.LoginsNotAudited, auditDetails+": no SUCCESSFUL_LOGIN_GROUP and FAILED_LOGIN_GROUP of an audit that is on", "no audit writes down who logs in and who is refused")
		f.Fix = "write login_audit in [server." + j.server + "] and run grantree apply"
	}
	unknown(x.Chaining, "the option \"cross db ownership chaining\"", "the server did not show it")
	unknown(x.WindowsOnly, "whether only logins of Windows may log in", "the server did not say it")
	unknown(x.ContainedLogins, "the option \"contained database authentication\"", "the server did not show it")
	unknown(x.LoginsAudited, "the server's audits", x.Why)
	if !x.SeesDatabases {
		j.unread("", grants.WhatDatabases, "it needs VIEW ANY DATABASE")
	}
}

// databases judges how far a database reaches out, and whose it is.
func (j *server) databases() {
	for _, d := range j.x.Settings.Databases {
		j.report.site = ""
		if i := slices.IndexFunc(j.x.Sites, func(u SiteUse) bool { return u.Database == d.Name }); i >= 0 {
			j.report.site = j.x.Sites[i].Site
		}
		owner, known := j.bySID[d.OwnerSID]
		why, privileged := j.privileged(owner)
		on := grants.Securable{Class: "DATABASE", Name: d.Name}
		set := func(f *Finding, option string) {
			f.About = d.Name
			j.mend(f, grants.Remedy{Kind: grants.RemedySetDatabase, On: on, Option: option})
		}
		switch evidence := fmt.Sprintf("%s: %s, is_trustworthy_on 1", databases, d.Name); {
		case !d.Trustworthy:
		case known && privileged:
			f := j.Errorf(finding.Trustworthy, evidence+", owner "+owner.Name, "the database %q is TRUSTWORTHY and belongs to %q, who is %s: whoever is in its db_owner is an administrator of the server", d.Name, owner.Name, why)
			f.Caveat = "modules that act outside the database stop working: sign them with a certificate instead"
			set(f, "TRUSTWORTHY OFF")
		default:
			f := j.Warnf(finding.Trustworthy, evidence, "the database %q is TRUSTWORTHY", d.Name)
			f.Caveat = "modules that act outside the database stop working: sign them with a certificate instead"
			set(f, "TRUSTWORTHY OFF")
		}
		if d.Chaining {
			f := j.Warnf(finding.DatabaseChaining, fmt.Sprintf("%s: %s, is_db_chaining_on 1", databases, d.Name), "DB_CHAINING is on in the database %q", d.Name)
			f.Caveat = "views and procedures that read other databases, or are read from there, ask for permissions of their own"
			set(f, "DB_CHAINING OFF")
		}
		if d.Contained && d.ClosesAlone {
			set(j.Warnf(finding.AutoClose, fmt.Sprintf("%s: %s, containment 1, is_auto_close_on 1", databases, d.Name), "AUTO_CLOSE is on in the contained database %q", d.Name), "AUTO_CLOSE OFF")
		}
		j.databaseOwner(d, owner, known)
	}
	j.report.site = ""
}

// databaseOwner judges whose a database is: who owns it is dbo in it.
func (j *server) databaseOwner(d Database, owner grants.Login, known bool) {
	evidence := fmt.Sprintf("%s: %s, owner_sid 0x%s", databases, d.Name, d.OwnerSID)
	to := grants.Remedy{Kind: grants.RemedyOwner, On: grants.Securable{Class: "DATABASE", Name: d.Name}, To: j.sa()}
	why, privileged := j.privileged(owner)
	switch {
	case !known && j.s.LoginsVisible && d.OwnerSID != "":
		f := j.Warnf(finding.DatabaseOwner, evidence, "the database %q belongs to a login that the server does not have", d.Name)
		f.About = d.Name
		j.mend(f, to)
	case !known:
	case privileged:
		f := j.Notef(finding.PrivilegedOwner, evidence, "the database %q belongs to %q, who is %s", d.Name, owner.Name, why)
		f.About, f.Fix = d.Name, "make a login for it that is disabled and in no server role, and give the database to that one"
	case !owner.Disabled && !j.accepted(owner, "database_owner"):
		f := j.Warnf(finding.DatabaseOwner, evidence, "the database %q belongs to %q, who can log in and is dbo in it", d.Name, owner.Name)
		f.About, f.Caveat = d.Name, "they lose what they could do as its owner"
		j.mend(f, to)
	}
}

// sa is what the server's own administrator is called.
func (j *server) sa() string {
	if l, ok := j.bySID[grants.SASID]; ok {
		return l.Name
	}
	return "sa"
}

// administrator judges the login of SID 0x01, and who is called like it.
func (j *server) administrator() {
	for _, l := range j.s.Logins {
		called := !l.IsRole() && j.s.ServerCollation.Equal(l.Name, "sa")
		switch {
		case l.SID == grants.SASID && !l.IsRole():
			if !l.Disabled {
				f := j.Warnf(finding.SAEnabled, serverPeople+": "+l.Name+", sid 0x01, is_disabled 0", "the server's own administrator, %q, can log in", l.Name)
				f.About, f.Caveat = l.Name, "what logs in as it stops working"
				if j.runs(l) {
					f.Caveat += ", grantree among it"
				}
				j.mend(f, grants.Remedy{Kind: grants.RemedyDisableLogin, Principal: l.Name})
			}
			if called {
				f := j.Notef(finding.SAName, serverPeople+": "+l.Name+", sid 0x01", "the server's own administrator is called %q", l.Name)
				f.About, f.Fix = l.Name, "give it another name, which is yours to choose: ALTER LOGIN … WITH NAME = …"
			}
		case called:
			f := j.Warnf(finding.SANamesake, serverPeople+": "+l.Name+", sid 0x"+l.SID, "a login that is not the server's own administrator is called %q", l.Name)
			f.About, f.Fix = l.Name, "give it another name"
		}
	}
}

// groups judges logins that stand for more than one account.
func (j *server) groups() {
	for _, l := range j.s.Logins {
		if l.IsRole() || j.spared(l) {
			continue
		}
		evidence := serverPeople + ": " + l.Name + ", type " + string(l.Type)
		revoke := grants.Remedy{Kind: grants.RemedyRevoke, On: grants.Securable{Class: "SERVER"}, Permissions: []string{"CONNECT SQL"}, Principal: l.Name}
		domain, _, windows := strings.Cut(l.Name, `\`)
		switch {
		case l.Type == grants.WindowsGroup && domain == "BUILTIN":
			f := j.Warnf(finding.BuiltinLogin, evidence, "the group %q, which every Windows has, may log in", l.Name)
			f.About, f.Caveat = l.Name, "who enters by this group alone is kept out"
			j.mend(f, revoke)
		case l.Type == grants.WindowsGroup && windows && j.x.Settings.Machine != "" && j.s.ServerCollation.Equal(domain, j.x.Settings.Machine):
			f := j.Warnf(finding.LocalGroup, evidence, "the machine's own group %q may log in", l.Name)
			f.About, f.Caveat = l.Name, "who enters by this group alone is kept out: make a login for a group of the domain first"
			j.mend(f, revoke)
		case l.Type == grants.WindowsUser && strings.HasSuffix(l.Name, "$") && !j.accepted(l, ""):
			f := j.Notef(finding.MachineAccount, evidence, "the login %q is a machine's account", l.Name)
			f.About, f.Fix = l.Name, "give the program an account of its own, or accept it as an [[outsider]]"
		}
	}
}
