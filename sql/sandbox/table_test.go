package sandbox_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"grantree/sql/sandbox"
)

func TestTables(t *testing.T) {
	s := serve(t, sandbox.Options{})
	a := sa(t, s, "tempdb")
	a.exec(`CREATE TABLE dbo.p (id int NOT NULL CONSTRAINT pk_p PRIMARY KEY, name nvarchar(20) NOT NULL)
		CREATE TABLE dbo.c (id int IDENTITY NOT NULL, p int NULL CONSTRAINT fk_c REFERENCES dbo.p (id), n int NULL CONSTRAINT ck_n CHECK (n > 0), code nvarchar(9) NULL CONSTRAINT uq_code UNIQUE, at datetime2 NULL DEFAULT SYSDATETIME())
		INSERT INTO dbo.p VALUES (1, N'one'), (2, N'two')
		INSERT INTO dbo.c (p, n, code) VALUES (1, 5, N'a'), (2, NULL, N'b')`)
	cases := []struct {
		name, text string
		numbers    []int32
	}{
		{"a second row with the key", "INSERT INTO dbo.p VALUES (1, N'x')", []int32{2627}},
		{"NULL where none may be", "INSERT INTO dbo.p (id) VALUES (3)", []int32{515}},
		{"a CHECK", "UPDATE dbo.c SET n = -1 WHERE id = 1", []int32{547}},
		{"a FOREIGN KEY", "UPDATE dbo.c SET p = 7", []int32{547}},
		{"a row that is referred to", "DELETE FROM dbo.p WHERE id = 1", []int32{547}},
		{"a UNIQUE", "INSERT INTO dbo.c (code) VALUES (N'A')", []int32{2627}},
		{"a table that is referred to", "DROP TABLE dbo.p", []int32{3726}},
		{"TRUNCATE of one", "TRUNCATE TABLE dbo.p", []int32{4712}},
		{"an identity by hand", "INSERT INTO dbo.c (id) VALUES (9)", []int32{544}},
		{"a table twice", "CREATE TABLE dbo.p (id int)", []int32{2714}},
		{"a column twice", "CREATE TABLE dbo.q (id int, ID int)", []int32{2705}},
		{"a type that is none", "CREATE TABLE dbo.q (id number)", []int32{2715}},
		{"a view twice the same column", "CREATE VIEW dbo.v AS SELECT id, id FROM dbo.p", []int32{4506}},
		{"a view's column without a name", "CREATE VIEW dbo.v AS SELECT id + 1 FROM dbo.p", []int32{4511}},
		{"a view with an order", "CREATE VIEW dbo.v AS SELECT id FROM dbo.p ORDER BY id", []int32{1033}},
		{"a view over nothing", "CREATE VIEW dbo.v AS SELECT id FROM dbo.nothing", []int32{208}},
		{"DROP of nothing", "DROP VIEW dbo.nothing", []int32{3701}},
		{"DROP of another kind", "DROP VIEW dbo.p", []int32{3705}},
		{"a NOT NULL column for rows that are there", "ALTER TABLE dbo.p ADD x int NOT NULL", []int32{4901}},
		{"a column in use", "ALTER TABLE dbo.c DROP COLUMN p", []int32{5074, 4922}},
		{"a column that is not there", "ALTER TABLE dbo.p DROP COLUMN nothing", []int32{4924}},
		{"a CHECK that a row breaks", "ALTER TABLE dbo.p ADD CONSTRAINT ck CHECK (id > 1)", []int32{547}},
		{"a type that changes", "ALTER TABLE dbo.p ALTER COLUMN name int", []int32{40517}},
		{"a constraint that is not there", "ALTER TABLE dbo.p DROP CONSTRAINT nothing", []int32{3728, 3727}},
		{"DROP of an index that is not there", "DROP INDEX nothing ON dbo.p", []int32{3701}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { a.fails(c.text, c.numbers...) })
	}
	a.want("SELECT id, name FROM dbo.p; SELECT id, p, n, code FROM dbo.c", "1|one\n2|two\n\n1|1|5|a\n2|2|NULL|b")
	a.exec("SET IDENTITY_INSERT dbo.c ON; INSERT INTO dbo.c (id) VALUES (9); SET IDENTITY_INSERT dbo.c OFF")
	a.exec("ALTER TABLE dbo.p ADD extra int NOT NULL DEFAULT 7, more nvarchar(5) NULL; CREATE UNIQUE INDEX ix ON dbo.p (name)")
	a.want("SELECT id, extra, more FROM dbo.p", "1|7|NULL\n2|7|NULL")
	a.fails("INSERT INTO dbo.p (id, name) VALUES (3, N'one')", 2601)
	a.exec("DROP INDEX ix ON dbo.p; INSERT INTO dbo.p (id, name) VALUES (3, N'one'); ALTER TABLE dbo.p DROP COLUMN more")
	a.want("SELECT * FROM dbo.p WHERE id = 3", "3|one|7")
	a.exec("TRUNCATE TABLE dbo.c; INSERT INTO dbo.c (p) VALUES (1)")
	a.want("SELECT id, p FROM dbo.c", "1|1")
	a.exec("DROP TABLE dbo.c, dbo.p")
	a.want("SELECT COUNT(*) FROM sys.objects WHERE type <> 'S' AND is_ms_shipped = 0", "0")
}

