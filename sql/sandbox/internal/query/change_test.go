package query

import (
	"context"
	"strings"
	"testing"

	"grantree/sql/tsql"
)

// table makes a stored table; constraints may be nil.
func (s *testScope) table(t testing.TB, conn Conn, name string, columns []Column, constraints ...Constraint) *Relation {
	t.Helper()
	for i := range columns {
		if strings.HasSuffix(columns[i].Name, "#") {
			columns[i].Name, columns[i].Identity = strings.TrimSuffix(columns[i].Name, "#"), true
		}
	}
	shape, err := NewShape(columns, constraints, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(context.Background(), shape.SQL); err != nil {
		t.Fatalf("%s: %v", shape.SQL, err)
	}
	r := &Relation{Key: name, Database: "d", Schema: "dbo", Name: name, Columns: columns,
		Source: &Table{Shape: shape.Name, Number: int64(len(s.relations) + 1), Counter: NewCounter(10, 5), Constraints: constraints}}
	s.relations[strings.ToLower(name)] = r
	return r
}

// shop is a scope with stored tables.
func shop(t testing.TB, conn Conn) *testScope {
	s := newScope()
	price := parseOne(t, "SELECT 1 WHERE price >= 0").(*tsql.SelectStatement).Query.Body.(*tsql.Select).Where
	stock := testColumns(t, "id int", "name varchar(5)", "price decimal(8,2)*", "made date*")
	stock[2].HasDefault, stock[2].Default = true, &tsql.Literal{Kind: tsql.DecimalLiteral, Text: "1.50"}
	items := s.table(t, conn, "items", stock,
		Constraint{Name: "PK_items", Kind: tsql.PrimaryKey, Columns: []int{1}},
		Constraint{Name: "UQ_name", Kind: tsql.Unique, Columns: []int{2}},
		Constraint{Name: "CK_price", Kind: tsql.Check, Columns: []int{3}, Check: price})
	sold := s.table(t, conn, "sold", testColumns(t, "no# int", "item int*", "note nvarchar(10)*"),
		Constraint{Name: "FK_item", Kind: tsql.ForeignKey, Columns: []int{2}, Parent: items, ParentColumns: []int{1}})
	it := items.Source.(*Table)
	it.Constraints = append(it.Constraints, Constraint{Name: "FK_item", Kind: tsql.ForeignKey, Children: true, Columns: []int{1}, Parent: sold, ParentColumns: []int{2}})
	s.view(t, "cheap", "SELECT id AS number, name, price FROM items WHERE price < 10")
	s.view(t, "cheapest", "SELECT number AS n, name FROM cheap")
	s.view(t, "counted", "SELECT COUNT(*) AS n FROM items")
	s.view(t, "computed", "SELECT id + 1 AS n FROM items")
	s.view(t, "joined", "SELECT i.id, i.name, s.no, s.note FROM items AS i JOIN sold AS s ON s.item = i.id")
	s.view(t, "unioned", "SELECT id FROM items UNION ALL SELECT no FROM sold")
	s.view(t, "narrow", "SELECT id, name, price FROM items WHERE price < 10").Source.(*View).CheckOption = true
	return s
}

func TestChanges(t *testing.T) {
	tests := []struct {
		name  string
		steps []string // statement, then what it gives
	}{
		{"insert and read", []string{
			"INSERT INTO items (id, name) VALUES (1, 'a'), (2, 'b')", "",
			"INSERT items VALUES (3, 'c', 2, '2020-01-02')", "",
			"SELECT * FROM items ORDER BY id", "1|a|1.50|NULL\n2|b|1.50|NULL\n3|c|2.00|2020-01-02"}},
		{"insert a query", []string{
			"INSERT INTO items (id, name) SELECT v.a, v.b FROM (VALUES (1, N'x'), (2, N'y')) AS v(a, b)", "",
			"INSERT INTO items (id, name, price) SELECT id + 10, name + '2', price * 2 FROM items", "",
			"SELECT id, name, price FROM items ORDER BY id", "1|x|1.50\n2|y|1.50\n11|x2|3.00\n12|y2|3.00"}},
		{"default values and identity", []string{
			"INSERT INTO sold DEFAULT VALUES", "",
			"INSERT INTO sold (note) OUTPUT inserted.no VALUES ('a')", "15",
			"DELETE FROM sold", "",
			"INSERT INTO sold (note) OUTPUT inserted.no, inserted.note VALUES ('b')", "20|b",
			"INSERT INTO sold (no) VALUES (3)", "error 544"}},
		{"default keyword", []string{
			"INSERT INTO items (id, name, price) VALUES (1, 'a', DEFAULT), (2, 'b', 7)", "",
			"UPDATE items SET price = DEFAULT WHERE id = 2", "",
			"SELECT price FROM items", "1.50\n1.50"}},
		{"insert refusals", []string{
			"INSERT INTO items VALUES (1)", "error 213",
			"INSERT INTO items (id, name) VALUES (1)", "error 109",
			"INSERT INTO items (id) VALUES (1, 2)", "error 110",
			"INSERT INTO items (id, name) SELECT 1", "error 120",
			"INSERT INTO items (id) SELECT 1, 2", "error 121",
			"INSERT INTO items (id, id) VALUES (1, 2)", "error 264",
			"INSERT INTO items (nope) VALUES (1)", "error 207",
			"INSERT INTO items (id, name) VALUES (1, NULL)", "error 515",
			"INSERT INTO items (id) VALUES (1)", "error 515",
			"INSERT INTO items (id, name) VALUES (1, 'toolong')", "error 2628",
			"INSERT INTO items (id, name) VALUES (1, 'ok      ')", "",
			"INSERT INTO items (id, name) VALUES ('x', 'a')", "error 245",
			"INSERT INTO items (id, name, price) VALUES (5, 'a', 1234567)", "error 8115",
			"INSERT INTO items (id, name, made) VALUES (5, 'a', 1)", "error 206",
			"INSERT INTO nowhere VALUES (1)", "error 208",
			"SELECT COUNT(*) FROM items", "1"}},
		{"unique", []string{
			"INSERT INTO items (id, name) VALUES (1, 'a')", "",
			"INSERT INTO items (id, name) VALUES (1, 'b')", "error 2627",
			"INSERT INTO items (id, name) VALUES (2, 'A ')", "error 2627",
			"INSERT INTO items (id, name) VALUES (3, 'c'), (4, 'c')", "error 2627",
			"SELECT COUNT(*) FROM items", "1"}},
		{"check", []string{
			"INSERT INTO items (id, name, price) VALUES (1, 'a', -1)", "error 547",
			"INSERT INTO items (id, name, price) VALUES (1, 'a', NULL)", "",
			"UPDATE items SET price = 3", "",
			"UPDATE items SET price = price - 5", "error 547",
			"SELECT price FROM items", "3.00"}},
		{"foreign key", []string{
			"INSERT INTO items (id, name) VALUES (1, 'a')", "",
			"INSERT INTO sold (item) VALUES (1)", "",
			"INSERT INTO sold (item) VALUES (2)", "error 547",
			"UPDATE sold SET item = 3", "error 547",
			"DELETE FROM items", "error 547",
			"UPDATE items SET id = 9", "error 547",
			"DELETE FROM sold", "",
			"DELETE FROM items", ""}},
		{"update", []string{
			"INSERT INTO items (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')", "",
			"UPDATE items SET price = id * 2, name = name + 'x' WHERE id > 1", "",
			"UPDATE items SET price += 1, id = id + 1", "",
			"UPDATE i SET name = 'z' FROM items AS i JOIN (VALUES (2), (3)) AS v(x) ON v.x = i.id WHERE v.x = 3", "",
			"UPDATE TOP (1) items SET name = 'top' WHERE id = 4", "",
			"UPDATE items SET made = '2021-02-03' OUTPUT inserted.id, inserted.made WHERE id = 2", "2|2021-02-03",
			"SELECT id, name, price FROM items ORDER BY id", "2|a|2.50\n3|z|5.00\n4|top|7.00",
			"UPDATE items SET nope = 1", "error 207",
			"UPDATE items SET id = 1, id = 2", "error 264",
			"UPDATE sold SET no = 1", "error 8102",
			"UPDATE items SET name = NULL", "error 515",
			"UPDATE items SET price = COUNT(*)", "error 157"}},
		{"delete", []string{
			"INSERT INTO items (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')", "",
			"DELETE items WHERE id = 1", "",
			"DELETE FROM i OUTPUT deleted.name FROM items AS i WHERE i.id = 2", "b",
			"SELECT id FROM items", "3"}},
		{"through a view", []string{
			"INSERT INTO cheap (number, name, price) VALUES (1, 'a', 3)", "",
			"INSERT INTO cheapest (n, name) VALUES (2, 'b')", "",
			"UPDATE cheapest SET name = 'c' WHERE n = 2", "",
			"INSERT INTO items (id, name, price) VALUES (3, 'x', 100)", "",
			"UPDATE cheap SET price = 4", "",
			"SELECT id, name, price FROM items ORDER BY id", "1|a|4.00\n2|c|4.00\n3|x|100.00",
			"DELETE FROM cheapest", "",
			"SELECT id FROM items", "3"}},
		{"views that cannot be changed", []string{
			"DELETE FROM counted", "error 4403",
			"UPDATE computed SET n = 1", "error 4406",
			"DELETE FROM joined", "error 4405",
			"UPDATE joined SET name = 'a', note = 'b'", "error 4405",
			"DELETE FROM unioned", "error 4426"}},
		{"one table of a join view", []string{
			"INSERT INTO items (id, name) VALUES (1, 'a'), (2, 'b')", "",
			"INSERT INTO sold (item) VALUES (2)", "",
			"UPDATE joined SET name = 'q'", "",
			"SELECT name FROM items ORDER BY id", "a\nq",
			"UPDATE joined SET note = name WHERE id = 2", "",
			"SELECT note FROM sold", "q"}},
		{"check option", []string{
			"INSERT INTO narrow (id, name, price) VALUES (1, 'a', 5)", "",
			"INSERT INTO narrow (id, name, price) VALUES (2, 'b', 50)", "error 550",
			"UPDATE narrow SET price = 60", "error 550",
			"UPDATE narrow SET price = 6", "",
			"SELECT id, price FROM items", "1|6.00"}},
		{"cte", []string{
			"WITH c AS (SELECT 1 AS a, 'n' AS b) INSERT INTO items (id, name) SELECT a, b FROM c", "",
			"WITH c AS (SELECT 1 AS a) DELETE FROM items WHERE id IN (SELECT a FROM c)", "",
			"SELECT COUNT(*) FROM items", "0"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn := openConn(t)
			s := shop(t, conn)
			for i := 0; i < len(tt.steps); i += 2 {
				if got := result(t, s, conn, tt.steps[i]); got != tt.steps[i+1] {
					t.Fatalf("%s\n got: %q\nwant: %q", tt.steps[i], got, tt.steps[i+1])
				}
			}
		})
	}
}
