package sites

import (
	"slices"
	"testing"

	"grantree/grants"
	"grantree/licensing"

	"github.com/google/go-cmp/cmp"
)

// house is a site with one user, "ann", whose login is enabled and may connect.
func house() *grants.Snapshot {
	return &grants.Snapshot{
		Site: "North", Server: "main", LoginsVisible: true, Runner: grants.Runner{Login: "grantree"},
		Principals: []grants.Principal{{ID: grants.PublicID, Name: "public", Type: grants.DatabaseRole}, {ID: grants.DboID, Name: "dbo", Type: grants.SQLUser, AuthType: 1, SID: "01"},
			{ID: grants.GuestID, Name: "guest", Type: grants.SQLUser}, {ID: 5, Name: "ann", Type: grants.SQLUser, AuthType: 1, SID: "A1"},
			{ID: 20, Name: "Crew", Type: grants.DatabaseRole}, {ID: 21, Name: "All", Type: grants.DatabaseRole},
			{ID: grants.DBOwnerID, Name: "db_owner", Type: grants.DatabaseRole, Fixed: true}, {ID: grants.DBAccessAdminID, Name: "db_accessadmin", Type: grants.DatabaseRole, Fixed: true}},
		Permissions: []grants.PermissionRow{{Grantee: grants.DboID, Name: "CONNECT", State: grants.Granted}, {Grantee: 5, Name: "CONNECT", State: grants.Granted}},
		Logins: []grants.Login{{ID: 1, Name: "sa", SID: "01", Type: grants.SQLUser}, {ID: 3, Name: "sysadmin", Type: grants.DatabaseRole, Fixed: true},
			{ID: 260, Name: "ann", SID: "A1", Type: grants.SQLUser}, {ID: 261, Name: "grantree", SID: "61", Type: grants.SQLUser}},
		ServerMembers:     []grants.Member{{Role: 3, Member: 1}, {Role: 3, Member: 261}},
		ServerPermissions: []grants.ServerPermissionRow{sqlRow(1, grants.Granted), sqlRow(260, grants.Granted), sqlRow(261, grants.Granted)},
	}
}

func sqlRow(login int, state grants.State) grants.ServerPermissionRow {
	return grants.ServerPermissionRow{Class: grants.ClassServer, Grantee: login, Name: "CONNECT SQL", State: state}
}

func serverRow(login int, name string, state grants.State) grants.ServerPermissionRow {
	return grants.ServerPermissionRow{Class: grants.ClassServer, Grantee: login, Name: name, State: state}
}

func connectRow(principal int, name string, state grants.State) grants.PermissionRow {
	return grants.PermissionRow{Class: grants.ClassDatabase, Grantee: principal, Name: name, State: state}
}

