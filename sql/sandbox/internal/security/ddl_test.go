package security

import (
	"testing"
)

func ptr[T any](v T) *T { return &v }

// refused is a statement and what the engine answers; empty means success.
type refused struct {
	name  string
	setup []string // a script in app
	login string   // empty: sa
	run   func(w *world, ctx *Context) error
	want  string
}

// check runs the cases, each in a new world and in database app, and checks
// that a refused statement changes nothing.
func check(t *testing.T, cases []refused) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.must(w.script(c.setup))
			login := c.login
			if login == "" {
				login = "sa"
			}
			ctx := w.as(login)
			before := dump(w.s)
			err := c.run(w, ctx)
			if got := describe(err); got != c.want {
				t.Errorf("answer = %q\n     want %q", got, c.want)
			}
			if err != nil && dump(w.s) != before {
				t.Error("the refused statement changed something")
			}
		})
	}
}

func missing(state, verb, kind, name string) string {
	return "15151 16 " + state + " Cannot " + verb + " the " + kind + " '" + name + "', because it does not exist or you do not have permission."
}

const noPermission = "15247 16 1 User does not have permission to perform this action."

// TestUsers is section D.3.
func TestUsers(t *testing.T) {
	create := func(spec UserSpec) func(*world, *Context) error {
		return func(w *world, ctx *Context) error { return w.s.CreateUser(ctx, spec) }
	}
	drop := func(name string) func(*world, *Context) error {
		return func(w *world, ctx *Context) error { return w.s.DropUser(ctx, name, false) }
	}
	check(t, []refused{
		{"D.3 without login", nil, "", create(UserSpec{Name: "erin", WithoutLogin: true}), ""},
		{"D.3 no login of that name", nil, "", create(UserSpec{Name: "erin"}), "15007 16 1 'erin' is not a valid login or you do not have permission."},
		{"D.3 name taken", nil, "", create(UserSpec{Name: "BOB", WithoutLogin: true}), "15023 16 1 User, group, or role 'BOB' already exists in the current database."},
		{"D.3 name taken by a role", []string{"ROLE r"}, "", create(UserSpec{Name: "r", WithoutLogin: true}), "15023 16 1 User, group, or role 'r' already exists in the current database."},
		{"D.3 login has a user", nil, "", create(UserSpec{Name: "bob2", Login: "bob"}), "15063 16 1 The login already has an account under a different user name."},
		{"D.3 guest for a login", nil, "", create(UserSpec{Name: "guest", Login: "bob"}), "15062 16 1 The guest user cannot be mapped to a login name."},
		{"D.3 with a password", nil, "", create(UserSpec{Name: "erin", Password: &NewPassword{Text: "Kj3-lkj2-Lkj9"}}), "33233 16 1 You can only create a user with a password in a contained database."},
		{"C.7 without ALTER ANY USER", nil, "alice", create(UserSpec{Name: "erin", WithoutLogin: true}), noPermission},
		{"D.3 db_accessadmin may", []string{"MEMBER db_accessadmin alice"}, "alice", create(UserSpec{Name: "erin", WithoutLogin: true}), ""},
		{"D.3 drop", nil, "", drop("bob"), ""},
		{"D.3 drop a missing one", nil, "", drop("nobody"), missing("1", "drop", "user", "nobody")},
		{"D.3 drop if exists", nil, "", func(w *world, ctx *Context) error { return w.s.DropUser(ctx, "nobody", true) }, ""},
		{"D.4 drop user on a role reads as missing", []string{"ROLE r"}, "", drop("r"), missing("1", "drop", "user", "r")},
		{"C.7 drop without permission", nil, "alice", drop("bob"), missing("1", "drop", "user", "bob")},
		{"D.3 drop dbo", nil, "", drop("dbo"), "15150 16 1 Cannot drop the user 'dbo'."},
		{"D.3 drop guest, disabled", nil, "", drop("guest"), "15539 16 1 User 'guest' cannot be dropped, it can only be disabled. The user is already disabled in the current database."},
		{"D.3 drop the owner of a schema", []string{"OWNER SCHEMA s bob"}, "", drop("bob"), "15138 16 1 The database principal owns a schema in the database, and cannot be dropped."},
		{"D.3 drop the owner of an object", []string{"OWNER OBJECT dbo.v bob"}, "", drop("bob"), "15183 16 1 The database principal owns objects in the database and cannot be dropped."},
		{"D.3 drop the owner of a role", []string{"ROLE r bob"}, "", drop("bob"), "15421 16 1 The database principal owns a database role and cannot be dropped."},
		{"D.3 drop a grantor", []string{"GRANT SELECT ON dbo.v TO bob WITH GRANT OPTION", "bob: GRANT SELECT ON dbo.v TO carol"}, "", drop("bob"),
			"15284 16 1 The database principal has granted or denied permissions to objects in the database and cannot be dropped."},
		{"D.3 alter a missing one", nil, "", func(w *world, ctx *Context) error { return w.s.AlterUser(ctx, "nobody", UserChange{}) }, missing("1", "alter", "user", "nobody")},
		{"C.7 alter without permission", nil, "alice", func(w *world, ctx *Context) error { return w.s.AlterUser(ctx, "bob", UserChange{Name: ptr("b")}) }, missing("1", "alter", "user", "bob")},
		{"D.3 LOGIN = needs CONTROL on the database", []string{"GRANT ALTER ANY USER TO alice"}, "alice",
			func(w *world, ctx *Context) error { return w.s.AlterUser(ctx, "bob", UserChange{Login: ptr("bob")}) }, missing("1", "alter", "user", "bob")},
		{"D.3 rename", nil, "", func(w *world, ctx *Context) error { return w.s.AlterUser(ctx, "bob", UserChange{Name: ptr("Bob")}) }, ""},
		{"D.3 rename onto another", nil, "", func(w *world, ctx *Context) error { return w.s.AlterUser(ctx, "bob", UserChange{Name: ptr("carol")}) },
			"15023 16 1 User, group, or role 'carol' already exists in the current database."},
		{"A.9 remap to a mapped login", nil, "", func(w *world, ctx *Context) error { return w.s.AlterUser(ctx, "bob", UserChange{Login: ptr("carol")}) },
			"33018 16 1 Cannot remap user to login 'carol', because the login is already mapped to a user in the database."},
	})
}

