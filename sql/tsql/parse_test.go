package tsql

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// treeOptions compare trees but for positions and for how a name was quoted.
var treeOptions = cmp.Options{
	cmpopts.IgnoreTypes(Pos{}, Span{}),
	cmpopts.IgnoreFields(Ident{}, "Quoted"),
	cmpopts.IgnoreFields(Unsupported{}, "Text"),
}

func mustParse(t testing.TB, text string) *Batch {
	t.Helper()
	b, err := Parse(text)
	if err != nil {
		t.Fatalf("Parse(%q): %v", text, err)
	}
	return b
}

func TestPrintIsCanonical(t *testing.T) {
	for _, c := range corpus {
		t.Run(c.name, func(t *testing.T) {
			b := mustParse(t, c.text)
			if got := strings.TrimSuffix(printed(b.Statements...), ";\n"); got != c.want {
				t.Errorf("printed\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestPrintParsesToTheSameTree(t *testing.T) {
	for _, c := range corpus {
		t.Run(c.name, func(t *testing.T) {
			b := mustParse(t, c.text)
			again := mustParse(t, printed(b.Statements...))
			if diff := cmp.Diff(b.Statements, again.Statements, treeOptions); diff != "" {
				t.Errorf("tree of the printed text (-first +again):\n%s", diff)
			}
			if first, second := printed(b.Statements...), printed(again.Statements...); first != second {
				t.Errorf("printed again\n%s\nwant\n%s", second, first)
			}
		})
	}
}

func TestCorpusHasEveryKind(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range corpus {
		kind, _, _ := strings.Cut(c.name, "/")
		kinds := map[string]bool{}
		b := mustParse(t, c.text)
		for _, s := range b.Statements {
			kinds[kindOf(s)] = true
			Walk(s, func(n Node) bool {
				if s, ok := n.(Statement); ok {
					kinds[kindOf(s)] = true
				}
				return true
			})
		}
		if !kinds[kind] && kind != "BACKUP" {
			t.Errorf("%s: no statement of that kind, only %v", c.name, kinds)
		}
		for kind := range kinds {
			seen[kind] = true
		}
	}
	for _, kind := range statementKinds {
		if !seen[kind] {
			t.Errorf("no example of %s", kind)
		}
	}
	known := slices.Concat(statementKinds, unsupportedKinds())
	for _, c := range corpus {
		b := mustParse(t, c.text)
		for _, s := range b.Statements {
			if _, outside := s.(*Unsupported); !outside && !slices.Contains(known, kindOf(s)) {
				t.Errorf("%s: kind %q is not in statementKinds", c.name, kindOf(s))
			}
		}
	}
}
