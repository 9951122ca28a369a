package query

import (
	"fmt"
	"strings"
	"testing"

	"grantree/sql/tsql"
)

// accessText prints accesses as "PERMISSION relation(columns) via views".
func accessText(list []Access) string {
	var lines []string
	for _, a := range list {
		line := a.Permission + " " + a.Relation.Name
		if !a.NoColumn {
			line += strings.ReplaceAll(fmt.Sprint(a.Columns), " ", ",")
		}
		for _, v := range a.Via {
			line += " via " + v.Name
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "; ")
}

// TestAccesses holds section C.2 of the reference: which columns of what a statement names, in the order of binding.
func TestAccesses(t *testing.T) {
	conn := openConn(t)
	s := shop(t, conn)
	tests := []struct{ name, sql, want string }{
		{"columns anywhere", "SELECT id FROM items WHERE price > 1 ORDER BY name", "SELECT items[1,2,3]"},
		{"no column", "SELECT COUNT(*) FROM items", "SELECT items"},
		{"star", "SELECT * FROM items", "SELECT items[1,2,3,4]"},
		{"two tables", "SELECT i.id FROM items i JOIN sold s ON s.item = i.id", "SELECT items[1]; SELECT sold[2]"},
		{"subquery", "SELECT 1 WHERE EXISTS (SELECT 1 FROM sold)", "SELECT sold"},
		{"view", "SELECT number FROM cheap", "SELECT cheap[1]; SELECT items[1,2,3] via cheap"},
		{"view over view", "SELECT n FROM cheapest", "SELECT cheapest[1]; SELECT cheap[1,2] via cheapest; SELECT items[1,2,3] via cheapest via cheap"},
		{"insert", "INSERT INTO items (id, name) VALUES (1, 'a')", "INSERT items"},
		{"insert a query", "INSERT INTO items (id, name) SELECT no, note FROM sold", "SELECT sold[1,3]; INSERT items"},
		{"update of a constant", "UPDATE items SET price = 1", "UPDATE items[3]"},
		{"update that reads", "UPDATE items SET price = id", "SELECT items[1]; UPDATE items[3]"},
		{"update with where", "UPDATE items SET price = 1 WHERE name = 'a'", "SELECT items[2]; UPDATE items[3]"},
		{"update with an empty where", "UPDATE items SET price = 1 WHERE 1 = 1", "SELECT items; UPDATE items[3]"},
		{"delete all", "DELETE FROM items", "DELETE items"},
		{"delete with where", "DELETE FROM items WHERE id = 1", "SELECT items[1]; DELETE items"},
		{"insert through views", "INSERT INTO cheapest (n, name) VALUES (1, 'a')", "INSERT cheapest; INSERT cheap via cheapest; INSERT items via cheapest via cheap"},
		{"update through a view", "UPDATE cheap SET name = 'a' WHERE number = 1", "SELECT cheap[1]; SELECT items[1,2,3] via cheap; UPDATE cheap[2]; UPDATE items[2] via cheap"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := Bind(parseOne(t, tt.sql), s)
			if err != nil {
				t.Fatal(err)
			}
			if got := accessText(b.Accesses); got != tt.want {
				t.Errorf("%s\n got: %s\nwant: %s", tt.sql, got, tt.want)
			}
		})
	}
}

// TestApply runs a table function on constants, and on each row of a table.
func TestApply(t *testing.T) {
	conn := openConn(t)
	s := people(t)
	s.tables = func(name tsql.ObjectName, args []any) (*Relation, error) {
		r := &Relation{Database: "d", Schema: "sys", Name: "letters", Columns: testColumns(t, "letter nvarchar(1)")}
		r.Source = &Virtual{Rows: func() (rows [][]any, err error) {
			text, _ := args[0].(string)
			for _, c := range strings.TrimSpace(text) {
				rows = append(rows, []any{string(c)})
			}
			return rows, nil
		}}
		return r, nil
	}
	tests := []struct{ name, sql, want string }{
		{"constant", "SELECT letter FROM sys.letters('abc') AS l ORDER BY letter DESC", "c\nb\na"},
		{"default", "SELECT COUNT(*) FROM sys.letters(DEFAULT)", "0"},
		{"cross apply", "SELECT p.id, l.letter FROM people AS p CROSS APPLY sys.letters(p.name) AS l WHERE p.id < 3 AND l.letter <> 'n' ORDER BY 1, 2", "1|A\n2|b\n2|b\n2|o"},
		{"outer apply", "SELECT p.id, l.letter FROM people AS p OUTER APPLY sys.letters(CASE WHEN p.id = 2 THEN 'x' END) AS l ORDER BY 1", "1|NULL\n2|x\n3|NULL\n4|NULL"},
		{"in a subquery", "SELECT id FROM people p WHERE EXISTS (SELECT 1 FROM sys.letters(p.name) WHERE letter = 'b')", "2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := result(t, s, conn, tt.sql); got != tt.want {
				t.Errorf("%s\n got: %q\nwant: %q", tt.sql, got, tt.want)
			}
		})
	}
}

// TestAssignment covers SELECT @v = …, also where the value of one row is used in the next.
func TestAssignment(t *testing.T) {
	conn := openConn(t)
	s := people(t)
	s.set("@s", "", typeNVarChar(-1))
	s.set("@i", int64(0), typeInt)
	tests := []struct{ name, sql, want string }{
		{"last row", "SELECT @s = name FROM people ORDER BY id", "Dörte"},
		{"concatenation", "SELECT @s = @s + name + N';' FROM people WHERE id < 3 ORDER BY id DESC", "bob;Ann;"},
		{"compound", "SELECT @i += id FROM people", "10"},
		{"two", "SELECT @i = @i + 1, @s = @s + CASE WHEN boss IS NULL THEN 'x' ELSE 'y' END FROM people ORDER BY id", "4|xyyy"},
		{"without rows", "SELECT @s = @s + 'a'", "a"},
		{"subquery in it", "SELECT @i = @i + (SELECT COUNT(*) FROM things) FROM people", "16"},
		{"aggregate in it", "SELECT @i = @i + COUNT(*) FROM people", "error 40517"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := result(t, s, conn, tt.sql)
			if i := strings.LastIndexByte(got, '\n'); i >= 0 {
				got = got[i+1:]
			}
			if got != tt.want {
				t.Errorf("%s\n got: %q\nwant: %q", tt.sql, got, tt.want)
			}
		})
	}
}
