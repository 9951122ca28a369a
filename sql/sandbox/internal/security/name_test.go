package security

import (
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestSplitName(t *testing.T) {
	cases := []struct {
		name, text string
		want       []string
		ok         bool
	}{
		{"one part", "v", []string{"v"}, true},
		{"two parts", "dbo.v", []string{"dbo", "v"}, true},
		{"three parts", "app.dbo.v", []string{"app", "dbo", "v"}, true},
		{"middle left out", "app..v", []string{"app", "", "v"}, true},
		{"spaces around", " dbo . v ", []string{"dbo", "v"}, true},
		{"four parts", "s.d.o.v", nil, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, ok := splitName(c.text)
			if diff := cmp.Diff(c.want, got); diff != "" || ok != c.ok {
				t.Errorf("ok = %v, want %v (-want +got):\n%s", ok, c.ok, diff)
			}
		})
	}
}

func TestCollation(t *testing.T) {
	cases := []struct {
		name, collation, a, b string
		same                  bool
	}{
		{"A.8 default ignores case", "SQL_Latin1_General_CP1_CI_AS", "Bob", "bOB", true},
		{"A.8 default keeps accents", "SQL_Latin1_General_CP1_CI_AS", "René", "Rene", false},
		{"A.8 trailing spaces do not count", "SQL_Latin1_General_CP1_CI_AS", "bob", "bob  ", true},
		{"A.8 leading spaces count", "SQL_Latin1_General_CP1_CI_AS", "bob", " bob", false},
		{"A.8 case-sensitive", "SQL_Latin1_General_CP1_CS_AS", "Bob", "bob", false},
		{"A.8 binary", "Latin1_General_100_BIN2", "Bob", "bob", false},
		{"A.8 accent-insensitive", "Latin1_General_100_CI_AI", "RENÉ", "rene", true},
		{"A.8 other letters", "Latin1_General_100_CI_AS", "ЯНА", "яна", true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			collation, ok := ParseCollation(c.collation)
			if !ok || collation.Equal(c.a, c.b) != c.same {
				t.Errorf("%q and %q: same = %v, want %v (parsed %v)", c.a, c.b, !c.same, c.same, ok)
			}
		})
	}
	if _, ok := ParseCollation("English"); ok {
		t.Error("English was taken for a collation")
	}
}

func FuzzFold(f *testing.F) {
	f.Add("Bob ", "SQL_Latin1_General_CP1_CI_AS")
	f.Add("René", "Latin1_General_100_CI_AI")
	f.Add("ß\u0130ſK", "Latin1_General_100_CS_AS")
	f.Add("\u03b9\u0345", "Latin1_General_100_CI_AI")
	f.Add("\u03b9\u0345", "Latin1_General_100_CI_AS")
	f.Fuzz(func(t *testing.T, name, collation string) {
		c, _ := ParseCollation(collation)
		if folded := c.Fold(name); utf8.ValidString(name) && c.Fold(folded) != folded {
			t.Errorf("folding %q twice gives another key: %q, %q", name, folded, c.Fold(folded))
		}
	})
}

// TestCaseSensitiveDatabase is A.8: names in a database follow its collation,
// logins that of the server.
func TestCaseSensitiveDatabase(t *testing.T) {
	w := newWorld(t)
	w.must(w.s.CreateDatabase(w.master("sa"), DatabaseSpec{Name: "cs", Collation: "Latin1_General_100_CS_AS"}))
	ctx := w.in("sa", "CS")
	w.must(w.s.Roles(ctx, false).Create("Readers", ""))
	w.must(w.s.Roles(ctx, false).Create("readers", ""))
	if got, want := describe(w.s.Roles(ctx, false).Add("READERS", "guest")), missing("2", "alter", "role", "READERS"); got != want {
		t.Errorf("answer = %q, want %q", got, want)
	}
	err := w.s.AlterDatabase(ctx, "cs", DatabaseChange{Collation: ptr("Latin1_General_100_CI_AS")})
	if got := numbers(err); len(got) != 2 || got[0] != 5072 {
		t.Errorf("two names that become one: %s", describe(err))
	}
}
