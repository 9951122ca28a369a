package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/sql/mssql"
	"grantree/sql/sandbox"
)

// TestBreakGlassWaits: while the command waits the membership is there; whether its
// time comes or somebody stops it, the command takes it back and says which.
func TestBreakGlassWaits(t *testing.T) {
	const password = "Live-Password-1"
	s, err := sandbox.New(sandbox.Options{SAPassword: password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	script := mssql.MakeSite("North", "dbo", []catalog.ViewName{"imvw_asset", "imvw_site"}) + "\nGO\nUSE master; CREATE LOGIN ben WITH PASSWORD = N'" + password + "', CHECK_POLICY = OFF;\n"
	if err := s.Exec(t.Context(), "master", script); err != nil {
		t.Fatal(err)
	}
	policy := fmt.Sprintf("[server.main]\nurl = \"sqlserver://%s?encrypt=disable\"\nuser = \"sa\"\npassword_env = \"PASSWORD\"\n[[site]]\nname = \"North\"\nserver = \"main\"\ndatabase = \"North\"\n", s.Addr()) +
		"[break_glass]\ngroups = [\"Admin\"]\n[[group]]\nname = \"Admin\"\n[[group.allow]]\nview = \"imvw_asset\"\npermissions = [\"select\"]\n[[group]]\nname = \"Reader\"\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\n" +
		"[[user]]\nname = \"ben\"\ngroups = [\"Reader\"]\nsites = [\"North\"]\n"
	db, err := mssql.Open(mssql.Address{URL: "sqlserver://" + s.Addr().String() + "?encrypt=disable", User: "sa", Password: password, Database: "North"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for _, tt := range []struct {
		name  string
		whole bool
		says  string
	}{{"its time comes", true, "the time is over: taking it back"}, {"somebody stops it", false, "stopped: taking it back"}} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			meanwhile, waited := -1, time.Duration(0)
			do := func(args ...string) (int, string, string) {
				var out, errs strings.Builder
				a := &app{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, env: func(string) string { return password }, now: time.Now, sameFile: sameFile, journals: &watchedJournals{}, account: func() (string, string) { return "dba", "h" },
					readFile: func(name string) ([]byte, error) {
						if name != "grantree.toml" {
							return nil, fs.ErrNotExist
						}
						return []byte(policy), nil
					},
					wait: func(_ context.Context, d time.Duration) bool {
						meanwhile, waited = countMembers(t, db, "Admin"), d
						if !tt.whole {
							stop()
						}
						return tt.whole
					}}
				return run(ctx, args, a), out.String(), errs.String()
			}
			if code, _, errs := do("apply", "--yes", "--no-verify"); code != exitDone {
				t.Fatalf("apply: exit code %d: %s", code, errs)
			}
			code, out, errs := do("break-glass", "ben", "Admin", "--for", "60m", "--reason", "month end", "--yes")
			if code != exitDone || !strings.Contains(errs, tt.says) || !strings.Contains(out, "ALTER ROLE [Admin] DROP MEMBER [ben];") {
				t.Errorf("exit code %d; printed %s; said %s", code, out, errs)
			}
			if meanwhile != 1 || waited < 50*time.Minute || waited > 61*time.Minute {
				t.Errorf("while it waited for %s the role had %d members", waited, meanwhile)
			}
			if n := countMembers(t, db, "Admin"); n != 0 {
				t.Errorf("afterwards the role has %d members", n)
			}
		})
	}
}

func countMembers(t *testing.T, db *sql.DB, role string) (n int) {
	t.Helper()
	err := db.QueryRowContext(context.Background(), "SELECT COUNT(*) FROM sys.database_role_members WHERE role_principal_id = DATABASE_PRINCIPAL_ID(N'"+role+"')").Scan(&n)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		t.Error(err)
	}
	return n
}
