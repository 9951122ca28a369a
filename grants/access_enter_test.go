package grants

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"grantree/catalog"
)

// served is a site with a server whose logins are all known: sa, bob with a
// user, and eve without one. A role ops is in sysadmin.
func served() siteBuilder {
	b := newSite("v").user("bob")
	b.Logins = []Login{{ID: 1, Name: "sa", SID: SASID, Type: SQLUser}, {ID: 2, Name: "public", Type: DatabaseRole, Owner: 1}, {ID: 3, Name: "sysadmin", Type: DatabaseRole, Fixed: true, Owner: 1},
		{ID: 4, Name: "ops", Type: DatabaseRole, Owner: 1}, {ID: 5, Name: "bob", SID: sidOf("bob"), Type: SQLUser}, {ID: 6, Name: "eve", SID: sidOf("eve"), Type: SQLUser}}
	b.ServerMembers = []Member{{Role: 3, Member: 4}}
	for _, l := range []string{"sa", "bob", "eve"} {
		b.onTheServer(Granted, "CONNECT SQL", l)
	}
	return b
}

func (b siteBuilder) serverID(name string) int {
	for _, l := range b.Logins {
		if l.Name == name {
			return l.ID
		}
	}
	panic("no login " + name)
}

func (b siteBuilder) onTheServer(state State, permission, grantee string) siteBuilder {
	b.ServerPermissions = append(b.ServerPermissions, ServerPermissionRow{Class: ClassServer, Grantee: b.serverID(grantee), Grantor: 1, Name: permission, State: state})
	return b
}

func (b siteBuilder) onALogin(state State, permission, login, grantee string) siteBuilder {
	b.ServerPermissions = append(b.ServerPermissions, ServerPermissionRow{Class: ClassServerPrincipal, Major: b.serverID(login), Grantee: b.serverID(grantee), Grantor: 1, Name: permission, State: state})
	return b
}

func (b siteBuilder) onAUser(state State, permission, user, grantee string) siteBuilder {
	b.Permissions = append(b.Permissions, PermissionRow{Class: ClassPrincipal, Major: b.id(user), Grantee: b.id(grantee), Grantor: DboID, Name: permission, State: state})
	return b
}

func (b siteBuilder) inServerRole(role string, members ...string) siteBuilder {
	for _, m := range members {
		b.ServerMembers = append(b.ServerMembers, Member{b.serverID(role), b.serverID(m)})
	}
	return b
}

// with changes a site by hand.
func (b siteBuilder) with(change func(*Snapshot)) siteBuilder {
	change(b.Snapshot)
	return b
}

// account adds a user of some kind, with CONNECT.
func (b siteBuilder) account(p Principal) siteBuilder {
	p.ID = b.nextID()
	b.Principals = append(b.Principals, p)
	return b.databaseRow(Granted, "CONNECT", p.Name)
}

// noConnect takes all rows of CONNECT from somebody.
func noConnect(name string) func(*Snapshot) {
	return func(s *Snapshot) {
		id := siteBuilder{s}.id(name)
		s.Permissions = slices.DeleteFunc(s.Permissions, func(r PermissionRow) bool { return r.Grantee == id && isConnect(r) })
	}
}

