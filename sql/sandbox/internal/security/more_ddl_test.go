package security

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestServerRoles is A.7 and the server side of D.4 and C.7.
func TestServerRoles(t *testing.T) {
	with := func(steps ...func(s *Server, ctx *Context) error) func(*world, *Context) error {
		return func(w *world, ctx *Context) error {
			for _, step := range steps[:len(steps)-1] {
				w.must(step(w.s, w.as("sa")))
			}
			return steps[len(steps)-1](w.s, ctx)
		}
	}
	create := func(s *Server, ctx *Context) error { return s.Roles(ctx, true).Create("ops", "") }
	add := func(role, member string) func(*Server, *Context) error {
		return func(s *Server, ctx *Context) error { return s.Roles(ctx, true).Add(role, member) }
	}
	remove := func(role, member string) func(*Server, *Context) error {
		return func(s *Server, ctx *Context) error { return s.Roles(ctx, true).Remove(role, member) }
	}
	rename := func(from, to string) func(*Server, *Context) error {
		return func(s *Server, ctx *Context) error { return s.Roles(ctx, true).Rename(from, to) }
	}
	drop := func(name string) func(*Server, *Context) error {
		return func(s *Server, ctx *Context) error { return s.Roles(ctx, true).Drop(name, false) }
	}
	cases := []struct {
		name, login string
		run         func(*world, *Context) error
		want        string
	}{
		{"D.4 create", "sa", with(create), ""},
		{"C.7 create without permission", "alice", with(create), noPermission},
		{"D.4 name taken", "sa", with(create, create), "15025 16 1 The server principal 'ops' already exists."},
		{"D.4 add and drop a member", "sa", with(create, add("ops", "bob"), remove("ops", "bob")), ""},
		{"D.4 add to a missing role", "sa", with(add("ops", "bob")), missing("1", "alter", "server role", "ops")},
		{"D.4 add a missing member", "sa", with(create, add("ops", "nobody")), missing("1", "add", "principal", "nobody")},
		{"D.4 drop a missing member", "sa", with(create, remove("ops", "nobody")), missing("1", "drop", "principal", "nobody")},
		{"C.7 add without permission", "alice", with(create, add("ops", "alice")), missing("1", "alter", "server role", "ops")},
		{"A.7 a member of a fixed role may add to it", "alice", with(add("dbcreator", "alice"), add("dbcreator", "bob")), ""},
		{"A.7 not to sysadmin", "alice", with(add("securityadmin", "alice"), add("sysadmin", "alice")), missing("1", "alter", "server role", "sysadmin")},
		{"D.4 sa", "sa", with(add("dbcreator", "sa")), "15405 16 1 Cannot use the special principal 'sa'."},
		{"D.4 public", "sa", with(add("public", "bob")), "15081 16 1 Membership of the public role cannot be changed."},
		{"D.4 itself", "sa", with(create, add("ops", "ops")), "15413 11 1 Cannot make a role a member of itself."},
		{"D.4 rename", "sa", with(create, rename("ops", "operators")), ""},
		{"D.4 rename onto a login", "sa", with(create, rename("ops", "bob")), "15025 16 1 The server principal 'bob' already exists."},
		{"D.4 rename a fixed role", "sa", with(rename("sysadmin", "x")), "15150 16 1 Cannot alter the server role 'sysadmin'."},
		{"D.4 drop", "sa", with(create, drop("ops")), ""},
		{"D.4 drop a fixed role", "sa", with(drop("sysadmin")), "15150 16 1 Cannot drop the server role 'sysadmin'."},
		{"D.4 drop with members", "sa", with(create, add("ops", "bob"), drop("ops")), "15144 16 1 The role has members. It must be empty before it can be dropped."},
		{"D.4 drop a missing role", "sa", with(drop("ops")), missing("1", "drop", "server role", "ops")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if got := describe(c.run(w, w.as(c.login))); got != c.want {
				t.Errorf("answer = %q\n     want %q", got, c.want)
			}
		})
	}
}

