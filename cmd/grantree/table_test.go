package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestFolded: a table is no wider than a screen, loses nothing, and is not folded
// where it fits.
func TestFolded(t *testing.T) {
	long := strings.Repeat("Maintenance Manager, ", 8) + "end"
	for _, rows := range [][][]string{
		{{"NAME", "GROUPS"}, {"ann", "Crew"}},
		{{"NAME", "FULL NAME", "STATUS", "GROUPS", "SITES"}, {"ann", "Ann Ames", "active", long, "North"}, {strings.Repeat("x", 128), "", "inactive", "Crew", long}},
	} {
		var out bytes.Buffer
		a := &app{stdout: &out, env: func(string) string { return "" }}
		a.folded(rows)
		shown := strings.Fields(out.String())
		for _, line := range strings.Split(out.String(), "\n") {
			if len([]rune(line)) > screen {
				t.Errorf("%d columns: %s", len([]rune(line)), line)
			}
		}
		if want := strings.Count(long, "Manager,") * strings.Count(out.String(), "end"); strings.Count(strings.Join(shown, " "), "Manager,") != want {
			t.Errorf("something is lost of\n%s", out.String())
		}
		if len(rows) == 2 && strings.Count(out.String(), "\n") != 2 {
			t.Errorf("folded without need:\n%s", out.String())
		}
	}
}
