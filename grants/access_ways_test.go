package grants

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"grantree/catalog"
)

// object adds a table, synonym or module of the schema dbo, with an owner.
func (b siteBuilder) object(name string, kind ObjectType, owner string) siteBuilder {
	b.Objects = append(b.Objects, Object{ID: 2000 + len(b.Objects), Schema: DboID, Name: name, Type: kind, Owner: b.id(owner)})
	return b
}

func (b siteBuilder) thing(name string) int {
	for _, o := range b.Objects {
		if o.Name == name {
			return o.ID
		}
	}
	return b.view(name).ID
}

// refers says that an object refers to others.
func (b siteBuilder) refers(from string, to ...string) siteBuilder {
	for _, name := range to {
		b.Dependencies = append(b.Dependencies, Dependency{From: b.thing(from), To: b.thing(name), Schema: "dbo", Name: name})
	}
	return b
}

// on is a row on an object, or on a column of it.
func (b siteBuilder) on(state State, permission, object string, column int, grantee string) siteBuilder {
	b.Permissions = append(b.Permissions, PermissionRow{Class: ClassObject, Major: b.thing(object), Minor: column, Grantee: b.id(grantee), Grantor: DboID, Name: permission, State: state})
	return b
}

// TestChainOfOwners is what comes of a right on a view for what stands behind
// it: an unbroken chain asks nothing more, a broken one asks for everything
// below (reference C.3).
func TestChainOfOwners(t *testing.T) {
	base := func() siteBuilder {
		return newSite("v", "w").user("ann", "bob").row(Granted, "SELECT", "v", "bob").row(Granted, "UPDATE", "v", "bob")
	}
	one := func() siteBuilder { return base().object("t", Table, "ann").refers("v", "t") }
	mixed := func() siteBuilder { return one().object("u", Table, "dbo").refers("v", "u") }
	both := func() siteBuilder { return one().object("u", Table, "ann").refers("v", "u") }
	scalar := func() siteBuilder { return base().object("f", ScalarFunction, "ann").refers("v", "f") }
	beside := func() siteBuilder { return scalar().object("t", Table, "dbo").refers("v", "t") }
	deep := func() siteBuilder { return base().object("t", Table, "ann").refers("v", "w").refers("w", "t") }
	tests := []struct {
		name           string
		site           siteBuilder
		selects, write Answer
		because        []string // of SELECT
	}{
		{"nothing behind it", base(), Yes, Yes, nil},
		{"a table of the same owner", base().object("t", Table, "dbo").refers("v", "t"), Yes, Yes, nil},
		{"a table of another's", one(), No, No, []string{"the chain of owners breaks below dbo.v: it belongs to dbo, and dbo.t to ann, so bob needs SELECT on dbo.t"}},
		{"and SELECT on it", one().on(Granted, "SELECT", "t", 0, "bob"), Yes, No, nil},
		{"and UPDATE on it", one().on(Granted, "UPDATE", "t", 0, "bob"), No, Yes, []string{"the chain of owners breaks below dbo.v: it belongs to dbo, and dbo.t to ann, so bob needs SELECT on dbo.t"}},
		{"and a column of it", one().on(Granted, "SELECT", "t", 2, "bob"), NotVerified, No, []string{"the chain of owners breaks below dbo.v: it belongs to dbo, and dbo.t to ann, so bob needs SELECT on dbo.t"}},
		{"and a column of it to another", one().user("eve").on(Granted, "SELECT", "t", 2, "eve"), No, No, []string{"the chain of owners breaks below dbo.v: it belongs to dbo, and dbo.t to ann, so bob needs SELECT on dbo.t"}},
		{"a table of another's behind a view behind it", deep(), No, No, []string{"the chain of owners breaks below dbo.w: it belongs to dbo, and dbo.t to ann, so bob needs SELECT on dbo.t"}},
		{"two tables, of which one is another's", mixed(), No, NotVerified, []string{"the chain of owners breaks below dbo.v: it belongs to dbo, and dbo.t to ann, so bob needs SELECT on dbo.t"}},
		{"two tables, and rights on another's", mixed().on(Granted, "SELECT", "t", 0, "bob").on(Granted, "UPDATE", "t", 0, "bob"), Yes, Yes, nil},
		{"two tables of another's", both(), No, No, []string{"the chain of owners breaks below dbo.v: it belongs to dbo, and dbo.t to ann, so bob needs SELECT on dbo.t",
			"the chain of owners breaks below dbo.v: it belongs to dbo, and dbo.u to ann, so bob needs SELECT on dbo.u"}},
		{"two tables of another's, UPDATE on one", both().on(Granted, "UPDATE", "t", 0, "bob"), No, NotVerified, []string{"the chain of owners breaks below dbo.v: it belongs to dbo, and dbo.t to ann, so bob needs SELECT on dbo.t",
			"the chain of owners breaks below dbo.v: it belongs to dbo, and dbo.u to ann, so bob needs SELECT on dbo.u"}},
		{"two tables of another's, all of both", both().on(Granted, "UPDATE", "t", 0, "bob").on(Granted, "SELECT", "t", 0, "bob").on(Granted, "UPDATE", "u", 0, "bob").on(Granted, "SELECT", "u", 0, "bob"), Yes, Yes, nil},
		{"two tables of another's, UPDATE on both", both().on(Granted, "UPDATE", "t", 0, "bob").on(Granted, "UPDATE", "u", 0, "bob"), No, NotVerified, []string{"the chain of owners breaks below dbo.v: it belongs to dbo, and dbo.t to ann, so bob needs SELECT on dbo.t",
			"the chain of owners breaks below dbo.v: it belongs to dbo, and dbo.u to ann, so bob needs SELECT on dbo.u"}},
		{"a function of another's", scalar(), No, No, []string{"the chain of owners breaks below dbo.v: it belongs to dbo, and dbo.f to ann, so bob needs EXECUTE on dbo.f"}},
		{"and EXECUTE on it", scalar().on(Granted, "EXECUTE", "f", 0, "bob"), Yes, Yes, nil},
		{"and SELECT on it, which is nothing", scalar().on(Granted, "SELECT", "f", 0, "bob"), No, No, []string{"the chain of owners breaks below dbo.v: it belongs to dbo, and dbo.f to ann, so bob needs EXECUTE on dbo.f"}},
		{"a function of another's beside a table", beside(), No, NotVerified, []string{"the chain of owners breaks below dbo.v: it belongs to dbo, and dbo.f to ann, so bob needs EXECUTE on dbo.f"}},
		{"and EXECUTE on that", beside().on(Granted, "EXECUTE", "f", 0, "bob"), Yes, Yes, nil},
		{"another database", base().with(func(s *Snapshot) {
			s.Database, s.Dependencies = "North", []Dependency{{From: 1000, Database: "Pay", Schema: "dbo", Name: "rates"}}
		}), NotVerified, NotVerified,
			[]string{"dbo.v refers to Pay.dbo.rates, outside the database: what bob may do there could not be read"}},
		{"this database by its name", base().object("t", Table, "dbo").with(func(s *Snapshot) {
			s.Database, s.Dependencies = "North", []Dependency{{From: 1000, To: 2000, Database: "NORTH", Schema: "dbo", Name: "t"}}
		}), Yes, Yes, nil},
		{"another server", base().with(func(s *Snapshot) {
			s.Database, s.Dependencies = "North", []Dependency{{From: 1000, Server: "far", Database: "North", Schema: "dbo", Name: "t"}}
		}), NotVerified, NotVerified, []string{"dbo.v refers to far.North.dbo.t, outside the database: what bob may do there could not be read"}},
		{"what could not be read", base().with(func(s *Snapshot) { s.Unread = []Unread{{What: WhatDependencies}} }), Yes, Yes,
			[]string{"what dbo.v refers to could not be read, nor whether the chain of owners holds"}},
		{"what else could not be read", base().with(func(s *Snapshot) { s.Unread = []Unread{{What: "the server's logins"}} }), Yes, Yes, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := NewAccess(tt.site.Snapshot)
			d := a.Decide("bob", "v", catalog.Select)
			if d.Allowed != tt.selects {
				t.Errorf("bob %s SELECT, want %s", d.Allowed, tt.selects)
			}
			var said []string
			for _, r := range d.Because {
				if r.Kind == "chain" || r.Kind == "other_database" {
					said = append(said, r.Text)
				}
			}
			if diff := cmp.Diff(tt.because, said); diff != "" {
				t.Errorf("because (-want +got):\n%s", diff)
			}
			if d := a.Decide("bob", "v", catalog.Update); d.Allowed != tt.write {
				t.Errorf("bob %s UPDATE, want %s", d.Allowed, tt.write)
			}
			peersAgree(t, tt.site.Snapshot, &Wanted{})
			if who := slices.Contains(usersOf(Inquire(tt.site.Snapshot, &Wanted{}, Acceptance{}).Who("v", catalog.Update)), "bob"); who != (tt.write != No) {
				t.Errorf("who says %t of UPDATE", who)
			}
		})
	}
}

