package agreement

import (
	"slices"
	"strings"

	"grantree/grants"
)

// ways are the ways by which somebody gets or loses access to a view.
func ways() []way {
	return slices.Concat(rowsIn(), membersIn(), ownersIn(), powersIn(), actingIn(), reachingIn(), modulesIn(), rewritingIn(), emptyRoles(), serverIn(), besideIn(), waysOut(), adviceIn(), databasesIn(), handMade())
}

const eveUser = "CREATE USER gtw_eve FOR LOGIN gtw_eve;\n"

// gets is a way by which somebody may do something, as explain and who say.
func (w way) gets(who, view, may, because string) way {
	w.who, w.view, w.may, w.because, w.answer, w.listed = who, view, may, because, grants.Yes, true
	return w
}

// loses is a way by which somebody may not.
func (w way) loses(who, view, may, because string) way {
	w.who, w.view, w.may, w.because = who, view, may, because
	return w
}

// around is a way to the data that is none on the view.
func (w way) around(who, view, may, because string) way {
	w = w.loses(who, view, may, because)
	w.listed = true
	return w
}

// exits gives exit codes of their own to plan --check and verify.
func (w way) exits(plan, verify int, why string) way {
	w.plan, w.verify, w.why = plan, verify, why
	return w
}

const (
	warned  = "a plan only warns of what is not verified"
	stopped = "the state of the site stops it, which is 4 and comes before 3"
)

// could is a way by which somebody may not, and can give it to themselves.
func (w way) could(who, view, through string) way {
	full := view
	if !strings.Contains(view, ".") {
		full = "dbo." + view
	}
	return w.around(who, view, "SELECT", who+" can give themselves SELECT on "+full+", through "+through)
}

// unread is a way of which nobody can say whether it is one.
func (w way) unread(who, view, because string) way {
	w = w.loses(who, view, "SELECT", because)
	w.doubt = true
	return w
}

// login names the login that enters as somebody, where it has another name.
func (w way) login(name string) way {
	w.enters = name
	return w
}

// reachesNobody says of a way that explain and who have nobody to name.
func (w way) reachesNobody() way {
	w.nobody = true
	return w
}

func in(name, code, do string, words ...string) way {
	return way{name: name, code: code, do: do, words: words}
}

func rowsIn() []way {
	return []way{
		in("a stranger's row on a view", "unmanaged-grant", eveUser+"GRANT SELECT ON dbo.v_pay TO gtw_eve", `the user "gtw_eve", whom the policy does not name, is granted SELECT on dbo.v_pay`, "REVOKE SELECT ON [dbo].[v_pay] FROM [gtw_eve]").
			gets("gtw_eve", "v_pay", "SELECT", "the user gtw_eve is granted SELECT on dbo.v_pay"),
		in("a stranger's row with grant option", "unmanaged-grant", eveUser+"GRANT UPDATE ON dbo.v_pay TO gtw_eve WITH GRANT OPTION", "CASCADE").
			gets("gtw_eve", "v_pay", "UPDATE", "the user gtw_eve is granted UPDATE WITH GRANT OPTION on dbo.v_pay"),
		in("a person's row beyond the policy", "extra-grant", "GRANT SELECT ON dbo.v_pay TO gtw_ann", `the user "gtw_ann" is granted what the policy does not give it: SELECT on dbo.v_pay`).
			gets("gtw_ann", "v_pay", "SELECT", "the user gtw_ann is granted SELECT on dbo.v_pay"),
		in("a group's row beyond the policy", "extra-grant", "GRANT DELETE ON dbo.v_order TO Crew", `the role "Crew"`, "DELETE on dbo.v_order", `which reaches "gtw_ann"`).
			gets("gtw_ann", "v_order", "DELETE", "the role Crew is granted DELETE"),
		in("a row on a column", "column-grant", "GRANT SELECT (amount) ON dbo.v_pay TO gtw_ann", `is granted SELECT on columns of dbo.v_pay`, "REVOKE SELECT ON [dbo].[v_pay] ([amount]) FROM").
			around("gtw_ann", "v_pay", "SELECT", "the user gtw_ann is granted SELECT on some columns of dbo.v_pay: amount"),
		in("CONTROL on a view", "control-grant", "GRANT CONTROL ON dbo.v_pay TO gtw_ann", "CONTROL on dbo.v_pay").
			gets("gtw_ann", "v_pay", "DELETE", "is granted CONTROL on dbo.v_pay"),
		in("a wanted row with grant option", "grant-option", "GRANT UPDATE ON dbo.v_order TO Crew WITH GRANT OPTION", `"Crew"`, "UPDATE WITH GRANT OPTION on dbo.v_order", "REVOKE GRANT OPTION FOR UPDATE ON [dbo].[v_order] FROM [Crew] CASCADE").
			gets("gtw_ann", "v_order", "UPDATE", "the role Crew is granted UPDATE WITH GRANT OPTION on dbo.v_order").exits(4, 3, stopped),
		in("grant option on what a person has anyway", "grant-option", "GRANT SELECT ON dbo.v_order TO gtw_ann WITH GRANT OPTION", `"gtw_ann"`, "SELECT WITH GRANT OPTION on dbo.v_order").
			gets("gtw_ann", "v_order", "SELECT", "the user gtw_ann is granted SELECT WITH GRANT OPTION on dbo.v_order").exits(4, 3, stopped),
		in("grant option on a column of what a person has anyway", "column-grant", "GRANT SELECT (id) ON dbo.v_pay TO gtw_boss WITH GRANT OPTION", `"gtw_boss"`, "SELECT WITH GRANT OPTION on columns of dbo.v_pay", "CASCADE").
			gets("gtw_boss", "v_pay", "SELECT", "the user gtw_boss is granted SELECT WITH GRANT OPTION on some columns of dbo.v_pay: id"),
		in("CONTROL on a view of somebody who may do all", "control-grant", "GRANT CONTROL ON dbo.v_pay TO gtw_boss", `"gtw_boss"`, "CONTROL on dbo.v_pay").
			gets("gtw_boss", "v_pay", "DELETE", "the user gtw_boss is granted CONTROL on dbo.v_pay"),
		in("CONTROL on a view of a group that may do all", "control-grant", "GRANT CONTROL ON dbo.v_pay TO Admin", `"Admin"`, "CONTROL on dbo.v_pay", `reaches "gtw_boss"`).
			gets("gtw_boss", "v_pay", "DELETE", "the role Admin is granted CONTROL on dbo.v_pay"),
		in("a row on the schema", "schema-grant", "GRANT SELECT ON SCHEMA::dbo TO gtw_ann", `is granted SELECT on the schema dbo`).
			gets("gtw_ann", "v_pay", "SELECT", "is granted SELECT on the schema dbo"),
		in("CONTROL on a schema", "schema-grant", eveUser+"GRANT CONTROL ON SCHEMA::app TO gtw_eve", "CONTROL on the schema app").
			gets("gtw_eve", "app.v_part", "INSERT", "is granted CONTROL on the schema app"),
		in("a row on the database", "database-grant", eveUser+"GRANT SELECT TO gtw_eve", `is granted SELECT on the database`).
			gets("gtw_eve", "v_pay", "SELECT", "is granted SELECT on the database"),
		in("CONTROL on the database", "database-grant", "GRANT CONTROL TO gtw_ann", "CONTROL on the database").
			gets("gtw_ann", "v_pay", "DELETE", "is granted CONTROL on the database"),
		in("a row of public", "public-grant", "GRANT SELECT ON dbo.v_pay TO public", "public is granted SELECT on dbo.v_pay", `"gtw_ann"`).
			gets("gtw_ann", "v_pay", "SELECT", "public, which everyone is in, is granted SELECT"),
		{name: "a row of guest, who can enter", code: "guest-grant", do: "GRANT CONNECT TO guest; GRANT SELECT ON dbo.v_pay TO guest", words: []string{"guest is granted SELECT on dbo.v_pay"},
			who: "gtw_eve", view: "v_pay", answer: grants.Yes, because: "the user guest is granted SELECT on dbo.v_pay", listed: true, as: "guest"}, // for every such login
		in("a row of public, and guest can enter", "public-grant", "GRANT CONNECT TO guest; GRANT SELECT ON dbo.v_order TO public", "public is granted SELECT on dbo.v_order", `"guest"`).
			gets("guest", "v_order", "SELECT", "public, which everyone is in,"),
		in("a row of a stranger's role", "unmanaged-grant", "CREATE ROLE Reports; ALTER ROLE Reports ADD MEMBER gtw_ann; GRANT SELECT ON dbo.v_pay TO Reports", `the role "Reports", which the policy does not name, is granted SELECT`, `reaches "gtw_ann"`).
			gets("gtw_ann", "v_pay", "SELECT", "the role Reports is granted SELECT"),
		in("a role in a stranger's role", "unmanaged-grant", "CREATE ROLE Outer1; ALTER ROLE Outer1 ADD MEMBER Crew; GRANT SELECT ON dbo.v_pay TO Outer1", `the role "Outer1"`, `reaches "gtw_ann"`).
			gets("gtw_ann", "v_pay", "SELECT", "the role Outer1 (through Crew) is granted SELECT"),
		{name: "a row that reaches nobody", note: true, code: "reaches-nobody", do: "CREATE ROLE Empty1; GRANT SELECT ON dbo.v_pay TO Empty1", words: []string{`"Empty1"`, "nobody can use it now"}, nobody: true},
	}
}

