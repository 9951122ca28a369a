package query

import (
	"context"
	"database/sql"
)

// memory is a SQLite database of one connection for what reads no table of the store. Its statements stay prepared.
type memory struct {
	*sql.DB
	prepared map[string]*sql.Stmt
}

// memories are those that nobody uses, four at most.
var memories = make(chan *memory, 4)

// preparedEach is how many statements are kept in each.
const preparedEach = 64

// takeMemory takes one that is idle, or makes one.
func takeMemory(ctx context.Context) (*memory, error) {
	select {
	case m := <-memories:
		return m, nil
	default:
	}
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
	if ctx.Err() == nil {
		select {
		case memories <- m:
			return
		default:
		}
	}
	m.Close()
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
