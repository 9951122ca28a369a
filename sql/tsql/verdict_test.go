package tsql

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
)

var showVerdicts = flag.String("verdicts.show", "", "a file to write every batch to that stands apart from Microsoft's parser")

// verdict is one batch with what Microsoft's parser says about it for the five
// versions of SQL Server from 2016 to 2025.
type verdict struct {
	ID     string            `json:"id"`
	Text   string            `json:"text"`
	QIOff  bool              `json:"qi_off"`
	Errors map[string][4]any `json:"errors"`
	Types  []string          `json:"types"`
	Canon  string            `json:"canon"`
}

// valid reports whether a version takes the batch.
func (v *verdict) valid() bool {
	refused := 0
	for _, e := range v.Errors {
		if e[0] != nil {
			refused++
		}
	}
	return refused < 5
}

func (v *verdict) source() string {
	source, _, _ := strings.Cut(v.ID, ":")
	return source
}

// readLines reads a compressed file of one JSON object a line.
func readLines(t *testing.T, file string, line func([]byte) error) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := bufio.NewReader(z); ; {
		text, err := r.ReadBytes('\n')
		if len(text) > 1 {
			if err := line(text); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
		}
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
}

// readVerdicts reads batches.jsonl.gz and verdicts.jsonl.gz of a folder.
func readVerdicts(t *testing.T, dir string) []verdict {
	var list []verdict
	readLines(t, filepath.Join(dir, "batches.jsonl.gz"), func(text []byte) error {
		list = append(list, verdict{})
		return json.Unmarshal(text, &list[len(list)-1])
	})
	i := 0
	readLines(t, filepath.Join(dir, "verdicts.jsonl.gz"), func(text []byte) error {
		v := list[i]
		if err := json.Unmarshal(text, &v); err != nil || v.ID != list[i].ID {
			return fmt.Errorf("line %d: %s is not %s: %v", i+1, v.ID, list[i].ID, err)
		}
		v.Text, v.QIOff = list[i].Text, list[i].QIOff
		list[i] = v
		i++
		return nil
	})
	return list
}

// tally counts what stands apart: per source of the batches, per kind.
type tally struct {
	counts map[string]map[string]int
	show   io.Writer
}

func (y *tally) add(v *verdict, kind, detail string) {
	m := y.counts[v.source()]
	if m == nil {
		m = map[string]int{}
		y.counts[v.source()] = m
	}
	m[kind]++
	if y.show != nil && detail != "" {
		line, _ := json.Marshal(map[string]any{"id": v.ID, "kind": kind, "detail": detail, "text": v.Text, "canon": v.Canon, "types": v.Types, "errors": v.Errors})
		fmt.Fprintln(y.show, string(line))
	}
}

// outsideOf returns the first statement in tree that is outside the subset.
func outsideOf(b *Batch) *Unsupported {
	var found *Unsupported
	for _, s := range b.Statements {
		Walk(s, func(n Node) bool {
			if u, ok := n.(*Unsupported); ok && found == nil {
				found = u
			}
			return found == nil
		})
	}
	return found
}

func (y *tally) judge(v *verdict) {
	b, err := ParseWith(v.Text, Options{QuotedIdentifierOff: v.QIOff})
	var bad *SyntaxError
	errors.As(err, &bad)
	if v.valid() {
		y.add(v, "valid", "")
		switch {
		case bad != nil && (bad.Number == 102 || bad.Number == 156 || bad.Number == 319):
			y.add(v, "a: valid, syntax error", bad.Error())
		case bad != nil:
			y.add(v, "a': valid, other number", fmt.Sprintf("%d %s", bad.Number, bad.Error()))
		default:
			if u := outsideOf(b); u != nil {
				y.add(v, "valid, outside", u.What)
			}
			y.rendering(v, b)
		}
		return
	}
	y.add(v, "refused", "")
	if bad != nil {
		y.add(v, "d: refused, error", "")
		return
	}
	if u := outsideOf(b); u != nil {
		y.add(v, "b': refused, outside", u.What)
		return
	}
	y.add(v, "b: refused, taken", "-")
}

// rendering compares the tree of a batch with that of Microsoft's rendering of it.
func (y *tally) rendering(v *verdict, b *Batch) {
	if v.Canon == "" {
		return
	}
	y.add(v, "rendered", "")
	c, err := ParseWith(v.Canon, Options{QuotedIdentifierOff: v.QIOff})
	if err != nil {
		y.add(v, "c: rendering, error", err.Error())
		return
	}
	if at := differs(b.Statements, c.Statements); at != "" {
		y.add(v, "c: rendering, other tree", at)
	}
}

func TestVerdicts(t *testing.T) {
	dir := sharedVerdicts()
	if dir == "" {
		t.Skip("no ../shared/tsql-verdicts beside the project")
	}
	y := &tally{counts: map[string]map[string]int{}}
	if *showVerdicts != "" {
		f, err := os.Create(*showVerdicts)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		y.show = f
	}
	for _, v := range readVerdicts(t, dir) {
		y.judge(&v)
	}
	t.Log(y)
}

func sharedVerdicts() string {
	for _, dir := range []string{"../../../shared", "../../../../shared"} {
		dir = filepath.Join(dir, "tsql-verdicts")
		if _, err := os.Stat(dir); err == nil {
			return dir
		}
	}
	return ""
}

func (y *tally) String() string {
	var lines []string
	for source, m := range y.counts {
		for kind, n := range m {
			lines = append(lines, fmt.Sprintf("%-14s %-28s %5d", source, kind, n))
		}
	}
	sort.Strings(lines)
	return "\n" + strings.Join(lines, "\n")
}
