package conformance

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// leastCases is what the suite promises.
const leastCases = 1200

// tableRow is one line of testdata/rows.txt.
type tableRow struct {
	key     string
	outside bool
}

// tableRows reads testdata/rows.txt.
func tableRows(t *testing.T) []tableRow {
	t.Helper()
	text, err := os.ReadFile("testdata/rows.txt")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := parseRows(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// parseRows reads the rows of tables: KEY TEXT, or outside KEY TEXT (reason).
func parseRows(text string) ([]tableRow, error) {
	var rows []tableRow
	seen := map[string]bool{}
	for i, line := range strings.Split(text, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		rest, outside := strings.CutPrefix(line, "outside ")
		key, what, _ := strings.Cut(rest, " ")
		switch {
		case !sectionForm.MatchString(key) || !strings.Contains(key, "/") || what == "":
			return nil, fmt.Errorf("line %d: %q", i+1, line)
		case outside && !strings.HasSuffix(what, ")"):
			return nil, fmt.Errorf("line %d: no reason: %q", i+1, what)
		case seen[key]:
			return nil, fmt.Errorf("line %d: %q again", i+1, key)
		}
		seen[key] = true
		rows = append(rows, tableRow{key: key, outside: outside})
	}
	return rows, nil
}

// numbers are the keys of I.1 that a case expects.
func (c *story) numbers() []string {
	var keys []string
	for _, s := range c.steps {
		for _, n := range append(slices.Clone(s.expected.errors), s.expected.messages...) {
			keys = append(keys, "I.1/"+strconv.Itoa(n.number))
		}
	}
	return keys
}

func TestEnoughCases(t *testing.T) {
	total, bySection := 0, map[string]int{}
	for _, f := range stories(t) {
		for _, c := range f.cases {
			total++
			for _, section := range sectionsOf(c) {
				bySection[section]++
			}
		}
	}
	if total < leastCases {
		t.Errorf("%d cases, want at least %d", total, leastCases)
	}
	for _, section := range []string{
		"A.2", "A.3", "A.4", "A.5", "A.6", "A.7", "A.8", "A.9", "B.1", "B.2", "B.3", "B.4", "B.5", "B.6", "B.7", "B.8",
		"C.1", "C.2", "C.3", "C.4", "C.5", "C.6", "C.7", "D.1", "D.2", "D.3", "D.4", "D.5", "D.6", "D.7", "D.8", "D.9", "D.10",
		"E.1", "E.2", "E.3", "H.1", "H.2", "H.3", "I.1", "I.2",
	} {
		if bySection[section] == 0 {
			t.Errorf("no case for section %s", section)
		}
		t.Logf("%-5s %3d cases", section, bySection[section])
	}
	t.Logf("total %d cases", total)
}

// sectionsOf are the sections that a case rests on, each once, without rows. What expects a number of I.1 rests on it.
func sectionsOf(c *story) []string {
	var out []string
	for _, ref := range c.sections {
		section, _, _ := strings.Cut(ref, "/")
		out = append(out, section)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestEveryRowHasACase(t *testing.T) {
	covered := map[string]bool{}
	for _, f := range stories(t) {
		for _, c := range f.cases {
			for _, ref := range c.sections {
				covered[ref] = true
			}
			for _, ref := range c.numbers() {
				covered[ref] = true
			}
		}
	}
	known := map[string]bool{}
	for _, r := range tableRows(t) {
		known[r.key] = true
		if !r.outside && !covered[r.key] {
			t.Errorf("row %s has no case", r.key)
		}
		if r.outside && covered[r.key] {
			t.Errorf("row %s is said to be outside and has a case", r.key)
		}
	}
	for ref := range covered {
		if strings.Contains(ref, "/") && !known[ref] && !strings.HasPrefix(ref, "I.1/") {
			t.Errorf("a case names row %s, which testdata/rows.txt does not list", ref)
		}
	}
}

// TestNumbersAreExpected holds a case that names a number of I.1 to expecting it.
func TestNumbersAreExpected(t *testing.T) {
	for _, f := range stories(t) {
		for _, c := range f.cases {
			for _, ref := range c.sections {
				if strings.HasPrefix(ref, "I.1/") && !slices.Contains(c.numbers(), ref) {
					t.Errorf("%s:%d: case %q names %s and does not expect it", f.name, c.line, c.name, ref)
				}
			}
		}
	}
}