// TestRemapRefusals is A.9: 33016 and 33017.
func TestRemapRefusals(t *testing.T) {
	w := newWorld(t)
	w.must(w.s.CreateLogin(w.master("sa"), LoginSpec{Name: `DOM\win`, Kind: KindWindows, SID: []byte{7}}))
	w.must(w.s.CreateUser(w.as("sa"), UserSpec{Name: "nobody", WithoutLogin: true}))
	w.login("erin", 50)
	cases := []struct{ name, user, login, want string }{
		{"A.9 user without login", "nobody", "erin", "33016 16 1 The user cannot be remapped to a login. Remapping can only be done for users that were mapped to Windows or SQL logins."},
		{"A.9 SQL user to Windows login", "bob", `DOM\win`, "33017 16 1 Cannot remap a user of one type to a login of a different type. For example, a SQL user must be mapped to a SQL login; it cannot be remapped to a Windows login."},
		{"A.9 missing login", "bob", "nope", "15007 16 1 'nope' is not a valid login or you do not have permission."},
		{"A.9 free login", "bob", "erin", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := describe(w.s.AlterUser(w.as("sa"), c.user, UserChange{Login: &c.login})); got != c.want {
				t.Errorf("answer = %q\n     want %q", got, c.want)
			}
		})
	}
	if got := w.as("erin").User; got != w.app().PrincipalNamed("bob").ID {
		t.Errorf("erin enters as %d after the remap", got)
	}
}

func TestGuestIsDisabledNotDropped(t *testing.T) {
	w := newWorld(t)
	w.do("sa", "GRANT CONNECT TO guest")
	w.must(w.s.DropUser(w.as("sa"), "guest", false))
	if w.app().guestEnabled() || w.app().PrincipalNamed("guest") == nil {
		t.Error("D.3 DROP USER guest: guest is enabled or gone")
	}
	if got, want := describe(w.s.DropUser(w.master("sa"), "guest", false)), "15182 16 1 Cannot disable access to the guest user in master or tempdb."; got != want {
		t.Errorf("D.3 in master: %q, want %q", got, want)
	}
}

// TestAlterKeepsPermissions is H.2: ALTER keeps the id and the permissions,
// but for those on columns that are gone; DROP and CREATE do not.
func TestAlterKeepsPermissions(t *testing.T) {
	w := newWorld(t)
	w.do("sa", "GRANT SELECT(a,b) ON dbo.v TO bob", "GRANT INSERT ON dbo.v TO bob")
	old := w.object("dbo", "v")
	changed, err := w.s.AlterObject(w.as("sa"), ObjectSpec{Kind: KindView, Schema: "dbo", Name: "V", Columns: []Column{{ID: 1, Name: "a", Type: "int"}, {Name: "d", Type: "int"}}})
	w.must(err)
	if changed.ID != old.ID || changed.Name != "v" || changed.Column(Collation{}, "d").ID != 2 {
		t.Errorf("changed = %+v", changed)
	}
	w.must(w.s.DropObject(w.as("sa"), KindTable, "s", "t", false))
	want := []string{"bob G IN on dbo.v by dbo", "bob G SL(a) on dbo.v by dbo", "bob G SL(d) on dbo.v by dbo"}
	if diff := cmp.Diff(want, w.rows()); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	_, err = w.s.AlterObject(w.as("sa"), ObjectSpec{Kind: KindView, Schema: "dbo", Name: "v", Columns: []Column{{ID: 1, Name: "a", Type: "int"}}})
	w.must(err)
	if diff := cmp.Diff(want[:2], w.rows()); diff != "" {
		t.Errorf("rows after a column went (-want +got):\n%s", diff)
	}
	w.must(w.s.DropObject(w.as("sa"), KindView, "dbo", "v", false))
	if again := w.view("dbo", "v", "t"); again.ID == old.ID || w.rows() != nil {
		t.Errorf("made again it has id %d (was %d) and rows %v", again.ID, old.ID, w.rows())
	}
}

func TestTransferDropsPermissions(t *testing.T) {
	w := newWorld(t)
	w.do("sa", "GRANT SELECT ON dbo.v TO bob")
	if got, want := describe(w.s.TransferObject(w.as("alice"), "s", "dbo", "v")), missing("1", "alter", "schema", "s"); got != want {
		t.Errorf("refusal = %q, want %q", got, want)
	}
	w.must(w.s.TransferObject(w.as("sa"), "s", "dbo", "v"))
	if w.object("s", "v") == nil || w.rows() != nil {
		t.Errorf("rows after the transfer: %v", w.rows())
	}
	if got, want := describe(w.s.TransferObject(w.as("sa"), "s", "dbo", "t")), `15530 16 1 The object with name "t" already exists.`; got != want {
		t.Errorf("name taken: %q, want %q", got, want)
	}
}

func TestSchemaBinding(t *testing.T) {
	w := newWorld(t)
	_, err := w.s.CreateObject(w.as("sa"), ObjectSpec{Kind: KindView, Schema: "dbo", Name: "bound", SchemaBound: true, Depends: []Dependency{{Schema: "dbo", Name: "t", ID: w.object("dbo", "t").ID}}})
	w.must(err)
	if got, want := describe(w.s.DropObject(w.as("sa"), KindTable, "dbo", "t", false)), "3729 16 1 Cannot DROP TABLE 'dbo.t' because it is being referenced by object 'bound'."; got != want {
		t.Errorf("answer = %q, want %q", got, want)
	}
}