// TestWhoCanEnter changes one thing of a site in order at a time. Whoever may be
// able to enter uses a seat; who surely cannot does not.
func TestWhoCanEnter(t *testing.T) {
	const ann = 3 // her place among the principals
	tests := []struct {
		name   string
		change func(s *grants.Snapshot)
		why    string // "" where she can
	}{
		{"in order", func(*grants.Snapshot) {}, ""},
		{"a login that is disabled", func(s *grants.Snapshot) { s.Logins[2].Disabled = true }, "login disabled"},
		{"a login that is denied CONNECT SQL", func(s *grants.Snapshot) { s.ServerPermissions[1].State = grants.Denied }, "CONNECT SQL denied"},
		{"a login whose server role is", func(s *grants.Snapshot) {
			s.Logins = append(s.Logins, grants.Login{ID: 300, Name: "Shut", Type: grants.DatabaseRole})
			s.ServerMembers = append(s.ServerMembers, grants.Member{Role: 300, Member: 260})
			s.ServerPermissions = append(s.ServerPermissions, sqlRow(300, grants.Denied))
		}, "CONNECT SQL denied"},
		{"a login that lacks it", func(s *grants.Snapshot) {
			s.ServerPermissions = append(s.ServerPermissions[:1], s.ServerPermissions[2:]...)
		}, "CONNECT SQL missing"},
		{"server permissions that were not read", func(s *grants.Snapshot) { s.ServerPermissions = nil }, ""},
		{"an orphan", func(s *grants.Snapshot) { s.Principals[ann].SID = "FF" }, "no login"},
		{"an orphan, where logins are not shown", func(s *grants.Snapshot) { s.Principals[ann].SID, s.LoginsVisible = "FF", false }, ""},
		{"a user without login", func(s *grants.Snapshot) { s.Principals[ann].AuthType = 0 }, "made without a login"},
		{"a password of her own", func(s *grants.Snapshot) { s.Principals[ann].AuthType, s.Principals[ann].SID = 2, "FF" }, ""},
		{"a Windows account without a login", func(s *grants.Snapshot) {
			s.Principals[ann].Type, s.Principals[ann].AuthType, s.Principals[ann].SID = grants.WindowsUser, 3, "FF"
		}, "no login"},
		{"a Windows account that may come by a group's login", func(s *grants.Snapshot) {
			s.Principals[ann].Type, s.Principals[ann].AuthType, s.Principals[ann].SID = grants.WindowsUser, 3, "FF"
			s.Logins = append(s.Logins, grants.Login{ID: 270, Name: `EX\all`, SID: "AA", Type: grants.WindowsGroup})
		}, ""},
		{"CONNECT denied", func(s *grants.Snapshot) { s.Permissions[1].State = grants.Denied }, "CONNECT denied"},
		{"CONNECT revoked", func(s *grants.Snapshot) { s.Permissions = s.Permissions[:1] }, "CONNECT missing"},
		{"CONNECT by a role in a role", func(s *grants.Snapshot) {
			s.Permissions[1] = connectRow(21, "CONNECT", grants.GrantedWithGrant)
			s.Members = []grants.Member{{Role: 20, Member: 5}, {Role: 21, Member: 20}}
		}, ""},
		{"CONNECT denied to a role in a role", func(s *grants.Snapshot) {
			s.Permissions = append(s.Permissions, connectRow(21, "CONNECT", grants.Denied))
			s.Members = []grants.Member{{Role: 20, Member: 5}, {Role: 21, Member: 20}}
		}, "CONNECT denied"},
		{"CONNECT denied to public", func(s *grants.Snapshot) {
			s.Permissions = append(s.Permissions, connectRow(grants.PublicID, "CONNECT", grants.Denied))
		}, "CONNECT denied"},
		{"CONNECT by public", func(s *grants.Snapshot) { s.Permissions[1] = connectRow(grants.PublicID, "CONNECT", grants.Granted) }, ""},
		{"CONNECT SQL by the server role public", func(s *grants.Snapshot) { s.ServerPermissions[1].Grantee = 2 }, ""},
		{"CONNECT SQL denied to the server role public", func(s *grants.Snapshot) {
			s.ServerPermissions = append(s.ServerPermissions, sqlRow(2, grants.Denied))
		}, "CONNECT SQL denied"},
		{"CONTROL SERVER denied", func(s *grants.Snapshot) {
			s.ServerPermissions = append(s.ServerPermissions, serverRow(260, "CONTROL SERVER", grants.Denied))
		}, "CONNECT SQL denied"},
		{"CONTROL SERVER without CONNECT SQL", func(s *grants.Snapshot) { s.ServerPermissions[1].Name = "CONTROL SERVER" }, ""},
		{"CONNECT ANY DATABASE instead of CONNECT", func(s *grants.Snapshot) {
			s.Permissions = s.Permissions[:1]
			s.ServerPermissions = append(s.ServerPermissions, serverRow(260, "CONNECT ANY DATABASE", grants.Granted))
		}, ""},
		{"CONNECT ANY DATABASE by public", func(s *grants.Snapshot) {
			s.Permissions = s.Permissions[:1]
			s.ServerPermissions = append(s.ServerPermissions, serverRow(2, "CONNECT ANY DATABASE", grants.Granted))
		}, ""},
		{"the role of SQL Server 2022 for it", func(s *grants.Snapshot) {
			s.Permissions = s.Permissions[:1]
			s.Logins = append(s.Logins, grants.Login{ID: 12, Name: "##MS_DatabaseConnector##", Type: grants.DatabaseRole, Fixed: true})
			s.ServerMembers = append(s.ServerMembers, grants.Member{Role: 12, Member: 260})
		}, ""},
		{"CONNECT ANY DATABASE, and CONNECT denied", func(s *grants.Snapshot) {
			s.Permissions[1].State = grants.Denied
			s.ServerPermissions = append(s.ServerPermissions, serverRow(260, "CONNECT ANY DATABASE", grants.Granted))
		}, "CONNECT denied"},
		{"CONNECT ANY DATABASE denied", func(s *grants.Snapshot) {
			s.ServerPermissions = append(s.ServerPermissions, serverRow(260, "CONNECT ANY DATABASE", grants.Denied))
		}, "CONNECT denied"},
		{"a sysadmin, whom no DENY of CONNECT SQL keeps out", func(s *grants.Snapshot) {
			s.ServerMembers = append(s.ServerMembers, grants.Member{Role: 3, Member: 260})
			s.ServerPermissions[1].State = grants.Denied
		}, ""},
		{"CONTROL", func(s *grants.Snapshot) { s.Permissions[1] = connectRow(5, "CONTROL", grants.Granted) }, ""},
		{"CONTROL denied", func(s *grants.Snapshot) {
			s.Permissions = append(s.Permissions, connectRow(5, "CONTROL", grants.Denied))
		}, "CONNECT denied"},
		{"db_owner without a row", func(s *grants.Snapshot) {
			s.Permissions, s.Members = s.Permissions[:1], []grants.Member{{Role: grants.DBOwnerID, Member: 5}}
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := house()
			tt.change(s)
			got := newDoors(s).holders()
			if len(got) != 1 || got[0].Name != "ann" || got[0].why != tt.why || got[0].can != (tt.why == "") {
				t.Errorf("got %+v", got)
			}
			if in, why := grants.NewAccess(s).CanEnter("ann"); in != grants.NotVerified && (in == grants.Yes) != (tt.why == "") {
				t.Errorf("the model of access says otherwise: %v, %v", in, why)
			}
		})
	}
}

