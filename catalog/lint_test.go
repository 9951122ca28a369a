package catalog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLint(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"nothing to say", head, nil},
		{"an alias nobody needs", head + "[[alias]]\nname = \"y\"\nis = \"x_one\"\nreason = \"r\"\n", []string{
			`f:8:1: alias "y" is the name of no view in the tree; remove it (unused-alias)`}},
		{"an area of empty nodes", head + "[[node]]\npath = \"C\"\n[[area]]\nname = \"P\"\nnodes = [\"C\"]\n", []string{
			`f:8:1: node "C" reaches no view (no-views)`,
			`f:10:1: area "P" reaches no view (area-without-views)`}},
		{"the topmost empty node only", head + "[[node]]\npath = \"C\"\n[[node]]\npath = \"C|D\"\n[[node]]\npath = \"C|D|E\"\n", []string{
			`f:8:1: node "C" reaches no view (nor do the 2 below it) (no-views)`}},
		{"one name written two ways", head + "[[outside]]\nname = \"x_o_nes\"\n", []string{
			`f:7:10: views "x_o_nes" and "x_one" may be one view: their names differ in little; if they are one view, add an [[alias]] for the wrong name (similar-names)`,
			`f:8:1: views that only groups name, at no node (1): x_o_nes (outside-view)`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, findings := Parse("f", []byte(tt.text))
			if len(findings) > 0 {
				t.Fatal(findings)
			}
			var got []string
			for _, f := range Lint(c) {
				got = append(got, f.String())
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
		})
	}
}
