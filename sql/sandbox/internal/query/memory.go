package query

import (
	"context"
	"database/sql"
	"sync"
)

// memory is a SQLite database of one connection for what reads no table of the store. Its statements stay prepared.
type memory struct {
	*sql.DB
	prepared map[string]*sql.Stmt
}

// memories are those that nobody uses.
var memories struct {
	mu   sync.Mutex
	idle []*memory
}

// What is kept at most: memories that nobody uses, and statements in each.
const (
	idleMemories = 4
	preparedEach = 64
)

// takeMemory takes one that is idle, or makes one.
func takeMemory(ctx context.Context) (*memory, error) {
	memories.mu.Lock()
	if last := len(memories.idle) - 1; last >= 0 {
		m := memories.idle[last]
		memories.idle = memories.idle[:last]
		memories.mu.Unlock()
		return m, nil
	}
	memories.mu.Unlock()
	db, err := sql.Open("sqlite", "file::memory:?_pragma=temp_store(memory)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, rowsTable); err != nil {
		db.Close()
		return nil, err
	}
	return &memory{db, map[string]*sql.Stmt{}}, nil
}

// giveMemory gives it back, unless it was interrupted or there are enough.
func giveMemory(ctx context.Context, m *memory) {
	memories.mu.Lock()
	keep := ctx.Err() == nil && len(memories.idle) < idleMemories
	if keep {
		memories.idle = append(memories.idle, m)
	}
	memories.mu.Unlock()
	if !keep {
		m.Close()
	}
}

// QueryContext runs a query; the one before has ended.
func (m *memory) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	s := m.prepared[text]
	if s == nil {
		var err error
		if s, err = m.PrepareContext(ctx, text); err != nil {
			return nil, err
		}
		for other, old := range m.prepared { // any of them
			if len(m.prepared) < preparedEach {
				break
			}
			old.Close()
			delete(m.prepared, other)
		}
		m.prepared[text] = s
	}
	return s.QueryContext(ctx, args...)
}