// TestRemap is A.9: an orphan is linked again by its login's SID.
func TestRemap(t *testing.T) {
	w := newWorld(t)
	w.must(w.s.DropLogin(w.master("sa"), "bob", false))
	if p := w.app().PrincipalNamed("bob"); p == nil {
		t.Fatal("D.2 DROP LOGIN took the user with it")
	}
	if _, err := w.s.ExecuteAsUser(w.as("sa"), "bob"); len(numbers(err)) != 1 || numbers(err)[0] != 15517 {
		t.Errorf("A.9 EXECUTE AS USER on an orphan: %s", describe(err))
	}
	w.login("bob", 99)
	if _, err := w.s.Enter(w.s.Session(w.s.LoginNamed("bob").ID, clock), "app"); len(numbers(err)) != 1 || numbers(err)[0] != 916 {
		t.Errorf("A.8 the link is SID equality, but entering gave %s", describe(err))
	}
	w.must(w.s.AlterUser(w.as("sa"), "bob", UserChange{Login: ptr("bob")}))
	if got := w.as("bob").User; got != w.app().PrincipalNamed("bob").ID {
		t.Errorf("after the remap bob enters as %d", got)
	}
}

// TestRoles is section D.4.
func TestRoles(t *testing.T) {
	create := func(name, owner string) func(*world, *Context) error {
		return func(w *world, ctx *Context) error { return w.s.Roles(ctx, false).Create(name, owner) }
	}
	add := func(role, member string) func(*world, *Context) error {
		return func(w *world, ctx *Context) error { return w.s.Roles(ctx, false).Add(role, member) }
	}
	remove := func(role, member string) func(*world, *Context) error {
		return func(w *world, ctx *Context) error { return w.s.Roles(ctx, false).Remove(role, member) }
	}
	drop := func(name string) func(*world, *Context) error {
		return func(w *world, ctx *Context) error { return w.s.Roles(ctx, false).Drop(name, false) }
	}
	rename := func(name, to string) func(*world, *Context) error {
		return func(w *world, ctx *Context) error { return w.s.Roles(ctx, false).Rename(name, to) }
	}
	check(t, []refused{
		{"D.4 create", nil, "", create("r", ""), ""},
		{"D.4 name taken", []string{"ROLE r"}, "", create("R", ""), "15023 16 1 User, group, or role 'R' already exists in the current database."},
		{"C.7 create without permission", nil, "alice", create("r", ""), noPermission},
		{"D.4 db_securityadmin may", []string{"MEMBER db_securityadmin alice"}, "alice", create("r", ""), ""},
		{"D.4 AUTHORIZATION without IMPERSONATE", []string{"GRANT CREATE ROLE TO alice"}, "alice", create("r", "bob"), missing("1", "find", "user", "bob")},
		{"D.4 AUTHORIZATION with IMPERSONATE", []string{"GRANT CREATE ROLE TO alice", "GRANT IMPERSONATE ON USER::bob TO alice"}, "alice", create("r", "bob"), ""},
		{"D.4 add", []string{"ROLE r"}, "", add("r", "bob"), ""},
		{"D.4 add an existing member", []string{"ROLE r", "MEMBER r bob"}, "", add("r", "bob"), ""},
		{"D.4 add to a missing role", nil, "", add("r", "bob"), missing("2", "alter", "role", "r")},
		{"D.4 add a missing member", []string{"ROLE r"}, "", add("r", "nobody"), missing("1", "add", "principal", "nobody")},
		{"D.4 add dbo", []string{"ROLE r"}, "", add("r", "dbo"), "15405 16 1 Cannot use the special principal 'dbo'."},
		{"D.4 add a role to itself", []string{"ROLE r"}, "", add("r", "r"), "15413 11 1 Cannot make a role a member of itself."},
		{"D.4 circular nesting", []string{"ROLE r", "ROLE q", "MEMBER r q"}, "", add("q", "r"), "15413 11 1 Cannot make a role a member of itself."},
		{"D.4 add to public", nil, "", add("public", "bob"), "15081 16 1 Membership of the public role cannot be changed."},
		{"D.4 a fixed role as member", []string{"ROLE r"}, "", add("r", "db_owner"), "15405 16 1 Cannot use the special principal 'db_owner'."},
		{"C.7 add without permission", []string{"ROLE r"}, "alice", add("r", "alice"), missing("2", "alter", "role", "r")},
		{"D.4 the owner of the role may", []string{"ROLE r alice"}, "alice", add("r", "bob"), ""},
		{"D.4 a member of the owning role may", []string{"ROLE o", "MEMBER o alice", "ROLE r o"}, "alice", add("r", "bob"), ""},
		{"D.4 fixed role needs db_owner", []string{"MEMBER db_securityadmin alice"}, "alice", add("db_datareader", "bob"), missing("2", "alter", "role", "db_datareader")},
		{"D.4 fixed role by db_owner", []string{"MEMBER db_owner alice"}, "alice", add("db_datareader", "bob"), ""},
		{"D.4 drop a member", []string{"ROLE r", "MEMBER r bob"}, "", remove("r", "bob"), ""},
		{"D.4 drop a non-member", []string{"ROLE r"}, "", remove("r", "bob"), ""},
		{"D.4 drop a missing member", []string{"ROLE r"}, "", remove("r", "nobody"), missing("1", "drop", "principal", "nobody")},
		{"D.4 rename", []string{"ROLE r"}, "", rename("r", "q"), ""},
		{"D.4 rename a fixed role", nil, "", rename("db_owner", "q"), "15150 16 1 Cannot alter the role 'db_owner'."},
		{"D.4 drop", []string{"ROLE r", "GRANT SELECT ON dbo.v TO r"}, "", drop("r"), ""},
		{"D.4 drop a missing role", nil, "", drop("r"), missing("1", "drop", "role", "r")},
		{"D.4 drop role on a user reads as missing", nil, "", drop("bob"), missing("1", "drop", "role", "bob")},
		{"D.4 drop a fixed role", nil, "", drop("db_owner"), "15150 16 1 Cannot drop the role 'db_owner'."},
		{"D.4 drop a role with members", []string{"ROLE r", "MEMBER r bob"}, "", drop("r"), "15144 16 1 The role has members. It must be empty before it can be dropped."},
		{"D.4 drop the owner of a schema", []string{"ROLE r", "OWNER SCHEMA s r"}, "", drop("r"), "15138 16 1 The database principal owns a schema in the database, and cannot be dropped."},
		{"C.7 drop without permission", []string{"ROLE r"}, "alice", drop("r"), missing("1", "drop", "role", "r")},
	})
}

