package sandbox

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the relational store
)

// store is the SQLite file that holds the rows of user tables. It lives in a directory of its own that Close removes:
// nothing survives the server.
type store struct {
	dir string
	db  *sql.DB
}

// openStore makes an empty store.
func openStore() (*store, error) {
	dir, err := os.MkdirTemp("", "grantree-sandbox-")
	if err != nil {
		return nil, fmt.Errorf("make the sandbox's directory: %w", err)
	}
	// One writer at a time is the server's own write lock, so SQLite's locks are never waited for long.
	name := "file:" + filepath.Join(dir, "rows.db") +
		"?_pragma=journal_mode(wal)&_pragma=synchronous(off)&_pragma=busy_timeout(10000)&_pragma=temp_store(memory)"
	registered, err := sql.Open("sqlite", name) // it has the functions that package query registers
	if err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("open the sandbox's store: %w", err)
	}
	db := sql.OpenDB(connector{name: name, driver: registered.Driver()})
	db.SetMaxIdleConns(4)
	return &store{dir: dir, db: db}, nil
}

// Conn returns a connection for one session.
func (s *store) Conn() (*sql.Conn, error) { return s.db.Conn(context.Background()) }

// Close removes the store.
func (s *store) Close() error {
	err := s.db.Close()
	if rm := os.RemoveAll(s.dir); err == nil {
		err = rm
	}
	return err
}

// connector opens the store's connections.
type connector struct {
	name   string
	driver driver.Driver
}

// Connect opens one.
func (c connector) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.driver.Open(c.name)
	if err != nil {
		return nil, fmt.Errorf("open the sandbox's store: %w", err)
	}
	return &keeping{Conn: conn, kept: map[string]driver.Stmt{}}, nil
}

// Driver returns SQLite's.
func (c connector) Driver() driver.Driver { return c.driver }

// keeping is a connection that keeps what it has prepared: most of what a session runs it has run before. A statement
// is not kept while it runs, so that no two runs share one.
type keeping struct {
	driver.Conn
	kept map[string]driver.Stmt
}

const keptAtMost = 64

func (c *keeping) prepared(ctx context.Context, text string) (driver.Stmt, error) {
	if s, ok := c.kept[text]; ok {
		delete(c.kept, text)
		return s, nil
	}
	return c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, text)
}

// keep takes back a statement that has run; one that failed is not run again.
func (c *keeping) keep(text string, s driver.Stmt, err error) {
	if _, twice := c.kept[text]; twice || err != nil {
		s.Close()
		return
	}
	for other := range c.kept { // any of them
		if len(c.kept) < keptAtMost {
			break
		}
		c.kept[other].Close()
		delete(c.kept, other)
	}
	c.kept[text] = s
}

// ExecContext runs a statement.
func (c *keeping) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.prepared(ctx, text)
	if err != nil {
		return nil, err
	}
	result, err := s.(driver.StmtExecContext).ExecContext(ctx, args)
	c.keep(text, s, err)
	return result, err
}

// QueryContext runs a query.
func (c *keeping) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.prepared(ctx, text)
	if err != nil {
		return nil, err
	}
	rows, err := s.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		s.Close()
		return nil, err
	}
	return &keptRows{Rows: rows, done: func(err error) { c.keep(text, s, err) }}, nil
}

// Close closes the connection with all that it keeps.
func (c *keeping) Close() error {
	for _, s := range c.kept {
		s.Close()
	}
	return c.Conn.Close()
}

type keptRows struct {
	driver.Rows
	done func(error)
}

// Close ends the query.
func (r *keptRows) Close() error {
	err := r.Rows.Close()
	r.done(err)
	return err
}
