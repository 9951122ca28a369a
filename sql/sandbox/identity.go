package sandbox

import (
	"context"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/tds"
)

// Identity values are never given out twice: a rollback takes the rows back and not the numbers (D.1). SQLite counts the
// rows of a table inside its transaction, so the server remembers how far each count went, and brings SQLite's up to
// that before the next row.

// advanceIdentity prepares the identity column of the table that an INSERT goes into, and returns that table; nil where
// there is no such column.
func (x *run) advanceIdentity(b *query.Bound, cmd uint16) (*query.Table, error) {
	t := identityTarget(b, cmd)
	if t == nil {
		return nil, nil
	}
	x.s.srv.mu.Lock()
	rows := x.s.srv.counters[t.SQLName]
	x.s.srv.mu.Unlock()
	if rows == 0 {
		return t, nil
	}
	conn, err := x.s.store()
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	done, err := conn.ExecContext(ctx, "UPDATE main.sqlite_sequence SET seq = max(seq, ?1) WHERE name = ?2", rows, t.SQLName)
	if err != nil {
		return nil, err
	}
	if n, err := done.RowsAffected(); err != nil || n > 0 {
		return t, err
	}
	_, err = conn.ExecContext(ctx, "INSERT INTO main.sqlite_sequence (name, seq) VALUES (?2, ?1)", rows, t.SQLName)
	return t, err
}

// identityTarget is the stored table with an identity column that an INSERT goes into, or nil.
func identityTarget(b *query.Bound, cmd uint16) *query.Table {
	if cmd != tds.CommandInsert {
		return nil
	}
	for _, a := range b.Accesses {
		t, ok := a.Relation.Source.(*query.Table)
		key, _ := a.Relation.Key.(relationKey)
		if !ok || a.Permission != "INSERT" || !key.checked() {
			continue
		}
		for _, c := range a.Relation.Columns {
			if c.Identity {
				return t
			}
		}
	}
	return nil
}

// counted remembers that a table has given out the identity value id.
func (s *Server) counted(t *query.Table, id int64) {
	if t == nil || t.Step == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counters == nil {
		s.counters = map[string]int64{}
	}
	s.counters[t.SQLName] = max(s.counters[t.SQLName], (id-t.Seed)/t.Step+1)
}

// forgetCounter lets a table that is emptied begin at its seed again.
func (s *Server) forgetCounter(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.counters, name)
}
