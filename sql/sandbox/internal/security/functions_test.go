package security

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func show(n *int) string {
	if n == nil {
		return "NULL"
	}
	return fmt.Sprint(*n)
}

// TestHasPermsByName is C.5, as bob, who holds SELECT on dbo.v, SELECT on
// column a of dbo.t and CREATE ROLE.
func TestHasPermsByName(t *testing.T) {
	w := newWorld(t)
	w.do("sa", "GRANT SELECT ON dbo.v TO bob", "GRANT SELECT(a) ON dbo.t TO bob", "GRANT CREATE ROLE TO bob", "DENY SELECT(b) ON dbo.v TO bob")
	null := (*string)(nil)
	cases := []struct {
		name                   string
		securable, class, perm *string
		sub, subClass          *string
		want                   string
	}{
		{"C.5 object held", ptr("dbo.v"), ptr("OBJECT"), ptr("select"), null, null, "1"},
		{"C.5 one-part name in brackets", ptr("[v]"), ptr("object"), ptr("SELECT"), null, null, "1"},
		{"C.5 three-part name", ptr("app.dbo.v"), ptr("OBJECT"), ptr("SELECT"), null, null, "1"},
		{"C.5 object not held", ptr("dbo.v"), ptr("OBJECT"), ptr("INSERT"), null, null, "0"},
		{"C.5 missing object", ptr("dbo.nope"), ptr("OBJECT"), ptr("SELECT"), null, null, "NULL"},
		{"C.5 unknown permission", ptr("dbo.v"), ptr("OBJECT"), ptr("FLY"), null, null, "NULL"},
		{"C.5 permission of another class", ptr("dbo.v"), ptr("OBJECT"), ptr("CREATE ROLE"), null, null, "NULL"},
		{"C.5 unknown class", ptr("dbo.v"), ptr("NOUN"), ptr("SELECT"), null, null, "NULL"},
		{"C.5 NULL permission", ptr("dbo.v"), ptr("OBJECT"), null, null, null, "NULL"},
		{"C.5 column held", ptr("dbo.t"), ptr("OBJECT"), ptr("SELECT"), ptr("a"), ptr("COLUMN"), "1"},
		{"C.5 column not held", ptr("dbo.t"), ptr("OBJECT"), ptr("SELECT"), ptr("b"), ptr("COLUMN"), "0"},
		{"C.5 column denied", ptr("dbo.v"), ptr("OBJECT"), ptr("SELECT"), ptr("b"), ptr("COLUMN"), "0"},
		{"C.5 missing column", ptr("dbo.t"), ptr("OBJECT"), ptr("SELECT"), ptr("zz"), ptr("COLUMN"), "NULL"},
		{"C.5 ANY", ptr("dbo.v"), ptr("OBJECT"), ptr("ANY"), null, null, "1"},
		{"C.5 ANY with nothing held", ptr("s.t"), ptr("OBJECT"), ptr("ANY"), null, null, "0"},
		{"C.5 ANY on a column", ptr("dbo.t"), ptr("OBJECT"), ptr("ANY"), ptr("a"), ptr("COLUMN"), "NULL"},
		{"C.5 current database", null, ptr("DATABASE"), ptr("CREATE ROLE"), null, null, "1"},
		{"C.5 named database", ptr("app"), ptr("DATABASE"), ptr("CREATE ROLE"), null, null, "1"},
		{"C.5 database without access", ptr("other"), ptr("DATABASE"), ptr("CONNECT"), null, null, "0"},
		{"C.5 server", null, null, ptr("VIEW ANY DATABASE"), null, null, "1"},
		{"C.5 server, not held", null, null, ptr("VIEW ANY DEFINITION"), null, null, "0"},
		{"C.5 schema", ptr("dbo"), ptr("SCHEMA"), ptr("SELECT"), null, null, "0"},
		{"C.5 user", ptr("alice"), ptr("USER"), ptr("IMPERSONATE"), null, null, "0"},
		{"C.5 role", ptr("db_owner"), ptr("ROLE"), ptr("ALTER"), null, null, "0"},
		{"C.5 a user is no role", ptr("alice"), ptr("ROLE"), ptr("ALTER"), null, null, "NULL"},
		{"C.5 login", ptr("alice"), ptr("LOGIN"), ptr("ALTER"), null, null, "0"},
		{"C.4 catalog view", ptr("sys.objects"), ptr("OBJECT"), ptr("SELECT"), null, null, "1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := w.s.Checker(w.as("bob")).HasPermsByName(c.securable, c.class, c.perm, c.sub, c.subClass)
			if show(got) != c.want {
				t.Errorf("= %s, want %s", show(got), c.want)
			}
		})
	}
}

