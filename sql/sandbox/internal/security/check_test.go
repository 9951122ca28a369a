package security

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// access asks for a permission on an object of app as a login.
func (w *world) access(login, permission, schema, name string, columns ...string) error {
	w.t.Helper()
	var ids []int
	for _, column := range columns {
		ids = append(ids, w.object(schema, name).Column(w.app().collation, column).ID)
	}
	return w.s.Checker(w.as(login)).Access(nil, w.ref(schema, name), permission, ids)
}

const (
	denied229 = "229 14 5 The SELECT permission was denied on the object 'v', database 'app', schema 'dbo'."
	denied230 = "230 14 1 The SELECT permission was denied on the column 'b' of the object 'v', database 'app', schema 'dbo'."
)

// TestOrderOfTheCheck is C.1: SELECT on dbo.v as bob.
func TestOrderOfTheCheck(t *testing.T) {
	cases := []struct {
		name       string
		statements []string
		allowed    bool
	}{
		{"C.1-7 nothing", nil, false},
		{"C.1-6 object grant", []string{"GRANT SELECT ON dbo.v TO bob"}, true},
		{"C.1-6 grant to a role", []string{"ROLE r", "MEMBER r bob", "GRANT SELECT ON dbo.v TO r"}, true},
		{"C.1-3 grant to a nested role", []string{"ROLE r", "ROLE q", "MEMBER q r", "MEMBER r bob", "GRANT SELECT ON dbo.v TO q"}, true},
		{"C.1-3 grant to public", []string{"GRANT SELECT ON dbo.v TO public"}, true},
		{"C.1-5 DENY on one role wins", []string{"ROLE r", "MEMBER r bob", "DENY SELECT ON dbo.v TO r", "GRANT SELECT ON dbo.v TO bob"}, false},
		{"C.1-5 DENY to public hits everyone", []string{"GRANT SELECT ON dbo.v TO bob", "DENY SELECT ON dbo.v TO public"}, false},
		{"C.1-4 schema grant", []string{"GRANT SELECT ON SCHEMA::dbo TO bob"}, true},
		{"C.1-4 schema grant, object DENY", []string{"GRANT SELECT ON SCHEMA::dbo TO bob", "DENY SELECT ON dbo.v TO bob"}, false},
		{"C.1-4 schema DENY, object grant", []string{"DENY SELECT ON SCHEMA::dbo TO bob", "GRANT SELECT ON dbo.v TO bob"}, false},
		{"C.1-4 database grant", []string{"GRANT SELECT TO bob"}, true},
		{"C.1-4 database DENY CONTROL denies all", []string{"GRANT SELECT ON dbo.v TO bob", "DENY CONTROL ON SCHEMA::dbo TO bob"}, false},
		{"B.8 CONTROL on the object", []string{"GRANT CONTROL ON dbo.v TO bob"}, true},
		{"B.8 CONTROL on the schema", []string{"GRANT CONTROL ON SCHEMA::dbo TO bob"}, true},
		{"B.8 CONTROL on the database", []string{"GRANT CONTROL TO bob"}, true},
		{"B.8 ALTER on the object is not SELECT", []string{"GRANT ALTER ON dbo.v TO bob"}, false},
		{"A.6 db_datareader", []string{"MEMBER db_datareader bob"}, true},
		{"A.6 db_datawriter has no SELECT", []string{"MEMBER db_datawriter bob"}, false},
		{"A.6 db_denydatareader", []string{"MEMBER db_denydatareader bob", "GRANT SELECT ON dbo.v TO bob"}, false},
		{"A.6 db_securityadmin has none by itself", []string{"MEMBER db_securityadmin bob"}, false},
		{"A.6 db_ddladmin has none by itself", []string{"MEMBER db_ddladmin bob"}, false},
		{"A.6 db_owner", []string{"MEMBER db_owner bob"}, true},
		{"C.1 an explicit DENY binds a member of db_owner", []string{"MEMBER db_owner bob", "DENY SELECT ON dbo.v TO bob"}, false},
		{"C.1 db_denydatareader binds a member of db_owner", []string{"MEMBER db_owner bob", "MEMBER db_denydatareader bob"}, false},
		{"C.1-6 owner of the object", []string{"OWNER OBJECT dbo.v bob"}, true},
		{"C.1-6 no DENY binds the owner", []string{"OWNER OBJECT dbo.v bob", "DENY SELECT ON dbo.v TO public"}, true},
		{"C.1-6 a role that owns", []string{"ROLE r", "MEMBER r bob", "OWNER OBJECT dbo.v r", "DENY SELECT ON dbo.v TO public"}, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.do("sa", c.statements...)
			want := map[bool]string{true: "", false: denied229}[c.allowed]
			if got := describe(w.access("bob", "SELECT", "dbo", "v")); got != want {
				t.Errorf("access = %q, want %q", got, want)
			}
			if got := describe(w.access("sa", "SELECT", "dbo", "v")); got != "" {
				t.Errorf("C.1-1 sysadmin is refused: %s", got)
			}
		})
	}
}