// TestLogins is section D.2.
func TestLogins(t *testing.T) {
	create := func(spec LoginSpec) func(*world, *Context) error {
		spec.SID = []byte{8, 8}
		return func(w *world, ctx *Context) error { return w.s.CreateLogin(ctx, spec) }
	}
	alter := func(name string, change LoginChange) func(*world, *Context) error {
		return func(w *world, ctx *Context) error { return w.s.AlterLogin(ctx, name, change) }
	}
	good := "Str0ng-enough"
	check(t, []refused{
		{"D.2 create", nil, "", create(LoginSpec{Name: "erin", Password: good}), ""},
		{"D.2 exists, case-insensitively", nil, "", create(LoginSpec{Name: "ALICE", Password: good}), "15025 16 1 The server principal 'ALICE' already exists."},
		{"C.7 create without permission", nil, "alice", create(LoginSpec{Name: "erin", Password: good}), noPermission},
		{"D.2 MUST_CHANGE needs CHECK_EXPIRATION", nil, "", create(LoginSpec{Name: "erin", Password: good, MustChange: true}), "15099 16 1 The MUST_CHANGE option cannot be used when CHECK_EXPIRATION is OFF."},
		{"D.2 policy OFF, expiration ON", nil, "", create(LoginSpec{Name: "erin", Password: good, CheckPolicy: ptr(false), CheckExpiration: ptr(true)}), "15122 16 1 The CHECK_EXPIRATION option cannot be used when CHECK_POLICY is OFF."},
		{"D.2 MUST_CHANGE and HASHED", nil, "", create(LoginSpec{Name: "erin", Hashed: true, MustChange: true}), "33010 16 1 The MUST_CHANGE option cannot be specified together with the HASHED option."},
		{"D.2 HASHED and policy ON", nil, "", create(LoginSpec{Name: "erin", Hashed: true, CheckPolicy: ptr(true)}), "33020 16 1 A HASHED password cannot be set for a login that has CHECK_POLICY turned on."},
		{"D.2 too short", nil, "", create(LoginSpec{Name: "erin", Password: "Ab1-"}), "15116 16 1 Password validation failed. The password does not meet the operating system policy requirements because it is too short."},
		{"D.2 not complex", nil, "", create(LoginSpec{Name: "erin", Password: "lowercase"}), "15118 16 1 Password validation failed. The password does not meet the operating system policy requirements because it is not complex enough."},
		{"E.3 holds the account name", nil, "", create(LoginSpec{Name: "erin", Password: "xx-Erin-123"}), "15118 16 1 Password validation failed. The password does not meet the operating system policy requirements because it is not complex enough."},
		{"A.8 backslash in a SQL login", nil, "", create(LoginSpec{Name: `a\b`, Password: good}), `15006 16 1 'a\b' is not a valid name because it contains invalid characters.`},
		{"D.2 SID in use", nil, "", func(w *world, ctx *Context) error {
			return w.s.CreateLogin(ctx, LoginSpec{Name: "erin", Password: good, SID: []byte{9, 9, 1}})
		}, "15433 16 1 Supplied parameter sid is in use."},
		{"D.2 alter a missing login", nil, "", alter("nobody", LoginChange{}), missing("1", "alter", "login", "nobody")},
		{"C.7 alter without permission", nil, "alice", alter("bob", LoginChange{Enable: ptr(false)}), missing("1", "alter", "login", "bob")},
		{"D.2 own password with the old one", nil, "alice", alter("alice", LoginChange{Password: ptr("new"), Hash: []byte("new"), OldPassword: ptr("pw-alice")}), ""},
		{"D.2 own password with a wrong old one", nil, "alice", alter("alice", LoginChange{Password: ptr("new"), Hash: []byte("new"), OldPassword: ptr("guess")}), missing("1", "alter", "login", "alice")},
		{"D.2 own password without the old one", nil, "alice", alter("alice", LoginChange{Password: ptr("new"), Hash: []byte("new")}), missing("1", "alter", "login", "alice")},
		{"D.2 rename onto another", nil, "", alter("alice", LoginChange{Name: ptr("bob")}), "15025 16 1 The server principal 'bob' already exists."},
		{"D.2 drop", nil, "", func(w *world, ctx *Context) error { return w.s.DropLogin(ctx, "alice", false) }, ""},
		{"D.2 drop a missing login", nil, "", func(w *world, ctx *Context) error { return w.s.DropLogin(ctx, "nobody", false) }, missing("1", "drop", "login", "nobody")},
		{"D.2 drop a connected login", nil, "", func(w *world, ctx *Context) error { return w.s.DropLogin(ctx, "alice", true) }, "15434 16 1 Could not drop login 'alice' as the user is currently logged in."},
	})
}