func membersIn() []way {
	return []way{
		in("a stranger in a group's role", "extra-member", eveUser+"ALTER ROLE Admin ADD MEMBER gtw_eve", `the user "gtw_eve", whom the policy does not name, is in "Admin"`, "12 permissions on 3 views", "ALTER ROLE [Admin] DROP MEMBER [gtw_eve]").
			gets("gtw_eve", "v_pay", "DELETE", "the role Admin is granted DELETE"),
		in("a person in another group's role", "extra-member", "ALTER ROLE Admin ADD MEMBER gtw_ann", `the user "gtw_ann" is in "Admin", which the policy does not say: 10 permissions on 3 views`).
			gets("gtw_ann", "v_pay", "SELECT", "the role Admin is granted SELECT"),
		in("a group's role in another", "extra-member", "ALTER ROLE Admin ADD MEMBER Crew", `the role "Crew" is in "Admin"`, `reaches "gtw_ann"`).
			gets("gtw_ann", "v_pay", "SELECT", "the role Admin (through Crew) is granted SELECT"),
		in("an empty role of strangers in a group's", "extra-member", "CREATE ROLE Temps; ALTER ROLE Crew ADD MEMBER Temps", `the role "Temps", which the policy does not name, is in "Crew"`).reachesNobody(),
		in("a stranger in a group's role by a name like the server's own", "extra-member", "USE master; CREATE LOGIN [##MS_Agent##] WITH PASSWORD = N'aA1!kj3lkJ2lkj', CHECK_POLICY = OFF; USE @site; CREATE USER [##MS_Agent##]; ALTER ROLE Admin ADD MEMBER [##MS_Agent##]", `the user "##MS_Agent##"`).
			gets("##MS_Agent##", "v_pay", "SELECT", "the role Admin is granted SELECT"),
		in("a stranger's role in a group's", "extra-member", eveUser+"CREATE ROLE Temps; ALTER ROLE Temps ADD MEMBER gtw_eve; ALTER ROLE Crew ADD MEMBER Temps", `the role "Temps", which the policy does not name, is in "Crew"`, `reaches "gtw_eve"`).
			gets("gtw_eve", "v_order", "UPDATE", "the role Crew (through Temps)"),
		in("a member of db_owner", "fixed-role", eveUser+"ALTER ROLE db_owner ADD MEMBER gtw_eve", `is a member of db_owner`, "ALTER ROLE [db_owner] DROP MEMBER [gtw_eve]").
			gets("gtw_eve", "v_pay", "DELETE", "the role db_owner gives DELETE"),
		in("a member of db_datareader", "fixed-role", "ALTER ROLE db_datareader ADD MEMBER gtw_ann", `the user "gtw_ann" is a member of db_datareader`).
			gets("gtw_ann", "v_pay", "SELECT", "the role db_datareader gives SELECT"),
		in("a member of db_datawriter", "fixed-role", "ALTER ROLE db_datawriter ADD MEMBER gtw_ann", "db_datawriter").
			gets("gtw_ann", "v_pay", "INSERT", "the role db_datawriter gives INSERT"),
		in("a group's role in a fixed role", "fixed-role", "ALTER ROLE db_datareader ADD MEMBER Crew", `the role "Crew" is a member of db_datareader`, `reaches "gtw_ann"`).
			gets("gtw_ann", "v_pay", "SELECT", "the role db_datareader (through Crew)"),
		in("a member of db_securityadmin", "fixed-role", "ALTER ROLE db_securityadmin ADD MEMBER gtw_ann", "db_securityadmin").could("gtw_ann", "v_pay", "the role db_securityadmin, which holds ALTER ANY APPLICATION ROLE and ALTER ANY ROLE"),
		in("a member of db_accessadmin", "fixed-role", "ALTER ROLE db_accessadmin ADD MEMBER gtw_ann", "db_accessadmin").could("gtw_ann", "v_pay", "the role db_accessadmin, which holds ALTER ANY USER"),
		in("a member of db_ddladmin", "fixed-role", eveUser+"ALTER ROLE db_ddladmin ADD MEMBER gtw_eve", "db_ddladmin").could("gtw_eve", "v_pay", "the role db_ddladmin, which holds ALTER ANY ASSEMBLY"),
	}
}

