package grants

import (
	"cmp"
	"strings"
	"testing"

	"grantree/catalog"
)

func TestLockout(t *testing.T) {
	site := func() siteBuilder {
		return newSite("v").role("+Admin", "+Mechanic").user("+ann", "+bob", "+cat", "+dan").member("Admin", "ann").
			member("Mechanic", "bob", "cat", "dan").row(Granted, "SELECT", "v", "Mechanic").row(Granted, "SELECT", "v", "Admin")
	}
	runs := func(b siteBuilder, user string) siteBuilder {
		b.Runner = Runner{Login: user, User: user, UserID: b.id(user)}
		return b
	}
	want := func(admins, mechanics string) *Wanted {
		w := newWanted("v").role("Admin", "Mechanic").user("ann", "bob", "cat", "dan").
			member("Admin", strings.Fields(admins)...).member("Mechanic", strings.Fields(mechanics)...)
		return w.entry(Granted, catalog.Select, "v", "Admin", "Mechanic").Wanted
	}
	powerful := runs(site().member("db_owner", "Mechanic"), "bob")
	for _, tt := range []struct {
		name    string
		site    siteBuilder
		want    *Wanted
		guard   Guard
		expect  int
		codes   string
		message string
	}{
		{"nothing to do", site(), want("ann", "bob cat dan"), Guard{}, 0, "", ""},
		{"half may lose", site(), want("ann", "bob"), Guard{}, 0, "", ""},
		{"more may not", site(), want("ann", ""), Guard{}, 0, "loss-too-large", "from 3 of 4 users, and max_loss allows 50%"},
		{"unless the number is named", site(), want("ann", ""), Guard{}, 3, "", ""},
		{"exactly", site(), want("ann", ""), Guard{}, 4, "loss-too-large", "from 3 of 4"},
		{"the policy's share", site(), want("ann", "bob"), Guard{MaxLoss: 0.25}, 0, "loss-too-large", "from 2 of 4 users, and max_loss allows 25%"},
		{"who runs it has no part in the share", runs(site().user("gt"), "gt"), want("ann", "bob"), Guard{MaxLoss: 0.4}, 0, "loss-too-large", "from 2 of 4 users, and max_loss allows 40%"},
		{"the last administrator", site(), want("", "ann bob cat dan"), Guard{}, 0, "last-administrator", `no administrator would be left who can enter: ann may not do any more what "Admin" gives`},
		{"another administrator", site(), want("bob", "ann bob cat dan"), Guard{}, 0, "", ""},
		{"administrators of another name", site(), want("", "ann bob cat dan"), Guard{Administrators: "Chiefs"}, 0, "", ""},
		{"a group with a role of another name", site(), want("bob", ""), Guard{Administrators: "Mechanic"}, 2,
			"last-administrator loss-too-large", `"Mechanic"`},
		{"the runner loses access", runs(site(), "cat"), want("ann", "bob dan"), Guard{}, 0, "runner-narrowed", `"cat"`},
		{"the runner loses a power", powerful, want("ann bob", "cat dan"), Guard{}, 0, "runner-narrowed", `"bob"`},
		{"somebody else runs", runs(site(), "ann"), want("ann", "bob dan"), Guard{}, 0, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plan := Diff(tt.site.Snapshot, tt.want, DiffOptions{})
			guard := Guard{MaxLoss: cmp.Or(tt.guard.MaxLoss, 0.5), Administrators: cmp.Or(tt.guard.Administrators, "Admin"), ExpectLoss: tt.expect, Losers: len(plan.People.Lose)}
			got := Lockout(tt.site.Snapshot, tt.want, plan, guard).Sorted()
			if codes(got) != tt.codes {
				t.Fatalf("findings = %v, want %q; people %+v", got, tt.codes, plan.People)
			}
			if tt.codes != "" && !strings.Contains(got[0].Message, tt.message) {
				t.Errorf("message = %q, want %q in it", got[0].Message, tt.message)
			}
		})
	}
}

