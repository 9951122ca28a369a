package catalog

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares got with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got):\n%s", file, d)
	}
}

func TestExportGolden(t *testing.T) {
	text, err := json.MarshalIndent(IMaint().Export(), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "export.golden", string(text)+"\n")
}

func TestLintGolden(t *testing.T) {
	var b strings.Builder
	for _, f := range Lint(IMaint()) {
		fmt.Fprintf(&b, "%s: %s\n", f.Severity, f)
	}
	golden(t, "lint.golden", b.String())
}

// TestTreeGolden shows the tree with the views of each node counted by level,
// to be read beside the application.
func TestTreeGolden(t *testing.T) {
	var b strings.Builder
	for _, n := range IMaint().Nodes {
		b.WriteString(strings.Repeat("  ", len(n.Path)-1) + n.Path.Name())
		for _, l := range EveryLevel() {
			if at := n.At(l); len(at) > 0 {
				fmt.Fprintf(&b, "  %s %d", l, len(at))
			}
		}
		b.WriteString("\n")
	}
	golden(t, "tree.golden", b.String())
}
