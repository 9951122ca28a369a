package sandbox

import (
	"testing"

	"grantree/sql/sandbox/internal/sysproc"
)

// TestProceduresOfText: every system procedure that is written in T-SQL can be read.
func TestProceduresOfText(t *testing.T) {
	for _, name := range sysproc.Names() {
		if p := sysproc.Find(name); p == nil || len(p.Body.Statements) == 0 {
			t.Errorf("%s: %v", name, p)
		}
	}
}