func TestDropDatabase(t *testing.T) {
	w := newWorld(t)
	w.must(w.s.DropDatabase(w.master("sa"), "APP", false, false))
	if w.app() != nil || w.s.DropDatabase(w.master("sa"), "app", true, false) != nil {
		t.Error("D.6 the database is still there, or IF EXISTS failed")
	}
	if got, want := describe(w.s.DropDatabase(w.master("sa"), "master", false, false)), "3708 16 1 Cannot drop the database 'master' because it is a system database."; got != want {
		t.Errorf("answer = %q, want %q", got, want)
	}
}

func TestRecollate(t *testing.T) {
	w := newWorld(t)
	w.must(w.s.ChangeProperty(w.as("sa"), PropertyAdd, "Mark", "1", PropertyTarget{}))
	w.must(w.s.AlterDatabase(w.as("sa"), "app", DatabaseChange{Collation: ptr("Latin1_General_100_CS_AS"), Name: ptr("App2")}))
	d := w.s.DatabaseNamed("app2")
	if d.PrincipalNamed("BOB") != nil || d.PrincipalNamed("bob") == nil || d.Collation().Name() != "Latin1_General_100_CS_AS" {
		t.Error("A.8 names do not follow the new collation")
	}
	w.must(w.s.ChangeProperty(w.in("sa", "app2"), PropertyDrop, "Mark", nil, PropertyTarget{}))
}

func TestUpdateProperty(t *testing.T) {
	w := newWorld(t)
	column := PropertyTarget{"SCHEMA", "dbo", "VIEW", "v", "COLUMN", "b"}
	w.must(w.s.ChangeProperty(w.as("sa"), PropertyAdd, "mark", "1", column))
	w.must(w.s.ChangeProperty(w.as("sa"), PropertyUpdate, "MARK", "2", column))
	want := []*Property{{Class: ClassObject, Major: w.object("dbo", "v").ID, Minor: 2, Name: "mark", Value: "2"}}
	if diff := cmp.Diff(want, w.app().Properties()); diff != "" {
		t.Errorf("D.5 (-want +got):\n%s", diff)
	}
	got := describe(w.s.ChangeProperty(w.as("sa"), PropertyUpdate, "other", "2", column))
	if want := "15217 16 1 Property cannot be updated or deleted. Property 'other' does not exist for 'dbo.v.b'."; got != want {
		t.Errorf("answer = %q, want %q", got, want)
	}
}

// TestIdentity is the last row of C.5.
func TestIdentity(t *testing.T) {
	w := newWorld(t)
	bob, err := w.s.ExecuteAsUser(w.as("sa"), "bob")
	w.must(err)
	c := w.s.Checker(bob)
	if got := *c.UserName(nil); got != "bob" {
		t.Errorf("USER_NAME() = %q", got)
	}
	if got := *c.SuserName(nil); got != "bob" {
		t.Errorf("SUSER_SNAME() = %q", got)
	}
	if got := *c.SuserName([]byte{1}); got != "sa" {
		t.Errorf("SUSER_SNAME(0x01) = %q", got)
	}
	if got := c.SuserSID(ptr("sa")); len(got) != 1 || got[0] != 1 {
		t.Errorf("SUSER_SID('sa') = %x", got)
	}
	if got := c.UserName(ptr(99)); got != nil {
		t.Errorf("USER_NAME(99) = %q", *got)
	}
	if bob.Original != "sa" {
		t.Errorf("ORIGINAL_LOGIN() = %q", bob.Original)
	}
	w.must(w.s.CreateUser(w.as("sa"), UserSpec{Name: "lone", WithoutLogin: true}))
	lone, err := w.s.ExecuteAsUser(w.as("sa"), "lone")
	w.must(err)
	if got, want := *w.s.Checker(lone).SuserName(nil), "S-1-9-3-0-0-5-9"; got != want {
		t.Errorf("A.8 SUSER_SNAME() of a user without login = %q, want %q", got, want)
	}
	if o, schema := w.s.Checker(w.as("sa")).Object(w.object("s", "t").ID, 0); o.Name != "t" || schema.Name != "s" {
		t.Errorf("OBJECT_NAME = %v, %v", o, schema)
	}
	if o, _ := c.Object(w.object("s", "t").ID, 0); o != nil {
		t.Error("C.4 OBJECT_NAME of an invisible object")
	}
}