func ownersIn() []way {
	return []way{
		in("the owner of a view", "owner", "ALTER AUTHORIZATION ON OBJECT::dbo.v_pay TO gtw_ann", `the user "gtw_ann" owns dbo.v_pay`, "ALTER AUTHORIZATION ON OBJECT::[dbo].[v_pay] TO [dbo]").
			loses("gtw_ann", "v_pay", "DELETE", "the user gtw_ann owns dbo.v_pay"), // and not the table: the chain breaks
		in("a role that owns a view", "owner", "CREATE ROLE Owners1; ALTER ROLE Owners1 ADD MEMBER gtw_ann; ALTER AUTHORIZATION ON OBJECT::dbo.v_pay TO Owners1", `the role "Owners1"`, "owns dbo.v_pay", `reaches "gtw_ann"`).
			loses("gtw_ann", "v_pay", "DELETE", "the role Owners1 owns dbo.v_pay"),
		in("the owner of a schema", "owner", "ALTER AUTHORIZATION ON SCHEMA::app TO gtw_ann", "owns", "the schema app").
			loses("gtw_ann", "app.v_part", "DELETE", "the user gtw_ann owns app.v_part"),
		in("the owner of a table's schema", "owner", eveUser+"ALTER AUTHORIZATION ON SCHEMA::base TO gtw_eve", "owns", "base").
			around("gtw_eve", "app.v_part", "SELECT", "base.t_part is open to SELECT"),
		in("the owner of a schema that holds a view beside", "owner", eveUser+"EXEC(N'CREATE SCHEMA mm AUTHORIZATION gtw_eve'); EXEC(N'CREATE VIEW mm.peek AS SELECT id FROM dbo.v_pay'); ALTER AUTHORIZATION ON OBJECT::mm.peek TO dbo", `"gtw_eve"`, "owns the schema mm", "ALTER AUTHORIZATION ON SCHEMA::[mm] TO [dbo]").
			around("gtw_eve", "v_pay", "SELECT", "mm.peek is open to SELECT"),
		in("a role that owns a schema that holds a view beside", "owner", eveUser+"CREATE ROLE Owners1; ALTER ROLE Owners1 ADD MEMBER gtw_eve; EXEC(N'CREATE SCHEMA mm AUTHORIZATION Owners1'); EXEC(N'CREATE VIEW mm.peek AS SELECT id FROM dbo.v_pay'); ALTER AUTHORIZATION ON OBJECT::mm.peek TO dbo", `"Owners1"`, "owns the schema mm", `reaches "gtw_eve"`).
			around("gtw_eve", "v_pay", "SELECT", "mm.peek is open to SELECT"),
		in("the owner of a table", "owner", "ALTER AUTHORIZATION ON OBJECT::dbo.t_pay TO gtw_ann", `owns dbo.t_pay, which stands behind dbo.v_pay`).
			around("gtw_ann", "v_pay", "DELETE", "dbo.t_pay is open to DELETE"),
		in("the owner of a group's role", "owner", "ALTER AUTHORIZATION ON ROLE::Admin TO gtw_ann", `owns the role "Admin"`, "ALTER AUTHORIZATION ON ROLE::[Admin] TO [dbo]").could("gtw_ann", "v_pay", `owning the role "Admin"`),
		in("the login that owns the database", "database-owner", "ALTER AUTHORIZATION ON DATABASE::@site TO gtw_eve", `the login "gtw_eve" owns the database`, "ALTER AUTHORIZATION ON DATABASE::").
			gets("gtw_eve", "v_pay", "DELETE", "owns the database, so it is dbo here"),
	}
}

func powersIn() []way {
	power := func(permission, on, what string) way {
		return in(permission+on, "power-grant", "GRANT "+permission+on+" TO gtw_ann", `the user "gtw_ann" can give itself access: it is granted `+permission, "REVOKE "+permission).could("gtw_ann", "v_pay", permission+" on "+what)
	}
	var out []way
	for _, permission := range []string{"ALTER ANY ROLE", "ALTER ANY USER", "ALTER ANY SCHEMA", "ALTER", "TAKE OWNERSHIP"} {
		out = append(out, power(permission, "", "the database"))
	}
	for _, permission := range []string{"ALTER", "CONTROL", "TAKE OWNERSHIP"} {
		out = append(out, power(permission, " ON ROLE::Admin", `the role "Admin"`))
	}
	return append(out, power("ALTER", " ON OBJECT::dbo.v_pay", "dbo.v_pay"), power("TAKE OWNERSHIP", " ON OBJECT::dbo.v_pay", "dbo.v_pay"),
		power("ALTER", " ON SCHEMA::dbo", "the schema dbo"), power("ALTER", " ON USER::gtw_boss", `the user "gtw_boss"`))
}

func actingIn() []way {
	return []way{
		in("IMPERSONATE on a user", "impersonate", "GRANT IMPERSONATE ON USER::gtw_boss TO gtw_ann", `the user "gtw_ann" may act as another: it is granted IMPERSONATE on the user "gtw_boss"`).
			gets("gtw_ann", "v_pay", "SELECT", "may act as gtw_boss by EXECUTE AS (granted IMPERSONATE), who may SELECT dbo.v_pay"),
		in("CONTROL on a user", "impersonate", "GRANT CONTROL ON USER::gtw_boss TO gtw_ann", "CONTROL on the user").
			gets("gtw_ann", "v_pay", "DELETE", "may act as gtw_boss by EXECUTE AS (granted CONTROL)"),
		in("IMPERSONATE through a role", "impersonate", "GRANT IMPERSONATE ON USER::gtw_boss TO Crew", `the role "Crew"`, `reaches "gtw_ann"`).
			gets("gtw_ann", "v_pay", "SELECT", "may act as gtw_boss by EXECUTE AS (the role Crew is granted IMPERSONATE)"),
		in("IMPERSONATE on dbo", "impersonate", "GRANT IMPERSONATE ON USER::dbo TO gtw_ann", `on the user "dbo"`).
			gets("gtw_ann", "v_pay", "SELECT", "may act as dbo by EXECUTE AS (granted IMPERSONATE)"),
		in("IMPERSONATE on somebody who has it", "impersonate", "CREATE USER gtw_mid FOR LOGIN gtw_mid; GRANT IMPERSONATE ON USER::gtw_mid TO gtw_ann; GRANT IMPERSONATE ON USER::gtw_boss TO gtw_mid", `IMPERSONATE on the user "gtw_boss"`).
			gets("gtw_ann", "v_pay", "SELECT", "may act as gtw_mid, then as gtw_boss by EXECUTE AS (granted IMPERSONATE, then granted IMPERSONATE)"),
		in("IMPERSONATE on a login", "impersonate", "USE master; GRANT IMPERSONATE ON LOGIN::gtw_boss TO gtw_eve; USE @site", `server "main": the login "gtw_eve" may act as another: it is granted IMPERSONATE on the login "gtw_boss"`).
			gets("gtw_eve", "v_pay", "SELECT", "may act as gtw_boss by EXECUTE AS (granted IMPERSONATE)"),
		in("IMPERSONATE ANY LOGIN", "server-permission", "USE master; GRANT IMPERSONATE ANY LOGIN TO gtw_eve; USE @site", `the login "gtw_eve" holds IMPERSONATE ANY LOGIN on the server`).
			gets("gtw_eve", "v_pay", "SELECT", "may act as gtw_boss by EXECUTE AS (granted IMPERSONATE ANY LOGIN on the server)"),
		in("ALTER on a login", "server-permission", "USE master; GRANT ALTER ON LOGIN::gtw_boss TO gtw_eve; USE @site", `holds ALTER on the login "gtw_boss"`, "REVOKE ALTER ON LOGIN::[gtw_boss] FROM [gtw_eve]").
			could("gtw_eve", "v_pay", `ALTER on the login "gtw_boss"`),
	}
}

