package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// woven is a package whose functions hold many mutants at once, each beside the
// code as it is, and a switch that turns one of them on: what is compiled and
// linked once serves them all.
type woven struct {
	bench
	pkg     string   // its import path
	name    string   // of the package
	dir     string   // of its source
	mutants []mutant // the first is number 1
	overlay string
	reach   [][]reaching // by stage
}

// around is the function that holds a mutant: its body, braces and all, and what
// it returns. Its zero value is no function.
type around struct {
	from, to int
	results  string
}

// weave writes the source of a package with some mutants that stand in
// functions. It returns those that compile, in their order.
func (b bench) weave(ctx context.Context, pkg string, ms []mutant) (woven, error) {
	w := woven{bench: b, mutants: ms}
	out, err := exec.CommandContext(ctx, "go", "list", "-f", "{{.ImportPath}} {{.Name}} {{.Dir}}", pkg).Output()
	if err != nil {
		return w, fmt.Errorf("%s: %w", pkg, err)
	}
	if _, err := fmt.Sscan(string(out), &w.pkg, &w.name, &w.dir); err != nil {
		return w, fmt.Errorf("%s: %w", pkg, err)
	}
	for {
		if err := w.write(); err != nil {
			return w, err
		}
		out, err := exec.CommandContext(ctx, "go", "build", "-gcflags=-e", "-overlay", w.overlay, w.pkg).CombinedOutput()
		if err == nil {
			return w, nil
		}
		bad := map[int]bool{}
		for _, m := range wrong.FindAllSubmatch(out, -1) {
			n, _ := strconv.Atoi(string(m[1]))
			bad[n] = true
		}
		if len(bad) == 0 {
			return w, fmt.Errorf("%s with its mutants: %w\n%s", pkg, err, out)
		}
		var good []mutant
		for i, m := range w.mutants {
			if !bad[i+1] {
				good = append(good, m)
			}
		}
		w.mutants = good
	}
}

// wrong is how the compiler names a mutant.
var wrong = regexp.MustCompile(`mutant(\d+):`)

// write writes the files that take the place of the package's own, and the one
// with the switch.
func (w *woven) write() error {
	replace := map[string]string{}
	put := func(name string, text []byte) error {
		real, broken := filepath.Join(w.dir, name), filepath.Join(w.bench.dir, "woven_"+name)
		replace[real] = broken
		return os.WriteFile(broken, text, 0o600)
	}
	files := map[string][]int{}
	for i, m := range w.mutants {
		files[m.file] = append(files[m.file], i)
	}
	for file, numbers := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := put(filepath.Base(file), w.file(src, numbers)); err != nil {
			return err
		}
	}
	if err := put("mutant_switch.go", []byte("package "+w.name+switchText)); err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	w.overlay = filepath.Join(w.bench.dir, "woven.json")
	return os.WriteFile(w.overlay, text, 0o600)
}

// switchText reads from a file which mutant is on: a test may run its own
// program again with an environment of its own. Where the file says -1, none is,
// and those that are reached are noted beside it.
const switchText = `

import (
	"os"
	"strconv"
	"sync"
)

var mutantFile string

var mutantOn = func() int {
	text, _ := os.ReadFile(mutantFile)
	n, _ := strconv.Atoi(string(text))
	return n
}()

var mutantsNoted sync.Map

func mutantReached(n int) bool {
	if _, again := mutantsNoted.LoadOrStore(n, true); again || mutantOn >= 0 {
		return mutantOn == n
	}
	if f, err := os.OpenFile(mutantFile+".reached", os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600); err == nil {
		f.WriteString(strconv.Itoa(n) + " ")
		f.Close()
	}
	return false
}
`

// file is one file's source with its mutants: each function begins by asking
// whether one of its own is on.
func (w *woven) file(src []byte, numbers []int) []byte {
	slices.SortStableFunc(numbers, func(a, b int) int { return cmp.Compare(w.mutants[a].around.from, w.mutants[b].around.from) })
	var out bytes.Buffer
	done := 0
	for _, i := range numbers {
		m := w.mutants[i]
		out.Write(src[done : m.around.from+1])
		done = m.around.from + 1
		body := string(src[m.around.from:m.from]) + m.with + string(src[m.to:m.around.to])
		before, after := "return ", ""
		if m.around.results == "" {
			before, after = "", "; return"
		}
		fmt.Fprintf(&out, "\n//line mutant%d:1\nif mutantOn == %d || mutantOn < 0 && mutantReached(%d) { %sfunc() %s %s()%s }\n", i+1, i+1, i+1, before, m.around.results, body, after)
	}
	out.Write(src[done:])
	return out.Bytes()
}

