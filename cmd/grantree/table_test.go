package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestFoldedBreaksNoName: a name, a mail address among them, stands whole on a line
// where it fits a screen at all.
func TestFoldedBreaksNoName(t *testing.T) {
	var out bytes.Buffer
	a := &app{stdout: &out, env: func(string) string { return "" }}
	names := []string{"w.hausenberger@maintenance.example.org", "ann@example.org", "Maintenance Manager"}
	a.folded([][]string{
		{"NAME", "FULL NAME", "STATUS", "GROUPS", "SITES"},
		{names[0], "Wolfe Schlegelstein", "active", "Crew", "North, South, East, West, North East, South West"},
		{names[1], "Ann Ames", "inactive", strings.Repeat(names[2]+", ", 5) + "Crew", "North"},
	})
	for _, name := range []string{names[0], names[1], "Maintenance", "Manager,", "Schlegelstein"} {
		if !strings.Contains(out.String(), name) {
			t.Errorf("%s is broken in\n%s", name, out.String())
		}
	}
	for _, line := range strings.Split(out.String(), "\n") {
		if len([]rune(line)) > screen+10 { // of words that long
			t.Errorf("%d columns: %s", len([]rune(line)), line)
		}
	}
}

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