// reachingIn are people whose own way in is no row on a view, and somebody who
// may act as them.
func reachingIn() []way {
	var out []way
	const lone = "CREATE USER gtw_lo WITHOUT LOGIN;\n"
	for _, x := range reachesOfNoView("gtw_lo") {
		w := in("IMPERSONATE on somebody with "+x.name, "impersonate", eveUser+lone+x.do+"; GRANT IMPERSONATE ON USER::gtw_lo TO gtw_eve",
			`the user "gtw_eve", whom the policy does not name, may act as another: it is granted IMPERSONATE on the user "gtw_lo"`)
		out = append(out, w.around("gtw_eve", x.view, "SELECT", x.says), w.around("gtw_eve", x.view, "SELECT", ", as gtw_lo by EXECUTE AS (granted IMPERSONATE)"))
	}
	return append(out, in("ALTER on a user with a table", "power-grant", eveUser+lone+"GRANT SELECT ON dbo.t_pay TO gtw_lo; GRANT ALTER ON USER::gtw_lo TO gtw_eve", `ALTER on the user "gtw_lo"`).
		could("gtw_eve", "v_pay", `ALTER on the user "gtw_lo"`),
		in("a ring of people of whom one has a table", "impersonate", eveUser+"CREATE USER gtw_lo WITHOUT LOGIN; CREATE USER gtw_lo2 WITHOUT LOGIN; GRANT IMPERSONATE ON USER::gtw_lo2 TO gtw_lo; GRANT IMPERSONATE ON USER::gtw_lo TO gtw_lo2; GRANT SELECT ON dbo.t_pay TO gtw_lo; GRANT IMPERSONATE ON USER::gtw_lo2 TO gtw_eve", `the user "gtw_eve"`, `IMPERSONATE on the user "gtw_lo2"`).
			around("gtw_eve", "v_pay", "SELECT", "dbo.t_pay is open to SELECT, and stands behind dbo.v_pay, as gtw_lo2, then as gtw_lo by EXECUTE AS"),
		in("IMPERSONATE on the login of somebody with a table", "impersonate", "CREATE USER gtw_mid FOR LOGIN gtw_mid; GRANT SELECT ON dbo.t_pay TO gtw_mid; USE master; GRANT IMPERSONATE ON LOGIN::gtw_mid TO gtw_eve; USE @site", `the login "gtw_eve" may act as another`, `"gtw_mid"`).
			around("gtw_eve", "v_pay", "SELECT", "dbo.t_pay is open to SELECT, and stands behind dbo.v_pay, as gtw_mid by EXECUTE AS (granted IMPERSONATE)"),
		in("IMPERSONATE on the login of somebody with a column", "impersonate", "CREATE USER gtw_mid FOR LOGIN gtw_mid; GRANT SELECT (id) ON dbo.v_pay TO gtw_mid; USE master; GRANT IMPERSONATE ON LOGIN::gtw_mid TO gtw_eve; USE @site", `the login "gtw_eve" may act as another`).
			around("gtw_eve", "v_pay", "SELECT", "the user gtw_mid is granted SELECT on some columns of dbo.v_pay: id, as gtw_mid by EXECUTE AS (granted IMPERSONATE)"))
}

// emptyRoles are roles that nobody is in, and somebody who may join them.
func emptyRoles() []way {
	var out []way
	for _, x := range append(reachesOfNoView("Empty1"), powersOfRole()...) {
		out = append(out, in("the owner of an empty role with "+x.name, "owner", eveUser+"CREATE ROLE Empty1;\n"+x.do+"; ALTER AUTHORIZATION ON ROLE::Empty1 TO gtw_eve", `"gtw_eve", whom the policy does not name, owns`, `the role "Empty1"`).
			could("gtw_eve", x.view, `owning the role "Empty1"`),
			in("ALTER on an empty role with "+x.name, "power-grant", eveUser+"CREATE ROLE Empty1;\n"+x.do+"; GRANT ALTER ON ROLE::Empty1 TO gtw_eve", `"gtw_eve"`, `ALTER on the role "Empty1"`).
				could("gtw_eve", x.view, `ALTER on the role "Empty1"`))
	}
	return out
}

// reached is what somebody reaches that is no row on a view, of which view, and
// what is said of it.
type reached struct{ name, do, view, says string }

func reachesOfNoView(who string) []reached {
	return []reached{
		{"a table", "GRANT SELECT ON dbo.t_pay TO " + who, "v_pay", "dbo.t_pay is open to SELECT"},
		{"a column", "GRANT SELECT (id) ON dbo.v_pay TO " + who, "v_pay", "the user " + who + " is granted SELECT on some columns of dbo.v_pay: id"},
		{"a column of a table", "GRANT SELECT (id) ON dbo.t_pay TO " + who, "v_pay", "some columns of dbo.t_pay are open to SELECT"},
		{"a view beside", "EXEC(N'CREATE VIEW dbo.rep_pay AS SELECT amount FROM dbo.t_pay'); GRANT SELECT ON dbo.rep_pay TO " + who, "v_pay", "dbo.rep_pay is open to SELECT"},
		{"a schema that holds a view beside", "EXEC(N'CREATE SCHEMA mm'); EXEC(N'CREATE VIEW mm.rep_pay AS SELECT amount FROM dbo.t_pay'); GRANT SELECT ON SCHEMA::mm TO " + who, "v_pay", "mm.rep_pay is open to SELECT"},
		{"a schema of tables", "GRANT SELECT ON SCHEMA::base TO " + who, "app.v_part", "base.t_part is open to SELECT"},
	}
}

func powersOfRole() []reached {
	var out []reached
	for _, x := range [][2]string{
		{"ALTER ANY ROLE", "GRANT ALTER ANY ROLE TO Empty1"},
		{"ALTER ANY SCHEMA", "GRANT ALTER ANY SCHEMA TO Empty1"},
		{"IMPERSONATE", "GRANT IMPERSONATE ON USER::gtw_boss TO Empty1"},
		{"CONTROL on a user", "GRANT CONTROL ON USER::gtw_boss TO Empty1"},
		{"CONTROL on a role", "GRANT CONTROL ON ROLE::Admin TO Empty1"},
		{"a role of the policy", "ALTER AUTHORIZATION ON ROLE::Admin TO Empty1"},
		{"db_securityadmin", "ALTER ROLE db_securityadmin ADD MEMBER Empty1"},
		{"db_accessadmin", "ALTER ROLE db_accessadmin ADD MEMBER Empty1"},
		{"TAKE OWNERSHIP of a view", "GRANT TAKE OWNERSHIP ON dbo.v_pay TO Empty1"},
	} {
		out = append(out, reached{name: x[0], do: x[1], view: "v_pay"})
	}
	return out
}

