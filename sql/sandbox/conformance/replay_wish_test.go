package conformance

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// wish is what is expected of one request of a replay: no errors, unless it says so, and rows.
//
// A file testdata/replays/TOOL.txt has a directive a line; # begins a comment, an indented line is a row of the
// directive above it, with cells as a story writes them.
//
//	right REQUESTS NUMBERS REASON     these errors, in order, are SQL Server's answer: 547, or 3701,3701
//	outside REQUESTS NUMBERS REASON   these numbers, some of them and no others, refuse what is outside the fence
//	rows REQUEST [SET] [of COLUMNS]   the rows of the request's (or the SET-th) result set, all of them in order
//	set, has, never REQUEST …         alike: all rows in any order; rows that must be among them, or must not
//
// REQUESTS are numbers of the trace, 3,7-9; COLUMNS are names or numbers, from 1.
type wish struct {
	kind   string // right, outside or nothing
	errors []int
	reads  []*reading
}

// reading is what is expected of the rows of a result set.
type reading struct {
	kind    string // rows, set, has or never
	set     int
	columns []string
	rows    []string
}

// readWishes reads the file of a tool that sent n requests.
func readWishes(path string, n int) (map[int]*wish, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	all := map[int]*wish{}
	for i := range n {
		all[i] = &wish{}
	}
	var last *reading
	sc := bufio.NewScanner(bytes.NewReader(text))
	for line := 1; sc.Scan(); line++ {
		row, indented := strings.CutPrefix(sc.Text(), "    ")
		switch {
		case strings.TrimSpace(row) == "" || row[0] == '#':
		case !indented:
			if last, err = wishLine(all, row); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", path, line, err)
			}
		case last == nil:
			return nil, fmt.Errorf("%s:%d: a row that belongs to nothing", path, line)
		default:
			last.rows = append(last.rows, row)
		}
	}
	return all, sc.Err()
}

// wishLine reads a directive, and returns what its rows belong to.
func wishLine(all map[int]*wish, line string) (*reading, error) {
	f := strings.Fields(line)
	if len(f) < 2 {
		return nil, fmt.Errorf("%q", line)
	}
	requests, err := numbers(f[1])
	if err != nil {
		return nil, err
	}
	for _, id := range requests {
		if all[id] == nil {
			return nil, fmt.Errorf("no request %d", id)
		}
	}
	switch f[0] {
	case "right", "outside":
		if len(f) < 4 {
			return nil, fmt.Errorf("%q gives no reason", line)
		}
		list, err := numbers(f[2])
		for _, id := range requests {
			all[id].kind, all[id].errors = f[0], list
		}
		return nil, err
	case "rows", "set", "has", "never":
		r := &reading{kind: f[0], set: 1}
		head, columns, _ := strings.Cut(line, " of ")
		for name := range strings.SplitSeq(columns, ",") {
			if name = strings.TrimSpace(name); name != "" {
				r.columns = append(r.columns, name)
			}
		}
		if f = strings.Fields(head); len(f) > 2 {
			if r.set, err = strconv.Atoi(f[2]); err != nil {
				return nil, err
			}
		}
		for _, id := range requests {
			all[id].reads = append(all[id].reads, r)
		}
		return r, nil
	}
	return nil, fmt.Errorf("unknown directive %q", f[0])
}

// numbers reads 3,7-9.
func numbers(text string) (list []int, err error) {
	for part := range strings.SplitSeq(text, ",") {
		from, to, isRange := strings.Cut(part, "-")
		a, err := strconv.Atoi(from)
		b := a
		if err == nil && isRange {
			b, err = strconv.Atoi(to)
		}
		if err != nil {
			return nil, fmt.Errorf("%q are no numbers", text)
		}
		for ; a <= b; a++ {
			list = append(list, a)
		}
	}
	return list, nil
}

func (w *wish) outside() bool { return w.kind == "outside" }