// TestChainBindsNoRuler: a sysadmin is asked nothing, dbo nothing in this
// database.
func TestChainBindsNoRuler(t *testing.T) {
	site := func() siteBuilder {
		return served().user("ann").object("t", Table, "ann").refers("v", "t")
	}
	far := func(s *Snapshot) {
		s.Database, s.Dependencies = "North", append(s.Dependencies, Dependency{From: 1000, Database: "Pay", Name: "rates"})
	}
	owner := func(s *Snapshot) { s.OwnerSID = sidOf("bob") }
	for _, tt := range []struct {
		name string
		site siteBuilder
		want Answer
	}{
		{"sysadmin", site().inServerRole("sysadmin", "bob"), Yes},
		{"sysadmin, another database", site().with(far).inServerRole("sysadmin", "bob"), Yes},
		{"the owner of the database", site().with(owner), Yes},
		{"the owner of the database, a view and schema of another's", schemaOwned(owned(served().user("ann"), "ann"), "ann").with(owner), Yes},
		{"the owner of the database, another database", site().with(owner).with(far), NotVerified},
	} {
		if d := NewAccess(tt.site.Snapshot).Decide("bob", "v", catalog.Select); d.Allowed != tt.want {
			t.Errorf("%s: bob %s, want %s: %v", tt.name, d.Allowed, tt.want, texts(d))
		}
	}
	if said := texts(NewAccess(site().with(far).inServerRole("sysadmin", "bob").Snapshot).Decide("bob", "v", catalog.Select)); len(said) != 1 {
		t.Errorf("a sysadmin is told of chains: %q", said)
	}
	said := texts(NewAccess(site().with(owner).with(far).Snapshot).Decide("bob", "v", catalog.Select))
	if diff := cmp.Diff([]string{"database_owner: the login bob owns the database, so it is dbo here, and no DENY binds it",
		"other_database: dbo.v refers to Pay..rates, outside the database: what bob may do there could not be read"}, said); diff != "" {
		t.Errorf("because (-want +got):\n%s", diff)
	}
}