func TestSchemaOwnerIsNotBound(t *testing.T) {
	w := newWorld(t)
	w.do("sa", "OWNER SCHEMA s bob", "DENY SELECT ON SCHEMA::s TO public")
	if err := w.access("bob", "SELECT", "s", "t"); err != nil {
		t.Errorf("C.1-6 owner of the schema: %s", describe(err))
	}
}

// TestColumns is C.2: SELECT on columns of dbo.v as bob.
func TestColumns(t *testing.T) {
	cases := []struct {
		name       string
		statements []string
		columns    string
		want       string
	}{
		{"C.2 column grant, that column", []string{"GRANT SELECT(a) ON dbo.v TO bob"}, "a", ""},
		{"C.2 column grant, another column: 230", []string{"GRANT SELECT(a) ON dbo.v TO bob"}, "a b", denied230},
		{"C.2 once per denied column", []string{"GRANT SELECT(a) ON dbo.v TO bob"}, "b c", denied230 + " / " + strings.ReplaceAll(denied230, "'b'", "'c'")},
		{"C.2 no column named counts as every column", []string{"GRANT SELECT(a,c) ON dbo.v TO bob"}, "", denied230},
		{"C.2 no access at all: 229", nil, "a b", denied229},
		{"C.2 column DENY beats table GRANT", []string{"GRANT SELECT ON dbo.v TO bob", "DENY SELECT(b) ON dbo.v TO bob"}, "a b", denied230},
		{"C.2 column DENY, other columns stay", []string{"GRANT SELECT ON dbo.v TO bob", "DENY SELECT(b) ON dbo.v TO bob"}, "a c", ""},
		{"C.2 column DENY of a role", []string{"ROLE r", "MEMBER r bob", "GRANT SELECT ON dbo.v TO bob", "DENY SELECT(b) ON dbo.v TO r"}, "b", denied230},
		{"C.2 column GRANT beats the standing table DENY", []string{"DENY SELECT ON dbo.v TO bob", "GRANT SELECT(a) ON dbo.v TO bob"}, "a", ""},
		{"C.2 standing table DENY kills the other columns: 229", []string{"DENY SELECT ON dbo.v TO bob", "GRANT SELECT(a) ON dbo.v TO bob"}, "a b", denied229},
		{"C.2 a table DENY issued later removes the column GRANT", []string{"GRANT SELECT(a) ON dbo.v TO bob", "DENY SELECT ON dbo.v TO bob"}, "a", denied229},
		{"C.2 a schema DENY beats the column GRANT", []string{"GRANT SELECT(a) ON dbo.v TO bob", "DENY SELECT ON SCHEMA::dbo TO bob"}, "a", denied229},
		{"B.5 column revoked out of a table GRANT", []string{"GRANT SELECT ON dbo.v TO bob", "REVOKE SELECT(b) ON dbo.v FROM bob"}, "a b", denied230},
		{"B.5 column revoked, but granted by a role", []string{"ROLE r", "MEMBER r bob", "GRANT SELECT ON dbo.v TO bob, r", "REVOKE SELECT(b) ON dbo.v FROM bob"}, "a b", ""},
		{"C.2 every column by two grants", []string{"GRANT SELECT(a,b) ON dbo.v TO bob", "GRANT SELECT(c) ON dbo.v TO public"}, "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.do("sa", c.statements...)
			if got := describe(w.access("bob", "SELECT", "dbo", "v", strings.Fields(c.columns)...)); got != c.want {
				t.Errorf("access = %q, want %q", got, c.want)
			}
		})
	}
}

