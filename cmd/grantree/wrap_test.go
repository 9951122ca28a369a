package main

import (
	"strings"
	"testing"

	"grantree/finding"

	"github.com/jedib0t/go-pretty/v6/text"
	"pgregory.net/rapid"
)

// TestHang breaks messages as a screen of 80 columns shows them. Each case is
// what is shown, and is given as one line.
func TestHang(t *testing.T) {
	for _, tt := range []struct {
		name, label, message string
		width                int
		want                 string
	}{
		{"short", "warning: ", "site \"North\": as it is (code)", 80, "warning: site \"North\": as it is (code)"},
		{"not on a screen", "mismatch: ", strings.Repeat("word ", 100) + "end", 0, "mismatch: " + strings.Repeat("word ", 100) + "end"},
		{"words alone", "warning: ", `p.toml:14:1: view "imvw_rates_2024" is not in the catalog, and not every site was read; "grantree plan" looks for it in the sites (view-not-checked)`, 80, `
warning: p.toml:14:1: view "imvw_rates_2024" is not in the catalog, and not
    every site was read; "grantree plan" looks for it in the sites
    (view-not-checked)`},
		{"a statement, and its code before it", "mismatch: ", `site "North": the user "mallory", whom the policy does not name, is in "Admin", which the policy does not say: 756 permissions on 189 views; ALTER ROLE [Admin] DROP MEMBER [mallory] (extra-member)`, 80, `
mismatch: site "North": the user "mallory", whom the policy does not name, is in
    "Admin", which the policy does not say: 756 permissions on 189 views
    (extra-member)
    ALTER ROLE [Admin] DROP MEMBER [mallory]`},
		{"words behind a statement", "mismatch: ", `site "North": the user "bob" may act as another: it is granted IMPERSONATE on the user "alice"; REVOKE IMPERSONATE ON USER::[alice] FROM [bob], or accept it in the policy (impersonate)`, 80, `
mismatch: site "North": the user "bob" may act as another: it is granted
    IMPERSONATE on the user "alice"
    REVOKE IMPERSONATE ON USER::[alice] FROM [bob]
    or accept it in the policy (impersonate)`},
		{"the first of several statements", "warning: ", `site "North": the role "Reports" is granted SELECT on dbo.v; REVOKE SELECT ON [dbo].[v] FROM [Reports] and the same for 3 more, or accept it in the policy (unmanaged-grant)`, 80, `
warning: site "North": the role "Reports" is granted SELECT on dbo.v
    REVOKE SELECT ON [dbo].[v] FROM [Reports]
    and the same for 3 more, or accept it in the policy (unmanaged-grant)`},
		{"names that hold what ends a statement", "error: ", `site "North": the user "a; b, or c" is not theirs, and holds what grantree did not give them; ALTER USER [a; b, or c]]; DROP] WITH NAME = [x and the same for y]; (name-taken)`, 80, `
error: site "North": the user "a; b, or c" is not theirs, and holds what
    grantree did not give them (name-taken)
    ALTER USER [a; b, or c]]; DROP] WITH NAME = [x and the same for y];`},
		{"two statements, one wider than the screen", "error: ", `site "North": role "Crew" was not made by grantree; REVOKE SELECT ON [dbo].[a_view_with_a_very_long_name_of_its_own] FROM [Crew] CASCADE AS [quin]; DROP USER [pit]; (grant-option)`, 80, `
error: site "North": role "Crew" was not made by grantree (grant-option)
    REVOKE SELECT ON [dbo].[a_view_with_a_very_long_name_of_its_own] FROM [Crew] CASCADE AS [quin];
    DROP USER [pit];`},
		{"on the server, the first of many", "error: ", `server "main": the login "erin" is a member of sysadmin, and is dbo in every database; USE master; ALTER SERVER ROLE [sysadmin] DROP MEMBER [erin]; and 2 more, which grantree plan --format json lists, or accept it in the policy (server-role)`, 80, `
error: server "main": the login "erin" is a member of sysadmin, and is dbo in
    every database
    USE master;
    ALTER SERVER ROLE [sysadmin] DROP MEMBER [erin];
    and 2 more, which grantree plan --format json lists, or accept it in the
    policy (server-role)`},
		{"columns are no code", "warning: ", `site "North": ann is granted SELECT on columns of dbo.v, which the policy does not give; REVOKE SELECT ON [dbo].[v] ([a], [b]) FROM [ann]; (column-grant)`, 60, `
warning: site "North": ann is granted SELECT on columns of
    dbo.v, which the policy does not give (column-grant)
    REVOKE SELECT ON [dbo].[v] ([a], [b]) FROM [ann];`},
		{"a statement behind words", "grantree: ", `site "North": database "iMaint_North" is read-only; make it writable, or leave the site out with --except North: ALTER DATABASE [iMaint_North] SET READ_WRITE;`, 80, `
grantree: site "North": database "iMaint_North" is read-only; make it writable,
    or leave the site out with --except North:
    ALTER DATABASE [iMaint_North] SET READ_WRITE;`},
		{"a command", "grantree: ", `site "North" may have been changed or not: its commit was sent and the answer was lost; see what happened with: grantree verify -f 'my policy.toml' --site North`, 80, `
grantree: site "North" may have been changed or not: its commit was sent and the
    answer was lost; see what happened with:
    grantree verify -f 'my policy.toml' --site North`},
		{"what is granted is no statement", "warning: ", `site "North": the role "Reports" is granted SELECT, UPDATE on dbo.va, dbo.vb, GRANT comes of it`, 60, `
warning: site "North": the role "Reports" is granted SELECT,
    UPDATE on dbo.va, dbo.vb, GRANT comes of it`},
		{"colour has no width", "\x1b[31merror\x1b[0m: ", "12345678901234567890 1234567890 1234567890", 50, "\x1b[31merror\x1b[0m: 12345678901234567890 1234567890 1234567890"},
		{"wide letters", "error: ", "夜勤夜勤夜勤夜勤夜勤 夜勤夜勤夜勤夜勤夜勤", 40, "error: 夜勤夜勤夜勤夜勤夜勤\n    夜勤夜勤夜勤夜勤夜勤"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, want := string(hang(safe(tt.label), tt.message, tt.width)), strings.TrimPrefix(tt.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestHangLosesNothing holds that every word of a message is shown, that lines
// of words keep the width, and that a statement stays in one piece.
func TestHangLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-z"',.]{1,12}`)
		words := strings.Join(rapid.SliceOfN(word, 1, 40).Draw(t, "words"), " ")
		name := rapid.StringMatching(`[a-zA-Z;,' ]{1,30}`).Draw(t, "name")
		statement := "DROP USER [" + name + "]"
		width := rapid.IntRange(40, 120).Draw(t, "width")
		f := finding.Finding{Code: "code", Message: words, Fix: statement + ", or accept it"}
		got := string(hang("warning: ", f.String(), width))
		if !strings.Contains(got, statement) {
			t.Fatalf("%q is broken:\n%s", statement, got)
		}
		letters := func(s string) string { return strings.NewReplacer(" ", "", "\n", "", ";", "", ",", "").Replace(s) }
		if letters(got) != letters("warning: "+f.String()) {
			t.Fatalf("%s\nis not\n%s", got, f)
		}
		for _, line := range strings.Split(got, "\n") {
			if text.StringWidth(line) > width && strings.TrimSpace(line) != statement {
				t.Fatalf("%d columns of %d:\n%s", text.StringWidth(line), width, line)
			}
		}
	})
}