// fault says what is wrong with an outcome, or nothing.
func (w *wish) fault(got outcome) string {
	var numbers []int
	for _, e := range got.errors {
		numbers = append(numbers, e.number)
	}
	switch strange := slices.ContainsFunc(numbers, func(n int) bool { return !slices.Contains(w.errors, n) }); {
	case w.outside() && len(numbers) == 0:
		return "is listed as outside the fence, and works"
	case w.outside() && strange, !w.outside() && !slices.Equal(numbers, w.errors):
		return fmt.Sprintf("errors %v, want %v", got.errors, w.errors)
	}
	for _, r := range w.reads {
		if fault := r.fault(got); fault != "" {
			return fault
		}
	}
	return ""
}

// fault says which rows are missing or too many, or nothing.
func (r *reading) fault(got outcome) string {
	if r.set > len(got.sets) {
		return fmt.Sprintf("%d result sets", len(got.sets))
	}
	rows, err := project(got, r.set-1, r.columns)
	if err != nil {
		return err.Error()
	}
	want := slices.Clone(r.rows)
	if r.kind == "set" {
		slices.Sort(rows)
		slices.Sort(want)
	}
	all := "\n    " + strings.Join(rows, "\n    ")
	if r.kind == "rows" || r.kind == "set" {
		if !slices.Equal(rows, want) {
			return fmt.Sprintf("rows%s\nwant\n    %s", all, strings.Join(want, "\n    "))
		}
		return ""
	}
	for _, row := range r.rows {
		if slices.Contains(rows, row) != (r.kind == "has") {
			return fmt.Sprintf("%s %s in rows%s", r.kind, row, all)
		}
	}
	return ""
}

// project is the rows of a result set, of some of its columns.
func project(got outcome, set int, columns []string) ([]string, error) {
	if len(columns) == 0 {
		return got.sets[set], nil
	}
	var places []int
	for _, name := range columns {
		i, err := strconv.Atoi(name)
		if i--; err != nil {
			i = slices.IndexFunc(got.names[set], func(n string) bool { return strings.EqualFold(n, name) })
		}
		if i < 0 || i >= len(got.names[set]) {
			return nil, fmt.Errorf("no column %q in %q", name, got.names[set])
		}
		places = append(places, i)
	}
	rows := []string{}
	for _, row := range got.cells[set] {
		var cells []string
		for _, i := range places {
			cells = append(cells, row[i])
		}
		rows = append(rows, strings.Join(cells, " | "))
	}
	return rows, nil
}

// TestWishes: what is not as expected is said.
func TestWishes(t *testing.T) {
	outcomeOf := func(numbers ...int) (o outcome) {
		for _, n := range numbers {
			o.errors = append(o.errors, notice{number: n})
		}
		o.sets, o.cells = [][]string{{"1 | 'a'", "2 | 'b'"}}, [][][]string{{{"1", "'a'"}, {"2", "'b'"}}}
		o.names = [][]string{{"id", "name"}}
		return o
	}
	for text, test := range map[string]struct {
		got  outcome
		fine bool
	}{
		"":                                 {outcomeOf(), true},
		"right 1 547 why":                  {outcomeOf(547), true},
		"right 1 547 why it is so":         {outcomeOf(), false},
		"right 1 547,547 twice":            {outcomeOf(547), false},
		"outside 1 40510,208 why":          {outcomeOf(208), true},
		"outside 1 40510 why":              {outcomeOf(), false},
		"outside 1 40510 why not":          {outcomeOf(40510, 102), false},
		"rows 1\n    1 | 'a'":              {outcomeOf(), false},
		"rows 1 of name\n    'a'\n    'b'": {outcomeOf(), true},
		"rows 1 of 2\n    'b'\n    'a'":    {outcomeOf(), false},
		"set 1 of 2\n    'b'\n    'a'":     {outcomeOf(), true},
		"has 1\n    2 | 'b'":               {outcomeOf(), true},
		"has 1\n    2 | 'a'":               {outcomeOf(), false},
		"never 1\n    2 | 'b'":             {outcomeOf(), false},
		"rows 1 2":                         {outcomeOf(), false},
		"rows 1 of nothing\n    1":         {outcomeOf(), false},
	} {
		path := filepath.Join(t.TempDir(), "x.txt")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		all, err := readWishes(path, 2)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if fault := all[1].fault(test.got); (fault == "") != test.fine {
			t.Errorf("%q: %q", text, fault)
		}
	}
}
