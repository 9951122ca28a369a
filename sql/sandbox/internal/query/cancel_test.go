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