// TestWaysInThatUseNoSeat are powers over the server and guest: named, not
// counted. Somebody who has a user as well is counted by it.
func TestWaysInThatUseNoSeat(t *testing.T) {
	s := house()
	s.Logins = append(s.Logins, grants.Login{ID: 280, Name: "ops", SID: "80", Type: grants.SQLUser}, grants.Login{ID: 281, Name: "audit", SID: "81", Type: grants.SQLUser},
		grants.Login{ID: 282, Name: "gone", SID: "82", Type: grants.SQLUser, Disabled: true}, grants.Login{ID: 283, Name: `NT SERVICE\MSSQLSERVER`, SID: "83", Type: grants.WindowsUser})
	s.ServerMembers = append(s.ServerMembers, grants.Member{Role: 3, Member: 280}, grants.Member{Role: 3, Member: 282}, grants.Member{Role: 3, Member: 283}, grants.Member{Role: 3, Member: 260})
	s.ServerPermissions = append(s.ServerPermissions, sqlRow(280, grants.Granted), sqlRow(281, grants.Granted), sqlRow(283, grants.Granted),
		grants.ServerPermissionRow{Class: grants.ClassServer, Grantee: 281, Name: "CONNECT ANY DATABASE", State: grants.Granted})
	s.Permissions = append(s.Permissions, connectRow(grants.GuestID, "CONNECT", grants.Granted))
	want := []licensing.Uncounted{{Where: "server main", Name: "sa", Why: "enters by sysadmin"}, {Where: "server main", Name: "ops", Why: "enters by sysadmin"},
		{Where: "server main", Name: "audit", Why: "enters by CONNECT ANY DATABASE"}, {Where: "North", Name: "guest", Why: "lets every login of the server in"}}
	if d := cmp.Diff(want, newDoors(s).strangers("North", "main")); d != "" {
		t.Error(d)
	}
	c := census{p: parsed(t, twoSites)}
	c.site(c.p.Sites[0], s, s)
	if count := c.tally(); count.Now != 1 || len(count.Uncounted) != len(want) {
		t.Errorf("got %+v", count)
	}
}

