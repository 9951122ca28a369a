package grants

import (
	"slices"
	"strings"
	"testing"

	"grantree/finding"
)

// TestJudgeLedgerWays: by columns, by whom they can act as, and by what they can join,
// people of the policy reach the ledger as well.
func TestJudgeLedgerWays(t *testing.T) {
	table := func(b siteBuilder) int { return b.Objects[len(b.Objects)-1].ID }
	on := func(b siteBuilder, state State, permission, grantee string, column int) siteBuilder {
		b.Permissions = append(b.Permissions, PermissionRow{Class: ClassObject, Major: table(b), Minor: column, Grantee: b.id(grantee), Grantor: DboID, Name: permission, State: state})
		return b
	}
	over := func(b siteBuilder, permission, target, grantee string) siteBuilder {
		return b.onAUser(Granted, permission, target, grantee)
	}
	zed := func() siteBuilder {
		return on(ledgered().account(Principal{Name: "zed", Type: SQLUser, SID: "AB"}), Granted, "INSERT", "zed", 0)
	}
	crew := func() siteBuilder { return on(ledgered().role("zr"), Granted, "INSERT", "zr", 0) }
	tests := []struct {
		name string
		site siteBuilder
		want []string
	}{
		{"nobody uses it", on(zed(), Granted, "SELECT", "bob", 3), nil},
		{"columns", on(ledgered(), Granted, "UPDATE", "bob", 4), []string{`"bob" may write or clear the ledger grantree.ledger, which only grantree's own login may: UPDATE (granted UPDATE on columns)`}},
		{"columns, of a role", on(ledgered().role("zr").member("zr", "bob"), Granted, "UPDATE", "zr", 4), []string{`"bob" may write or clear the ledger grantree.ledger, which only grantree's own login may: UPDATE (the role zr is granted UPDATE on columns)`}},
		{"columns, of public", on(ledgered(), Granted, "UPDATE", "public", 4), []string{`"ann", "bob" may write or clear the ledger grantree.ledger, which only grantree's own login may: UPDATE (the role public is granted UPDATE on columns)`}},
		{"columns that are denied", on(on(ledgered(), Granted, "UPDATE", "bob", 4), Denied, "UPDATE", "public", 4), nil},
		{"columns, and a DENY on the database", on(ledgered(), Granted, "UPDATE", "bob", 4).databaseRow(Denied, "UPDATE", "public"), nil},
		{"columns, to read", on(ledgered(), Granted, "SELECT", "bob", 4), nil},
		{"a user as whom to act", over(zed(), "IMPERSONATE", "zed", "bob"), []string{`"bob" may write or clear the ledger grantree.ledger, which only grantree's own login may: INSERT (acting as zed by EXECUTE AS (granted IMPERSONATE): granted INSERT)`}},
		{"a role to join", over(crew(), "ALTER", "zr", "bob"), []string{`"bob" may write or clear the ledger grantree.ledger, which only grantree's own login may: INSERT (through the role "zr", granted ALTER on it: granted INSERT)`}},
		{"a role to join, of a role", over(crew().role("aa").member("aa", "bob"), "CONTROL", "zr", "aa"), []string{`"bob" may write or clear the ledger grantree.ledger, which only grantree's own login may: INSERT (through the role "zr", the role aa is granted CONTROL on it: granted INSERT)`}},
		{"a role that is theirs", crew().with(func(s *Snapshot) {
			i := slices.IndexFunc(s.Principals, func(p Principal) bool { return p.Name == "zr" })
			s.Principals[i].Owner = crew().id("bob")
		}), []string{`"bob" may write or clear the ledger grantree.ledger, which only grantree's own login may: INSERT (through the role "zr", as its owner: granted INSERT)`}},
		{"a role by way of a user", over(over(crew().account(Principal{Name: "zed", Type: SQLUser, SID: "AB"}), "IMPERSONATE", "zed", "bob"), "ALTER", "zr", "zed"),
			[]string{`"bob" may write or clear the ledger grantree.ledger, which only grantree's own login may: INSERT (acting as zed by EXECUTE AS (granted IMPERSONATE), then through the role "zr", granted ALTER on it: granted INSERT)`}},
		{"a role that gives nothing on it", over(ledgered().role("zr"), "ALTER", "zr", "bob"), nil},
		{"an application role", on(ledgered().with(func(s *Snapshot) {
			s.Principals = append(s.Principals, Principal{ID: 900, Name: "app", Type: ApplicationRole})
		}), Granted, "INSERT", "app", 0), []string{`the application role "app" may write or clear the ledger grantree.ledger`}},
		{"dbo", over(ledgered(), "IMPERSONATE", "dbo", "bob"), []string{`"bob" could write the ledger grantree.ledger anew`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := Judge(tt.site.Snapshot, wantedLedger(), Acceptance{}, nil)
			var got []string
			for _, f := range slices.Concat(j.Mismatches, j.Notes, j.Unverified) {
				if strings.HasPrefix(f.Code, "ledger-") || f.Code == finding.ApplicationRole {
					got = append(got, strings.TrimPrefix(f.Message, `site "North": `))
				}
			}
			if !slices.EqualFunc(got, tt.want, strings.HasPrefix) {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// TestLedgerIsGuardedAgainstColumns: what public has on a column goes with the DENY that
// is given again.
func TestLedgerIsGuardedAgainstColumns(t *testing.T) {
	b := ledgered()
	b.Permissions = append(b.Permissions, PermissionRow{Class: ClassObject, Major: b.Objects[len(b.Objects)-1].ID, Minor: 4, Grantee: PublicID, Grantor: DboID, Name: "UPDATE", State: Granted})
	p := Diff(b.Snapshot, wantedLedger(), DiffOptions{})
	if len(p.Changes) != 1 || p.Changes[0].Kind != GuardLedger {
		t.Fatalf("%+v", p.Changes)
	}
	end, err := b.With(p.Changes)
	if err != nil || !Diff(end, wantedLedger(), DiffOptions{}).Empty() {
		t.Errorf("%v, and it is not guarded then", err)
	}
}
