package grants

import (
	"testing"

	"pgregory.net/rapid"
)

// TestNearbyFindsAsTheIndexDoes: in whatever order it is asked, and in whatever case.
func TestNearbyFindsAsTheIndexDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &Snapshot{Collation: ParseCollation("Latin1_General_CI_AS")}
		for i, name := range rapid.SliceOf(rapid.SampledFrom([]string{"a", "A", "b", "c", "C", "d", "e"})).Draw(t, "names") {
			s.Principals = append(s.Principals, Principal{ID: 100 + i, Name: name, Type: SQLUser})
		}
		ix := newIndex(s)
		var near nearby
		for range 30 {
			name := rapid.SampledFrom([]string{"a", "A", "b", "B", "c", "C", "d", "D", "e", "f", "public"}).Draw(t, "asked")
			got, ok := near.principal(ix, name)
			if want, there := ix.principal(name); ok != there || ok && got != want {
				t.Fatalf("%q is at %d (%t), want %d (%t)", name, got, ok, want, there)
			}
		}
	})
}