// TestOwnersAndOutsidersOfASite: a login that owns the database enters as dbo,
// and uses a seat; what an outsider accepts uses as many as it says.
func TestOwnersAndOutsidersOfASite(t *testing.T) {
	p := parsed(t, twoSites+"[[outsider]]\nname = \"Crew\"\npeople = 4\nreason = \"the terminals\"\n[[outsider]]\nname = 'EX\\all'\npeople = 7\nreason = \"everybody\"\n[[outsider]]\nname = 'EX\\some'\nreason = \"nobody knows how many\"\n")
	s := house()
	s.Members = []grants.Member{{Role: 20, Member: 5}}
	s.Logins = append(s.Logins, grants.Login{ID: 290, Name: "boss", SID: "90", Type: grants.SQLUser})
	s.ServerPermissions = append(s.ServerPermissions, sqlRow(290, grants.Granted))
	s.OwnerSID = "90"
	s.Principals = append(s.Principals, grants.Principal{ID: 6, Name: `EX\all`, Type: grants.WindowsGroup, AuthType: 3, SID: "AA"}, grants.Principal{ID: 7, Name: `EX\some`, Type: grants.WindowsGroup, AuthType: 3, SID: "BB"})
	s.Logins = append(s.Logins, grants.Login{ID: 291, Name: `EX\all`, SID: "AA", Type: grants.WindowsGroup}, grants.Login{ID: 292, Name: `EX\some`, SID: "BB", Type: grants.WindowsGroup})
	s.ServerPermissions = append(s.ServerPermissions, sqlRow(291, grants.Granted), sqlRow(292, grants.Granted))
	s.Permissions = append(s.Permissions, connectRow(6, "CONNECT", grants.Granted), connectRow(7, "CONNECT", grants.Granted))
	c := census{p: p}
	c.site(p.Sites[0], s, s)
	count := c.tally()
	got := map[string]int{}
	for _, l := range count.Lines {
		got[l.Name] = l.SeatsNow
	}
	if d := cmp.Diff(map[string]int{"boss": 1, "Crew": 4, `EX\all`: 7}, got); d != "" {
		t.Error(d)
	}
	if len(count.Uncounted) != 2 || count.Uncounted[0].Name != `EX\some` || count.Uncounted[1].Name != "sa" {
		t.Errorf("uncounted %v", count.Uncounted)
	}
}

