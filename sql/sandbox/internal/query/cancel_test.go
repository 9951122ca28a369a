package query

import (
	"context"
	"errors"
	"testing"
)

// TestCancelledExecution: a statement that SQLite goes on with, as it forgets an interruption that comes before its first
// step, ends with its next callback.
func TestCancelledExecution(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	x := begin(ctx, &program{})
	defer x.end()
	if _, err := executionOf(x.id); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := executionOf(x.id); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestPanicInRows: a panic while rows are made is an error, and no lock of SQLite's is left behind.
func TestPanicInRows(t *testing.T) {
	s, conn := newScope(), openConn(t)
	s.virtual(t, "sys.v", []string{"n int"}, nil).Source = &Virtual{Rows: func() ([][]any, error) { panic("no rows") }}
	for range 2 {
		if got := result(t, s, conn, "SELECT n FROM sys.v"); got != "failure: internal: no rows" {
			t.Errorf("got %s", got)
		}
	}
}
