package sandbox

import (
	"context"
	"database/sql"
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
	db, err := sql.Open("sqlite", name) // it has the functions that package query registers
	if err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("open the sandbox's store: %w", err)
	}
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