// TestDuplicates shows that a refused row names the key that it breaks, even where the key is an identity.
func TestDuplicates(t *testing.T) {
	s := serve(t, sandbox.Options{})
	a := sa(t, s, "tempdb")
	a.exec(`CREATE TABLE dbo.t (id int IDENTITY CONSTRAINT pk_t PRIMARY KEY, a int CONSTRAINT uq_t UNIQUE, b int)
		CREATE UNIQUE INDEX ix ON dbo.t (b)
		SET IDENTITY_INSERT dbo.t ON
		INSERT INTO dbo.t (id, a, b) VALUES (1, 1, 1)`)
	for row, want := range map[string]string{
		"1, 2, 2": "2627|14|Violation of PRIMARY KEY constraint 'pk_t'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (1).",
		"2, 1, 2": "2627|14|Violation of UNIQUE KEY constraint 'uq_t'. Cannot insert duplicate key in object 'dbo.t'. The duplicate key value is (1).",
		"2, 2, 1": "2601|14|Cannot insert duplicate key row in object 'dbo.t' with unique index 'ix'. The duplicate key value is (1).",
	} {
		a.want("BEGIN TRY INSERT INTO dbo.t (id, a, b) VALUES ("+row+") END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_SEVERITY(), ERROR_MESSAGE() END CATCH", want)
	}
}

func TestDefinitionsAndTypes(t *testing.T) {
	s := serve(t, sandbox.Options{})
	a := sa(t, s, "tempdb")
	a.exec("CREATE TABLE dbo.t (a int NOT NULL, b nvarchar(20), c decimal(9,3), d datetime2(3), e varbinary(max), f char(4), g bit, h uniqueidentifier, i float)")
	a.exec("  CREATE OR ALTER VIEW dbo.v (x, y) AS SELECT a, b FROM dbo.t")
	a.want("SELECT c.name, t.name, c.max_length, c.[precision], c.scale, c.is_nullable FROM sys.columns c JOIN sys.types t ON t.user_type_id = c.user_type_id WHERE c.object_id = OBJECT_ID('dbo.t') ORDER BY c.column_id",
		"a|int|4|10|0|false\nb|nvarchar|40|0|0|true\nc|decimal|5|9|3|true\nd|datetime2|7|23|3|true\ne|varbinary|-1|0|0|true\nf|char|4|0|0|true\ng|bit|1|1|0|true\nh|uniqueidentifier|16|0|0|true\ni|float|8|53|0|true")
	a.want("SELECT definition FROM sys.sql_modules; SELECT COL_NAME(OBJECT_ID('dbo.v'), 2)", "  CREATE   VIEW dbo.v (x, y) AS SELECT a, b FROM dbo.t\n\ny")
	a.want("SELECT referenced_schema_name, referenced_entity_name FROM sys.sql_expression_dependencies", "dbo|t")
	id := a.rows("SELECT OBJECT_ID('dbo.v')")
	a.exec("ALTER VIEW dbo.v AS SELECT a FROM dbo.t")
	a.want("SELECT OBJECT_ID('dbo.v'); SELECT definition FROM sys.sql_modules; EXEC sp_helptext 'dbo.v'", id+"\n\nCREATE VIEW dbo.v AS SELECT a FROM dbo.t\n\nCREATE VIEW dbo.v AS SELECT a FROM dbo.t")
	a.exec("INSERT INTO dbo.t VALUES (1, N'Zoë', 1.5, '2026-03-04T05:06:07.89', 0x0102, 'ab', 1, '6F9619FF-8B86-D011-B42D-00C04FC964FF', 0.5)")
	a.want("SELECT a, b, c, d, CONVERT(nvarchar(9), e, 1), f, g, CAST(h AS nvarchar(36)), i FROM dbo.t", "1|Zoë|1.500|2026-03-04T05:06:07|0x0102|ab  |true|6F9619FF-8B86-D011-B42D-00C04FC964FF|0.5")
}

// TestNobodySeesHalf has writers that move an amount between two rows, and grant and revoke with it, while readers look.
func TestNobodySeesHalf(t *testing.T) {
	s := north(t)
	a := sa(t, s, "North")
	a.exec("CREATE TABLE dbo.account (id int NOT NULL PRIMARY KEY, amount int NOT NULL); INSERT INTO dbo.account VALUES (1, 50), (2, 50)")
	var writers, readers sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		w := sa(t, s, "North")
		writers.Go(func() {
			for i := range 40 {
				end := []string{"COMMIT", "ROLLBACK"}[i%2]
				if err := w.try("BEGIN TRAN; UPDATE dbo.account SET amount = amount - 7 WHERE id = 1; CREATE ROLE half1; CREATE ROLE half2; UPDATE dbo.account SET amount = amount + 7 WHERE id = 2; DROP ROLE half1; DROP ROLE half2; " + end); err != nil {
					t.Errorf("writer: %v", err)
				}
			}
		})
	}
	for range 2 {
		r := sa(t, s, "North")
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				got, err := r.query("SELECT SUM(amount) FROM dbo.account; SELECT COUNT(*) FROM sys.database_principals WHERE name LIKE 'half%'")
				if err != nil || got != "100\n\n0" {
					t.Errorf("reader: %q %v", got, err)
					return
				}
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	a.want("SELECT SUM(amount) FROM dbo.account WHERE id = 1", fmt.Sprint(50-7*40))
}

func TestScripts(t *testing.T) {
	s := serve(t, sandbox.Options{})
	if err := s.Exec(t.Context(), "", "CREATE DATABASE x\nGO\nUSE x\nCREATE TABLE t (id int)\nGO\nINSERT INTO t VALUES (1)\nGO 3\n"); err != nil {
		t.Fatal(err)
	}
	sa(t, s, "x").want("SELECT COUNT(*) FROM t", "3")
	err := s.Exec(t.Context(), "x", "SELECT 1\nGO\n\nSELECT * FROM nothing\nGO\n")
	if err == nil || !strings.Contains(err.Error(), "batch at line 3: line 2: message 208") {
		t.Errorf("error %v", err)
	}
}
