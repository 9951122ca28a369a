package sandbox_test

import (
	"testing"
)

func TestExecuteAs(t *testing.T) {
	s := north(t)
	a := sa(t, s, "North")
	a.exec("GRANT IMPERSONATE ON USER::ghost TO bob; GRANT SELECT ON dbo.imvw_pay TO ghost")
	cases := []struct{ name, text, want string }{
		{"USER", "EXECUTE AS USER = 'bob'; SELECT USER_NAME(), ORIGINAL_LOGIN(); REVERT; SELECT USER_NAME()", "bob|sa\n\ndbo"},
		{"LOGIN", "EXECUTE AS LOGIN = 'bob'; SELECT SUSER_SNAME(), USER_NAME(); USE master; USE North; REVERT; SELECT SUSER_SNAME()", "bob|bob\n\nsa"},
		{"frames are stacked", "EXECUTE AS USER = 'bob'; EXECUTE AS USER = 'ghost'; SELECT USER_NAME(); REVERT; SELECT USER_NAME(); REVERT; SELECT USER_NAME()", "ghost\n\nbob\n\ndbo"},
		{"an extra REVERT does nothing", "REVERT; REVERT; SELECT USER_NAME()", "dbo"},
		{"CALLER", "EXECUTE AS USER = 'bob'; EXECUTE AS CALLER; SELECT USER_NAME(); REVERT; SELECT USER_NAME(); REVERT", "bob\n\nbob"},
		{"in EXEC it ends with the text", "EXEC(N'EXECUTE AS USER = ''bob''; SELECT USER_NAME()'); SELECT USER_NAME()", "bob\n\ndbo"},
		{"EXEC AS", "EXEC(N'SELECT USER_NAME()') AS USER = 'bob'; SELECT USER_NAME()", "bob\n\ndbo"},
		{"a cookie", "DECLARE @c varbinary(8000); EXECUTE AS USER = 'bob' WITH COOKIE INTO @c; REVERT WITH COOKIE = @c; SELECT USER_NAME()", "dbo"},
		{"what the user may do", "EXECUTE AS USER = 'ghost'; SELECT HAS_PERMS_BY_NAME('dbo.imvw_pay', 'OBJECT', 'SELECT'), HAS_PERMS_BY_NAME('dbo.imvw_work_order', 'OBJECT', 'SELECT'), IS_MEMBER('Mechanic'); REVERT", "1|0|0"},
		{"it outlives the batch", "EXECUTE AS USER = 'bob'", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { sa(t, s, "North").want(c.text, c.want) })
	}
	refused := []struct {
		name, text string
		numbers    []int32
	}{
		{"C.6 a missing user", "EXECUTE AS USER = 'nobody'", []int32{15517}},
		{"C.6 a missing login", "EXECUTE AS LOGIN = 'nobody'", []int32{15406}},
		{"C.6 a role", "EXECUTE AS USER = 'Mechanic'", []int32{15517}},
		{"C.6 USE under USER", "EXECUTE AS USER = 'bob'; USE master", []int32{916}},
		{"C.6 NO REVERT", "EXECUTE AS USER = 'bob' WITH NO REVERT; REVERT", []int32{15196}},
		{"C.6 a cookie is wanted", "DECLARE @c varbinary(8000); EXECUTE AS USER = 'bob' WITH COOKIE INTO @c; REVERT", []int32{15591}},
		{"C.6 REVERT in another database", "EXECUTE AS LOGIN = 'bob'; USE master; REVERT", []int32{15199}},
		{"229 as the user", "EXECUTE AS USER = 'ghost'; SELECT * FROM dbo.imvw_work_order", []int32{229}},
	}
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) { sa(t, s, "North").fails(c.text, c.numbers...) })
	}
	bob := connect(t, s, "bob", "Bob-1234567", "North")
	bob.want("EXECUTE AS USER = 'ghost'; SELECT COUNT(*) FROM dbo.imvw_pay; REVERT", "0")
	bob.fails("EXECUTE AS USER = 'eve'", 15517)
}