// run says what the stages say of each mutant, one after another.
func (w *woven) run(ctx context.Context, stages []stage, say func(mutant, verdict)) error {
	workers := max(1, min(w.parallel, len(w.mutants)))
	for i := range workers {
		for _, s := range stages {
			if err := w.build(ctx, s, w.worker(i)); err != nil {
				return err
			}
		}
	}
	if err := w.prove(ctx, stages); err != nil {
		return err
	}
	var wg sync.WaitGroup
	var saying sync.Mutex
	for i := range workers {
		wg.Go(func() {
			for k := i; k < len(w.mutants); k += workers {
				v := w.judge(ctx, stages, w.worker(i), k+1)
				saying.Lock()
				say(w.mutants[k], v)
				saying.Unlock()
			}
		})
	}
	wg.Wait()
	return nil
}

// judge turns a mutant on and runs, stage by stage, the tests that reach it, the
// quick ones first.
func (w *woven) judge(ctx context.Context, stages []stage, dir string, number int) verdict {
	for i, s := range stages {
		for _, slow := range []bool{false, true} {
			for _, pkg := range s.pkgs {
				var names []string
				for _, t := range w.reach[i] {
					if t.pkg == pkg && t.slow == slow && t.reached[number] {
						names = append(names, t.name)
					}
				}
				if len(names) == 0 {
					continue
				}
				if _, err := w.test(ctx, s, pkg, dir, number, "^("+strings.Join(names, "|")+")$"); err != nil {
					return killed
				}
			}
		}
	}
	return survived
}

// reaching is a test and the mutants that it comes by.
type reaching struct {
	pkg, name string
	slow      bool
	reached   map[int]bool
}

// prove runs each test of the stages by itself with no mutant on: it has to
// pass. How long all take says how long a mutant may: one that runs for ever
// dies by it.
func (w *woven) prove(ctx context.Context, stages []stage) error {
	dir := w.worker(0)
	noted := filepath.Join(dir, "on.reached")
	for i, s := range stages {
		s.patience = 10 * time.Minute
		begin := time.Now()
		var all []reaching
		for _, pkg := range s.pkgs {
			names, err := w.names(ctx, s, pkg, dir)
			if err != nil {
				return err
			}
			for _, name := range names {
				one := time.Now()
				if out, err := w.test(ctx, s, pkg, dir, -1, "^"+name+"$"); err != nil {
					return fmt.Errorf("%s %s fails before anything is broken: %w\n%s", pkg, name, err, out)
				}
				t := reaching{pkg: pkg, name: name, slow: time.Since(one) > slowTest, reached: map[int]bool{}}
				text, _ := os.ReadFile(noted) // not there where it reaches none
				os.Remove(noted)
				for _, n := range strings.Fields(string(text)) {
					number, _ := strconv.Atoi(n)
					t.reached[number] = true
				}
				all = append(all, t)
			}
		}
		w.reach = append(w.reach, all)
		if stages[i].patience == 0 {
			stages[i].patience = 10*time.Second + 3*time.Since(begin)
		}
	}
	return nil
}

// slowTest is how long a test takes that is run after the others.
const slowTest = time.Second

// names lists the tests of a package that a stage runs.
func (w *woven) names(ctx context.Context, s stage, pkg, dir string) ([]string, error) {
	pattern := "."
	if i := slices.Index(s.flags, "-run"); i >= 0 {
		pattern, _, _ = strings.Cut(s.flags[i+1], "/")
	}
	cmd := exec.CommandContext(ctx, program(dir, pkg), "-test.list", pattern)
	cmd.Dir = pkg
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: its tests: %w", pkg, err)
	}
	return slices.DeleteFunc(strings.Fields(string(out)), func(name string) bool { return !strings.HasPrefix(name, "Test") }), nil
}

// worker is the directory of one that runs a mutant at a time.
func (w *woven) worker(i int) string { return filepath.Join(w.bench.dir, fmt.Sprintf("worker%d", i)) }

// program is where the tests of a package are for a worker.
func program(dir, pkg string) string {
	return filepath.Join(dir, strings.ReplaceAll(pkg, "/", "_")+".test")
}

// build links the test programs of a stage for a worker.
func (w *woven) build(ctx context.Context, s stage, dir string) error {
	for _, pkg := range s.pkgs {
		out, err := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-overlay", w.overlay,
			"-ldflags=-s -w -X "+w.pkg+".mutantFile="+filepath.Join(dir, "on"), "-o", program(dir, pkg), pkg).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s with its mutants: %w\n%s", w.pkg, err, out)
		}
	}
	return nil
}

// test runs some tests of a package with one mutant on, none for 0, or noting
// those that are reached for -1.
func (w *woven) test(ctx context.Context, s stage, pkg, dir string, number int, run string) ([]byte, error) {
	if err := os.WriteFile(filepath.Join(dir, "on"), []byte(strconv.Itoa(number)), 0o600); err != nil {
		panic(err) // the disk is full, or the tree is gone
	}
	args := slices.Concat(strings.Fields(w.exec), []string{program(dir, pkg), "-test.failfast", "-test.paniconexit0", "-test.timeout", s.patience.String()}, s.own(run))
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = pkg
	return cmd.CombinedOutput()
}
