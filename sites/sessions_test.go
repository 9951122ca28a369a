package sites

import (
	"strings"
	"testing"
	"time"

	"grantree/grants"
	"grantree/sql/mssql"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// aServer is what a server with some people says: sa, the runner, ann and ben,
// whose logins grantree made, adm, who is in sysadmin through a role, and eve.
func aServer(visible bool, sessions ...grants.Session) ServerReading {
	made := func(n string) string { return mssql.NewSID()[:30] + n }
	logins := []grants.Login{
		{ID: 1, Name: "sa", SID: grants.SASID, Type: grants.SQLUser},
		{ID: 2, Name: "runner", SID: "AA02", Type: grants.SQLUser},
		{ID: 3, Name: "sysadmin", Type: grants.DatabaseRole, Fixed: true},
		{ID: 4, Name: "ann", SID: made("0A"), Type: grants.SQLUser, OwnsDatabase: true},
		{ID: 5, Name: "adm", SID: "AA05", Type: grants.SQLUser},
		{ID: 6, Name: "eve", SID: "AA06", Type: grants.SQLUser},
		{ID: 7, Name: "Chiefs", Type: grants.DatabaseRole},
		{ID: 8, Name: "boss", SID: "AA08", Type: grants.SQLUser},
	}
	s := &grants.Snapshot{Logins: logins, LoginsVisible: visible, ServerMembers: []grants.Member{{Role: 3, Member: 5}, {Role: 7, Member: 8}},
		ServerPermissions: []grants.ServerPermissionRow{{Class: grants.ClassServer, Grantee: 7, Name: "CONTROL SERVER", State: grants.Granted}}}
	s.Runner.Login = "runner"
	out := ServerReading{Server: "main", ServerAccounts: &mssql.ServerAccounts{Logins: s, Sessions: sessions, SeesLogins: true, SeesSessions: true, Own: 99, Now: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}}
	for i, l := range logins {
		if l.IsRole() {
			continue
		}
		out.Accounts = append(out.Accounts, grants.Account{Name: l.Name, SID: l.SID, Type: l.Type})
		for n := range sessions {
			if sessions[n].Login == l.Name {
				sessions[n].SID = logins[i].SID
			}
		}
	}
	return out
}

// TestSessions: everybody who is in a site, and people of the policy wherever
// they are, and what is never ended.
func TestSessions(t *testing.T) {
	p := parsed(t, twoSites+person("ann", "*")+person("dan", "*"))
	f := &Fleet{Policy: p, Sites: p.Sites}
	at := func(id int, login, database, program string) grants.Session {
		return grants.Session{ID: id, Login: login, Database: database, Program: program, LastActive: time.Date(2026, 5, 1, 11, 0, 0, 0, time.UTC)}
	}
	site := p.Sites[0].Database
	sessions := []grants.Session{
		at(1, "ann", site, "app"), at(2, "ann", "tempdb", "app"), at(3, "eve", site, "app"), at(4, "eve", "tempdb", "app"), at(5, "sa", site, "app"),
		at(6, "adm", site, "app"), at(7, "boss", site, "app"), at(8, "runner", site, "app"), at(9, "eve", site, "grantree licence"), at(10, "eve", site, "grantree"),
		at(11, "dan", "tempdb", "app"), at(99, "ann", site, "app"),
	}
	sessions[10].SID = "AB" // of no login: a user with a password in a database
	running, open := at(20, "ann", site, "app"), at(21, "ann", site, "app")
	running.Running, open.OpenTransactions = true, 1
	sessions = append(sessions, running, open)
	r := aServer(true, sessions...)
	got := map[int]string{}
	for _, s := range f.Sessions(r) {
		whose := "nobody's"
		if s.User != nil {
			whose = s.User.Name
		}
		got[s.ID] = whose + ": " + s.Kept(false)
	}
	want := map[int]string{
		1: "ann: ", 2: "ann: ", 3: "nobody's: ", 5: "nobody's: its login is the server's own administrator", 6: "nobody's: its login is in the server role sysadmin",
		7: "nobody's: its login holds CONTROL SERVER", 8: "nobody's: its login runs grantree", 9: "nobody's: it is a run of grantree", 10: "nobody's: it is a run of grantree",
		11: "dan: ", 99: "ann: it is the one that asks",
		20: "ann: it is running a statement, whose work would be rolled back: --force ends it", 21: "ann: it has an open transaction, whose work would be rolled back: --force ends it",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for _, s := range f.Sessions(r) {
		if why := s.Kept(true); (s.ID == 20 || s.ID == 21) && why != "" || (s.ID == 5 || s.ID == 9) && why == "" {
			t.Errorf("with force session %d is kept: %q", s.ID, why)
		}
		if s.ID == 1 && s.For != time.Hour || s.ID == 20 && s.For != 0 {
			t.Errorf("session %d has done nothing for %s", s.ID, s.For)
		}
	}
	// Whose roles cannot be seen may be an administrator.
	for _, s := range f.Sessions(aServer(false, sessions...)) {
		if kept := s.Kept(true) != ""; s.ID == 3 && !kept || s.ID == 1 && kept {
			t.Errorf("without a sight of server roles session %d is kept: %t", s.ID, kept)
		}
	}
}

// TestStatus is what a person is said to be, by what was seen.
func TestStatus(t *testing.T) {
	p := parsed(t, twoSites+person("ann", "*"))
	seen := func(edit func(*Person)) Person {
		x := Person{User: p.Users[0], Server: "main", SeesLogins: true, Account: &grants.Account{Name: "ann", Type: grants.SQLUser, Password: &grants.PasswordState{}},
			Sites: []Standing{{Site: "North", Wanted: true, In: grants.Yes}}}
		edit(&x)
		return x
	}
	out := func(past bool) func(*Person) {
		return func(x *Person) {
			u := *x.User
			u.Inactive, u.Past, x.User = true, past, &u
		}
	}
	for name, tt := range map[string]struct {
		edits []func(*Person)
		want  grants.Status
		notes int
	}{
		"nothing keeps them out":    {nil, grants.StatusActive, 0},
		"a server that is away":     {[]func(*Person){func(x *Person) { x.Err, x.Account, x.Sites = errNobodyThere, nil, nil }}, grants.StatusUnknown, 1},
		"a login that may be there": {[]func(*Person){func(x *Person) { x.Account, x.SeesLogins, x.Sites = nil, false, nil }}, grants.StatusUnknown, 1},
		"no login":                  {[]func(*Person){func(x *Person) { x.Account, x.Sites = nil, nil }}, grants.StatusMissing, 1},
		"a group of Windows": {[]func(*Person){func(x *Person) {
			x.Account, x.Sites, x.group = nil, nil, true
			u := *x.User
			u.Auth = "windows"
			x.User = &u
		}}, grants.StatusUnknown, 1},
		"a password of the site's own":  {[]func(*Person){func(x *Person) { x.Account = nil }}, grants.StatusActive, 0},
		"barred":                        {[]func(*Person){func(x *Person) { x.shut = "CONNECT SQL denied" }}, grants.StatusBarred, 1},
		"no site":                       {[]func(*Person){func(x *Person) { x.Sites[0].In, x.Sites[0].Why = grants.No, "no user" }}, grants.StatusNoSite, 0},
		"an orphan":                     {[]func(*Person){func(x *Person) { x.Sites[0].In, x.Sites[0].Orphan = grants.No, true }}, grants.StatusOrphaned, 0},
		"a site that was not read":      {[]func(*Person){func(x *Person) { x.Sites[0].In = grants.NotVerified }}, grants.StatusUnknown, 1},
		"a password nobody shows":       {[]func(*Person){func(x *Person) { x.Account.Password = nil }}, grants.StatusUnknown, 1},
		"locked":                        {[]func(*Person){func(x *Person) { x.Account.Password.Locked = true }}, grants.StatusLocked, 0},
		"inactive and in":               {[]func(*Person){out(false)}, grants.StatusActive, 1},
		"past and in":                   {[]func(*Person){out(true)}, grants.StatusActive, 1},
		"inactive and out":              {[]func(*Person){out(false), func(x *Person) { x.Account.Disabled = true }}, grants.StatusInactive, 0},
		"past and out":                  {[]func(*Person){out(true), func(x *Person) { x.Sites[0].In = grants.No }}, grants.StatusPast, 0},
		"inactive, and nobody knows":    {[]func(*Person){out(false), func(x *Person) { x.Err, x.Account = errNobodyThere, nil }}, grants.StatusUnknown, 1},
		"a site that nobody gives them": {[]func(*Person){func(x *Person) { x.Sites[0].Wanted = false }}, grants.StatusActive, 1},
	} {
		x := seen(func(x *Person) {
			for _, e := range tt.edits {
				e(x)
			}
		})
		if got := x.Status(); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
		if got := x.Notes(); len(got) != tt.notes {
			t.Errorf("%s: %d notes, want %d: %q", name, len(got), tt.notes, got)
		}
	}
}

var errNobodyThere = &mssql.ServerError{Sentence: "nobody there"}

// TestRefusal: whose login grantree changes by itself, and whose never.
func TestRefusal(t *testing.T) {
	text := twoSites
	for _, name := range []string{"ann", "sa", "runner", "adm", "boss", "eve"} {
		text += person(name, "*")
	}
	for _, adopts := range []string{"", "[policy]\nadopt_logins = [\"sa\", \"runner\", \"adm\", \"boss\", \"EVE\"]\n"} {
		f := &Fleet{Policy: parsed(t, text+adopts)}
		r := aServer(true)
		got := map[string]string{}
		for _, u := range f.Policy.Users {
			got[u.Name] = f.reader(r).person(u).Refusal()
		}
		stranger := "was not made by grantree, and [policy] adopt_logins does not name it"
		want := map[string]string{"ann": "owns a database", "sa": "is the server's own administrator", "runner": "runs grantree", "adm": "is in the server role sysadmin", "boss": stranger, "eve": stranger}
		if adopts != "" {
			want["boss"], want["eve"] = "holds CONTROL SERVER", ""
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s%s", adopts, d)
		}
		r.Logins.Logins[3].OwnsDatabase = false
		ann := f.reader(r).person(f.Policy.Users[0])
		if ann.Refusal() != "" {
			t.Errorf("a login that grantree made: %s", ann.Refusal())
		}
		ann.Sites = []Standing{{Site: "South", Orphan: true}}
		if ann.Refusal() == "" {
			t.Error("a login that is not that of the person's user is changed")
		}
		ann.Sites = append([]Standing{{Site: "North", In: grants.Yes}}, ann.Sites...)
		if got := ann.Refusal(); !strings.Contains(got, `in site "South", who has another SID`) {
			t.Errorf("a login that is another's in one of two sites: %q", got)
		}
	}
}

// TestStanding is whether somebody can enter a site by what it holds.
func TestStanding(t *testing.T) {
	u := parsed(t, twoSites+person("ann", "*")).Users[0]
	r := aServer(true)
	user := func(sid string, auth int) grants.Principal {
		return grants.Principal{ID: 5, Name: "ann", Type: grants.SQLUser, SID: sid, AuthType: auth}
	}
	connect := func(grantee int, state grants.State) grants.PermissionRow {
		return grants.PermissionRow{Class: grants.ClassDatabase, Grantee: grantee, Name: "CONNECT", State: state}
	}
	login := func(name string) *grants.Login {
		for i, l := range r.Logins.Logins {
			if l.Name == name {
				return &r.Logins.Logins[i]
			}
		}
		return nil
	}
	ann, boss, adm, eve := login("ann"), login("boss"), login("adm"), login("eve")
	for name, tt := range map[string]struct {
		login *grants.Login
		users []grants.Principal
		rows  []grants.PermissionRow
		owner string
		want  Standing
	}{
		"a user who may connect":             {ann, []grants.Principal{user(ann.SID, 1)}, []grants.PermissionRow{connect(5, grants.Granted)}, "", Standing{In: grants.Yes}},
		"without CONNECT":                    {ann, []grants.Principal{user(ann.SID, 1)}, nil, "", Standing{In: grants.No, Why: "CONNECT missing"}},
		"no user":                            {ann, nil, nil, "", Standing{In: grants.No, Why: "no user"}},
		"guest":                              {ann, nil, []grants.PermissionRow{connect(grants.GuestID, grants.Granted)}, "", Standing{In: grants.Yes}},
		"the owner of the database":          {ann, nil, nil, ann.SID, Standing{In: grants.Yes}},
		"sysadmin, whom no DENY binds":       {adm, []grants.Principal{user(adm.SID, 1)}, []grants.PermissionRow{connect(5, grants.Denied)}, "", Standing{In: grants.Yes}},
		"CONTROL SERVER":                     {boss, nil, nil, "", Standing{In: grants.Yes}},
		"CONTROL SERVER, and a DENY":         {boss, []grants.Principal{user(boss.SID, 1)}, []grants.PermissionRow{connect(5, grants.Denied)}, "", Standing{In: grants.No, Why: "CONNECT denied"}},
		"another's user":                     {ann, []grants.Principal{user(eve.SID, 1)}, []grants.PermissionRow{connect(5, grants.Granted)}, "", Standing{In: grants.No, Why: "the user belongs to the login eve", Orphan: true}},
		"nobody's user":                      {ann, []grants.Principal{user("FF", 1)}, []grants.PermissionRow{connect(5, grants.Granted)}, "", Standing{In: grants.No, Why: "the user belongs to no login", Orphan: true}},
		"made without a login":               {ann, []grants.Principal{user("FF", 0)}, nil, "", Standing{In: grants.No, Why: "made without a login"}},
		"a password of the database's":       {nil, []grants.Principal{user("FF", 2)}, []grants.PermissionRow{connect(5, grants.Granted)}, "", Standing{In: grants.Yes}},
		"such a one without CONNECT":         {nil, []grants.Principal{user("FF", 2)}, nil, "", Standing{In: grants.No, Why: "CONNECT missing"}},
		"no login, and a user that needs it": {nil, []grants.Principal{user("FF", 1)}, []grants.PermissionRow{connect(5, grants.Granted)}, "", Standing{In: grants.No, Why: "the user belongs to no login", Orphan: true}},
		"no login, and no user":              {nil, nil, nil, "", Standing{In: grants.No, Why: "no user"}},
	} {
		s := *r.Logins
		s.OwnerSID, s.Principals, s.Permissions = tt.owner, tt.users, append(tt.rows, connect(grants.DboID, grants.Granted))
		p := &Person{User: u, SeesLogins: true}
		if tt.login != nil {
			p.Account, p.login = &grants.Account{Name: tt.login.Name, SID: tt.login.SID}, *tt.login
		}
		got := newEntrants(newDoors(&s)).standing(p, tt.login == nil && len(tt.users) > 0 && tt.users[0].AuthType == 2)
		if d := cmp.Diff(tt.want, got, cmp.AllowUnexported(Standing{}), cmpopts.IgnoreFields(Standing{}, "own")); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}
