package sandbox_test

import (
	"testing"
	"time"

	"grantree/sql/sandbox"
)

// TestWritersWaitHasAnEnd: a client that waits for its own other connection gets an answer, though LOCK_TIMEOUT is for
// ever; on a server the two would not wait for one another.
func TestWritersWaitHasAnEnd(t *testing.T) {
	s := serve(t, sandbox.Options{WriteWait: 20 * time.Millisecond})
	a, b := sa(t, s, "tempdb"), sa(t, s, "tempdb")
	a.exec("CREATE TABLE dbo.x (a int); CREATE TABLE dbo.y (a int)")
	a.exec("BEGIN TRANSACTION; INSERT dbo.x VALUES (1)")
	b.fails("INSERT dbo.y VALUES (1)", 1222)
	a.exec("COMMIT")
	b.exec("INSERT dbo.y VALUES (1)")
}