// TestWhoEnters is whether somebody comes into the site, and the sentence that
// says by what, or what keeps them out (reference A.4 to A.7).
func TestWhoEnters(t *testing.T) {
	hidden := func(s *Snapshot) { s.LoginsVisible = false }
	noServerRows := func(name string) func(*Snapshot) {
		return func(s *Snapshot) {
			id := siteBuilder{s}.serverID(name)
			s.ServerPermissions = slices.DeleteFunc(s.ServerPermissions, func(r ServerPermissionRow) bool { return r.Grantee == id })
		}
	}
	disabled := func(s *Snapshot) { s.Logins[4].Disabled = true }
	turnedAway := func(s *Snapshot) { s.Contained, s.ContainedOff = true, true }
	tests := []struct {
		name, who string
		site      siteBuilder
		want      Answer
		because   string
	}{
		{"a user with a login", "bob", served(), Yes, ""},
		{"a login that is disabled", "bob", served().with(disabled), No, "the login bob is disabled"},
		{"CONNECT SQL denied", "bob", served().onTheServer(Denied, "CONNECT SQL", "bob"), No, "the login bob is denied CONNECT SQL"},
		{"CONNECT SQL denied to a role", "bob", served().inServerRole("ops", "eve").onTheServer(Denied, "CONNECT SQL", "public"), No, "the login bob is denied CONNECT SQL (the server role public is denied CONNECT SQL)"},
		{"CONTROL SERVER denied", "bob", served().onTheServer(Denied, "CONTROL SERVER", "bob"), No, "the login bob is denied CONNECT SQL (denied CONTROL SERVER)"},
		{"CONNECT SQL revoked", "bob", served().with(noServerRows("bob")), No, "the login bob lacks CONNECT SQL"},
		{"CONNECT SQL by a role", "bob", served().with(noServerRows("bob")).onTheServer(Granted, "CONNECT SQL", "public"), Yes, ""},
		{"CONNECT SQL by CONTROL SERVER", "bob", served().with(noServerRows("bob")).onTheServer(Granted, "CONTROL SERVER", "bob"), Yes, ""},
		{"CONNECT SQL revoked, or not shown", "bob", served().with(noServerRows("bob")).with(hidden), Yes, ""},
		{"a server that shows no such row", "bob", served().with(func(s *Snapshot) { s.ServerPermissions = nil }), Yes, ""},
		{"sysadmin", "bob", served().inServerRole("sysadmin", "bob"), Yes, "the login bob is in sysadmin, so it is dbo here, and no DENY binds it"},
		{"sysadmin through a role", "bob", served().inServerRole("ops", "bob"), Yes, "the login bob is in sysadmin (through ops), so it is dbo here, and no DENY binds it"},
		{"sysadmin, denied CONNECT SQL and CONNECT", "bob", served().inServerRole("sysadmin", "bob").onTheServer(Denied, "CONNECT SQL", "bob").databaseRow(Denied, "CONNECT", "bob"), Yes,
			"the login bob is in sysadmin, so it is dbo here, and no DENY binds it"},
		{"sysadmin, disabled", "bob", served().inServerRole("sysadmin", "bob").with(disabled), No, "the login bob is disabled"},
		{"a user's role of that name is not the server's", "bob", served().role("sysadmin").member("sysadmin", "bob"), Yes, ""},
		{"the owner of the database", "bob", served().with(func(s *Snapshot) { s.OwnerSID = sidOf("bob") }), Yes, "the login bob owns the database, so it is dbo here, and no DENY binds it"},
		{"the owner, denied CONNECT SQL", "bob", served().with(func(s *Snapshot) { s.OwnerSID = sidOf("bob") }).onTheServer(Denied, "CONNECT SQL", "bob"), No, "the login bob is denied CONNECT SQL"},
		{"CONNECT revoked", "bob", served().with(noConnect("bob")), Yes, ""}, // no row says who may connect: nothing follows from one that is missing
		{"CONNECT revoked, where others have it", "bob", served().user("ann").with(noConnect("bob")), No, "bob lacks CONNECT on the database"},
		{"CONNECT denied", "bob", served().databaseRow(Denied, "CONNECT", "bob"), No, "bob is denied CONNECT on the database"},
		{"CONNECT denied to a role", "bob", served().role("r").member("r", "bob").databaseRow(Denied, "CONNECT", "r"), No, "bob is denied CONNECT on the database (the role r is denied CONNECT)"},
		{"CONTROL denied on the database", "bob", served().databaseRow(Denied, "CONTROL", "bob"), No, "bob is denied CONNECT on the database (denied CONTROL)"},
		{"CONNECT by a role", "bob", served().role("r").member("r", "bob").with(noConnect("bob")).databaseRow(Granted, "CONNECT", "r"), Yes, ""},
		{"CONNECT by db_accessadmin", "bob", served().user("ann").with(noConnect("bob")).member("db_accessadmin", "bob"), Yes, ""},
		{"CONNECT by CONNECT ANY DATABASE", "bob", served().user("ann").with(noConnect("bob")).onTheServer(Granted, "CONNECT ANY DATABASE", "bob"), Yes, ""},
		{"a login without a user", "eve", served(), No, "the login eve has no user here"},
		{"a login without a user, and guest", "eve", served().databaseRow(Granted, "CONNECT", "guest"), Yes, "the login eve has no user here and enters as guest"},
		{"a login without a user, and CONNECT ANY DATABASE", "eve", served().onTheServer(Granted, "CONNECT ANY DATABASE", "eve"), Yes, ""},
		{"a login without a user, and CONNECT ANY DATABASE, disabled", "eve", served().onTheServer(Granted, "CONNECT ANY DATABASE", "eve").with(func(s *Snapshot) { s.Logins[5].Disabled = true }), No, "the login eve is disabled"},
		{"a login without a user, and CONTROL SERVER", "eve", served().onTheServer(Granted, "CONTROL SERVER", "eve"), Yes, ""},
		{"a login without a user, and ##MS_DatabaseConnector##", "eve", served().with(func(s *Snapshot) {
			s.Logins = append(s.Logins, Login{ID: 7, Name: "##MS_DatabaseConnector##", Type: DatabaseRole, Fixed: true})
		}).inServerRole("##MS_DatabaseConnector##", "eve"), Yes, ""},
		{"a login whose SID a user without login has", "eve", served().account(Principal{Name: "app", Type: SQLUser, SID: sidOf("eve")}), No, "the login eve has no user here"},
		{"a login by another spelling", "EVE", served(), No, "the login eve has no user here"},
		{"guest, who is let in", "guest", served().databaseRow(Granted, "CONNECT", "guest"), Yes, ""},
		{"guest, who is not", "guest", served(), No, "guest holds no CONNECT: nobody enters as it"},
		{"guest, where public is denied", "guest", served().databaseRow(Granted, "CONNECT", "guest").databaseRow(Denied, "CONNECT", "public"), No, "guest holds no CONNECT: nobody enters as it"},
		{"guest, where another is denied", "guest", served().databaseRow(Granted, "CONNECT", "guest").databaseRow(Denied, "CONNECT", "bob"), Yes, ""},
		{"dbo", "dbo", served(), Yes, ""},
		{"a user without login", "app", served().account(Principal{Name: "app", Type: SQLUser, SID: "AB"}), No, `the user "app" has no login: nobody enters as it, they can only act as it`},
		{"a user without login that has a login's SID", "app", served().account(Principal{Name: "app", Type: SQLUser, SID: sidOf("eve")}), No, `the user "app" has no login: nobody enters as it, they can only act as it`},
		{"an orphan", "old", served().account(Principal{Name: "old", Type: SQLUser, AuthType: 1, SID: "AB"}), No, `the user "old" has no login on the server: nobody can enter as it`},
		{"an orphan, or a login that is not shown", "old", served().account(Principal{Name: "old", Type: SQLUser, AuthType: 1, SID: "AB"}).with(hidden), NotVerified, `the login of "old" could not be read`},
		{"a Windows account by a group or not at all", `EX\old`, served().account(Principal{Name: `EX\old`, Type: WindowsUser, AuthType: 3, SID: "AB"}), NotVerified, `the server has no login "EX\\old": whether a group lets it in could not be read`},
		{"a user with a password of its own", "own", served().account(Principal{Name: "own", Type: SQLUser, AuthType: 2, SID: "AB"}), Yes, ""},
		{"a user with a password of its own and a login's SID", "own", served().account(Principal{Name: "own", Type: SQLUser, AuthType: 2, SID: sidOf("eve")}).with(func(s *Snapshot) { s.Logins[5].Disabled = true }), Yes, ""},
		{"such a user without CONNECT", "own", served().account(Principal{Name: "own", Type: SQLUser, AuthType: 2, SID: "AB"}).with(noConnect("own")), No, "own lacks CONNECT on the database"},
		{"a user of Entra", "ext", served().account(Principal{Name: "ext", Type: ExternalUser, AuthType: 4, SID: "AB"}), Yes, ""},
		{"a user with a password of its own, whom the server turns away", "own", served().account(Principal{Name: "own", Type: SQLUser, AuthType: AuthDatabase, SID: "AB"}).with(turnedAway), No,
			`the server lets nobody into contained databases without a login: its option "contained database authentication" is off`},
		{"a Windows account of a contained site", `EX\old`, served().account(Principal{Name: `EX\old`, Type: WindowsUser, AuthType: AuthWindows, SID: "AB"}).with(func(s *Snapshot) { s.Contained = true }), Yes, ""},
		{"such an account, which the server turns away", `EX\old`, served().account(Principal{Name: `EX\old`, Type: WindowsUser, AuthType: AuthWindows, SID: "AB"}).with(turnedAway), No,
			`the server lets nobody into contained databases without a login: its option "contained database authentication" is off`},
		{"a role, which is in the site", "r", served().role("r"), Yes, ""},
		{"nobody", "nobody", served(), No, ""},
		{"a server role is nobody", "ops", served(), No, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, why := NewAccess(tt.site.Snapshot).CanEnter(tt.who)
			said := ""
			for _, r := range why {
				said += r.Text
			}
			if got != tt.want || said != tt.because {
				t.Errorf("%v, %q; want %v, %q", got, said, tt.want, tt.because)
			}
		})
	}
}

