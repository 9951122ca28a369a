package sandbox

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"grantree/sql/sandbox/internal/security"
)

// aside runs the statements of a function while the statement that calls it runs: they see the version that it sees, say
// nothing to the client, and leave @@ERROR, @@ROWCOUNT and their like as they were.
func (s *session) aside(version *security.Server, do func() error) error {
	conn, err := s.sharing.Conn(context.Background())
	if err != nil {
		return err
	}
	defer conn.Close()
	rows, out, pinned, inside := s.rows, s.out, s.pinned, s.inside
	errno, next, count, caught := s.errno, s.nextErrno, s.rowCount, s.caught
	defer func() {
		s.rows, s.out, s.pinned, s.inside = rows, out, pinned, inside
		s.errno, s.nextErrno, s.rowCount, s.caught = errno, next, count, caught
		s.try--
	}()
	s.rows, s.out, s.pinned, s.inside, s.caught = conn, &silence{}, version, true, nil
	s.try++ // its errors are the statement's
	return do()
}

// sharing hands out further connections onto a SQLite connection: SQLite lets a function run statements on the connection
// that calls it, which database/sql holds locked meanwhile.
func sharing(conn *sql.Conn) (db *sql.DB, err error) {
	err = conn.Raw(func(raw any) error {
		db = sql.OpenDB(connector{raw.(driver.Conn)})
		return nil
	})
	return db, err
}

// connector opens connections that are all the same one.
type connector struct{ driver.Conn }

// Connect returns the connection.
func (c connector) Connect(context.Context) (driver.Conn, error) { return sharedConn{c.Conn}, nil }

// Driver is not asked for.
func (c connector) Driver() driver.Driver { return nil }

// sharedConn is a connection that somebody else closes.
type sharedConn struct{ driver.Conn }

// Close leaves the connection open.
func (c sharedConn) Close() error { return nil }

// ExecContext runs a statement.
func (c sharedConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, text, args)
}

// QueryContext runs a query.
func (c sharedConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, text, args)
}