func TestLoginsOwningDatabasesStay(t *testing.T) {
	w := newWorld(t)
	w.login("erin", 50)
	w.must(w.s.AlterAuthorization(w.as("sa"), "DATABASE", []string{"app"}, "erin", false))
	if got := w.as("erin").User; got != UserDBO {
		t.Errorf("A.5 the owner enters as %d, want dbo", got)
	}
	err := w.s.DropLogin(w.master("sa"), "erin", false)
	if got, want := describe(err), "15174 16 1 Login 'erin' owns one or more database(s). Change the owner of the database(s) before dropping the login."; got != want {
		t.Errorf("D.2 drop: %q, want %q", got, want)
	}
	err = w.s.AlterAuthorization(w.as("sa"), "DATABASE", []string{"app"}, "bob", false)
	if got, want := describe(err), "15110 16 1 The proposed new database owner is already a user or aliased in the database."; got != want {
		t.Errorf("D.8 owner that is a user: %q, want %q", got, want)
	}
}

// TestSysadminsAreProtected is D.2: ALTER ANY LOGIN does not reach a holder of
// CONTROL SERVER.
func TestSysadminsAreProtected(t *testing.T) {
	w := newWorld(t)
	w.must(w.s.Roles(w.master("sa"), true).Add("sysadmin", "bob"))
	w.must(w.s.Roles(w.master("sa"), true).Add("securityadmin", "alice"))
	err := w.s.AlterLogin(w.master("alice"), "bob", LoginChange{Password: ptr("x"), Hash: []byte("x")})
	if got, want := describe(err), missing("1", "alter", "login", "bob"); got != want {
		t.Errorf("password of a sysadmin: %q, want %q", got, want)
	}
	w.must(w.s.AlterLogin(w.master("alice"), "carol", LoginChange{Password: ptr("x"), Hash: []byte("x")}))
}

