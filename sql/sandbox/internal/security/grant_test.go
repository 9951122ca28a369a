package security

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEffectOnRows is table B.5, row by row.
func TestEffectOnRows(t *testing.T) {
	cases := []struct {
		name       string
		statements []string
		refused    string
		want       []string
	}{
		{"B.5 nothing, GRANT: G", []string{"GRANT SELECT ON dbo.v TO bob"}, "", []string{"bob G SL on dbo.v by dbo"}},
		{"B.5 nothing, GRANT WITH GRANT OPTION: W, one row", []string{"GRANT SELECT ON dbo.v TO bob WITH GRANT OPTION"}, "", []string{"bob W SL on dbo.v by dbo"}},
		{"B.5 nothing, DENY: D", []string{"DENY SELECT ON dbo.v TO bob"}, "", []string{"bob D SL on dbo.v by dbo"}},
		{"B.5 nothing, REVOKE: nothing, no error", []string{"REVOKE SELECT ON dbo.v FROM bob"}, "", nil},
		{"B.5 D, GRANT: G", []string{"DENY SELECT ON dbo.v TO bob", "GRANT SELECT ON dbo.v TO bob"}, "", []string{"bob G SL on dbo.v by dbo"}},
		{"B.5 G, DENY: D", []string{"GRANT SELECT ON dbo.v TO bob", "DENY SELECT ON dbo.v TO bob"}, "", []string{"bob D SL on dbo.v by dbo"}},
		{"B.5 W, plain GRANT: G", []string{"GRANT SELECT ON dbo.v TO bob WITH GRANT OPTION", "GRANT SELECT ON dbo.v TO bob"}, "", []string{"bob G SL on dbo.v by dbo"}},
		{"B.5 W, DENY without CASCADE: 4611", []string{"GRANT SELECT ON dbo.v TO bob WITH GRANT OPTION", "DENY SELECT ON dbo.v TO bob"},
			"4611 16 1 To revoke or deny grantable privileges, specify the CASCADE option.", []string{"bob W SL on dbo.v by dbo"}},
		{"B.5 W, REVOKE without CASCADE: 4611", []string{"GRANT SELECT ON dbo.v TO bob WITH GRANT OPTION", "REVOKE SELECT ON dbo.v FROM bob"},
			"4611 16 1 To revoke or deny grantable privileges, specify the CASCADE option.", []string{"bob W SL on dbo.v by dbo"}},
		{"B.5 W, REVOKE GRANT OPTION FOR without CASCADE: 4611", []string{"GRANT SELECT ON dbo.v TO bob WITH GRANT OPTION", "REVOKE GRANT OPTION FOR SELECT ON dbo.v FROM bob"},
			"4611 16 1 To revoke or deny grantable privileges, specify the CASCADE option.", []string{"bob W SL on dbo.v by dbo"}},
		{"B.5 W, DENY CASCADE: D and what was handed on disappears",
			[]string{"GRANT SELECT ON dbo.v TO bob WITH GRANT OPTION", "bob: GRANT SELECT ON dbo.v TO carol WITH GRANT OPTION", "carol: GRANT SELECT ON dbo.v TO dave", "DENY SELECT ON dbo.v TO bob CASCADE"},
			"", []string{"bob D SL on dbo.v by dbo"}},
		{"B.5 W, REVOKE GRANT OPTION FOR CASCADE: G, delegations removed",
			[]string{"GRANT SELECT ON dbo.v TO bob WITH GRANT OPTION", "bob: GRANT SELECT ON dbo.v TO carol", "REVOKE GRANT OPTION FOR SELECT ON dbo.v FROM bob CASCADE"},
			"", []string{"bob G SL on dbo.v by dbo"}},
		{"B.5 W, REVOKE CASCADE: removed with delegations",
			[]string{"GRANT SELECT ON dbo.v TO bob WITH GRANT OPTION", "bob: GRANT SELECT ON dbo.v TO carol", "REVOKE SELECT ON dbo.v FROM bob CASCADE"}, "", nil},
		{"B.5 G, REVOKE: removed", []string{"GRANT SELECT ON dbo.v TO bob", "REVOKE SELECT ON dbo.v FROM bob"}, "", nil},
		{"B.5 D, REVOKE: removed", []string{"DENY SELECT ON dbo.v TO bob", "REVOKE SELECT ON dbo.v FROM bob"}, "", nil},
		{"B.5 G of another grantor, REVOKE: stays",
			[]string{"GRANT SELECT ON dbo.v TO bob WITH GRANT OPTION", "bob: GRANT SELECT ON dbo.v TO carol", "REVOKE SELECT ON dbo.v FROM carol"},
			"", []string{"bob W SL on dbo.v by dbo", "carol G SL on dbo.v by bob"}},
		{"B.5 G of another grantor, REVOKE AS that grantor: removed",
			[]string{"GRANT SELECT ON dbo.v TO bob WITH GRANT OPTION", "bob: GRANT SELECT ON dbo.v TO carol", "REVOKE SELECT ON dbo.v FROM carol CASCADE AS bob"},
			"", []string{"bob W SL on dbo.v by dbo"}},
		{"B.5 column rows, table GRANT of the same permission: column rows removed",
			[]string{"GRANT SELECT(a) ON dbo.v TO bob", "GRANT UPDATE(a) ON dbo.v TO bob", "GRANT SELECT(a) ON dbo.v TO carol", "GRANT SELECT ON dbo.v TO bob"},
			"", []string{"bob G SL on dbo.v by dbo", "bob G UP(a) on dbo.v by dbo", "carol G SL(a) on dbo.v by dbo"}},
		{"B.5 column rows, table DENY: column rows removed", []string{"GRANT SELECT(a) ON dbo.v TO bob", "DENY SELECT ON dbo.v TO bob"}, "", []string{"bob D SL on dbo.v by dbo"}},
		{"B.5 column rows, table REVOKE: column rows removed", []string{"DENY SELECT(a,b) ON dbo.v TO bob", "REVOKE SELECT ON dbo.v FROM bob"}, "", nil},
		{"B.5 table row, column DENY: extra row", []string{"GRANT SELECT ON dbo.v TO bob", "DENY SELECT(b) ON dbo.v TO bob"}, "",
			[]string{"bob G SL on dbo.v by dbo", "bob D SL(b) on dbo.v by dbo"}},
		{"B.5 table row, column GRANT: extra row", []string{"DENY SELECT ON dbo.v TO bob", "GRANT SELECT ON dbo.v(b) TO bob"}, "",
			[]string{"bob D SL on dbo.v by dbo", "bob G SL(b) on dbo.v by dbo"}},
		{"B.5 table G, column REVOKE: R on that column", []string{"GRANT SELECT ON dbo.v TO bob", "REVOKE SELECT(c) ON dbo.v FROM bob"}, "",
			[]string{"bob G SL on dbo.v by dbo", "bob R SL(c) on dbo.v by dbo"}},
		{"B.5 two owner-authority grantors: a single row",
			[]string{"MEMBER db_owner alice", "MEMBER db_securityadmin carol", "alice: GRANT SELECT ON dbo.v TO bob", "carol: GRANT SELECT ON dbo.v TO bob"}, "", []string{"bob G SL on dbo.v by dbo"}},
		{"B.5 an owner and a W holder: two rows",
			[]string{"GRANT SELECT ON dbo.v TO alice WITH GRANT OPTION", "GRANT SELECT ON dbo.v TO bob", "alice: GRANT SELECT ON dbo.v TO bob"},
			"", []string{"alice W SL on dbo.v by dbo", "bob G SL on dbo.v by dbo", "bob G SL on dbo.v by alice"}},
		{"B.5 a schema grant survives an object revoke", []string{"GRANT SELECT ON SCHEMA::dbo TO bob", "REVOKE SELECT ON dbo.v FROM bob"}, "", []string{"bob G SL on schema dbo by dbo"}},
		{"B.5 several permissions and principals, all or nothing", []string{"GRANT UPDATE ON dbo.v TO alice WITH GRANT OPTION", "DENY SELECT, UPDATE ON dbo.v TO bob, alice"},
			"4611 16 1 To revoke or deny grantable privileges, specify the CASCADE option.", []string{"alice W UP on dbo.v by dbo"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			last := w.script(c.statements)
			if got := describe(last); got != c.refused {
				t.Errorf("refusal = %q, want %q", got, c.refused)
			}
			if diff := cmp.Diff(c.want, w.rows()); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

// script runs statements, each as sa or as the login before a colon; all but
// the last must succeed.
func (w *world) script(statements []string) error {
	w.t.Helper()
	for i, text := range statements {
		login, rest, found := strings.Cut(text, ": ")
		if !found {
			login, rest = "sa", text
		}
		if _, err := w.run(w.as(login), rest); err != nil {
			if i == len(statements)-1 {
				return err
			}
			w.t.Fatalf("%s: %s", text, describe(err))
		}
	}
	return nil
}

// TestStatementRefusals is B.4: what is wrong with a statement itself.
func TestStatementRefusals(t *testing.T) {
	cases := []struct {
		name, statement, want string
	}{
		{"B.4 unknown permission", "GRANT FLY ON dbo.v TO bob", "102 15 1 Incorrect syntax near 'FLY'."},
		{"B.4 permission of another class", "GRANT CREATE TABLE ON dbo.v TO bob", "102 15 1 Incorrect syntax near 'CREATE TABLE'."},
		{"B.4 wrong kind of object", "GRANT EXECUTE ON dbo.v TO bob", "4606 16 1 Granted or revoked privilege EXECUTE is not compatible with object."},
		{"B.4 column list on INSERT", "GRANT INSERT(a) ON dbo.v TO bob", "1020 15 1 Sub-entity lists (such as column or security expressions) cannot be specified for entity-level permissions."},
		{"B.4 column list on a schema", "GRANT SELECT(a) ON SCHEMA::dbo TO bob", "1020 15 1 Sub-entity lists (such as column or security expressions) cannot be specified for entity-level permissions."},
		{"B.4 two column lists", "GRANT SELECT(a) ON dbo.v(b) TO bob", "1019 15 1 Invalid column list after object name in GRANT/REVOKE statement."},
		{"B.4 unknown column", "GRANT SELECT(zz) ON dbo.v TO bob", "4615 16 1 Invalid column name 'zz'."},
		{"B.4 missing grantee", "GRANT SELECT ON dbo.v TO bob, nobody", "15151 16 1 Cannot find the user 'nobody', because it does not exist or you do not have permission."},
		{"B.4 fixed role as grantee", "GRANT SELECT ON dbo.v TO db_datareader", "4617 16 1 Cannot grant, deny or revoke permissions to or from special roles."},
		{"B.4 other database", "GRANT SELECT ON other.dbo.v TO bob", "4610 16 1 You can only grant or revoke permissions on objects in the current database."},
		{"B.4 missing object", "GRANT SELECT ON dbo.nope TO bob", "15151 16 1 Cannot find the object 'nope', because it does not exist or you do not have permission."},
		{"B.4 missing schema", "GRANT SELECT ON SCHEMA::nope TO bob", "15151 16 1 Cannot find the schema 'nope', because it does not exist or you do not have permission."},
		{"B.4 a role is no user", "GRANT ALTER ON USER::db_owner TO bob", "15151 16 1 Cannot find the user 'db_owner', because it does not exist or you do not have permission."},
		{"B.4 server permission outside master", "GRANT VIEW ANY DEFINITION TO bob", "4621 16 10 Permissions at the server scope can only be granted when the current database is master"},
		{"D.3 guest cannot be shut out of master", "master: REVOKE CONNECT FROM guest", "15182 16 1 Cannot disable access to the guest user in master or tempdb."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			ctx, text := w.as("sa"), c.statement
			if rest, ok := strings.CutPrefix(text, "master: "); ok {
				ctx, text = w.master("sa"), rest
			}
			before := dump(w.s)
			_, err := w.run(ctx, text)
			if got := describe(err); got != c.want {
				t.Errorf("refusal = %q, want %q", got, c.want)
			}
			if dump(w.s) != before {
				t.Error("the refused statement changed something")
			}
		})
	}
}

// TestAuthority is table B.6 with the recorded grantor.
func TestAuthority(t *testing.T) {
	notFound := "15151 16 1 Cannot find the object 'v', because it does not exist or you do not have permission."
	cases := []struct {
		name       string
		statements []string
		refused    string
		want       []string // rows of carol
	}{
		{"B.6 sysadmin: grantor is the owner", []string{"GRANT SELECT ON dbo.v TO carol"}, "", []string{"carol G SL on dbo.v by dbo"}},
		{"B.6 db_owner: grantor is the owner", []string{"MEMBER db_owner alice", "alice: GRANT SELECT ON dbo.v TO carol"}, "", []string{"carol G SL on dbo.v by dbo"}},
		{"B.6 db_securityadmin", []string{"MEMBER db_securityadmin alice", "alice: DENY SELECT ON dbo.v TO carol"}, "", []string{"carol D SL on dbo.v by dbo"}},
		{"B.6 CONTROL on the object", []string{"GRANT CONTROL ON dbo.v TO alice", "alice: GRANT SELECT ON dbo.v TO carol"}, "", []string{"carol G SL on dbo.v by dbo"}},
		{"B.6 CONTROL on the schema", []string{"GRANT CONTROL ON SCHEMA::dbo TO alice", "alice: GRANT SELECT ON dbo.v TO carol"}, "", []string{"carol G SL on dbo.v by dbo"}},
		{"B.6 ownership: grantor is the owner", []string{"OWNER OBJECT dbo.v alice", "alice: GRANT SELECT ON dbo.v TO carol"}, "", []string{"carol G SL on dbo.v by alice"}},
		{"B.6 a W row only: grantor is the holder", []string{"GRANT SELECT ON dbo.v TO alice WITH GRANT OPTION", "alice: GRANT SELECT ON dbo.v TO carol"}, "", []string{"carol G SL on dbo.v by alice"}},
		{"B.6 a W on the schema does not carry over", []string{"GRANT SELECT ON SCHEMA::dbo TO alice WITH GRANT OPTION", "alice: GRANT SELECT ON dbo.v TO carol"}, notFound, nil},
		{"B.6 a G row does not suffice", []string{"GRANT SELECT ON dbo.v TO alice", "alice: GRANT SELECT ON dbo.v TO carol"}, notFound, nil},
		{"B.6 DENY with a W row only", []string{"GRANT SELECT ON dbo.v TO alice WITH GRANT OPTION", "alice: DENY SELECT ON dbo.v TO carol"}, notFound, nil},
		{"B.6 no authority, object", []string{"alice: GRANT SELECT ON dbo.v TO carol"}, notFound, nil},
		{"B.6 no authority, database", []string{"alice: GRANT CREATE TABLE TO carol"}, "4613 16 1 Grantor does not have GRANT permission.", nil},
		{"A.6 db_accessadmin may not deny CONNECT", []string{"MEMBER db_accessadmin alice", "alice: DENY CONNECT TO carol"}, "4613 16 1 Grantor does not have GRANT permission.", nil},
		{"A.6 db_accessadmin hands on CONNECT", []string{"REVOKE CONNECT FROM carol", "MEMBER db_accessadmin alice", "alice: GRANT CONNECT TO carol WITH GRANT OPTION"}, "", []string{"carol W CO on database by alice"}},
		{"B.6 AS role with ALTER on it", []string{"ROLE r", "GRANT SELECT ON dbo.v TO r WITH GRANT OPTION", "GRANT ALTER ON ROLE::r TO alice", "alice: GRANT SELECT ON dbo.v TO carol AS r"}, "", []string{"carol G SL on dbo.v by r"}},
		{"B.6 AS role without ALTER", []string{"ROLE r", "GRANT SELECT ON dbo.v TO r WITH GRANT OPTION", "alice: GRANT SELECT ON dbo.v TO carol AS r"}, "4618 16 1 You do not have permission to use r in the AS clause.", nil},
		{"B.6 AS user with IMPERSONATE", []string{"GRANT SELECT ON dbo.v TO bob WITH GRANT OPTION", "GRANT IMPERSONATE ON USER::bob TO alice", "alice: GRANT SELECT ON dbo.v TO carol AS bob"}, "", []string{"carol G SL on dbo.v by bob"}},
		{"B.6 a role's W needs AS", []string{"ROLE r", "MEMBER r alice", "GRANT SELECT ON dbo.v TO r WITH GRANT OPTION", "alice: GRANT SELECT ON dbo.v TO carol"}, notFound, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if got := describe(w.script(c.statements)); got != c.refused {
				t.Errorf("refusal = %q, want %q", got, c.refused)
			}
			rows := slices.DeleteFunc(w.rows(), func(r string) bool { return !strings.HasPrefix(r, "carol ") })
			if diff := cmp.Diff(c.want, rows, cmp.Transformer("nil", func(s []string) []string { return append([]string{}, s...) })); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSpecialGrantees is B.7: a message, and nothing done for anyone.
func TestSpecialGrantees(t *testing.T) {
	const text = "Cannot grant, deny, or revoke permissions to sa, dbo, entity owner, information_schema, sys, or yourself."
	cases := []struct {
		name, login, statement string
		state                  byte
	}{
		{"B.7 dbo", "sa", "GRANT SELECT ON s.t TO carol, dbo", 2},
		{"B.7 sys", "sa", "GRANT SELECT ON s.t TO sys", 2},
		{"B.7 INFORMATION_SCHEMA", "sa", "DENY SELECT ON s.t TO INFORMATION_SCHEMA", 2},
		{"B.7 yourself", "alice", "GRANT SELECT ON s.t TO carol, alice", 2},
		{"B.7 entity owner", "sa", "GRANT SELECT ON dbo.v TO carol, bob", 3},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.do("sa", "MEMBER db_owner alice", "OWNER OBJECT dbo.v bob")
			before := w.rows()
			got, err := w.run(w.as(c.login), c.statement)
			w.must(err)
			if diff := cmp.Diff([]*Error{{Number: 4624, State: c.state, Message: text}}, got); diff != "" {
				t.Errorf("messages (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, w.rows()); diff != "" {
				t.Errorf("rows changed:\n%s", diff)
			}
		})
	}
}

func TestGrantAll(t *testing.T) {
	w := newWorld(t)
	got, err := w.run(w.as("sa"), "GRANT ALL ON dbo.v TO bob")
	w.must(err)
	want := []*Error{{Number: 4628, State: 2, Message: "The ALL permission is deprecated and maintained only for compatibility. It DOES NOT imply ALL permissions defined on the entity."}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("B.4 ALL: messages (-want +got):\n%s", diff)
	}
	rows := []string{"bob G DL on dbo.v by dbo", "bob G IN on dbo.v by dbo", "bob G RF on dbo.v by dbo", "bob G SL on dbo.v by dbo", "bob G UP on dbo.v by dbo"}
	if diff := cmp.Diff(rows, w.rows()); diff != "" {
		t.Errorf("B.4 ALL: rows (-want +got):\n%s", diff)
	}
}

func TestServerGrants(t *testing.T) {
	w := newWorld(t)
	for _, text := range []string{"GRANT VIEW ANY DEFINITION TO bob", "DENY CONNECT SQL TO carol", "GRANT IMPERSONATE ON LOGIN::carol TO bob"} {
		if _, err := w.run(w.master("sa"), text); err != nil {
			t.Fatalf("%s: %s", text, describe(err))
		}
	}
	bob := w.s.Checker(w.master("bob"))
	if !bob.Can(OnServer(), "VIEW ANY DATABASE") || !bob.Can(OnDatabase(w.app().ID), "VIEW DEFINITION") {
		t.Error("B.8: VIEW ANY DEFINITION does not reach VIEW ANY DATABASE and the databases' VIEW DEFINITION")
	}
	if _, err := w.s.ExecuteAsLogin(w.master("bob"), "carol"); err != nil {
		t.Errorf("C.6 EXECUTE AS LOGIN with IMPERSONATE: %s", describe(err))
	}
	if m, err := w.run(w.master("sa"), "GRANT VIEW ANY DEFINITION TO sa"); err != nil || len(m) != 1 || m[0].Number != 4624 {
		t.Errorf("B.7 grant to sa: %v %v", m, err)
	}
	_, err := w.run(w.master("bob"), "GRANT VIEW SERVER STATE TO carol")
	if got, want := describe(err), "4613 16 1 Grantor does not have GRANT permission."; got != want {
		t.Errorf("B.6 server scope: %q, want %q", got, want)
	}
}

// TestServerGrantAs is B.6, AS at server scope: the grantor is the login that
// holds the permission WITH GRANT OPTION.
func TestServerGrantAs(t *testing.T) {
	w := newWorld(t)
	for _, text := range []string{"GRANT VIEW SERVER STATE TO bob WITH GRANT OPTION", "GRANT IMPERSONATE ON LOGIN::bob TO alice"} {
		if _, err := w.run(w.master("sa"), text); err != nil {
			t.Fatalf("%s: %s", text, describe(err))
		}
	}
	_, err := w.run(w.master("carol"), "GRANT VIEW SERVER STATE TO dave AS bob")
	if got, want := describe(err), "4618 16 1 You do not have permission to use bob in the AS clause."; got != want {
		t.Errorf("without IMPERSONATE: %q, want %q", got, want)
	}
	_, err = w.run(w.master("alice"), "GRANT VIEW SERVER STATE TO dave AS bob")
	w.must(err)
	bob, dave := w.s.LoginNamed("bob").ID, w.s.LoginNamed("dave").ID
	want := Row{Class: ClassServer, Grantee: dave, Grantor: bob, Type: "VWSS", State: StateGrant}
	if rows := w.s.permissions.of(ClassServer, 0, dave); !slices.Contains(rows, want) {
		t.Errorf("rows = %v lack %v", rows, want)
	}
	if got := numbers(w.s.DropLogin(w.master("sa"), "bob", false)); !slices.Equal(got, []int32{15173}) {
		t.Errorf("D.2 DROP LOGIN of a grantor: %v, want 15173", got)
	}
}