// TestOwnerWhoEnters is the login that is dbo by owning the database, unless it
// cannot log in, enters by another power or runs grantree.
func TestOwnerWhoEnters(t *testing.T) {
	for name, tt := range map[string]struct {
		edit func(*grants.Snapshot)
		want bool
	}{
		"a login":                  {func(*grants.Snapshot) {}, true},
		"a login that is disabled": {func(s *grants.Snapshot) { s.Logins[2].Disabled = true }, false},
		"a login denied CONNECT SQL": {func(s *grants.Snapshot) {
			s.ServerPermissions = append(s.ServerPermissions, sqlRow(260, grants.Denied))
		}, false},
		"a sysadmin": {func(s *grants.Snapshot) {
			s.ServerMembers = append(s.ServerMembers, grants.Member{Role: 3, Member: 260})
		}, false},
		"who runs grantree":         {func(s *grants.Snapshot) { s.Runner.Login = "ANN" }, false},
		"sa":                        {func(s *grants.Snapshot) { s.OwnerSID, s.ServerMembers = grants.SASID, nil }, false},
		"a login that is not shown": {func(s *grants.Snapshot) { s.OwnerSID = "FF" }, false},
		"nobody":                    {func(s *grants.Snapshot) { s.OwnerSID, s.Logins[2].SID = "", "" }, false},
	} {
		s := house()
		s.OwnerSID = "A1"
		tt.edit(s)
		if l, ok := newDoors(s).owner(); ok != tt.want || ok && l.Name != "ann" {
			t.Errorf("%s: %v, %t", name, l, ok)
		}
	}
}

// TestWhoseAccountItIs: an account is counted with the person of the policy
// whose login enters as it, and not with whoever has its name.
func TestWhoseAccountItIs(t *testing.T) {
	user := func(id int, name, sid string, managed bool) grants.Principal {
		return grants.Principal{ID: id, Name: name, Type: grants.SQLUser, AuthType: 1, SID: sid, Managed: managed}
	}
	for name, tt := range map[string]struct {
		people string
		users  []grants.Principal // beside ann
		logins []string           // beside hers
		used   int
	}{
		"hers":                            {person("ann", "North"), nil, nil, 1},
		"her name, somebody else's login": {person("ben", "North") + person("ann", "South"), []grants.Principal{user(6, "ben", "B2", false)}, []string{"walt"}, 2},
		"and her own elsewhere":           {person("ben", "North"), []grants.Principal{user(6, "ben", "B2", false), user(7, "reader", "B3", false)}, []string{"walt", "ben"}, 3},
		"grantree's, renamed":             {person("ben", "North"), []grants.Principal{user(6, "ben", "B2", true)}, []string{"benny"}, 2},
		"grantree's, given to another":    {person("ben", "North"), []grants.Principal{user(6, "ben", "B2", true), user(7, "reader", "B3", false)}, []string{"walt", "ben"}, 3},
		"a name before, and both":         {person("ann", "North", `was = "walt"`), []grants.Principal{user(6, "walt", "B2", false)}, []string{"walt"}, 2},
		"a name before, and not here":     {person("eve", "South", `was = "walt"`), []grants.Principal{user(6, "walt", "B2", false)}, []string{"walt"}, 2},
		"a name before, to be renamed":    {person("eve", "*", `was = "walt"`), []grants.Principal{user(6, "walt", "B2", false)}, []string{"walt"}, 2},
		"a name before, grantree's":       {person("ann", "North", `was = "walt"`), []grants.Principal{user(6, "walt", "B2", true)}, []string{"walt"}, 1},
		"an exempt name, and her login":   {person("ann", "North"), []grants.Principal{user(6, "service", "A1", false)}, nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := house()
			for i, p := range tt.users {
				s.Principals = append(s.Principals, p)
				s.Permissions = append(s.Permissions, connectRow(p.ID, "CONNECT", grants.Granted))
				if i < len(tt.logins) {
					s.Logins = append(s.Logins, grants.Login{ID: 300 + i, Name: tt.logins[i], SID: p.SID, Type: grants.SQLUser})
					s.ServerPermissions = append(s.ServerPermissions, sqlRow(300+i, grants.Granted))
				}
			}
			if name == "an exempt name, and her login" {
				s.Principals = slices.DeleteFunc(s.Principals, func(p grants.Principal) bool { return p.Name == "ann" })
			}
			c := census{p: parsed(t, twoSites+tt.people)}
			c.site(c.p.Sites[0], s, s)
			if count := c.tally(); count.Now != tt.used {
				t.Errorf("%d seats, want %d: %+v", count.Now, tt.used, count.Lines)
			}
		})
	}
}