// TestLockoutAdministrators takes ann, an administrator, out of a site that has
// another one, eve. Whether eve counts decides.
func TestLockoutAdministrators(t *testing.T) {
	site := func() siteBuilder {
		b := newSite("v", "w").role("+Admin").user("+ann", "+eve").member("Admin", "ann", "eve").row(Granted, "SELECT", "v", "Admin").row(Granted, "UPDATE", "w", "Admin")
		for i := range b.Logins {
			b.Logins[i].ID = 300 + i
		}
		b.ServerPermissions = append(b.ServerPermissions, ServerPermissionRow{Class: ClassServer, Grantee: 2, Name: "CONNECT SQL", State: Granted})
		b.Logins = append(b.Logins, Login{ID: 3, Name: "sysadmin", Type: DatabaseRole, Fixed: true}, Login{ID: 9, Name: "ops", Type: DatabaseRole})
		return b
	}
	login := func(edit func(*Login)) siteBuilder {
		b := site()
		edit(&b.Logins[1])
		return b
	}
	server := func(b siteBuilder, state State, name string, grantee int) siteBuilder {
		b.ServerPermissions = append(b.ServerPermissions, ServerPermissionRow{Class: ClassServer, Grantee: grantee, Name: name, State: state})
		return b
	}
	in := func(b siteBuilder, role int) siteBuilder {
		b.ServerMembers = append(b.ServerMembers, Member{role, 301})
		return b
	}
	runner := site()
	runner.Runner = Runner{Login: "EVE", User: "dbo", UserID: DboID}
	runner.OwnerSID = ""
	owner := site()
	owner.OwnerSID = sidOf("eve")
	hidden := withoutLogins(site())
	hidden.LoginsVisible = false
	everything := func() siteBuilder {
		b := site()
		b.Members = b.Members[:1]
		for _, name := range catalog.All.Names() {
			b.row(Granted, name, "v", "eve").row(Granted, name, "w", "eve")
		}
		return b
	}
	columns := func() siteBuilder {
		b := site()
		b.view("v").Columns = []SiteColumn{{1, "id"}, {2, "name"}}
		return b
	}
	columnOf := func(b siteBuilder) siteBuilder { return b.column(Denied, "UPDATE", "v", 1, "public") }
	// eve stays as she is; ann leaves
	want := func(b siteBuilder) *Wanted {
		w := newWanted("v", "w").role("Admin").user("eve").entry(Granted, catalog.Select, "v", "Admin").entry(Granted, catalog.Update, "w", "Admin")
		for _, m := range b.Members {
			if m.Member == b.id("eve") && m.Role == b.id("Admin") {
				w.member("Admin", "eve")
			}
		}
		for _, r := range b.Permissions {
			if r.Class == ClassObject && r.Grantee == b.id("eve") {
				w.entry(r.State, covers(ClassObject, r.Name), b.Views[r.Major-1000].Name, "eve")
			}
		}
		return w.Wanted
	}
	emptied := func(b siteBuilder) *Wanted {
		w := want(b)
		w.Entries = nil
		return w
	}
	for _, tt := range []struct {
		name   string
		site   siteBuilder
		want   func(siteBuilder) *Wanted
		counts bool
	}{
		{"as it is", site(), want, true},
		{"a login that is disabled", login(func(l *Login) { l.Disabled = true }), want, false},
		{"a login that is gone", login(func(l *Login) { l.SID = "99" }), want, false},
		{"logins that nobody may see", hidden, want, true},
		{"a login that is disabled, of those that are shown", withoutVisible(login(func(l *Login) { l.Disabled = true })), want, false},
		{"denied CONNECT, of whom no login is shown", withoutVisible(withoutLogins(site())).databaseRow(Denied, "CONNECT", "eve"), want, false},
		{"denied CONNECT SQL", server(site(), Denied, "CONNECT SQL", 301), want, false},
		{"denied CONNECT SQL through a role", server(in(site(), 9), Denied, "CONNECT SQL", 9), want, false},
		{"denied CONTROL SERVER", server(site(), Denied, "CONTROL SERVER", 301), want, false},
		{"denied CONTROL SERVER through a role", server(in(site(), 9), Denied, "CONTROL SERVER", 9), want, false},
		{"denied SELECT ALL USER SECURABLES", server(site(), Denied, "SELECT ALL USER SECURABLES", 301), want, false},
		{"denied SELECT ALL USER SECURABLES through a role", server(in(site(), 9), Denied, "SELECT ALL USER SECURABLES", 9), want, false},
		{"everybody denied SELECT ALL USER SECURABLES, who was no administrator before", server(site(), Denied, "SELECT ALL USER SECURABLES", 2), want, true},
		{"denied CONNECT ANY DATABASE", server(site(), Denied, "CONNECT ANY DATABASE", 301), want, false},
		{"denied VIEW ANY DATABASE", server(site(), Denied, "VIEW ANY DATABASE", 301), want, true},
		{"a DENY on a column", columns().column(Denied, "SELECT", "v", 1, "eve"), want, false},
		{"a DENY on a column of what the group does not give", columns().column(Denied, "UPDATE", "v", 1, "eve"), want, true},
		{"everything, but for a column", columnOf(everything()), want, false},
		{"denied CONNECT", site().databaseRow(Denied, "CONNECT", "eve"), want, false},
		{"a member of sysadmin", in(site(), 3), want, false},
		{"CONTROL SERVER", server(site(), Granted, "CONTROL SERVER", 301), want, false},
		{"who runs grantree", runner, want, false},
		{"who owns the database", owner, want, false},
		{"a DENY on one of the views", site().row(Denied, "SELECT", "v", "eve"), want, false},
		{"everything on every view, and in no group", everything(), want, true},
		{"nearly everything", everything().row(Denied, "DELETE", "w", "eve"), want, false},
		{"a group of Windows", site().change("eve", func(p *Principal) { p.Type = WindowsGroup }), want, false},
		{"the group gives nothing any more", site(), emptied, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := tt.want(tt.site)
			plan := Diff(tt.site.Snapshot, w, DiffOptions{})
			got := codes(Lockout(tt.site.Snapshot, w, plan, Guard{MaxLoss: 1, Administrators: "Admin"}))
			if wrong := map[bool]string{true: "", false: "last-administrator"}[tt.counts]; got != wrong {
				t.Errorf("findings %q, want %q\n%s", got, wrong, show(plan.Changes))
			}
		})
	}
}