// TestWaysAround are no permission on the view: what stands behind it, and what
// reaches it by an unbroken chain.
func TestWaysAround(t *testing.T) {
	base := func() siteBuilder {
		return newSite("v", "w", "x").user("ann", "bob").object("t", Table, "dbo").refers("v", "t")
	}
	module := func(kind ObjectType) siteBuilder { return base().object("m", kind, "dbo").refers("m", "v") }
	tests := []struct {
		name            string
		site            siteBuilder
		selects, update []string
	}{
		{"nothing", base(), nil, nil},
		{"the table", base().on(Granted, "SELECT", "t", 0, "bob"), []string{"table: dbo.t is open to SELECT, and stands behind dbo.v"}, nil},
		{"the table, for changes", base().on(Granted, "UPDATE", "t", 0, "bob"), nil, []string{"table: dbo.t is open to UPDATE, and stands behind dbo.v"}},
		{"some of its columns", base().on(Granted, "SELECT", "t", 2, "bob"), []string{"table: some columns of dbo.t are open to SELECT, and it stands behind dbo.v"}, nil},
		{"a procedure", module(Procedure).on(Granted, "EXECUTE", "m", 0, "bob"), []string{"module: dbo.m is open to EXECUTE, and reaches dbo.v (granted EXECUTE)"}, []string{"module: dbo.m is open to EXECUTE, and reaches dbo.v (granted EXECUTE)"}},
		{"a procedure that may be selected from, which is nothing", module(Procedure).on(Granted, "SELECT", "m", 0, "bob"), nil, nil},
		{"a scalar function, which changes nothing", module(ScalarFunction).on(Granted, "EXECUTE", "m", 0, "bob"), []string{"module: dbo.m is open to EXECUTE, and reaches dbo.v (granted EXECUTE)"}, nil},
		{"an inline function", module(InlineFunction).on(Granted, "SELECT", "m", 0, "bob"), []string{"module: dbo.m is open to SELECT, and reaches dbo.v (granted SELECT)"}, nil},
		{"a function that returns a table", module(TableFunction).on(Granted, "SELECT", "m", 0, "bob"), []string{"module: dbo.m is open to SELECT, and reaches dbo.v (granted SELECT)"}, nil},
		{"a function of CLR that returns a table", module(CLRTable).on(Granted, "SELECT", "m", 0, "bob"), []string{"module: dbo.m is open to SELECT, and reaches dbo.v (granted SELECT)"}, nil},
		{"such a function to execute, which is nothing", module(InlineFunction).on(Granted, "EXECUTE", "m", 0, "bob"), nil, nil},
		{"a trigger, which nobody runs", module(Trigger).on(Granted, "EXECUTE", "m", 0, "bob"), nil, nil},
		{"a trigger of CLR", module(CLRTrigger).on(Granted, "EXECUTE", "m", 0, "bob"), nil, nil},
		{"a procedure over the table", base().object("m", Procedure, "dbo").refers("m", "t").on(Granted, "EXECUTE", "m", 0, "bob"),
			[]string{"module: dbo.m is open to EXECUTE, and reaches dbo.t, which stands behind dbo.v (granted EXECUTE)"}, []string{"module: dbo.m is open to EXECUTE, and reaches dbo.t, which stands behind dbo.v (granted EXECUTE)"}},
		{"a procedure of another's, whose chain breaks", base().object("m", Procedure, "ann").refers("m", "v").on(Granted, "EXECUTE", "m", 0, "bob"), nil, nil},
		{"a procedure over another view", base().object("m", Procedure, "dbo").refers("m", "w").on(Granted, "EXECUTE", "m", 0, "bob"), nil, nil},
		{"a synonym", base().object("s", Synonym, "dbo").refers("s", "v").on(Granted, "SELECT", "s", 0, "bob"), []string{"synonym: dbo.s is open to SELECT, and reaches what stands behind dbo.v"}, nil},
		{"a view that is none of the application's", base().refers("x", "t").on(Granted, "UPDATE", "x", 0, "bob"), nil, []string{"view: dbo.x is open to UPDATE, and reaches what stands behind dbo.v"}},
		{"a view of the application over the same table", base().refers("w", "t").on(Granted, "UPDATE", "w", 0, "bob"), nil, nil},
		{"a view that reaches it over one of the application's", base().refers("w", "t").refers("x", "w").on(Granted, "SELECT", "x", 0, "bob"),
			[]string{"view: dbo.x is open to SELECT, and reaches what stands behind dbo.v"}, nil},
		{"two of them, by name", base().object("s", Synonym, "dbo").refers("s", "v").object("a", Synonym, "dbo").refers("a", "t").on(Granted, "SELECT", "s", 0, "bob").on(Granted, "SELECT", "a", 0, "bob"),
			[]string{"synonym: dbo.a is open to SELECT, and reaches what stands behind dbo.v", "synonym: dbo.s is open to SELECT, and reaches what stands behind dbo.v"}, nil},
		{"as somebody else", base().on(Granted, "SELECT", "t", 0, "ann").onAUser(Granted, "IMPERSONATE", "ann", "bob"), []string{"table: dbo.t is open to SELECT, and stands behind dbo.v, as ann by EXECUTE AS (granted IMPERSONATE)"}, nil},
		{"as somebody else's somebody else", base().user("eve").on(Granted, "SELECT", "t", 0, "eve").onAUser(Granted, "IMPERSONATE", "ann", "bob").onAUser(Granted, "IMPERSONATE", "eve", "ann"),
			[]string{"table: dbo.t is open to SELECT, and stands behind dbo.v, as ann, then as eve by EXECUTE AS (granted IMPERSONATE, then granted IMPERSONATE)"}, nil},
		{"one who cannot enter", base().on(Granted, "SELECT", "t", 0, "bob").databaseRow(Denied, "CONNECT", "bob"), nil, nil},
	}
	wanted := &Wanted{Views: []string{"v", "w"}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := NewAccessFor(tt.site.Snapshot, wanted)
			peersAgree(t, tt.site.Snapshot, wanted)
			for p, want := range map[catalog.Permissions][]string{catalog.Select: tt.selects, catalog.Update: tt.update} {
				var got []string
				for _, r := range a.Decide("bob", "v", p).Because {
					if slices.Contains([]string{"table", "module", "view", "synonym"}, r.Kind) {
						got = append(got, r.Kind+": "+r.Text)
					}
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("%s (-want +got):\n%s", p, d)
				}
				if who := slices.Contains(usersOf(Inquire(tt.site.Snapshot, wanted, Acceptance{}).Who("v", p)), "bob"); who != (len(want) > 0) {
					t.Errorf("who says %t of %s", who, p)
				}
			}
		})
	}
}

