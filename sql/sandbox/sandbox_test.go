package sandbox_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	mssql "github.com/microsoft/go-mssqldb"

	"grantree/sql/sandbox"
)

const saPassword = "Sandbox-1-sa"

// serve starts a server that ends with the test.
func serve(t testing.TB, o sandbox.Options) *sandbox.Server {
	t.Helper()
	o.SAPassword = saPassword
	o.Log = func(format string, args ...any) { t.Errorf("server: "+format, args...) }
	s, err := sandbox.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return s
}

// session is one connection of a login.
type session struct {
	t    testing.TB
	conn *sql.Conn
}

// connect opens one connection; it fails the test where the login is refused.
func connect(t testing.TB, s *sandbox.Server, user, password, database string) *session {
	t.Helper()
	conn, err := dial(t, s, user, password, database)
	if err != nil {
		t.Fatalf("connect as %s: %v", user, err)
	}
	return &session{t: t, conn: conn}
}

// dial opens one connection.
func dial(t testing.TB, s *sandbox.Server, user, password, database string) (*sql.Conn, error) {
	t.Helper()
	db, err := sql.Open("sqlserver", s.URL(user, password, database))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	return db.Conn(ctx)
}

// sa is a connection of the administrator.
func sa(t testing.TB, s *sandbox.Server, database string) *session {
	t.Helper()
	return connect(t, s, "sa", saPassword, database)
}

// try runs a batch.
func (s *session) try(text string, args ...any) error {
	_, err := s.conn.ExecContext(context.Background(), text, args...)
	return err
}

// exec runs a batch that must work.
func (s *session) exec(text string, args ...any) {
	s.t.Helper()
	if err := s.try(text, args...); err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
}

// fails runs a batch that must be refused with the numbers, in this order.
func (s *session) fails(text string, numbers ...int32) mssql.Error {
	s.t.Helper()
	err := s.try(text)
	if got := numbersOf(err); fmt.Sprint(got) != fmt.Sprint(numbers) {
		s.t.Errorf("%s: errors %v, want %v (%v)", text, got, numbers, err)
	}
	var e mssql.Error
	errors.As(err, &e)
	return e
}

// numbersOf are the numbers of the errors of a statement.
func numbersOf(err error) []int32 {
	var e mssql.Error
	if !errors.As(err, &e) {
		return nil
	}
	var out []int32
	for _, one := range e.All {
		out = append(out, one.Number)
	}
	return out
}

// rows runs a query and prints its result sets: columns by bars, rows by line, sets by an empty line.
func (s *session) rows(text string, args ...any) string {
	s.t.Helper()
	out, err := s.query(text, args...)
	if err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
	return out
}

func (s *session) query(text string, args ...any) (string, error) {
	rows, err := s.conn.QueryContext(context.Background(), text, args...)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var sets []string
	for {
		set, err := scan(rows)
		if err != nil {
			return strings.Join(sets, "\n\n"), err
		}
		sets = append(sets, set)
		if !rows.NextResultSet() {
			break
		}
	}
	return strings.Join(sets, "\n\n"), rows.Err()
}

// scan prints one result set.
func scan(rows *sql.Rows) (string, error) {
	names, err := rows.Columns()
	if err != nil {
		return "", err
	}
	var lines []string
	for rows.Next() {
		values := make([]any, len(names))
		for i := range values {
			values[i] = new(any)
		}
		if err := rows.Scan(values...); err != nil {
			return "", err
		}
		cells := make([]string, len(names))
		for i, v := range values {
			cells[i] = cell(*v.(*any))
		}
		lines = append(lines, strings.Join(cells, "|"))
	}
	return strings.Join(lines, "\n"), rows.Err()
}

func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case []byte:
		return string(v)
	case time.Time:
		return v.Format("2006-01-02T15:04:05")
	}
	return fmt.Sprint(v)
}

// want compares the rows of a query.
func (s *session) want(text, want string, args ...any) {
	s.t.Helper()
	if got := s.rows(text, args...); got != want {
		s.t.Errorf("%s:\n%s\nwant:\n%s", text, got, want)
	}
}