func TestMyPermissions(t *testing.T) {
	w := newWorld(t)
	w.do("sa", "GRANT SELECT, INSERT ON dbo.v TO bob", "DENY SELECT(b) ON dbo.v TO bob")
	got := w.s.Checker(w.as("bob")).MyPermissions(ptr("dbo.v"), ptr("OBJECT"))
	want := [][]any{{"dbo.v", "", "INSERT"}, {"dbo.v", "", "SELECT"}, {"dbo.v", "a", "SELECT"}, {"dbo.v", "c", "SELECT"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("C.5 object (-want +got):\n%s", diff)
	}
	got = w.s.Checker(w.as("bob")).MyPermissions(nil, ptr("DATABASE"))
	want = [][]any{{"database", "", "CONNECT"}, {"database", "", "VIEW ANY COLUMN ENCRYPTION KEY DEFINITION"}, {"database", "", "VIEW ANY COLUMN MASTER KEY DEFINITION"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("C.5 database (-want +got):\n%s", diff)
	}
	got = w.s.Checker(w.as("bob")).MyPermissions(nil, ptr("SERVER"))
	want = [][]any{{"server", "", "CONNECT SQL"}, {"server", "", "VIEW ANY DATABASE"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("C.5 server (-want +got):\n%s", diff)
	}
}

// TestMembership is IS_MEMBER, IS_ROLEMEMBER and IS_SRVROLEMEMBER of C.5.
func TestMembership(t *testing.T) {
	w := newWorld(t)
	w.do("sa", "ROLE r", "ROLE q", "MEMBER q r", "MEMBER r bob", "ROLE hidden")
	bob, sa := w.s.Checker(w.as("bob")), w.s.Checker(w.as("sa"))
	cases := []struct {
		name string
		got  *int
		want string
	}{
		{"C.5 IS_MEMBER", bob.IsMember("r"), "1"},
		{"C.5 IS_MEMBER nested", bob.IsMember("q"), "1"},
		{"C.5 IS_MEMBER public", bob.IsMember("public"), "1"},
		{"C.5 IS_MEMBER no", bob.IsMember("db_owner"), "0"},
		{"C.5 IS_MEMBER of a user", bob.IsMember("alice"), "NULL"},
		{"C.5 IS_MEMBER unknown", bob.IsMember("nope"), "NULL"},
		{"C.5 IS_MEMBER for dbo, measured", sa.IsMember("db_datareader"), "1"},
		{"C.5 IS_MEMBER for dbo, deny role", sa.IsMember("db_denydatareader"), "0"},
		{"C.5 IS_ROLEMEMBER", bob.IsRoleMember("q", nil), "1"},
		{"C.5 IS_ROLEMEMBER of oneself", sa.IsRoleMember("r", ptr("r")), "1"},
		{"C.5 IS_ROLEMEMBER of another", sa.IsRoleMember("q", ptr("bob")), "1"},
		{"C.5 IS_ROLEMEMBER no right to see", bob.IsRoleMember("hidden", nil), "NULL"},
		{"C.5 IS_ROLEMEMBER unknown principal", sa.IsRoleMember("r", ptr("nope")), "NULL"},
		{"A.7 IS_SRVROLEMEMBER for sysadmin", sa.IsServerRoleMember("dbcreator", nil), "1"},
		{"C.5 IS_SRVROLEMEMBER", bob.IsServerRoleMember("sysadmin", nil), "0"},
		{"C.5 IS_SRVROLEMEMBER public", bob.IsServerRoleMember("public", nil), "1"},
		{"C.5 IS_SRVROLEMEMBER of a database role", bob.IsServerRoleMember("db_owner", nil), "NULL"},
		{"C.5 HAS_DBACCESS", bob.HasDBAccess("app"), "1"},
		{"C.5 HAS_DBACCESS no", bob.HasDBAccess("other"), "0"},
		{"C.5 HAS_DBACCESS unknown", bob.HasDBAccess("nope"), "NULL"},
		{"C.5 DATABASE_PRINCIPAL_ID", bob.DatabasePrincipalID(nil), fmt.Sprint(w.app().PrincipalNamed("bob").ID)},
		{"A.5 DATABASE_PRINCIPAL_ID of dbo", bob.DatabasePrincipalID(ptr("dbo")), "1"},
		{"C.4 OBJECT_ID of an invisible object", bob.ObjectID("dbo.v", nil), "NULL"},
		{"C.4 OBJECT_ID", sa.ObjectID("[dbo].[v]", ptr("V")), fmt.Sprint(w.object("dbo", "v").ID)},
		{"C.4 OBJECT_ID of another type", sa.ObjectID("dbo.v", ptr("U")), "NULL"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := show(c.got); got != c.want {
				t.Errorf("= %s, want %s", got, c.want)
			}
		})
	}
}

// names are the values of the first column of a catalog view as a login sees
// it in app.
func (w *world) names(login, view string) map[string]bool {
	w.t.Helper()
	for _, v := range CatalogViews() {
		if v.Name != view {
			continue
		}
		got := map[string]bool{}
		for _, row := range v.Rows(w.s.Checker(w.as(login)), w.app().ID) {
			got[fmt.Sprint(row[0])] = true
		}
		return got
	}
	w.t.Fatalf("no view %s", view)
	return nil
}

// TestVisibility is C.4, A.2 and A.3.
func TestVisibility(t *testing.T) {
	cases := []struct {
		name       string
		statements []string
		view, row  string
		want       bool
	}{
		{"C.4 nothing", nil, "views", "v", false},
		{"C.4 any permission", []string{"GRANT DELETE ON dbo.v TO bob"}, "views", "v", true},
		{"C.4 one column grant", []string{"GRANT SELECT(a) ON dbo.v TO bob"}, "views", "v", true},
		{"C.4 a schema grant", []string{"GRANT SELECT ON SCHEMA::dbo TO bob"}, "objects", "v", true},
		{"C.4 through a role", []string{"ROLE r", "MEMBER r bob", "GRANT SELECT ON dbo.v TO r"}, "views", "v", true},
		{"C.4 ownership", []string{"OWNER OBJECT dbo.v bob"}, "views", "v", true},
		{"C.4 DENY VIEW DEFINITION hides", []string{"GRANT SELECT ON dbo.v TO bob", "DENY VIEW DEFINITION ON dbo.v TO bob"}, "views", "v", false},
		{"C.4 VIEW DEFINITION on the database", []string{"GRANT VIEW DEFINITION TO bob"}, "views", "v", true},
		{"C.4 schemas are public", nil, "schemas", "s", true},
		{"C.4 databases are public", nil, "databases", "other", true},
		{"A.2 oneself", nil, "database_principals", "bob", true},
		{"A.2 fixed roles", nil, "database_principals", "db_owner", true},
		{"A.2 another user", nil, "database_principals", "alice", false},
		{"A.2 another user, permission on it", []string{"GRANT VIEW DEFINITION ON USER::alice TO bob"}, "database_principals", "alice", true},
		{"A.2 another user, ALTER ANY USER", []string{"GRANT ALTER ANY USER TO bob"}, "database_principals", "alice", true},
		{"A.2 a role", []string{"ROLE r"}, "database_principals", "r", false},
		{"A.2 a role one is in", []string{"ROLE r", "MEMBER r bob"}, "database_principals", "r", true},
		{"A.2 a role, ALTER ANY ROLE", []string{"ROLE r", "GRANT ALTER ANY ROLE TO bob"}, "database_principals", "r", true},
		{"A.3 sa", nil, "server_principals", "sa", true},
		{"A.3 oneself", nil, "server_principals", "bob", true},
		{"A.3 another login", nil, "server_principals", "alice", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.do("sa", c.statements...)
			if got := w.names("bob", c.view)[c.row]; got != c.want {
				t.Errorf("bob sees %s in %s: %v, want %v", c.row, c.view, got, c.want)
			}
			if !w.names("sa", c.view)[c.row] {
				t.Errorf("sa does not see %s in %s", c.row, c.view)
			}
		})
	}
}

// TestViewsAreWellFormed checks every catalog view: each row has one value a
// column, of a type the column can hold, and NULL only where it may be.
func TestViewsAreWellFormed(t *testing.T) {
	w := newWorld(t)
	w.do("sa", "ROLE r", "MEMBER r bob", "GRANT SELECT(a) ON dbo.v TO bob", "DENY ALTER ON ROLE::r TO carol")
	w.must(w.s.ChangeProperty(w.as("sa"), PropertyAdd, "mark", "1", PropertyTarget{Level0Type: "USER", Level0Name: "r"}))
	_, err := w.s.CreateObject(w.as("sa"), ObjectSpec{Kind: KindSynonym, Schema: "dbo", Name: "syn", Base: "[dbo].[t]"})
	w.must(err)
	table := w.object("dbo", "t").ID
	_, err = w.s.CreateObject(w.as("sa"), ObjectSpec{Kind: KindForeignKey, Name: "fk", Parent: table, References: table})
	w.must(err)
	for _, kind := range []string{KindDefault, KindCheck, KindUnique} {
		_, err = w.s.CreateObject(w.as("sa"), ObjectSpec{Kind: kind, Name: "constraint " + kind, Parent: table, Definition: "(1)"})
		w.must(err)
	}
	for _, kind := range []string{KindProcedure, KindFunction, KindInline} {
		parameters := []Parameter{{Column: Column{Type: "nvarchar", MaxLength: 20}}, {Column: Column{ID: 1, Name: "@a", Type: "int"}, Output: true}}
		_, err = w.s.CreateObject(w.as("sa"), ObjectSpec{Kind: kind, Schema: "dbo", Name: "module " + kind, Definition: "CREATE …", Module: &ModuleSpec{Parameters: parameters, As: "OWNER"}})
		w.must(err)
	}
	empty := map[string]bool{}
	for _, v := range CatalogViews() {
		rows := v.Rows(w.s.Checker(w.as("sa")), w.app().ID)
		if name := v.Schema + "." + v.Name; (len(rows) == 0) != (v.rows == nil && len(v.shape().rows) == 0 || empty[name]) {
			t.Errorf("%s has %d rows", name, len(rows))
		}
		for _, row := range rows {
			if problem := misfit(v.Columns(), row); problem != "" {
				t.Errorf("%s.%s: %s in %v", v.Schema, v.Name, problem, row)
				break
			}
		}
	}
}

func misfit(columns []ViewColumn, row []any) string {
	if len(row) != len(columns) {
		return fmt.Sprintf("%d values for %d columns", len(row), len(columns))
	}
	for i, c := range columns {
		if row[i] == nil {
			if !c.Nullable {
				return c.Name + " is NULL"
			}
			continue
		}
		if got := fmt.Sprintf("%T", row[i]); !fitsType(c.Type, got) {
			return fmt.Sprintf("%s %s holds a %s", c.Name, c.Type, got)
		}
	}
	return ""
}

func fitsType(column, value string) bool {
	kinds := map[string]string{"int": "int", "tinyint": "int", "smallint": "int", "float": "float64", "bit": "bool", "datetime": "time.Time"}
	if want, ok := kinds[column]; ok {
		return value == want
	}
	switch {
	case column == "sql_variant":
		return true
	case len(column) > 9 && column[:9] == "varbinary":
		return value == "[]uint8"
	}
	return value == "string"
}