// rewritingIn are powers over what has nothing to do with the catalog yet.
func rewritingIn() []way {
	return []way{
		in("ALTER and SELECT on an unrelated view", "power-grant", eveUser+"EXEC(N'CREATE VIEW dbo.hello AS SELECT 1 AS one'); GRANT SELECT, ALTER ON dbo.hello TO gtw_eve", `"gtw_eve"`, "ALTER on dbo.hello", "REVOKE ALTER ON [dbo].[hello] FROM [gtw_eve]").
			could("gtw_eve", "v_pay", "ALTER on dbo.hello (its owner's chain reaches the data)"),
		in("CONTROL on an unrelated view", "power-grant", eveUser+"EXEC(N'CREATE VIEW dbo.hello AS SELECT 1 AS one'); GRANT CONTROL ON dbo.hello TO gtw_eve", "CONTROL on dbo.hello").
			could("gtw_eve", "v_pay", "CONTROL on dbo.hello"),
		in("ALTER and INSERT on an unrelated table", "power-grant", eveUser+"CREATE TABLE dbo.hello (id int NULL); GRANT INSERT, ALTER ON dbo.hello TO gtw_eve", "ALTER on dbo.hello").
			could("gtw_eve", "v_pay", "ALTER on dbo.hello"),
		in("ALTER and SELECT on a schema, and CREATE VIEW", "power-grant", eveUser+"EXEC(N'CREATE SCHEMA mm AUTHORIZATION dbo'); GRANT ALTER, SELECT ON SCHEMA::mm TO gtw_eve; GRANT CREATE VIEW TO gtw_eve", "ALTER on the schema mm").
			could("gtw_eve", "v_pay", "ALTER on the schema mm"),
		in("the owner of a schema with an unrelated view of dbo's", "owner", eveUser+"EXEC(N'CREATE SCHEMA mm AUTHORIZATION gtw_eve'); EXEC(N'CREATE VIEW mm.hello AS SELECT 1 AS one'); ALTER AUTHORIZATION ON OBJECT::mm.hello TO dbo", "owns the schema mm").
			could("gtw_eve", "v_pay", "owning the schema mm"),
		in("an empty role with ALTER and SELECT on an unrelated view", "owner", eveUser+"CREATE ROLE Empty1; EXEC(N'CREATE VIEW dbo.hello AS SELECT 1 AS one'); GRANT SELECT, ALTER ON dbo.hello TO Empty1; ALTER AUTHORIZATION ON ROLE::Empty1 TO gtw_eve", `owns the role "Empty1"`).
			could("gtw_eve", "v_pay", `owning the role "Empty1"`),
	}
}

func serverIn() []way {
	master := func(do string) string { return "USE master; " + do + "; USE @site" }
	return []way{
		in("a stranger in sysadmin", "server-role", "ALTER SERVER ROLE sysadmin ADD MEMBER gtw_eve", `server "main": the login "gtw_eve" is a member of sysadmin`, "ALTER SERVER ROLE [sysadmin] DROP MEMBER [gtw_eve]").
			gets("gtw_eve", "v_pay", "DELETE", "the login gtw_eve is in sysadmin"),
		in("a name like the server's own in sysadmin", "server-role", "CREATE LOGIN [##MS_PolicyEvil##] WITH PASSWORD = N'aA1!kj3lkJ2lkj', CHECK_POLICY = OFF; ALTER SERVER ROLE sysadmin ADD MEMBER [##MS_PolicyEvil##]", `the login "##MS_PolicyEvil##" is a member of sysadmin`).
			gets("##MS_PolicyEvil##", "v_pay", "DELETE", "the login ##MS_PolicyEvil## is in sysadmin"),
		in("a person in sysadmin", "server-role", "ALTER SERVER ROLE sysadmin ADD MEMBER gtw_ann", `the login "gtw_ann" is a member of sysadmin`).
			gets("gtw_ann", "v_pay", "DELETE", "is in sysadmin"),
		in("sysadmin through a server role", "server-role", "CREATE SERVER ROLE gtw_ops; ALTER SERVER ROLE sysadmin ADD MEMBER gtw_ops; ALTER SERVER ROLE gtw_ops ADD MEMBER gtw_eve", `through the server role "gtw_ops"`, "ALTER SERVER ROLE [gtw_ops] DROP MEMBER [gtw_eve]").
			gets("gtw_eve", "v_pay", "SELECT", "the login gtw_eve is in sysadmin (through gtw_ops)"),
		in("securityadmin", "server-role", "ALTER SERVER ROLE securityadmin ADD MEMBER gtw_ann", "securityadmin", "may become any login").could("gtw_ann", "v_pay", "the server role securityadmin, which may become any login"),
		in("##MS_LoginManager##", "server-role", "ALTER SERVER ROLE ##MS_LoginManager## ADD MEMBER gtw_eve", "##MS_LoginManager##").could("gtw_eve", "v_pay", "the server role ##MS_LoginManager##, which may become any login"),
		in("CONTROL SERVER", "server-permission", master("GRANT CONTROL SERVER TO gtw_eve"), `the login "gtw_eve" holds CONTROL SERVER on the server`, "REVOKE CONTROL SERVER FROM [gtw_eve]").
			gets("gtw_eve", "v_pay", "DELETE", "is granted CONTROL SERVER on the server"),
		in("a person with CONTROL SERVER", "server-permission", master("GRANT CONTROL SERVER TO gtw_ann"), `the login "gtw_ann" holds CONTROL SERVER`).
			gets("gtw_ann", "v_pay", "DELETE", "is granted CONTROL SERVER"),
		in("CONTROL SERVER through a server role", "server-permission", master("CREATE SERVER ROLE gtw_ops; ALTER SERVER ROLE gtw_ops ADD MEMBER gtw_eve; GRANT CONTROL SERVER TO gtw_ops"), `holds, through the server role "gtw_ops", CONTROL SERVER`).
			gets("gtw_eve", "v_pay", "SELECT", "the server role gtw_ops, which the login gtw_eve is in, is granted CONTROL SERVER on the server"),
		in("CONTROL SERVER bound by a DENY", "server-permission", eveUser+master("GRANT CONTROL SERVER TO gtw_eve")+"; DENY DELETE ON dbo.v_pay TO public", "CONTROL SERVER").
			gets("gtw_eve", "v_order", "DELETE", "the login gtw_eve is granted CONTROL SERVER on the server"),
		in("SELECT ALL USER SECURABLES and CONNECT ANY DATABASE", "server-permission", master("GRANT SELECT ALL USER SECURABLES TO gtw_eve; GRANT CONNECT ANY DATABASE TO gtw_eve"), "SELECT ALL USER SECURABLES").
			gets("gtw_eve", "v_pay", "SELECT", "is granted SELECT ALL USER SECURABLES"),
		in("SELECT ALL USER SECURABLES of a person", "server-permission", master("GRANT SELECT ALL USER SECURABLES TO gtw_ann"), "SELECT ALL USER SECURABLES").
			gets("gtw_ann", "v_pay", "SELECT", "is granted SELECT ALL USER SECURABLES"),
		in("CONNECT ANY DATABASE, and public may read", "server-permission", master("GRANT CONNECT ANY DATABASE TO gtw_eve")+"; GRANT SELECT ON dbo.v_order TO public", `the login "gtw_eve" holds CONNECT ANY DATABASE`).
			gets("gtw_eve", "v_order", "SELECT", "public, which everyone is in,"),
		in("CONNECT ANY DATABASE, and public may act as a person", "server-permission", master("GRANT CONNECT ANY DATABASE TO gtw_eve")+"; GRANT IMPERSONATE ON USER::gtw_boss TO public", `the login "gtw_eve" holds CONNECT ANY DATABASE`).
			gets("gtw_eve", "v_pay", "SELECT", "may act as gtw_boss by EXECUTE AS"),
		in("##MS_DatabaseConnector##, and public may read", "server-role", "ALTER SERVER ROLE ##MS_DatabaseConnector## ADD MEMBER gtw_eve; GRANT SELECT ON dbo.v_order TO public", "enters every database").
			gets("gtw_eve", "v_order", "SELECT", "public, which everyone is in,"),
		in("ALTER ANY LOGIN", "server-permission", master("GRANT ALTER ANY LOGIN TO gtw_eve"), "ALTER ANY LOGIN").could("gtw_eve", "v_pay", "ALTER ANY LOGIN on the server"),
		in("ALTER ANY SERVER ROLE", "server-permission", master("GRANT ALTER ANY SERVER ROLE TO gtw_eve"), "ALTER ANY SERVER ROLE").could("gtw_eve", "v_pay", "ALTER ANY SERVER ROLE on the server"),
		in("ALTER ANY DATABASE", "server-permission", master("GRANT ALTER ANY DATABASE TO gtw_ann"), "ALTER ANY DATABASE").could("gtw_ann", "v_pay", "ALTER ANY DATABASE on the server"),
		in("ALTER on a server role with power", "server-permission", master("CREATE SERVER ROLE gtw_ops; GRANT CONTROL SERVER TO gtw_ops; GRANT ALTER ON SERVER ROLE::gtw_ops TO gtw_eve"), `holds ALTER on the server role "gtw_ops"`).could("gtw_eve", "v_pay", `ALTER on the server role "gtw_ops"`),
		in("the owner of a server role with power", "owner", master("CREATE SERVER ROLE gtw_ops AUTHORIZATION gtw_eve; GRANT CONTROL SERVER TO gtw_ops"), `the login "gtw_eve" owns the server role "gtw_ops"`).could("gtw_eve", "v_pay", `owning the server role "gtw_ops"`),
	}
}