// TestRestrictedView is C.4: sql_expression_dependencies is for db_owner, what goes on for who may see it.
func TestRestrictedView(t *testing.T) {
	w := newWorld(t)
	for _, v := range CatalogViews() {
		for _, login := range []string{"sa", "bob"} {
			err := w.s.Checker(w.as(login)).Readable(v, w.app().ID)
			if refused := (v.scope == scopeClosed || stateScopes[v.scope] != "") && login == "bob"; (err != nil) != refused {
				t.Errorf("%s reads %s: %s", login, v.Name, describe(err))
			}
		}
	}
}

// TestPrivateModules is C.4: the text shows only to those who may view it.
func TestPrivateModules(t *testing.T) {
	w := newWorld(t)
	text := func() any {
		rows := rowsOf(seen(KindView, KindProcedure), moduleRow)(w.s.Checker(w.as("bob")), w.app().ID)
		if len(rows) != 1 {
			t.Fatalf("bob sees %d modules", len(rows))
		}
		return rows[0][1]
	}
	w.do("sa", "GRANT SELECT ON dbo.v TO bob")
	if got := text(); got != nil {
		t.Errorf("with SELECT only: %v", got)
	}
	w.do("sa", "GRANT ALTER ON dbo.v TO bob")
	if got := text(); got != "CREATE VIEW …" {
		t.Errorf("with ALTER: %v", got)
	}
}

func TestGrantOnDatabase(t *testing.T) {
	w := newWorld(t)
	cases := []struct{ name, statement, want string }{
		{"B.4 the current database by name", "GRANT SELECT ON DATABASE::APP TO bob", ""},
		{"B.4 another database", "GRANT SELECT ON DATABASE::other TO bob", "4610 16 1 You can only grant or revoke permissions on objects in the current database."},
		{"B.4 a missing database", "GRANT SELECT ON DATABASE::nope TO bob", missing("1", "find", "database", "nope")},
		{"B.4 ALL on the database", "GRANT ALL TO bob", ""},
		{"B.4 ALL on a schema", "GRANT ALL ON SCHEMA::s TO bob", "102 15 1 Incorrect syntax near 'ALL'."},
		{"B.4 a class without securables", "GRANT CONTROL ON CERTIFICATE::s TO bob", "15151 16 1 Cannot find the certificate 's', because it does not exist or you do not have permission."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.run(w.as("sa"), c.statement)
			if got := describe(err); got != c.want {
				t.Errorf("answer = %q\n     want %q", got, c.want)
			}
		})
	}
}

// TestIDsOfFixedRoles: 16384 to 16399 go to no user, role or schema, however
// many a database has (A.5).
func TestIDsOfFixedRoles(t *testing.T) {
	w := newWorld(t)
	sa, last, fixed := w.as("sa"), w.app().nextPrincipal-1, 0
	for i := 0; last < 16420; i++ {
		name, role := fmt.Sprintf("p%d", i), i%5 == 0
		if role {
			w.must(w.s.Roles(sa, false).Create(name, ""))
		} else {
			w.must(w.s.CreateUser(sa, UserSpec{Name: name, WithoutLogin: true}))
		}
		p := w.app().PrincipalNamed(name)
		if want := idAfter(last); p.ID != want || p.ID >= 16384 && p.ID < 16400 || p.IsRole() != role || w.app().bySID(p.SID) == p != !role {
			t.Fatalf("%s has id %d after %d, %+v", name, p.ID, last, p)
		}
		last = p.ID
	}
	for _, p := range w.app().Principals() {
		if p.Fixed {
			fixed++
		}
		if between := p.ID >= 16384 && p.ID < 16400; between != p.Fixed || isFixedRole(p.ID) != p.Fixed {
			t.Errorf("%s has id %d, fixed %v", p.Name, p.ID, p.Fixed)
		}
	}
	if fixed != 9 {
		t.Errorf("%d fixed roles, want 9", fixed)
	}
	w.do("sa", "MEMBER p0 p1", "GRANT SELECT ON dbo.t TO p0", "MEMBER db_owner p16000")
	if _, err := w.run(sa, "GRANT SELECT ON dbo.t TO p16000"); err != nil {
		t.Errorf("GRANT to a user with id %d: %s", w.app().PrincipalNamed("p16000").ID, describe(err))
	}
	w.must(w.s.change(w.app(), func(d *Database) { d.nextSchema = RoleOwner - 1 }))
	for i, want := range []int{16383, 16400} {
		name := string(rune('x' + i))
		w.must(w.s.CreateSchema(sa, name, ""))
		if s := w.app().SchemaNamed(name); s.ID != want {
			t.Errorf("schema %d has id %d, want %d", i+1, s.ID, want)
		}
	}
}