// TestObjects is C.7 for schemas and objects.
func TestObjects(t *testing.T) {
	create := func(kind, schema, name string) func(*world, *Context) error {
		return func(w *world, ctx *Context) error {
			_, err := w.s.CreateObject(ctx, ObjectSpec{Kind: kind, Schema: schema, Name: name})
			return err
		}
	}
	drop := func(kind, schema, name string) func(*world, *Context) error {
		return func(w *world, ctx *Context) error { return w.s.DropObject(ctx, kind, schema, name, false) }
	}
	alter := func(kind, schema, name string) func(*world, *Context) error {
		return func(w *world, ctx *Context) error {
			_, err := w.s.AlterObject(ctx, ObjectSpec{Kind: kind, Schema: schema, Name: name})
			return err
		}
	}
	check(t, []refused{
		{"C.7 CREATE TABLE", nil, "", create(KindTable, "s", "x"), ""},
		{"C.7 CREATE TABLE without permission", nil, "alice", create(KindTable, "s", "x"), "262 14 1 CREATE TABLE permission denied in database 'app'."},
		{"C.7 CREATE TABLE without schema ALTER", []string{"GRANT CREATE TABLE TO alice"}, "alice", create(KindTable, "s", "x"), `2760 16 1 The specified schema name "s" either does not exist or you do not have permission to use it.`},
		{"C.7 CREATE TABLE with both", []string{"GRANT CREATE TABLE TO alice", "GRANT ALTER ON SCHEMA::s TO alice"}, "alice", create(KindTable, "s", "x"), ""},
		{"C.7 CREATE VIEW without permission", nil, "alice", create(KindView, "s", "x"), "262 14 18 CREATE VIEW permission denied in database 'app'."},
		{"C.7 CREATE SYNONYM without permission", nil, "alice", create(KindSynonym, "s", "x"), "262 14 1 CREATE SYNONYM permission denied in database 'app'."},
		{"A.6 db_ddladmin may", []string{"MEMBER db_ddladmin alice"}, "alice", create(KindView, "s", "x"), ""},
		{"I.1 missing schema", nil, "", create(KindTable, "nope", "x"), `2760 16 1 The specified schema name "nope" either does not exist or you do not have permission to use it.`},
		{"I.1 name taken", nil, "", create(KindView, "dbo", "T"), "2714 16 3 There is already an object named 'T' in the database."},
		{"C.7 DROP VIEW", nil, "", drop(KindView, "dbo", "v"), ""},
		{"C.7 DROP VIEW without permission", nil, "alice", drop(KindView, "dbo", "v"), "3701 14 20 Cannot drop the view 'dbo.v', because it does not exist or you do not have permission."},
		{"C.7 DROP of a really missing object", nil, "", drop(KindTable, "dbo", "nope"), "3701 11 5 Cannot drop the table 'dbo.nope', because it does not exist or you do not have permission."},
		{"C.7 DROP IF EXISTS", nil, "", func(w *world, ctx *Context) error { return w.s.DropObject(ctx, KindView, "dbo", "nope", true) }, ""},
		{"C.7 DROP VIEW on a table", nil, "", drop(KindView, "dbo", "t"), "3705 16 1 Cannot use DROP VIEW with 'dbo.t' because 'dbo.t' is a table. Use DROP TABLE."},
		{"C.7 ALTER TABLE refused", nil, "alice", alter(KindTable, "dbo", "t"), `1088 16 13 Cannot find the object "dbo.t" because it does not exist or you do not have permissions.`},
		{"C.7 ALTER VIEW refused", nil, "alice", alter(KindView, "dbo", "v"), "3701 14 20 Cannot alter the view 'dbo.v', because it does not exist or you do not have permission."},
		{"C.7 ALTER VIEW missing", nil, "", alter(KindView, "dbo", "nope"), "208 16 6 Invalid object name 'dbo.nope'."},
		{"C.7 CREATE SCHEMA refused", nil, "alice", func(w *world, ctx *Context) error { return w.s.CreateSchema(ctx, "x", "") }, noPermission + " / 2759 16 1 CREATE SCHEMA failed due to previous errors."},
		{"I.1 schema exists", nil, "", func(w *world, ctx *Context) error { return w.s.CreateSchema(ctx, "S", "") }, "2714 16 6 There is already an object named 'S' in the database. / 2759 16 1 CREATE SCHEMA failed due to previous errors."},
		{"C.7 DROP SCHEMA that is not empty", nil, "", func(w *world, ctx *Context) error { return w.s.DropSchema(ctx, "s", false) }, "3729 16 1 Cannot drop schema 's' because it is being referenced by object 't'."},
		{"C.7 DROP SCHEMA refused", nil, "alice", func(w *world, ctx *Context) error { return w.s.DropSchema(ctx, "s", false) }, missing("1", "drop", "schema", "s")},
		{"D.8 DROP SCHEMA dbo", nil, "", func(w *world, ctx *Context) error { return w.s.DropSchema(ctx, "dbo", false) }, "15150 16 1 Cannot drop the schema 'dbo'."},
		{"D.8 ALTER AUTHORIZATION on schema dbo", nil, "", func(w *world, ctx *Context) error {
			return w.s.AlterAuthorization(ctx, "SCHEMA", []string{"dbo"}, "bob", false)
		}, "15150 16 1 Cannot alter the schema 'dbo'."},
		{"D.8 without TAKE OWNERSHIP", nil, "alice", func(w *world, ctx *Context) error {
			return w.s.AlterAuthorization(ctx, "OBJECT", []string{"dbo", "v"}, "alice", false)
		}, missing("1", "find", "object", "v")},
		{"D.8 TAKE OWNERSHIP without IMPERSONATE", []string{"GRANT TAKE OWNERSHIP ON dbo.v TO alice"}, "alice", func(w *world, ctx *Context) error {
			return w.s.AlterAuthorization(ctx, "OBJECT", []string{"dbo", "v"}, "bob", false)
		}, missing("1", "find", "principal", "bob")},
		{"D.8 TAKE OWNERSHIP for oneself", []string{"GRANT TAKE OWNERSHIP ON dbo.v TO alice"}, "alice", func(w *world, ctx *Context) error {
			return w.s.AlterAuthorization(ctx, "OBJECT", []string{"dbo", "v"}, "alice", false)
		}, ""},
	})
}

