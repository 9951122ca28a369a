package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// guarantee is a promise of grantree, how it is taken out of the source, and
// the test that has to notice.
type guarantee struct {
	name       string
	file       string // from the module's root
	find, with string
	tests, run string
}

// readGuarantees reads a list: blocks of "key: text" lines with the keys name,
// file, find, with, tests and run, parted by empty lines. A line that begins with
// # is a remark; "with" may be empty.
func readGuarantees(name string) ([]guarantee, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var out []guarantee
	for i, line := range strings.Split(string(text), "\n") {
		key, value, ok := strings.Cut(line, ":")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if key == "name" {
			out = append(out, guarantee{})
		}
		if !ok || len(out) == 0 {
			return nil, fmt.Errorf("%s:%d: %q is no line of a guarantee", name, i+1, line)
		}
		if !out[len(out)-1].set(key, strings.TrimPrefix(value, " ")) {
			return nil, fmt.Errorf("%s:%d: unknown key %q", name, i+1, key)
		}
	}
	return out, nil
}

// set sets one field by its key.
func (g *guarantee) set(key, value string) bool {
	field := map[string]*string{"name": &g.name, "file": &g.file, "find": &g.find, "with": &g.with, "tests": &g.tests, "run": &g.run}[key]
	if field != nil {
		*field = value
	}
	return field != nil
}

// mutant finds the one place of a tree that holds a guarantee.
func (g guarantee) mutant(root string) (mutant, error) {
	src, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(g.file)))
	if err != nil {
		return mutant{}, err
	}
	if n := bytes.Count(src, []byte(g.find)); g.find == "" || n != 1 {
		return mutant{}, fmt.Errorf("guarantee %q: %s holds %q %d times, want once", g.name, g.file, g.find, n)
	}
	at := bytes.Index(src, []byte(g.find))
	return mutant{
		file: filepath.Join(root, filepath.FromSlash(g.file)), line: 1 + bytes.Count(src[:at], []byte("\n")),
		from: at, to: at + len(g.find), with: g.with, what: g.name,
		stages: []stage{{pkgs: []string{g.tests}, flags: []string{"-run", g.run}, patience: 3 * time.Minute}},
	}, nil
}