func TestCommonCriteria(t *testing.T) {
	w := newWorld(t)
	w.must(w.s.Configure(w.master("sa"), OptionCommonCriteria, 1))
	w.do("sa", "DENY SELECT ON dbo.v TO bob", "GRANT SELECT(a) ON dbo.v TO bob")
	if got := describe(w.access("bob", "SELECT", "dbo", "v", "a")); got != denied229 {
		t.Errorf("C.2 common criteria: %q, want %q", got, denied229)
	}
}

func TestInsertIsObjectWide(t *testing.T) {
	w := newWorld(t)
	w.do("sa", "GRANT INSERT ON dbo.v TO bob", "GRANT SELECT(a) ON dbo.v TO bob")
	if err := w.access("bob", "INSERT", "dbo", "v"); err != nil {
		t.Errorf("C.2 INSERT: %s", describe(err))
	}
	if got, want := describe(w.access("bob", "DELETE", "dbo", "v")), "229 14 5 The DELETE permission was denied on the object 'v', database 'app', schema 'dbo'."; got != want {
		t.Errorf("C.2 DELETE: %q, want %q", got, want)
	}
}

// TestChains is C.3: bob reads dbo.t through dbo.v.
func TestChains(t *testing.T) {
	base := strings.NewReplacer("'v'", "'t'").Replace(denied229)
	cases := []struct {
		name       string
		statements []string
		want       string
	}{
		{"C.3 same owner: the base is not examined", nil, ""},
		{"C.3 same owner: a DENY on the base is ignored", []string{"DENY SELECT ON dbo.t TO bob"}, ""},
		{"C.3 other owner of the view: 229 names the base", []string{"OWNER OBJECT dbo.v carol"}, base},
		{"C.3 other owner of the base: 229 names the base", []string{"OWNER OBJECT dbo.t carol"}, base},
		{"C.3 broken chain, own permission", []string{"OWNER OBJECT dbo.v carol", "GRANT SELECT ON dbo.t TO bob"}, ""},
		{"C.3 both given to one owner", []string{"OWNER OBJECT dbo.v carol", "OWNER OBJECT dbo.t carol"}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.do("sa", c.statements...)
			err := w.s.Checker(w.as("bob")).Access([]ObjectRef{w.ref("dbo", "v")}, w.ref("dbo", "t"), "SELECT", nil)
			if got := describe(err); got != c.want {
				t.Errorf("access = %q, want %q", got, c.want)
			}
		})
	}
}

// TestChainsAcrossDatabases is the row "Across databases" of C.3.
func TestChainsAcrossDatabases(t *testing.T) {
	cases := []struct {
		name       string
		app, other bool
		everywhere bool
		user       bool
		want       string
	}{
		{"C.3 off by default", false, false, false, true, "229 14 5 The SELECT permission was denied on the object 'far', database 'other', schema 'dbo'."},
		{"C.3 one side only", true, false, false, true, "229 14 5 The SELECT permission was denied on the object 'far', database 'other', schema 'dbo'."},
		{"C.3 both sides, a user there", true, true, false, true, ""},
		{"C.3 server option, a user there", false, false, true, true, ""},
		{"C.3 both sides, no user there: 916", true, true, false, false, `916 14 2 The server principal "bob" is not able to access the database "other" under the current security context.`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			far, err := w.s.CreateObject(w.in("sa", "other"), ObjectSpec{Schema: "dbo", Name: "far", Kind: KindTable, Columns: threeColumns()})
			w.must(err)
			w.must(w.s.AlterDatabase(w.master("sa"), "app", DatabaseChange{Chaining: &c.app}))
			w.must(w.s.AlterDatabase(w.master("sa"), "other", DatabaseChange{Chaining: &c.other}))
			w.must(w.s.Configure(w.master("sa"), OptionCrossDBChaining, bit(c.everywhere)))
			if c.user {
				w.must(w.s.CreateUser(w.in("sa", "other"), UserSpec{Name: "bob"}))
			}
			err = w.s.Checker(w.as("bob")).Access([]ObjectRef{w.ref("dbo", "v")}, ObjectRef{w.s.DatabaseNamed("other").ID, far.ID}, "SELECT", nil)
			if got := describe(err); got != c.want {
				t.Errorf("access = %q, want %q", got, c.want)
			}
		})
	}
}