func besideIn() []way {
	return []way{
		in("a table behind a view", "table-grant", "GRANT SELECT ON dbo.t_pay TO gtw_ann", `is granted SELECT on dbo.t_pay, which stands behind dbo.v_pay`, "REVOKE SELECT ON [dbo].[t_pay] FROM [gtw_ann]").
			around("gtw_ann", "v_pay", "SELECT", "dbo.t_pay is open to SELECT, and stands behind dbo.v_pay"),
		in("columns of a table", "table-grant", "GRANT SELECT (amount) ON dbo.t_pay TO gtw_ann", "columns of dbo.t_pay").
			around("gtw_ann", "v_pay", "SELECT", "some columns of dbo.t_pay are open to SELECT"),
		in("CONTROL on a table", "table-grant", eveUser+"GRANT CONTROL ON dbo.t_pay TO gtw_eve", "CONTROL on dbo.t_pay").
			around("gtw_eve", "v_pay", "DELETE", "dbo.t_pay is open to DELETE"),
		in("ALTER on a table", "power-grant", "GRANT ALTER ON dbo.t_pay TO gtw_ann", "ALTER on dbo.t_pay").
			could("gtw_ann", "v_pay", "ALTER on dbo.t_pay, which stands behind dbo.v_pay"),
		in("a schema of tables", "table-grant", "GRANT SELECT ON SCHEMA::base TO gtw_ann", "SELECT on the schema base, which holds base.t_part").
			around("gtw_ann", "app.v_part", "SELECT", "base.t_part is open to SELECT"),
		in("a table open to public", "table-grant", "GRANT SELECT ON dbo.t_pay TO public", "public is granted SELECT on dbo.t_pay").
			around("gtw_ann", "v_pay", "SELECT", "dbo.t_pay is open to SELECT"),
		in("a view beside the catalog over a table", "beside-grant", "EXEC(N'CREATE VIEW dbo.rep_pay AS SELECT amount FROM dbo.t_pay'); GRANT SELECT ON dbo.rep_pay TO gtw_ann", "dbo.rep_pay, a view outside the catalog that reaches dbo.t_pay").
			around("gtw_ann", "v_pay", "SELECT", "dbo.rep_pay is open to SELECT"),
		in("a view beside the catalog over a view", "beside-grant", "EXEC(N'CREATE VIEW dbo.rep_pay AS SELECT amount FROM dbo.v_pay'); GRANT SELECT ON dbo.rep_pay TO gtw_ann", "dbo.rep_pay, a view outside the catalog").
			around("gtw_ann", "v_pay", "SELECT", "dbo.rep_pay is open to SELECT"),
		in("a synonym of a view", "beside-grant", "CREATE SYNONYM dbo.pay_syn FOR dbo.v_pay; GRANT SELECT ON dbo.pay_syn TO gtw_ann", "dbo.pay_syn, a synonym that reaches").
			around("gtw_ann", "v_pay", "SELECT", "dbo.pay_syn is open to SELECT"),
		in("a synonym of a table", "beside-grant", "CREATE SYNONYM dbo.pay_syn FOR dbo.t_pay; GRANT UPDATE ON dbo.pay_syn TO gtw_ann", "dbo.pay_syn").
			around("gtw_ann", "v_pay", "UPDATE", "dbo.pay_syn is open to UPDATE"),
	}
}