// TestActingAs is EXECUTE AS, of users and of logins (reference C.6).
func TestActingAs(t *testing.T) {
	base := func() siteBuilder { return served().user("ann").row(Granted, "SELECT", "v", "ann") }
	tests := []struct {
		name string
		site siteBuilder
		want []string
	}{
		{"nobody", base(), nil},
		{"a user", base().onAUser(Granted, "IMPERSONATE", "ann", "bob"), []string{"bob may act as ann by EXECUTE AS (granted IMPERSONATE), who may SELECT dbo.v"}},
		{"a user, denied", base().onAUser(Granted, "IMPERSONATE", "ann", "bob").onAUser(Denied, "IMPERSONATE", "ann", "public"), nil},
		{"CONTROL of a user", base().onAUser(Granted, "CONTROL", "ann", "bob"), []string{"bob may act as ann by EXECUTE AS (granted CONTROL), who may SELECT dbo.v"}},
		{"ALTER of a user, which is none", base().onAUser(Granted, "ALTER", "ann", "bob"), nil},
		{"a user who may nothing", served().user("ann").onAUser(Granted, "IMPERSONATE", "ann", "bob"), nil},
		{"a user who may act as another", base().user("eli").onAUser(Granted, "IMPERSONATE", "eli", "bob").onAUser(Granted, "IMPERSONATE", "ann", "eli"),
			[]string{"bob may act as eli, then as ann by EXECUTE AS (granted IMPERSONATE, then granted IMPERSONATE), who may SELECT dbo.v"}},
		{"each other", base().onAUser(Granted, "IMPERSONATE", "ann", "bob").onAUser(Granted, "IMPERSONATE", "bob", "ann"), []string{"bob may act as ann by EXECUTE AS (granted IMPERSONATE), who may SELECT dbo.v"}},
		{"dbo", base().onAUser(Granted, "IMPERSONATE", "dbo", "bob"), []string{"bob may act as dbo by EXECUTE AS (granted IMPERSONATE), who may SELECT dbo.v"}},
		{"everybody, by CONTROL of the database, but for dbo", base().databaseRow(Granted, "CONTROL", "bob").row(Denied, "SELECT", "v", "bob").onAUser(Denied, "IMPERSONATE", "dbo", "bob"),
			[]string{"bob may act as ann by EXECUTE AS (granted CONTROL on the database), who may SELECT dbo.v"}},
		{"a user without login", base().account(Principal{Name: "app", Type: SQLUser, SID: "AB"}).row(Granted, "SELECT", "v", "app").onAUser(Granted, "IMPERSONATE", "app", "bob"),
			[]string{"bob may act as app by EXECUTE AS (granted IMPERSONATE), who may SELECT dbo.v"}},
		{"an orphan, as whom nobody acts", base().account(Principal{Name: "old", Type: SQLUser, AuthType: 1, SID: "AB"}).row(Granted, "SELECT", "v", "old").onAUser(Granted, "IMPERSONATE", "old", "bob"), nil},
		{"one whose login is not shown", base().account(Principal{Name: "old", Type: SQLUser, AuthType: 1, SID: "AB"}).row(Granted, "SELECT", "v", "old").onAUser(Granted, "IMPERSONATE", "old", "bob").with(func(s *Snapshot) { s.LoginsVisible = false }),
			[]string{"bob may act as old by EXECUTE AS (granted IMPERSONATE), who may SELECT dbo.v"}},
		{"a Windows group, as which nobody acts", base().account(Principal{Name: `EX\g`, Type: WindowsGroup, AuthType: 3, SID: "AB"}).row(Granted, "SELECT", "v", `EX\g`).onAUser(Granted, "IMPERSONATE", `EX\g`, "bob"), nil},
		{"a login", base().with(func(s *Snapshot) {
			s.Logins = append(slices.DeleteFunc(s.Logins, func(l Login) bool { return l.Name == "ann" }), Login{ID: 9, Name: "ann", SID: sidOf("ann"), Type: SQLUser})
		}).onTheServer(Granted, "CONNECT SQL", "ann").onALogin(Granted, "IMPERSONATE", "ann", "bob"), []string{"bob may act as ann by EXECUTE AS (granted IMPERSONATE), who may SELECT dbo.v"}},
		{"a login that rules the server", base().onALogin(Granted, "IMPERSONATE", "sa", "bob"), []string{"bob may act as sa by EXECUTE AS (granted IMPERSONATE), who may SELECT dbo.v"}},
		{"a login that is disabled, which is no matter", base().onALogin(Granted, "IMPERSONATE", "sa", "bob").with(func(s *Snapshot) { s.Logins[0].Disabled = true }), []string{"bob may act as sa by EXECUTE AS (granted IMPERSONATE), who may SELECT dbo.v"}},
		{"a login that does not enter and may become one that does", base().onALogin(Granted, "IMPERSONATE", "eve", "bob").onALogin(Granted, "IMPERSONATE", "sa", "eve"),
			[]string{"bob may act as eve, then as sa by EXECUTE AS (granted IMPERSONATE, then granted IMPERSONATE), who may SELECT dbo.v"}},
		{"a login that does not enter", base().onALogin(Granted, "IMPERSONATE", "eve", "bob"), nil},
		{"a login, denied", base().onALogin(Granted, "IMPERSONATE", "sa", "bob").onALogin(Denied, "IMPERSONATE", "sa", "public"), nil},
		{"CONTROL of a login", base().onALogin(Granted, "CONTROL", "sa", "bob"), []string{"bob may act as sa by EXECUTE AS (granted CONTROL), who may SELECT dbo.v"}},
		{"any login", base().onTheServer(Granted, "IMPERSONATE ANY LOGIN", "bob"), []string{"bob may act as sa by EXECUTE AS (granted IMPERSONATE ANY LOGIN on the server), who may SELECT dbo.v", "bob may act as ann by EXECUTE AS (granted IMPERSONATE ANY LOGIN on the server), who may SELECT dbo.v"}},
		{"a sysadmin needs nobody", base().inServerRole("sysadmin", "bob").onAUser(Granted, "IMPERSONATE", "ann", "bob"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			a := NewAccess(tt.site.Snapshot)
			d := a.Decide("bob", "v", catalog.Select)
			for _, r := range d.Because {
				if r.Kind == "impersonate" {
					got = append(got, r.Text)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			who := Inquire(tt.site.Snapshot, &Wanted{}, Acceptance{}).Who("v", catalog.Select)
			listed := slices.ContainsFunc(who, func(x Decision) bool { return x.User == "bob" && x.Allowed == Yes })
			if len(tt.want) > 0 && d.Allowed != Yes || listed != (d.Allowed == Yes) {
				t.Errorf("bob %s, who says %v", d.Allowed, who)
			}
		})
	}
}

// TestServerPermissionsReachViews is reference B.8's last column, with the
// sentence that says so.
func TestServerPermissionsReachViews(t *testing.T) {
	const all = "SELECT ALL USER SECURABLES"
	base := func() siteBuilder { return served().row(Granted, "UPDATE", "v", "bob") }
	tests := []struct {
		name            string
		site            siteBuilder
		selects, update Answer
		because         []string // of SELECT
	}{
		{"nothing", base(), No, Yes, []string{"nothing: nothing gives bob SELECT on dbo.v"}},
		{"every user's data", base().onTheServer(Granted, all, "bob"), Yes, Yes, []string{"server_permission: the login bob is granted SELECT ALL USER SECURABLES on the server"}},
		{"by a role", base().inServerRole("ops", "bob").with(func(s *Snapshot) { s.ServerMembers = s.ServerMembers[1:] }).onTheServer(Granted, all, "ops"), Yes, Yes,
			[]string{"server_permission: the server role ops, which the login bob is in, is granted SELECT ALL USER SECURABLES on the server"}},
		{"denied", base().row(Granted, "SELECT", "v", "bob").onTheServer(Denied, all, "bob"), No, Yes,
			[]string{"server_permission: the login bob is denied SELECT ALL USER SECURABLES on the server", "grant: the user bob is granted SELECT on dbo.v"}},
		{"the whole server", base().onTheServer(Granted, "CONTROL SERVER", "bob"), Yes, Yes, []string{"server_permission: the login bob is granted CONTROL SERVER on the server",
			"impersonate: bob may act as sa by EXECUTE AS (granted CONTROL SERVER on the server), who may SELECT dbo.v", "impersonate: bob may act as dbo by EXECUTE AS (granted CONTROL SERVER on the server), who may SELECT dbo.v"}},
		{"the whole server, denied", base().onTheServer(Granted, all, "bob").onTheServer(Denied, "CONTROL SERVER", "public"), No, No, nil},
		{"to another login", base().onTheServer(Granted, all, "eve"), No, Yes, []string{"nothing: nothing gives bob SELECT on dbo.v"}},
		{"of another kind", base().onTheServer(Granted, "VIEW SERVER STATE", "bob"), No, Yes, []string{"nothing: nothing gives bob SELECT on dbo.v"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := NewAccess(tt.site.Snapshot)
			d := a.Decide("bob", "v", catalog.Select)
			if update := a.Decide("bob", "v", catalog.Update); d.Allowed != tt.selects || update.Allowed != tt.update {
				t.Errorf("bob %s SELECT and %s UPDATE", d.Allowed, update.Allowed)
			}
			if diff := cmp.Diff(tt.because, texts(d)); diff != "" && tt.because != nil {
				t.Errorf("because (-want +got):\n%s", diff)
			}
		})
	}
}

// TestKindsOfObjects is what is run, what is read, and by which permission
// (reference H.2; GRANT Object Permissions: a scalar function is executed, one that
// returns rows has SELECT, and an inline one is changed through as a view is; Create
// User-defined Functions: they change nothing).
func TestKindsOfObjects(t *testing.T) {
	type how struct {
		Module, Executed         bool
		Reads, Changes, RunnerOf string
	}
	executed, read := how{true, true, "EXECUTE", "EXECUTE", "EXECUTE"}, how{true, false, "SELECT", "", "SELECT"}
	function := how{true, true, "EXECUTE", "", "EXECUTE"}
	none := how{false, false, "EXECUTE", "EXECUTE", "EXECUTE"}
	trigger := none
	trigger.Module = true
	want := map[ObjectType]how{Table: none, Synonym: none, aView: none, Procedure: executed, ScalarFunction: function,
		CLRProcedure: executed, CLRFunction: function, ExtendedModule: executed, TableFunction: read, CLRTable: read,
		InlineFunction: {true, false, "SELECT", "UPDATE", "SELECT INSERT UPDATE DELETE"}, Trigger: trigger, CLRTrigger: trigger}
	for kind, want := range want {
		got := how{Module: kind.IsModule(), Executed: kind.isScalar(), RunnerOf: strings.Join(kind.runs(), " ")}
		for p, to := range map[catalog.Permissions]*string{catalog.Select: &got.Reads, catalog.Update: &got.Changes} {
			if name, ok := kind.by(p); ok {
				*to = name
			}
		}
		if got != want {
			t.Errorf("%s: %+v, want %+v", kind, got, want)
		}
	}
}
