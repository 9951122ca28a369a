package tsql

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzParse checks that no text makes the parser panic, and that what parses is
// printed so that it parses to the same tree and prints the same again.
func FuzzParse(f *testing.F) {
	for _, c := range corpus {
		f.Add(c.text)
		f.Add(c.want)
	}
	for _, c := range refusals {
		f.Add(c.text)
	}
	f.Add(catalogBatch(f))
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = ParseParameters(text) // must not leave by panic
		b, err := Parse(text)
		if err != nil {
			checkError(t, text, err)
			return
		}
		for _, s := range b.Statements {
			if r := s.Range(); r.Offset >= r.End || r.End > len(text) {
				t.Fatalf("%s has the range %+v", kindOf(s), r)
			}
		}
		first := printed(b.Statements...)
		again, err := Parse(first)
		if err != nil {
			t.Fatalf("%q is printed as %q: %v", text, first, err)
		}
		if diff := cmp.Diff(b.Statements, again.Statements, treeOptions); diff != "" {
			t.Fatalf("%q is printed as %q: (-first +again)\n%s", text, first, diff)
		}
		if second := printed(again.Statements...); second != first {
			t.Fatalf("printed %q and then %q", first, second)
		}
	})
}

// checkError checks that an error points into the text.
func checkError(t *testing.T, text string, err error) {
	bad, ok := err.(*SyntaxError)
	if !ok || bad.Message == "" || bad.Line < 1 || bad.Column < 1 {
		t.Fatalf("error %#v of %q", err, text)
	}
}

// catalogBatch is the batch of reference H.1, which reads a database.
func catalogBatch(t testing.TB) string {
	text, err := os.ReadFile("testdata/catalog.sql")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