func waysOut() []way {
	return []way{
		in("a person's DENY", "extra-deny", "DENY UPDATE ON dbo.v_order TO gtw_ann", `the user "gtw_ann" is denied UPDATE on dbo.v_order`).loses("gtw_ann", "v_order", "UPDATE", "is denied UPDATE"),
		in("a group's DENY", "extra-deny", "DENY UPDATE ON dbo.v_order TO Crew", `the role "Crew" is denied UPDATE`).loses("gtw_ann", "v_order", "UPDATE", "the role Crew is denied UPDATE"),
		in("a stranger's role's DENY", "unmanaged-deny", "CREATE ROLE Blocked; ALTER ROLE Blocked ADD MEMBER gtw_ann; DENY SELECT ON dbo.v_order TO Blocked", `the role "Blocked"`, `reaches "gtw_ann"`).loses("gtw_ann", "v_order", "SELECT", "the role Blocked is denied SELECT"),
		in("public's DENY", "public-deny", "DENY SELECT ON dbo.v_order TO public", "public is denied SELECT").loses("gtw_boss", "v_order", "SELECT", "public, which everyone is in, is denied SELECT"),
		in("a DENY on the schema", "schema-deny", "DENY SELECT ON SCHEMA::dbo TO gtw_ann", "is denied SELECT on the schema dbo").loses("gtw_ann", "v_order", "SELECT", "is denied SELECT on the schema dbo"),
		in("a DENY on the database", "database-deny", "DENY UPDATE TO Crew", "is denied UPDATE on the database").loses("gtw_ann", "v_order", "UPDATE", "is denied UPDATE on the database"),
		in("a DENY of CONTROL", "control-deny", "DENY CONTROL ON dbo.v_order TO gtw_ann", "is denied CONTROL").loses("gtw_ann", "v_order", "SELECT", "is denied CONTROL"),
		{name: "a DENY on a column", code: "column-deny", do: "DENY SELECT (txt) ON dbo.v_order TO gtw_ann", words: []string{"is denied SELECT on columns of dbo.v_order"},
			who: "gtw_ann", view: "v_order", answer: grants.Yes, listed: true, because: "the user gtw_ann is denied SELECT on some columns of dbo.v_order: txt"},
		in("a member of db_denydatareader", "fixed-role", "ALTER ROLE db_denydatareader ADD MEMBER gtw_ann", "loses what the policy gives", "db_denydatareader").loses("gtw_ann", "v_order", "SELECT", "the role db_denydatareader denies SELECT"),
		in("a DENY on the server", "server-deny", "USE master; DENY SELECT ALL USER SECURABLES TO gtw_boss; USE @site", `the login "gtw_boss" is denied SELECT ALL USER SECURABLES on the server`, "REVOKE SELECT ALL USER SECURABLES FROM [gtw_boss]").
			loses("gtw_boss", "v_pay", "SELECT", "is denied SELECT ALL USER SECURABLES"),
		in("a DENY to a server role", "server-deny", "USE master; CREATE SERVER ROLE gtw_ops; ALTER SERVER ROLE gtw_ops ADD MEMBER gtw_ann; DENY SELECT ALL USER SECURABLES TO gtw_ops; USE @site", `the login "gtw_ann" is denied, through the server role "gtw_ops", SELECT ALL USER SECURABLES`).
			loses("gtw_ann", "v_order", "SELECT", "the server role gtw_ops, which the login gtw_ann is in, is denied SELECT ALL USER SECURABLES"),
		in("a DENY to every login", "server-deny", "USE master; DENY SELECT ALL USER SECURABLES TO public; USE @site", "public, which every login is in, is denied SELECT ALL USER SECURABLES", "REVOKE SELECT ALL USER SECURABLES FROM [public]").
			loses("gtw_boss", "v_pay", "SELECT", "the server role public, which the login gtw_boss is in, is denied SELECT ALL USER SECURABLES"),
		in("CONNECT revoked", "connect-missing", "REVOKE CONNECT FROM gtw_ann", `"gtw_ann" cannot enter`, "lacks CONNECT", "GRANT CONNECT TO [gtw_ann]").loses("gtw_ann", "v_order", "SELECT", "lacks CONNECT"),
		in("CONNECT denied", "connect-denied", "DENY CONNECT TO gtw_ann", "is denied CONNECT").loses("gtw_ann", "v_order", "SELECT", "gtw_ann is denied CONNECT on the database"),
		in("CONNECT denied to a role", "connect-denied", "DENY CONNECT TO Crew", "is denied CONNECT", "REVOKE CONNECT FROM [Crew]").loses("gtw_ann", "v_order", "SELECT", "gtw_ann is denied CONNECT on the database (the role Crew is denied CONNECT)"),
		in("a login that is gone", "orphaned-user", "DROP LOGIN gtw_ann", "has no login on the server", "CREATE LOGIN [gtw_ann]", "SID = 0x").loses("gtw_ann", "v_order", "SELECT", "has no login on the server"),
		in("a login of another SID", "orphaned-user", "DROP LOGIN gtw_ann; CREATE LOGIN gtw_ann WITH PASSWORD = N'aA1!kj3lkJ2lkj'", "ALTER USER [gtw_ann] WITH LOGIN = [gtw_ann]").loses("gtw_ann", "v_order", "SELECT", "has no login on the server").exits(4, 3, stopped),
		in("a disabled login", "login-disabled", "ALTER LOGIN gtw_ann DISABLE", "the login gtw_ann is disabled", "ALTER LOGIN [gtw_ann] ENABLE").loses("gtw_ann", "v_order", "SELECT", "is disabled"),
		in("CONNECT SQL denied", "connect-sql-missing", "USE master; DENY CONNECT SQL TO gtw_ann; USE @site", "is denied CONNECT SQL").loses("gtw_ann", "v_order", "SELECT", "is denied CONNECT SQL"),
		in("CONNECT SQL revoked", "connect-sql-missing", "USE master; REVOKE CONNECT SQL FROM gtw_ann; USE @site", "lacks CONNECT SQL", "GRANT CONNECT SQL TO [gtw_ann]").loses("gtw_ann", "v_order", "SELECT", "lacks CONNECT SQL"),
		in("a user of another login", "login-differs", "ALTER USER gtw_ann WITH LOGIN = gtw_eve", `the user "gtw_ann" belongs to the login "gtw_eve"`, "ALTER USER [gtw_ann] WITH LOGIN = [gtw_ann]").
			gets("gtw_ann", "v_order", "SELECT", "the user gtw_ann belongs to the login gtw_eve and not to gtw_ann: somebody else enters as it, and the login gtw_ann has no user here").login("gtw_eve").exits(4, 3, stopped),
		{name: "a login renamed", note: true, code: "login-renamed", do: "ALTER LOGIN gtw_ann WITH NAME = gtw_anna", words: []string{`is called "gtw_anna" now`, `whoever holds the login "gtw_anna" is "gtw_ann" here`},
			who: "gtw_ann", view: "v_order", answer: grants.Yes, listed: true, because: "the login gtw_ann, of whom the policy speaks, is called gtw_anna now", enters: "gtw_anna"},
		in("a table of another owner", "chain-broken", "ALTER AUTHORIZATION ON OBJECT::dbo.t_order TO gtw_boss", `"gtw_ann" cannot use dbo.v_order`, "ALTER AUTHORIZATION ON OBJECT::[dbo].[t_order] TO [dbo]").
			loses("gtw_ann", "v_order", "SELECT", "the chain of owners breaks below dbo.v_order"),
		in("a schema of tables of another owner", "chain-broken", eveUser+"ALTER AUTHORIZATION ON SCHEMA::base TO gtw_eve", `base.t_part belongs to "gtw_eve"`, `"gtw_boss" cannot use app.v_part`).
			loses("gtw_boss", "app.v_part", "DELETE", "the chain of owners breaks"),
		{name: "a view into another database", code: "other-database", do: "USE tempdb; CREATE TABLE dbo.gtw_elsewhere (id int NULL, txt nvarchar(20) NULL); USE @site; EXEC(N'ALTER VIEW dbo.v_order AS SELECT id, txt FROM tempdb.dbo.gtw_elsewhere')", words: []string{"refers to tempdb.dbo.gtw_elsewhere"},
			who: "gtw_ann", view: "v_order", answer: grants.NotVerified, listed: true, because: "outside the database"},
	}
}