func TestOwnershipChain(t *testing.T) {
	s := north(t)
	a := sa(t, s, "North")
	a.exec(`CREATE SCHEMA other AUTHORIZATION ghost`)
	a.exec(`CREATE VIEW other.over_pay AS SELECT id FROM dbo.imvw_pay`)
	a.exec(`CREATE VIEW dbo.over_over AS SELECT id FROM other.over_pay`)
	a.exec(`CREATE VIEW dbo.twice AS SELECT id FROM dbo.imvw_pay`)
	a.exec(`GRANT SELECT ON other.over_pay TO bob; GRANT SELECT ON dbo.over_over TO eve; GRANT SELECT ON dbo.twice TO bob; DENY SELECT ON dbo.pay TO bob`)
	bob, eve := connect(t, s, "bob", "Bob-1234567", "North"), connect(t, s, "eve", "Eve-1234567", "North")
	bob.want("SELECT COUNT(*) FROM dbo.twice", "0")
	for _, c := range []struct {
		as         *session
		text, want string
	}{
		{bob, "SELECT id FROM other.over_pay", "The SELECT permission was denied on the object 'imvw_pay', database 'North', schema 'dbo'."},
		{eve, "SELECT id FROM dbo.over_over", "The SELECT permission was denied on the object 'imvw_pay', database 'North', schema 'dbo'."},
	} {
		if e := c.as.fails(c.text, 229); e.Message != c.want {
			t.Errorf("%s: %q", c.text, e.Message)
		}
	}
	a.exec("ALTER AUTHORIZATION ON SCHEMA::other TO dbo; GRANT SELECT ON other.over_pay TO bob")
	bob.want("SELECT COUNT(*) FROM other.over_pay", "0")
}

func TestColumnPermissions(t *testing.T) {
	s := north(t)
	a := sa(t, s, "North")
	a.exec("GRANT SELECT (id), UPDATE (title) ON dbo.imvw_work_order TO eve")
	eve := connect(t, s, "eve", "Eve-1234567", "North")
	eve.want("SELECT id FROM dbo.imvw_work_order WHERE id > 0", "")
	cases := []struct {
		name, text string
		numbers    []int32
		message    string
	}{
		{"C.2 a column", "SELECT id, title FROM dbo.imvw_work_order", []int32{230}, "The SELECT permission was denied on the column 'title' of the object 'imvw_work_order', database 'North', schema 'dbo'."},
		{"C.2 once per column", "SELECT id FROM dbo.imvw_work_order WHERE title = N'x' ORDER BY cost", []int32{230, 230}, "The SELECT permission was denied on the column 'cost' of the object 'imvw_work_order', database 'North', schema 'dbo'."},
		{"C.2 a SET that reads", "UPDATE dbo.imvw_work_order SET title = title + N'x'", []int32{230}, "The SELECT permission was denied on the column 'title' of the object 'imvw_work_order', database 'North', schema 'dbo'."},
		{"C.2 both, SELECT first", "UPDATE dbo.imvw_pay SET rate = 1 WHERE id = 1", []int32{229, 229}, "The UPDATE permission was denied on the object 'imvw_pay', database 'North', schema 'dbo'."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if e := eve.fails(c.text, c.numbers...); e.Message != c.message {
				t.Errorf("message %q, want %q", e.Message, c.message)
			}
		})
	}
	eve.exec("UPDATE dbo.imvw_work_order SET title = N'x' WHERE id = 1")
}

func TestSynonym(t *testing.T) {
	s := north(t)
	a := sa(t, s, "North")
	a.exec("CREATE SYNONYM dbo.orders FOR dbo.imvw_work_order; CREATE SYNONYM dbo.loose FOR dbo.nothing")
	a.want("SELECT COUNT(*) FROM dbo.orders", "0")
	a.fails("SELECT * FROM dbo.loose", 5313)
	eve := connect(t, s, "eve", "Eve-1234567", "North")
	eve.fails("SELECT * FROM dbo.orders", 229)
	a.exec("GRANT SELECT ON dbo.orders TO eve")
	eve.want("SELECT COUNT(*) FROM dbo.orders", "0")
}

func TestDatabaseCollations(t *testing.T) {
	s := north(t)
	a := sa(t, s, "")
	a.exec("CREATE DATABASE Strict COLLATE Latin1_General_CS_AS")
	a.exec("USE Strict; CREATE ROLE Mechanic; CREATE ROLE MECHANIC; CREATE TABLE dbo.t (name nvarchar(9)); INSERT INTO dbo.t VALUES (N'a'), (N'A')")
	a.want("SELECT COUNT(*) FROM dbo.t WHERE name = N'a'", "1")
	a.fails("SELECT * FROM dbo.T", 208)
	a.exec("USE North")
	a.fails("CREATE ROLE MECHANIC", 15023)
	a.want("SELECT COUNT(*) FROM DBO.IMVW_PAY", "0")
}