// TestDatabases is C.7, C.6 and D.6 for databases.
func TestDatabases(t *testing.T) {
	refused5011 := "5011 14 9 User does not have permission to alter database 'app', the database does not exist, or the database is not in a state that allows access checks. / 5069 16 1 ALTER DATABASE statement failed."
	check(t, []refused{
		{"D.6 create", nil, "", func(w *world, ctx *Context) error { return w.s.CreateDatabase(ctx, DatabaseSpec{Name: "new"}) }, ""},
		{"D.6 create without permission", nil, "alice", func(w *world, ctx *Context) error { return w.s.CreateDatabase(ctx, DatabaseSpec{Name: "new"}) }, "262 14 1 CREATE DATABASE permission denied in database 'master'."},
		{"D.6 name taken", nil, "", func(w *world, ctx *Context) error { return w.s.CreateDatabase(ctx, DatabaseSpec{Name: "APP"}) }, "1801 16 3 Database 'APP' already exists. Choose a different database name."},
		{"C.7 ALTER DATABASE refused", nil, "alice", func(w *world, ctx *Context) error {
			return w.s.AlterDatabase(ctx, "app", DatabaseChange{ReadOnly: ptr(true)})
		}, refused5011},
		{"C.7 DROP DATABASE refused", nil, "alice", func(w *world, ctx *Context) error { return w.s.DropDatabase(ctx, "app", false, false) }, "3701 11 2 Cannot drop the database 'app', because it does not exist or you do not have permission."},
		{"D.6 DROP DATABASE in use", nil, "", func(w *world, ctx *Context) error { return w.s.DropDatabase(ctx, "app", false, true) }, `3702 16 3 Cannot drop database "app" because it is currently in use.`},
		{"I.1 read-only database", nil, "", func(w *world, ctx *Context) error {
			w.must(w.s.AlterDatabase(ctx, "app", DatabaseChange{ReadOnly: ptr(true)}))
			err := w.s.Roles(ctx, false).Create("r", "")
			w.must(w.s.AlterDatabase(ctx, "app", DatabaseChange{ReadOnly: ptr(false)}))
			return err
		}, `3906 16 1 Failed to update database "app" because the database is read-only.`},
	})
}