// handMade are what the sandbox has not.
func handMade() []way {
	module := func(change func(*grants.Object)) func(*grants.Snapshot) {
		return func(s *grants.Snapshot) {
			o := grants.Object{ID: 77, Schema: grants.DboID, Name: "usp_pay", Type: grants.Procedure, Owner: grants.DboID}
			change(&o)
			s.Objects = append(s.Objects, o)
			s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassObject, Major: 77, Grantee: idOf(s, "Crew"), Grantor: grants.DboID, Name: "EXECUTE", State: grants.Granted})
			s.Dependencies = append(s.Dependencies, grants.Dependency{From: 77, Schema: "dbo", Name: "v_pay"})
		}
	}
	return []way{
		way{name: "a signed procedure", section: "C.1", snapshot: module(func(o *grants.Object) { o.Signed = true }), code: "module-not-verified", words: []string{"it is signed"}}.
			unread("gtw_ann", "v_pay", "what dbo.usp_pay reaches cannot be read (it is signed)").exits(0, 3, warned),
		way{name: "an application role", section: "A.1", code: "application-role", words: []string{`"erp"`, "SELECT on dbo.v_pay", "who knows its password"}, snapshot: func(s *grants.Snapshot) {
			s.Principals = append(s.Principals, grants.Principal{ID: 900, Name: "erp", Type: grants.ApplicationRole})
			s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassObject, Major: viewID(s, "v_pay"), Grantee: 900, Grantor: grants.DboID, Name: "SELECT", State: grants.Granted})
		}}.unread("gtw_ann", "v_pay", `the application role "erp" holds SELECT on dbo.v_pay, and who knows its password cannot be read`).exits(0, 3, warned),
		way{name: "a Windows group", section: "A.1", code: "unmanaged-grant", words: []string{`the Windows group "DOM\\staff"`, "SELECT on dbo.v_pay"}, snapshot: func(s *grants.Snapshot) {
			group(s, "DOM\\staff")
			s.Permissions = append(s.Permissions, grants.PermissionRow{Class: grants.ClassObject, Major: viewID(s, "v_pay"), Grantee: 901, Grantor: grants.DboID, Name: "SELECT", State: grants.Granted})
		}}.gets("DOM\\staff", "v_pay", "SELECT", "is granted SELECT"),
		way{name: "a Windows group that holds nothing", section: "A.1", code: "group-not-verified", words: []string{"who is in the Windows group"}, snapshot: func(s *grants.Snapshot) { group(s, "DOM\\staff") }}.
			unread("DOM\\staff", "v_pay", `who is in the Windows group "DOM\\staff" cannot be read`).exits(0, 3, warned),
		way{name: "a Windows group in sysadmin", section: "A.7", code: "server-role", words: []string{`the login "DOM\\dba" is a member of sysadmin`}, snapshot: func(s *grants.Snapshot) {
			s.Logins = append(s.Logins, grants.Login{ID: 902, Name: "DOM\\dba", SID: "0902", Type: grants.WindowsGroup})
			s.ServerMembers = append(s.ServerMembers, grants.Member{Role: 3, Member: 902})
		}}.gets("DOM\\dba", "v_pay", "DELETE", "is in sysadmin"),
		way{name: "a contained user with a password", section: "A.1", code: "unmanaged-grant", words: []string{`"self"`}, snapshot: func(s *grants.Snapshot) {
			s.Contained = true
			s.Principals = append(s.Principals, grants.Principal{ID: 903, Name: "self", Type: grants.SQLUser, AuthType: 2, SID: "0903"})
			s.Permissions = append(s.Permissions, grants.PermissionRow{Grantee: 903, Grantor: grants.DboID, Name: "CONNECT", State: grants.Granted},
				grants.PermissionRow{Class: grants.ClassObject, Major: viewID(s, "v_pay"), Grantee: 903, Grantor: grants.DboID, Name: "SELECT", State: grants.Granted})
		}}.gets("self", "v_pay", "SELECT", "is granted SELECT"),
		way{name: "dependencies that may not be read", section: "C.4", code: "not-read", words: []string{"what views and modules refer to", "GRANT SELECT ON [sys].[sql_expression_dependencies] TO [x]"}, snapshot: func(s *grants.Snapshot) {
			s.Dependencies = nil
			s.Unread = append(s.Unread, grants.Unread{What: "what views and modules refer to", Why: "it needs SELECT on it", Fix: []grants.Remedy{{Kind: grants.RemedyGrant, On: grants.Securable{Class: "OBJECT", Schema: "sys", Name: "sql_expression_dependencies"}, Permissions: []string{"SELECT"}, Principal: "x"}}})
		}}.unread("gtw_ann", "v_pay", "what views and modules refer to could not be read: it needs SELECT on it").exits(0, 3, warned),
		way{name: "a view on a linked server", section: "C.3", code: "other-database", words: []string{"elsewhere.db.dbo.t"}, snapshot: func(s *grants.Snapshot) {
			s.Dependencies = append(s.Dependencies, grants.Dependency{From: viewID(s, "v_order"), Server: "elsewhere", Database: "db", Schema: "dbo", Name: "t"})
		}, who: "gtw_ann", view: "v_order", answer: grants.NotVerified, listed: true, because: "dbo.v_order refers to elsewhere.db.dbo.t, outside the database"},
		way{name: "the server's own group on Linux", note: true, section: "A.7", code: "server-account", words: []string{"BUILTIN"}, snapshot: func(s *grants.Snapshot) {
			s.Linux = true
			s.Logins = append(s.Logins, grants.Login{ID: 904, Name: `BUILTIN\Administrators`, SID: "0904", Type: grants.WindowsGroup})
			s.ServerMembers = append(s.ServerMembers, grants.Member{Role: 3, Member: 904})
		}}.gets(`BUILTIN\Administrators`, "v_pay", "SELECT", `the login BUILTIN\Administrators is in sysadmin`),
	}
}

func group(s *grants.Snapshot, name string) {
	s.Logins = append(s.Logins, grants.Login{ID: 901, Name: name, SID: "0901", Type: grants.WindowsGroup})
	s.ServerPermissions = append(s.ServerPermissions, grants.ServerPermissionRow{Class: grants.ClassServer, Grantee: 901, Grantor: 1, Name: "CONNECT SQL", State: grants.Granted})
	s.Principals = append(s.Principals, grants.Principal{ID: 901, Name: name, Type: grants.WindowsGroup, AuthType: 3, SID: "0901"})
	s.Permissions = append(s.Permissions, grants.PermissionRow{Grantee: 901, Grantor: grants.DboID, Name: "CONNECT", State: grants.Granted})
}

func idOf(s *grants.Snapshot, name string) int {
	i := slices.IndexFunc(s.Principals, func(p grants.Principal) bool { return p.Name == name })
	return s.Principals[i].ID
}

func viewID(s *grants.Snapshot, name string) int {
	i := slices.IndexFunc(s.Views, func(v grants.SiteView) bool { return v.Name == name })
	return s.Views[i].ID
}
