package sandbox_test

import (
	"testing"

	"grantree/sql/sandbox"
)

// site makes the database North with two tables and views over them, three users and a role.
const site = `
CREATE DATABASE North
GO
CREATE LOGIN bob WITH PASSWORD = N'Bob-1234567', CHECK_POLICY = OFF
CREATE LOGIN eve WITH PASSWORD = N'Eve-1234567', CHECK_POLICY = OFF
CREATE LOGIN out WITH PASSWORD = N'Out-1234567', CHECK_POLICY = OFF
GO
USE North
CREATE USER bob FOR LOGIN bob
CREATE USER eve FOR LOGIN eve
CREATE USER ghost WITHOUT LOGIN
CREATE ROLE Mechanic AUTHORIZATION dbo
ALTER ROLE Mechanic ADD MEMBER bob
CREATE TABLE dbo.work_order (id int NOT NULL PRIMARY KEY, title nvarchar(50) NULL, cost decimal(10,2) NULL)
CREATE TABLE dbo.pay (id int IDENTITY(1,1) NOT NULL, rate money NULL)
GO
CREATE VIEW dbo.imvw_work_order AS SELECT id, title, cost FROM dbo.work_order
GO
CREATE VIEW dbo.imvw_pay AS SELECT id, rate FROM dbo.pay
GO
GRANT SELECT, INSERT, UPDATE ON dbo.imvw_work_order TO Mechanic
GO
`

// north is a server with that site.
func north(t testing.TB) *sandbox.Server {
	t.Helper()
	s := serve(t, sandbox.Options{})
	if err := s.Exec(t.Context(), "", site); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestViewAccess(t *testing.T) {
	s := north(t)
	bob := connect(t, s, "bob", "Bob-1234567", "North")
	bob.exec("INSERT INTO dbo.imvw_work_order (id, title, cost) VALUES (1, N'Oil', 12.5), (2, N'Tyre', NULL)")
	bob.exec("UPDATE dbo.imvw_work_order SET cost = 7 WHERE id = 2")
	bob.want("SELECT id, title, cost FROM imvw_work_order ORDER BY id", "1|Oil|12.50\n2|Tyre|7.00")
	cases := []struct {
		name, text string
		number     int32
		message    string
	}{
		{"C.3 the table under the view", "SELECT * FROM dbo.work_order", 229, "The SELECT permission was denied on the object 'work_order', database 'North', schema 'dbo'."},
		{"no DELETE granted", "DELETE FROM dbo.imvw_work_order WHERE id = 1", 229, "The DELETE permission was denied on the object 'imvw_work_order', database 'North', schema 'dbo'."},
		{"another view", "SELECT rate FROM dbo.imvw_pay", 229, "The SELECT permission was denied on the object 'imvw_pay', database 'North', schema 'dbo'."},
		{"a missing object", "SELECT * FROM dbo.nothing", 208, "Invalid object name 'dbo.nothing'."},
		{"DDL", "CREATE ROLE x", 15247, "User does not have permission to perform this action."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if e := bob.fails(c.text, c.number); e.Message != c.message {
				t.Errorf("message %q, want %q", e.Message, c.message)
			}
		})
	}
}
