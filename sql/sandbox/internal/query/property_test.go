package query

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"grantree/sql/tsql"
)

// expression draws an integer expression with the value that Go gives it; ok is false where T-SQL refuses.
func expression(t *rapid.T, depth int) (text string, value int64, ok bool) {
	if depth == 0 || rapid.Bool().Draw(t, "leaf") {
		n := rapid.Int32Range(0, 1<<31-1).Draw(t, "n")
		return fmt.Sprint(n), int64(n), true
	}
	op := rapid.SampledFrom([]string{"+", "-", "*", "/", "%", "&", "|", "^"}).Draw(t, "op")
	a, x, okX := expression(t, depth-1)
	b, y, okY := expression(t, depth-1)
	text = "(" + a + " " + op + " " + b + ")"
	if !okX || !okY {
		return text, 0, false
	}
	switch op {
	case "+":
		value = x + y
	case "-":
		value = x - y
	case "*":
		value = x * y
	case "/", "%":
		if y == 0 {
			return text, 0, false
		}
		value = x / y
		if op == "%" {
			value = x % y
		}
	case "&":
		value = x & y
	case "|":
		value = x | y
	case "^":
		value = x ^ y
	}
	return text, value, value == int64(int32(value))
}

func TestIntegerArithmeticMatchesGo(t *testing.T) {
	conn := openConn(t)
	s := newScope()
	rapid.Check(t, func(r *rapid.T) {
		text, want, ok := expression(r, 4)
		got := result(t, s, conn, "SELECT "+text)
		if ok && got != fmt.Sprint(want) {
			r.Fatalf("%s = %s, want %d", text, got, want)
		}
		if !ok && !strings.HasPrefix(got, "error ") {
			r.Fatalf("%s = %s, want a refusal", text, got)
		}
	})
}

// TestKnownMatchesSQLite compares the two ways of computing a condition on text.
func TestKnownMatchesSQLite(t *testing.T) {
	conn := openConn(t)
	s := newScope()
	word := rapid.StringMatching(`[aAbB_%é 0-2\[\]^-]{0,4}`)
	rapid.Check(t, func(r *rapid.T) {
		a, b := tsql.QuoteString(word.Draw(r, "a")), tsql.QuoteString(word.Draw(r, "b"))
		op := rapid.SampledFrom([]string{"=", "<>", "<", ">=", "LIKE", "NOT LIKE"}).Draw(r, "op")
		coll := rapid.SampledFrom([]string{"Latin1_General_CI_AS", "Latin1_General_CS_AS", "Latin1_General_BIN2", "Latin1_General_CI_AI"}).Draw(r, "collation")
		text := fmt.Sprintf("SELECT 1 WHERE %s COLLATE %s %s %s", a, coll, op, b)
		e := parseOne(t, text).(*tsql.SelectStatement).Query.Body.(*tsql.Select).Where
		c, err := BindCondition(e, s)
		if err != nil {
			r.Fatal(err)
		}
		known, err := c.Value(context.Background(), nil)
		if err != nil {
			r.Fatal(err)
		}
		if got := result(t, s, conn, text); (got == "1") != (known == true) {
			r.Fatalf("%s: SQLite %q, Go %v", text, got, known)
		}
	})
}

// FuzzBind binds and runs whatever parses: errors are fine, panics are not.
func FuzzBind(f *testing.F) {
	for _, seed := range []string{
		"SELECT * FROM people p LEFT JOIN things t ON t.owner = p.id WHERE p.name LIKE '[a-' ORDER BY 1",
		"SELECT boss, STRING_AGG(name, ',') FROM people GROUP BY boss HAVING COUNT(*) > 0",
		"WITH r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r",
		"SELECT CONVERT(varchar(10), GETDATE(), 999), DATEADD(year, 99999, '2020-01-01'), REPLICATE('a', 9223372036854775807)",
		"SELECT ROUND(1.5, 2147483647), POWER(10, 400), SUBSTRING('a', 2147483647, 2147483647), STUFF('a', 1, 1, NULL)",
		"SELECT CAST(0x AS uniqueidentifier), CAST('1' AS decimal(38, 38)), ROW_NUMBER() OVER (ORDER BY id) FROM people",
		"UPDATE people SET id = 1", "DELETE FROM things", "INSERT INTO people SELECT 1", "SELECT TOP (-1) 1", "SELECT ''''",
	} {
		f.Add(seed)
	}
	conn := openConn(f)
	s := people(f)
	f.Fuzz(func(t *testing.T, text string) {
		batch, err := tsql.Parse(text)
		if err != nil {
			return
		}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		for _, stmt := range batch.Statements {
			bound, err := Bind(stmt, s)
			if err != nil {
				continue
			}
			rows := 0
			_, err = bound.Run(ctx, conn, func([]any) error {
				if rows++; rows > 1000 {
					return context.Canceled
				}
				return nil
			})
			if err != nil && strings.Contains(err.Error(), "internal:") {
				t.Fatalf("%q: %v", text, err)
			}
		}
	})
}

// BenchmarkJoin scans a virtual relation of 16,000 rows and looks each of its rows up in another one.
func BenchmarkJoin(b *testing.B) {
	conn := openConn(b)
	s := newScope()
	var permissions, objects [][]any
	for i := range 16000 {
		permissions = append(permissions, []any{i % 400, i % 40, "SELECT"})
	}
	for i := range 400 {
		objects = append(objects, []any{i, fmt.Sprintf("imvw_%d", i)})
	}
	s.virtual(b, "permissions", []string{"major_id int", "grantee int", "name nvarchar(60)"}, permissions)
	s.virtual(b, "objects", []string{"object_id int", "name nvarchar(128)"}, objects)
	stmt := parseOne(b, "SELECT o.name, p.grantee, p.name FROM permissions AS p JOIN objects AS o ON o.object_id = p.major_id")
	for b.Loop() {
		bound, err := Bind(stmt, s)
		if err != nil {
			b.Fatal(err)
		}
		n, err := bound.Run(context.Background(), conn, func([]any) error { return nil })
		if err != nil || n != 16000 {
			b.Fatal(n, err)
		}
	}
}
