package agreement

// adviceIn are ways that stand with another principal than the one who has
// them, so that the statement that mends them names that one. TestAdviceMends
// sends it.
func adviceIn() []way {
	master := func(do string) string { return "USE master; " + do + "; USE @site" }
	const ops = "CREATE SERVER ROLE gtw_a; CREATE SERVER ROLE gtw_b; ALTER SERVER ROLE gtw_b ADD MEMBER gtw_a; "
	const blocked = "CREATE ROLE Blocked; ALTER ROLE Blocked ADD MEMBER gtw_eve; "
	return []way{
		in("CONTROL SERVER through a server role in a server role", "server-permission", master(ops+"ALTER SERVER ROLE gtw_a ADD MEMBER gtw_eve; GRANT CONTROL SERVER TO gtw_b"),
			`through the server role "gtw_b", CONTROL SERVER`, "ALTER SERVER ROLE [gtw_a] DROP MEMBER [gtw_eve]").gets("gtw_eve", "v_pay", "DELETE", "CONTROL SERVER"),
		in("sysadmin by two server roles", "server-role", ops+"ALTER SERVER ROLE sysadmin ADD MEMBER gtw_b; ALTER SERVER ROLE gtw_a ADD MEMBER gtw_eve; ALTER SERVER ROLE gtw_b ADD MEMBER gtw_eve",
			"ALTER SERVER ROLE [gtw_a] DROP MEMBER [gtw_eve]", "ALTER SERVER ROLE [gtw_b] DROP MEMBER [gtw_eve]").
			gets("gtw_eve", "v_pay", "DELETE", "the login gtw_eve is in sysadmin (through gtw_b)"),

		in("CONNECT SQL denied to a login", "connect-sql-missing", master("DENY CONNECT SQL TO gtw_ann"), "is denied CONNECT SQL; USE master; GRANT CONNECT SQL TO [gtw_ann] (").
			loses("gtw_ann", "v_order", "SELECT", "the login gtw_ann is denied CONNECT SQL"),
		in("CONNECT SQL denied to a server role", "connect-sql-missing", master(ops+"ALTER SERVER ROLE gtw_a ADD MEMBER gtw_ann; DENY CONNECT SQL TO gtw_b"),
			"is denied CONNECT SQL", "USE master; REVOKE CONNECT SQL FROM [gtw_b] (").loses("gtw_ann", "v_order", "SELECT", "is denied CONNECT SQL"),
		in("CONNECT SQL denied to a server role with others", "connect-sql-missing", master(ops+"ALTER SERVER ROLE gtw_a ADD MEMBER gtw_ann; ALTER SERVER ROLE gtw_b ADD MEMBER gtw_eve; DENY CONNECT SQL TO gtw_b"),
			"ALTER SERVER ROLE [gtw_a] DROP MEMBER [gtw_ann] (").
			loses("gtw_ann", "v_order", "SELECT", "the login gtw_ann is denied CONNECT SQL"),
		in("CONNECT SQL denied to everybody", "connect-sql-missing", master("DENY CONNECT SQL TO public"), `"gtw_ann"`, "USE master; REVOKE CONNECT SQL FROM [public] (").
			loses("gtw_ann", "v_order", "SELECT", "the login gtw_ann is denied CONNECT SQL"),
		in("CONTROL SERVER denied to a login", "connect-sql-missing", master("DENY CONTROL SERVER TO gtw_ann"), "USE master; REVOKE CONTROL SERVER FROM [gtw_ann] (").
			loses("gtw_ann", "v_order", "SELECT", "the login gtw_ann is denied CONNECT SQL"),
		in("CONNECT SQL denied to a login and to its server role", "connect-sql-missing", master(ops+"ALTER SERVER ROLE gtw_a ADD MEMBER gtw_ann; DENY CONNECT SQL TO gtw_b; DENY CONNECT SQL TO gtw_ann"),
			"REVOKE CONNECT SQL FROM [gtw_b]", "GRANT CONNECT SQL TO [gtw_ann]").
			loses("gtw_ann", "v_order", "SELECT", "the login gtw_ann is denied CONNECT SQL"),
		in("a login that is disabled, and CONNECT taken", "login-disabled", "ALTER LOGIN gtw_ann DISABLE; REVOKE CONNECT FROM gtw_ann", "ALTER LOGIN [gtw_ann] ENABLE; GRANT CONNECT TO [gtw_ann] (").
			loses("gtw_ann", "v_order", "SELECT", "the login gtw_ann is disabled"),
		in("CONNECT ANY DATABASE denied to a login", "connect-denied", master("DENY CONNECT ANY DATABASE TO gtw_ann"), "is denied CONNECT", "USE master; REVOKE CONNECT ANY DATABASE FROM [gtw_ann] (").
			loses("gtw_ann", "v_order", "SELECT", "is denied CONNECT"),
		in("CONNECT ANY DATABASE denied to a server role", "connect-denied", master(ops+"ALTER SERVER ROLE gtw_a ADD MEMBER gtw_ann; DENY CONNECT ANY DATABASE TO gtw_b"), "REVOKE CONNECT ANY DATABASE FROM [gtw_b] (").
			loses("gtw_ann", "v_order", "SELECT", "gtw_ann is denied CONNECT on the database"),
		in("CONNECT denied to a person and to their role", "connect-denied", "DENY CONNECT TO gtw_ann; DENY CONNECT TO Crew", "REVOKE CONNECT FROM [Crew]; GRANT CONNECT TO [gtw_ann] (").
			loses("gtw_ann", "v_order", "SELECT", "gtw_ann is denied CONNECT on the database"),
		in("CONNECT denied to everybody", "connect-denied", "DENY CONNECT TO public", `"gtw_boss"`, "REVOKE CONNECT FROM [public] (").
			loses("gtw_boss", "v_order", "SELECT", "gtw_boss is denied CONNECT on the database"),
		in("CONNECT denied to a role with others", "connect-denied", eveUser+blocked+"ALTER ROLE Blocked ADD MEMBER gtw_ann; DENY CONNECT TO Blocked", "ALTER ROLE [Blocked] DROP MEMBER [gtw_ann] (").
			loses("gtw_ann", "v_order", "SELECT", "gtw_ann is denied CONNECT on the database"),
		in("CONNECT denied to a person and granted to their role", "connect-denied", "DENY CONNECT TO gtw_ann; GRANT CONNECT TO Crew", "is denied CONNECT on the database; GRANT CONNECT TO [gtw_ann] (").
			loses("gtw_ann", "v_order", "SELECT", "gtw_ann is denied CONNECT on the database"),

		in("a group's DENY, and a stranger in the group", "extra-deny", eveUser+"ALTER ROLE Crew ADD MEMBER gtw_eve; DENY UPDATE ON dbo.v_order TO Crew", "REVOKE UPDATE ON [dbo].[v_order] FROM [Crew] (").
			loses("gtw_ann", "v_order", "UPDATE", "the role Crew is denied UPDATE on dbo.v_order"),
		in("a DENY to a role that others are in", "unmanaged-deny", eveUser+blocked+"ALTER ROLE Blocked ADD MEMBER gtw_ann; DENY SELECT ON dbo.v_order TO Blocked; GRANT SELECT ON dbo.v_order TO gtw_eve", "ALTER ROLE [Blocked] DROP MEMBER [gtw_ann] (").
			loses("gtw_ann", "v_order", "SELECT", "the role Blocked is denied SELECT on dbo.v_order"),
		in("a DENY to a role in which a role of others is", "unmanaged-deny", eveUser+blocked+"CREATE ROLE Temps; ALTER ROLE Temps ADD MEMBER gtw_ann; ALTER ROLE Blocked ADD MEMBER Temps; DENY SELECT ON dbo.v_order TO Blocked; GRANT SELECT ON dbo.v_order TO gtw_eve",
			"ALTER ROLE [Temps] DROP MEMBER [gtw_ann] (").
			loses("gtw_ann", "v_order", "SELECT", "the role Blocked (through Temps) is denied SELECT on dbo.v_order"),
		in("a DENY to a role that a group's is in", "unmanaged-deny", eveUser+blocked+"ALTER ROLE Blocked ADD MEMBER Crew; DENY SELECT ON dbo.v_order TO Blocked; GRANT SELECT ON dbo.v_order TO gtw_eve", "ALTER ROLE [Blocked] DROP MEMBER [Crew] (").
			loses("gtw_ann", "v_order", "SELECT", "the role Blocked (through Crew) is denied SELECT on dbo.v_order"),
		in("a DENY to a server role that others are in", "server-deny", eveUser+master(ops+"ALTER SERVER ROLE gtw_a ADD MEMBER gtw_ann; ALTER SERVER ROLE gtw_b ADD MEMBER gtw_eve; DENY SELECT ALL USER SECURABLES TO gtw_b"),
			"ALTER SERVER ROLE [gtw_a] DROP MEMBER [gtw_ann] (").
			loses("gtw_ann", "v_order", "SELECT", "the server role gtw_b, which the login gtw_ann is in, is denied SELECT ALL USER SECURABLES on the server"),

		in("a row by another grantor", "extra-grant", eveUser+"GRANT DELETE ON dbo.v_order TO gtw_eve WITH GRANT OPTION; EXECUTE AS USER = 'gtw_eve'; GRANT DELETE ON dbo.v_order TO Crew; REVERT",
			"REVOKE DELETE ON [dbo].[v_order] FROM [Crew] AS [gtw_eve]").
			gets("gtw_ann", "v_order", "DELETE", "the role Crew is granted DELETE on dbo.v_order").exits(4, 3, stopped),
		in("a row by another grantor, handed on", "unmanaged-grant", eveUser+"CREATE USER gtw_mid FOR LOGIN gtw_mid; GRANT DELETE ON dbo.v_order TO gtw_eve WITH GRANT OPTION; EXECUTE AS USER = 'gtw_eve'; GRANT DELETE ON dbo.v_order TO gtw_mid WITH GRANT OPTION; REVERT",
			`"gtw_mid"`, "REVOKE DELETE ON [dbo].[v_order] FROM [gtw_mid] CASCADE AS [gtw_eve]").
			gets("gtw_mid", "v_order", "DELETE", "the user gtw_mid is granted DELETE WITH GRANT OPTION on dbo.v_order"),

		in("guest in a group's role", "extra-member", "ALTER ROLE Crew ADD MEMBER guest", `guest is in "Crew", which the policy does not say`, "ALTER ROLE [Crew] DROP MEMBER [guest] (").
			reachesNobody(),
		in("guest in a group's role, and it can enter", "extra-member", "GRANT CONNECT TO guest; ALTER ROLE Crew ADD MEMBER guest", "guest is in", "2 permissions on 1 view").
			gets("guest", "v_order", "UPDATE", "the role Crew is granted UPDATE on dbo.v_order"),
		in("a view beside the catalog over a view and its table", "beside-grant", "EXEC(N'CREATE VIEW dbo.rep_pay AS SELECT v.amount FROM dbo.v_pay AS v JOIN dbo.t_pay AS t ON t.id = v.id'); GRANT SELECT ON dbo.rep_pay TO gtw_ann",
			"dbo.rep_pay, a view outside the catalog that reaches dbo.v_pay; REVOKE").
			around("gtw_ann", "v_pay", "SELECT", "dbo.rep_pay is open to SELECT"),

		in("a schema of a role over tables of dbo", "chain-broken", eveUser+"CREATE ROLE Keepers; ALTER ROLE Keepers ADD MEMBER gtw_eve; ALTER AUTHORIZATION ON SCHEMA::app TO Keepers; GRANT SELECT, INSERT, UPDATE, DELETE ON app.v_part TO Admin",
			`base.t_part belongs to "dbo" and what refers to it to "Keepers"`, "ALTER AUTHORIZATION ON SCHEMA::[app] TO [dbo] (").
			loses("gtw_boss", "app.v_part", "DELETE", "the chain of owners breaks below app.v_part: it belongs to Keepers, and base.t_part to dbo"),
		in("the owner of a schema over tables of dbo", "owner", eveUser+"CREATE ROLE Keepers; ALTER ROLE Keepers ADD MEMBER gtw_eve; ALTER AUTHORIZATION ON SCHEMA::app TO Keepers",
			`the role "Keepers"`, "owns the schema app, which reaches", "ALTER AUTHORIZATION ON SCHEMA::[app] TO [dbo],").
			loses("gtw_eve", "app.v_part", "SELECT", "the role Keepers owns app.v_part"),
		in("views and tables of two owners", "chain-broken", eveUser+"CREATE USER gtw_mid FOR LOGIN gtw_mid; ALTER AUTHORIZATION ON SCHEMA::app TO gtw_eve; ALTER AUTHORIZATION ON OBJECT::base.t_part TO gtw_mid; GRANT SELECT, INSERT, UPDATE, DELETE ON app.v_part TO Admin",
			"ALTER AUTHORIZATION ON OBJECT::[base].[t_part] TO [dbo]; ALTER AUTHORIZATION ON SCHEMA::[app] TO [dbo] (").
			loses("gtw_boss", "app.v_part", "DELETE", "the chain of owners breaks below app.v_part: it belongs to gtw_eve, and base.t_part to gtw_mid"),
	}
}