// TestWhoIsThere lists everybody who has a way in: users, guest where it is let
// in, and logins without a user that enter by themselves. What is made from a
// certificate or a key is nobody, and neither is a role.
func TestWhoIsThere(t *testing.T) {
	open := func() siteBuilder {
		b := served().row(Granted, "SELECT", "v", "public")
		b.Logins = append(b.Logins, Login{ID: 7, Name: "cert", SID: "C0", Type: CertificateUser}, Login{ID: 8, Name: "key", SID: "C1", Type: KeyUser}, Login{ID: 9, Name: "win", SID: "C2", Type: WindowsUser})
		return b.onTheServer(Granted, "CONNECT SQL", "cert").onTheServer(Granted, "CONNECT SQL", "key").onTheServer(Granted, "CONNECT SQL", "win")
	}
	everyone := []string{"cert", "key", "eve", "win", "ops"}
	any := func(permission string) siteBuilder {
		b := open()
		for _, l := range everyone {
			b.onTheServer(Granted, permission, l)
		}
		return b
	}
	tests := []struct {
		name string
		site siteBuilder
		want []string
	}{
		{"users alone, and sa", open(), []string{"bob", "sa"}},
		{"who may connect to every database", any("CONNECT ANY DATABASE"), []string{"bob", "eve", "sa", "win"}},
		{"who rules the server", any("CONTROL SERVER"), []string{"bob", "eve", "sa", "win"}},
		{"who reads everything and does not enter", any("SELECT ALL USER SECURABLES"), []string{"bob", "sa"}},
		{"who reads everything and enters as guest", any("SELECT ALL USER SECURABLES").databaseRow(Granted, "CONNECT", "guest"), []string{"bob", "eve", "guest", "sa", "win"}},
		{"guest alone", open().databaseRow(Granted, "CONNECT", "guest"), []string{"bob", "guest", "sa"}},
		{"who may become somebody else", open().onALogin(Granted, "IMPERSONATE", "bob", "eve"), []string{"bob", "eve", "sa"}},
		{"who owns the database", open().with(func(s *Snapshot) { s.OwnerSID = sidOf("eve") }), []string{"bob", "eve", "sa"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := Inquire(tt.site.Snapshot, &Wanted{}, Acceptance{})
			peersAgree(t, tt.site.Snapshot, &Wanted{})
			for range 2 { // the second time it is known
				if d := cmp.Diff(tt.want, usersOf(q.Who("v", catalog.Select))); d != "" {
					t.Errorf("(-want +got):\n%s", d)
				}
			}
			if got := q.Who("no such view", catalog.Select); got != nil {
				t.Errorf("of no view: %v", got)
			}
		})
	}
}
