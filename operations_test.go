package grantree_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestFaultsAreTested: each row of "What happens when" in docs/operations.md names a
// test that there is, or a story.
func TestFaultsAreTested(t *testing.T) {
	_, table, _ := strings.Cut(read(t, "docs/operations.md"), "### What happens when")
	table, _, _ = strings.Cut(table, "\n## ")
	rows := 0
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if !strings.HasPrefix(line, "| ") || cells[0] == "fault" {
			continue
		}
		rows++
		named := strings.Trim(cells[len(cells)-1], "`")
		if len(cells) != 5 || !testExists(t, named) {
			t.Errorf("%q names no test: %q", cells[0], named)
		}
	}
	if rows < 25 {
		t.Errorf("%d rows: the test looks in the wrong place", rows)
	}
}

// testExists looks for a story, or for a test of a package.
func testExists(t *testing.T, name string) bool {
	t.Helper()
	if strings.HasSuffix(name, ".txtar") {
		_, err := os.Stat(filepath.Join("testdata/script", name))
		return err == nil
	}
	dir, test, _ := strings.Cut(name, ".")
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	return err == nil && slices.ContainsFunc(files, func(f string) bool { return strings.Contains(read(t, f), "\nfunc "+test+"(t *testing.T)") })
}