// TestNobodyEntersAServerThatIsShut: a DENY to the server's public reaches all.
func TestNobodyEntersAServerThatIsShut(t *testing.T) {
	site := newSite("v").role("+Admin").user("+ann").member("Admin", "ann").row(Granted, "SELECT", "v", "Admin")
	w := newWanted("v").Wanted
	if got := administrators(site.Snapshot, w, "Admin"); len(got) != 1 {
		t.Fatalf("administrators %q", got)
	}
	site.ServerPermissions = []ServerPermissionRow{{Class: ClassServer, Grantee: 2, Name: "CONNECT SQL", State: Denied}}
	if got := administrators(site.Snapshot, w, "Admin"); len(got) != 0 {
		t.Errorf("administrators %q", got)
	}
}

// TestLockoutRunner: however the runner has what a plan takes.
func TestLockoutRunner(t *testing.T) {
	site := func(user string) siteBuilder {
		b := newSite("v").role("+r", "outer").user("+bob", "+cat").member("r", "bob").member("outer", "r")
		b.Principals = append(b.Principals, Principal{ID: b.nextID(), Name: `Y\dbas`, Type: WindowsGroup, AuthType: 3, SID: "B1"})
		b.databaseRow(Granted, "CONNECT", `Y\dbas`)
		b.Runner = Runner{Login: user, User: user}
		return b
	}
	want := newWanted("v").role("r").user("bob", "cat").Wanted
	for _, tt := range []struct {
		name string
		site siteBuilder
		want string
	}{
		{"nothing is taken", site("cat").databaseRow(Granted, "EXECUTE", "outer"), ""},
		{"a right of a role around the role", site("bob").databaseRow(Granted, "EXECUTE", "outer"), "runner-narrowed"},
		{"a fixed role around the role", site("bob").member("db_ddladmin", "outer"), "runner-narrowed"},
		{"ownership", ownedBy(site("bob"), "outer"), "runner-narrowed"},
		{"a right that they keep", site("bob").databaseRow(Granted, "EXECUTE", "outer").databaseRow(Granted, "EXECUTE", "public"), ""},
		{"a Windows group that may be the runner's", site(`Y\joe`).member("r", `Y\dbas`).databaseRow(Granted, "EXECUTE", "outer"), "runner-narrowed"},
		{"a runner of whom nothing is known", site("").member("r", `Y\dbas`).databaseRow(Granted, "EXECUTE", "outer"), ""},
		{"dbo", site("dbo").databaseRow(Granted, "EXECUTE", "outer").member("r", `Y\dbas`), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			plan := Diff(tt.site.Snapshot, want, DiffOptions{})
			if got := codes(Lockout(tt.site.Snapshot, want, plan, Guard{MaxLoss: 1, Administrators: "Admin"})); got != tt.want {
				t.Errorf("findings %q, want %q; people %+v", got, tt.want, plan.People)
			}
		})
	}
}