// TestOwnerChangeDropsPermissions is D.8.
func TestOwnerChangeDropsPermissions(t *testing.T) {
	cases := []struct {
		name, statement string
		want            []string
	}{
		{"D.8 object", "OWNER OBJECT s.t carol", []string{"bob G SL on dbo.v by dbo", "bob G SL on schema s by dbo"}},
		{"D.8 object, same effective owner", "OWNER OBJECT s.t dbo", []string{"bob G SL on dbo.v by dbo", "bob G SL on s.t by dbo", "bob G SL on schema s by dbo"}},
		{"D.8 schema, with the objects that have no owner", "OWNER SCHEMA s carol", []string{"bob G SL on dbo.v by dbo"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.do("sa", "GRANT SELECT ON dbo.v TO bob", "GRANT SELECT ON s.t TO bob", "GRANT SELECT ON SCHEMA::s TO bob", c.statement)
			got := map[string]bool{}
			for _, row := range w.rows() {
				got[row] = true
			}
			if len(got) != len(c.want) {
				t.Fatalf("rows = %v, want %v", w.rows(), c.want)
			}
			for _, row := range c.want {
				if !got[row] {
					t.Errorf("rows = %v lack %q", w.rows(), row)
				}
			}
		})
	}
}

// TestProperties is D.5.
func TestProperties(t *testing.T) {
	on := func(level0, name0 string, more ...string) PropertyTarget {
		p := PropertyTarget{Level0Type: level0, Level0Name: name0}
		if len(more) > 1 {
			p.Level1Type, p.Level1Name = more[0], more[1]
		}
		return p
	}
	add := func(target PropertyTarget) func(*world, *Context) error {
		return func(w *world, ctx *Context) error { return w.s.ChangeProperty(ctx, PropertyAdd, "mark", "1", target) }
	}
	twice := func(target PropertyTarget) func(*world, *Context) error {
		return func(w *world, ctx *Context) error {
			w.must(w.s.ChangeProperty(ctx, PropertyAdd, "mark", "1", target))
			err := w.s.ChangeProperty(ctx, PropertyAdd, "MARK", "2", target)
			w.must(w.s.ChangeProperty(ctx, PropertyDrop, "mark", nil, target))
			return err
		}
	}
	check(t, []refused{
		{"D.5 database", nil, "", add(PropertyTarget{}), ""},
		{"D.5 role by USER", []string{"ROLE r"}, "", add(on("USER", "r")), ""},
		{"D.5 view", nil, "", add(on("SCHEMA", "dbo", "VIEW", "v")), ""},
		{"D.5 exists", nil, "", twice(on("USER", "bob")), "15233 16 1 Property cannot be added. Property 'MARK' already exists for 'bob'."},
		{"D.5 missing property", nil, "", func(w *world, ctx *Context) error {
			return w.s.ChangeProperty(ctx, PropertyDrop, "mark", nil, on("SCHEMA", "dbo", "VIEW", "v"))
		}, "15217 16 1 Property cannot be updated or deleted. Property 'mark' does not exist for 'dbo.v'."},
		{"D.5 missing target", nil, "", add(on("USER", "nobody")), "15135 16 1 Object is invalid. Extended properties are not permitted on 'nobody', or the object does not exist."},
		{"D.5 a table is no view", nil, "", add(on("SCHEMA", "dbo", "VIEW", "t")), "15135 16 1 Object is invalid. Extended properties are not permitted on 'dbo.t', or the object does not exist."},
		{"D.5 db_ddladmin may not touch users", []string{"MEMBER db_ddladmin alice"}, "alice", add(on("USER", "bob")), "15135 16 1 Object is invalid. Extended properties are not permitted on 'bob', or the object does not exist."},
		{"D.5 bad parameter", nil, "", add(on("NOUN", "bob")), "15600 15 1 An invalid parameter or option was specified for procedure 'sp_addextendedproperty'."},
	})
}

func TestPropertiesGoWithTheirThing(t *testing.T) {
	w := newWorld(t)
	w.do("sa", "ROLE r")
	w.must(w.s.ChangeProperty(w.as("sa"), PropertyAdd, "mark", "1", PropertyTarget{Level0Type: "USER", Level0Name: "r"}))
	w.must(w.s.ChangeProperty(w.as("sa"), PropertyAdd, "mark", "1", PropertyTarget{Level0Type: "SCHEMA", Level0Name: "dbo", Level1Type: "VIEW", Level1Name: "v"}))
	w.must(w.s.Roles(w.as("sa"), false).Drop("r", false))
	w.must(w.s.DropObject(w.as("sa"), KindView, "dbo", "v", false))
	if left := w.app().Properties(); len(left) != 0 {
		t.Errorf("D.5 properties left: %v", left)
	}
}
