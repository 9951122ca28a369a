package query

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"grantree/sql/sandbox/internal/collate"
	"grantree/sql/tsql"
)

// testScope is a small engine: relations, functions and variables by lower-case name.
type testScope struct {
	relations map[string]*Relation
	variables map[string]testVariable
	functions map[string]*Function
	collation string
	tables    func(name tsql.ObjectName, args []any) (*Relation, error)
}

type testVariable struct {
	value any
	typ   tsql.DataType
}

func newScope() *testScope {
	return &testScope{relations: map[string]*Relation{}, variables: map[string]testVariable{}, functions: map[string]*Function{}, collation: collate.Default}
}

func (s *testScope) Relation(name tsql.ObjectName) (*Relation, error) {
	key := strings.ToLower(name.Name)
	if strings.EqualFold(name.Schema, "sys") {
		key = "sys." + key
	}
	if r, ok := s.relations[key]; ok {
		return r, nil
	}
	return nil, refuse(208, name.String())
}

func (s *testScope) TableFunction(name tsql.ObjectName, args []any) (*Relation, error) {
	if s.tables == nil {
		return nil, refuse(208, name.String())
	}
	return s.tables(name, args)
}

func (s *testScope) Function(name tsql.ObjectName) (*Function, bool) {
	f, ok := s.functions[strings.ToLower(name.Name)]
	return f, ok
}

func (s *testScope) Variable(name string) (any, tsql.DataType, bool) {
	v, ok := s.variables[strings.ToLower(name)]
	return v.value, v.typ, ok
}

func (s *testScope) DatabaseCollation() string { return s.collation }
func (s *testScope) NameCollation() string     { return s.collation }

func (s *testScope) Now() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 123456789, time.UTC) }

// set declares a variable.
func (s *testScope) set(name string, value any, t tsql.DataType) {
	s.variables[strings.ToLower(name)] = testVariable{value, t}
}

// view adds a view over a query text, with columns named by a first binding.
func (s *testScope) view(t testing.TB, name, text string) *Relation {
	t.Helper()
	q := parseOne(t, text).(*tsql.SelectStatement).Query
	b := newBinder(s)
	sub, err := try(b, func() *subquery { return b.query(q, nil, inView) })
	if err != nil {
		t.Fatalf("view %s: %v", name, err)
	}
	r := &Relation{Key: name, Database: "d", Schema: "dbo", Name: name, Source: &View{Body: q, Scope: s}}
	for i, c := range sub.columns {
		r.Columns = append(r.Columns, Column{Name: c.Name, Type: c.Type, Nullable: c.Nullable, Collation: c.Collation, ID: i + 1})
	}
	s.relations[strings.ToLower(name)] = r
	return r
}

// virtual adds a virtual relation; columns are written "name type", with * after the type for NULL.
func (s *testScope) virtual(t testing.TB, name string, columns []string, rows [][]any) *Relation {
	t.Helper()
	r := &Relation{Key: name, Database: "d", Schema: "sys", Name: strings.TrimPrefix(name, "sys."), Columns: testColumns(t, columns...)}
	r.Source = &Virtual{Rows: func() ([][]any, error) { return rows, nil }}
	s.relations[strings.ToLower(name)] = r
	return r
}

func testColumns(t testing.TB, specs ...string) []Column {
	t.Helper()
	var out []Column
	for i, spec := range specs {
		name, typ, _ := strings.Cut(spec, " ")
		nullable := strings.HasSuffix(typ, "*")
		c := Column{Name: name, Type: typeOf(t, strings.TrimSuffix(typ, "*")), Nullable: nullable, ID: i + 1}
		if kindOf(c.Type) == kindString {
			c.Collation = collate.Default
		}
		out = append(out, c)
	}
	return out
}

func typeOf(t testing.TB, text string) tsql.DataType {
	t.Helper()
	s := parseOne(t, "DECLARE @x "+text).(*tsql.Declare)
	return s.Variables[0].Type
}

func parseOne(t testing.TB, text string) tsql.Statement {
	t.Helper()
	batch, err := tsql.Parse(text)
	if err != nil {
		t.Fatalf("parse %q: %v", text, err)
	}
	if len(batch.Statements) != 1 {
		t.Fatalf("parse %q: %d statements", text, len(batch.Statements))
	}
	return batch.Statements[0]
}

func openConn(t testing.TB) *sql.Conn {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(); db.Close() })
	return conn
}

// result is what a statement gave, as text: rows with | between columns, or "error N".
func result(t testing.TB, s Scope, conn Conn, text string) string {
	t.Helper()
	bound, rows, err := run(t, s, conn, text)
	if err != nil {
		if e, ok := err.(*Error); ok {
			return fmt.Sprintf("error %d", e.Number)
		}
		return "failure: " + err.Error()
	}
	_ = bound
	return strings.Join(rows, "\n")
}

func run(t testing.TB, s Scope, conn Conn, text string) (*Bound, []string, error) {
	t.Helper()
	bound, err := Bind(parseOne(t, text), s)
	if err != nil {
		return nil, nil, err
	}
	var rows []string
	_, err = bound.Run(context.Background(), conn, func(row []any) error {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = show(v, bound.Columns[i].Type)
		}
		rows = append(rows, strings.Join(cells, "|"))
		return nil
	})
	return bound, rows, err
}

// show prints a value so that its kind can be seen.
func show(v any, t tsql.DataType) string {
	switch x := v.(type) {
	case nil:
		return "NULL"
	case string:
		return x
	case []byte:
		return fmt.Sprintf("0x%X", x)
	case time.Time:
		return encodeTime(x, t)
	case UUID:
		return x.String()
	case Variant:
		return x.Type.Name + ":" + show(x.Value, x.Type)
	}
	return fmt.Sprint(encode(v, t))
}

// typeText prints a type with its length.
func typeText(t tsql.DataType) string {
	switch kindOf(t) {
	case kindString, kindBinary:
		if length(t) < 0 {
			return t.Name + "(max)"
		}
		return fmt.Sprintf("%s(%d)", t.Name, length(t))
	case kindDecimal:
		return fmt.Sprintf("%s(%d,%d)", t.Name, t.Precision, t.Scale)
	}
	return t.Name
}
