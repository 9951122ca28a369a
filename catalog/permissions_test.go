package catalog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestPermissionsText(t *testing.T) {
	tests := []struct {
		name  string
		set   Permissions
		text  string
		names []string
	}{
		{"none", None, "", []string{}},
		{"one", Update, "UPDATE", []string{"UPDATE"}},
		{"two, in order", Delete | Select, "SELECT, DELETE", []string{"SELECT", "DELETE"}},
		{"all", All, "SELECT, INSERT, UPDATE, DELETE", []string{"SELECT", "INSERT", "UPDATE", "DELETE"}},
		{"bits that mean nothing", 0xf0 | Insert, "INSERT", []string{"INSERT"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.set.String(); got != tt.text {
				t.Errorf("String() = %q, want %q", got, tt.text)
			}
			if d := cmp.Diff(tt.names, tt.set.Names()); d != "" {
				t.Errorf("Names() (-want +got):\n%s", d)
			}
		})
	}
}

func TestParsePermission(t *testing.T) {
	tests := []struct {
		word string
		want Permissions
		fail string
	}{
		{"select", Select, ""},
		{"INSERT", Insert, ""},
		{"Update", Update, ""},
		{"delete", Delete, ""},
		{"slect", None, `unknown permission "slect": did you mean "select"?`},
		{"execute", None, `unknown permission "execute": use select, insert, update or delete`},
		{"", None, `unknown permission "": use select, insert, update or delete`},
	}
	for _, tt := range tests {
		t.Run(tt.word, func(t *testing.T) {
			got, err := ParsePermission(tt.word)
			fail := ""
			if err != nil {
				fail = err.Error()
			}
			if got != tt.want || fail != tt.fail {
				t.Errorf("got %v, %q; want %v, %q", got, fail, tt.want, tt.fail)
			}
		})
	}
}

// TestPermissionsProperty compares the set operations with sets of bools.
func TestPermissionsProperty(t *testing.T) {
	set := rapid.Map(rapid.Uint8Range(0, 15), func(n uint8) Permissions { return Permissions(n) })
	rapid.Check(t, func(t *rapid.T) {
		p, q := set.Draw(t, "p"), set.Draw(t, "q")
		var each Permissions
		hasAll := true
		for _, one := range All.Each() {
			inP, inQ := p.Has(one), q.Has(one)
			hasAll = hasAll && (inP || !inQ)
			if p.Union(q).Has(one) != (inP || inQ) || p.Intersect(q).Has(one) != (inP && inQ) || p.Minus(q).Has(one) != (inP && !inQ) {
				t.Fatalf("%v of %q and %q", one, p, q)
			}
		}
		for _, one := range p.Each() {
			each = each.Union(one)
			if again, err := ParsePermission(one.String()); err != nil || again != one || one.Len() != 1 {
				t.Fatalf("%v reads back as %v, %v", one, again, err)
			}
		}
		if p.Has(q) != hasAll || each != p || p.Len() != len(p.Each()) || p.IsEmpty() != (p.Len() == 0) {
			t.Fatalf("%q and %q", p, q)
		}
	})
}
