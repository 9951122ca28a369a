package sandbox_test

import (
	"testing"

	"grantree/sql/sandbox"
)

// TestNoExec holds SET NOEXEC to its page (docs/t-sql/statements/set-noexec-transact-sql.md): statements are compiled and
// not run until it is off, across batches; a syntax error is still one.
func TestNoExec(t *testing.T) {
	s := sa(t, serve(t, sandbox.Options{}), "master")
	s.exec("SET NOEXEC ON")
	s.exec("CREATE ROLE never AUTHORIZATION dbo; IF 1 = 1 THROW 50000, N'no', 1")
	s.fails("SELECT FROM", 156)
	s.exec("SET NOEXEC OFF")
	s.want("SELECT COUNT(*) FROM sys.database_principals WHERE name = N'never'", "0")
}
