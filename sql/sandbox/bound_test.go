package sandbox

import (
	"testing"

	"grantree/sql/tsql"
)

// TestQueriesAreBoundOnce: a query over catalog views is bound when its text first runs, for every session and time.
func TestQueriesAreBoundOnce(t *testing.T) {
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const source = "SET NOCOUNT ON; SELECT name, SYSDATETIME(), USER_NAME() FROM sys.databases WHERE database_id = 1"
	var first *boundQuery
	for range 3 {
		sa, err := s.internal("")
		if err != nil {
			t.Fatal(err)
		}
		defer sa.Close()
		if err := sa.exec(t.Context(), source); err != nil {
			t.Fatal(err)
		}
		kept, _ := textOf(source, tsql.Options{})
		all := kept.bound[kept.batch.Statements[1].(*tsql.SelectStatement)]
		if len(all) != 1 || first != nil && all[0] != first {
			t.Fatalf("%v, first %p", all, first)
		}
		first = all[0]
	}
}
