package sites

import (
	"context"
	"slices"
	"strings"
	"testing"

	"grantree/finding"
	"grantree/sql/mssql"
)

// TestLedgerWaysAreFound: whoever writes the ledger by columns, as somebody else, or by a
// role that they can join, of whom the server takes it, is named.
func TestLedgerWaysAreFound(t *testing.T) {
	const insert = "INSERT INTO grantree.ledger SELECT [sequence] + 1, [at], [database], N'eve', [host], [program], [run], [plan], [statements], [reverse], [previous], [hash] FROM grantree.ledger;"
	const update = "UPDATE grantree.ledger SET [login] = N'eve';"
	for name, tt := range map[string]struct{ given, write string }{
		"columns":           {"GRANT UPDATE ([login], [host]) ON grantree.ledger TO cid;", update},
		"columns of a role": {"CREATE ROLE zr;\nALTER ROLE zr ADD MEMBER cid;\nGRANT UPDATE ([login]) ON grantree.ledger TO zr;", update},
		"columns of public": {"GRANT UPDATE ([login]) ON grantree.ledger TO public;", update},
		"as another":        {"CREATE USER zed WITHOUT LOGIN;\nGRANT INSERT, SELECT ON grantree.ledger TO zed;\nGRANT IMPERSONATE ON USER::zed TO cid;", "EXECUTE AS USER = N'zed';\n" + insert + "\nREVERT;"},
		"a role to join":    {"CREATE ROLE zr;\nGRANT INSERT, SELECT ON grantree.ledger TO zr;\nGRANT ALTER ON ROLE::zr TO cid;", "ALTER ROLE zr ADD MEMBER cid;\n" + insert},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLive(t)
			l.master("CREATE LOGIN cid WITH PASSWORD = N'" + livePassword + "';")
			f := l.policyFleet(runner(), "[ledger]\ntable = \"grantree.ledger\"\n[[group]]\nname = \"Reader\"\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\n[[user]]\nname = \"cid\"\ngroups = [\"Reader\"]\nsites = [\"*\"]\n")
			if err := l.apply(f); err != nil {
				t.Fatal(err)
			}
			named := func() bool {
				return slices.ContainsFunc(l.checked(f).Open, func(x finding.Finding) bool {
					return x.Code == finding.LedgerOpen && strings.Contains(x.Message, `"cid" may write or clear`)
				})
			}
			if named() {
				t.Error("they are named before they may")
			}
			l.admin(tt.given)
			if !named() {
				t.Errorf("nobody is named: %+v", l.checked(f).Open)
			}
			db, err := mssql.Open(mssql.Address{URL: l.url, User: "cid", Password: livePassword, Database: "Site"})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.ExecContext(context.Background(), tt.write); err != nil {
				t.Fatalf("they may not write it: %v", err)
			}
			if strings.Contains(tt.write, "UPDATE") && l.rows(f)[0].Login != "eve" || strings.Contains(tt.write, "INSERT") && len(l.rows(f)) != 2 {
				t.Error("nothing was written")
			}
		})
	}
}

// TestLedgerIsGuardedAgainAgainstColumns: a plan takes what public has on columns.
func TestLedgerIsGuardedAgainAgainstColumns(t *testing.T) {
	l := newLive(t)
	f := l.ledgered(runner(), "imvw_site")
	if err := l.apply(f); err != nil {
		t.Fatal(err)
	}
	l.admin("GRANT UPDATE ([login]) ON grantree.ledger TO public;")
	if l.plan(f).Empty() {
		t.Fatal("nothing is to be done")
	}
	if err := l.apply(f); err != nil || !l.plan(f).Empty() || len(l.checked(f).Open) > 0 {
		t.Error(err, l.checked(f).Open)
	}
}