func ownedBy(b siteBuilder, role string) siteBuilder {
	b.Schemas = append(b.Schemas, Schema{ID: 9, Name: "app", Owner: b.id(role)})
	return b
}

// withoutVisible shows some logins, and maybe not all.
func withoutVisible(b siteBuilder) siteBuilder {
	b.LoginsVisible = false
	return b
}

// TestLockoutCountsNewLogins: a user who waits for a login that this run makes can
// enter by it.
func TestLockoutCountsNewLogins(t *testing.T) {
	site := newSite("v").role("+Admin").user("+ann", "+new").member("Admin", "ann").row(Granted, "SELECT", "v", "Admin")
	site.Logins = site.Logins[:1] // new has none on this server
	site.Logins[0].ID = 5
	site.ServerPermissions = []ServerPermissionRow{{Class: ClassServer, Grantee: 5, Name: "CONNECT SQL", State: Granted}}
	w := newWanted("v").role("Admin").user("new").member("Admin", "new").entry(Granted, catalog.Select, "v", "Admin")
	w.Users[0].NewLogin = true
	plan := Diff(site.Snapshot, w.Wanted, DiffOptions{})
	if len(plan.Logins) != 1 {
		t.Fatalf("logins %+v", plan.Logins)
	}
	if got := codes(Lockout(site.Snapshot, w.Wanted, plan, Guard{MaxLoss: 1, Administrators: "Admin"})); got != "" {
		t.Errorf("findings %s", got)
	}
	plan.Logins = nil
	if got := codes(Lockout(site.Snapshot, w.Wanted, plan, Guard{MaxLoss: 1, Administrators: "Admin"})); got != "last-administrator" {
		t.Errorf("without the login: findings %s", got)
	}
}

// TestLockoutNamesAFew of the administrators that a site would lose.
func TestLockoutNamesAFew(t *testing.T) {
	for n, want := range map[int]string{1: "ann may", 3: "ann, ben, cid may", 4: "ann, ben, cid, dan may", 5: "ann, ben, cid and 2 more may"} {
		names := []string{"ann", "ben", "cid", "dan", "eve"}[:n]
		site := newSite("v").role("+Admin").row(Granted, "SELECT", "v", "Admin")
		for _, name := range names {
			site.user("+"+name).member("Admin", name)
		}
		w := newWanted("v").role("Admin").entry(Granted, catalog.Select, "v", "Admin").Wanted
		got := Lockout(site.Snapshot, w, Diff(site.Snapshot, w, DiffOptions{}), Guard{MaxLoss: 1, Administrators: "Admin"})
		if len(got) != 1 || !strings.Contains(got[0].Message, want) {
			t.Errorf("%v does not say %q", got, want)
		}
	}
}