// TestImplied is B.8 read from the table of builtins.
func TestImplied(t *testing.T) {
	cases := []struct {
		name, class, permission string
		want                    map[string][]string
	}{
		{"B.8 object SELECT", "OBJECT", "SELECT", map[string][]string{"OBJECT": {"CL", "RC", "SL"}, "SCHEMA": {"CL", "SL"}, "DATABASE": {"CL", "SL"}, "SERVER": {"CL", "SUS"}}},
		{"B.8 object INSERT", "OBJECT", "INSERT", map[string][]string{"OBJECT": {"CL", "IN"}, "SCHEMA": {"CL", "IN"}, "DATABASE": {"CL", "IN"}, "SERVER": {"CL"}}},
		{"B.8 object TAKE OWNERSHIP", "OBJECT", "TAKE OWNERSHIP", map[string][]string{"OBJECT": {"CL", "TO"}, "SCHEMA": {"CL"}, "DATABASE": {"CL"}, "SERVER": {"CL"}}},
		{"B.8 schema ALTER", "SCHEMA", "ALTER", map[string][]string{"SCHEMA": {"AL", "CL"}, "DATABASE": {"AL", "ALSM", "CL"}, "SERVER": {"ALDB", "CL"}}},
		{"B.8 role ALTER", "ROLE", "ALTER", map[string][]string{"ROLE": {"AL", "CL"}, "DATABASE": {"AL", "ALRL", "CL"}, "SERVER": {"ALDB", "CL"}}},
		{"B.8 user IMPERSONATE", "USER", "IMPERSONATE", map[string][]string{"USER": {"CL", "IM"}, "DATABASE": {"CL"}, "SERVER": {"CL"}}},
		{"B.8 CREATE TABLE", "DATABASE", "CREATE TABLE", map[string][]string{"DATABASE": {"AL", "CL", "CRTB"}, "SERVER": {"ALDB", "CL"}}},
		{"B.8 CREATE ROLE", "DATABASE", "CREATE ROLE", map[string][]string{"DATABASE": {"AL", "ALRL", "CL", "CRRL"}, "SERVER": {"ALDB", "CL"}}},
		{"B.8 ALTER ANY SECURITY POLICY", "DATABASE", "ALTER ANY SECURITY POLICY", map[string][]string{"DATABASE": {"ALSP", "CL"}, "SERVER": {"CL"}}},
		{"B.8 CONNECT", "DATABASE", "CONNECT", map[string][]string{"DATABASE": {"CL", "CO", "CORP"}, "SERVER": {"CADB", "CL"}}},
		{"B.8 VIEW DEFINITION", "DATABASE", "VIEW DEFINITION", map[string][]string{"DATABASE": {"CL", "VW"}, "SERVER": {"CL", "VWAD"}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := map[string][]string{}
			for _, l := range builtins.space(c.class, c.permission) {
				got[l.class] = slices.Sorted(slices.Values(l.codes))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("space (-want +got):\n%s", diff)
			}
		})
	}
}

// TestBuiltinTable checks that every row's coverings exist and that names and
// codes are unique inside a class (B.3).
func TestBuiltinTable(t *testing.T) {
	seen := map[string]string{}
	for _, b := range Builtins() {
		if _, ok := builtins.byName[permissionOf{b.Class, b.Covering}]; b.Covering != "" && !ok {
			t.Errorf("%s %s is covered by %q, which its class does not have", b.Class, b.Permission, b.Covering)
		}
		if _, ok := builtins.byName[permissionOf{b.Parent, b.ParentCover}]; b.Parent != "" && !ok {
			t.Errorf("%s %s is covered by %q of %s, which does not have it", b.Class, b.Permission, b.ParentCover, b.Parent)
		}
		for _, key := range []string{b.Class + "/" + b.Type, b.Class + "/" + b.Permission} {
			if other, ok := seen[key]; ok {
				t.Errorf("%s stands for both %s and %s", key, other, b.Permission)
			}
			seen[key] = b.Permission
		}
	}
	for _, r := range fixedRoles {
		for _, code := range slices.Concat(r.grants, r.denies) {
			if builtins.byCode["DATABASE/"+code] == "" {
				t.Errorf("role %s has the unknown code %q", r.name, code)
			}
		}
	}
	for _, r := range fixedServerRoles {
		for _, code := range r.grants {
			if builtins.byCode["SERVER/"+code] == "" {
				t.Errorf("server role %s has the unknown code %q", r.name, code)
			}
		}
	}
}
