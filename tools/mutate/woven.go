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
// program again with an environment of its own.
const switchText = `

import (
	"os"
	"strconv"
)

var mutantFile string

var mutantOn = func() int {
	text, _ := os.ReadFile(mutantFile)
	n, _ := strconv.Atoi(string(text))
	return n
}()
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
		fmt.Fprintf(&out, "\n//line mutant%d:1\nif mutantOn == %d { %sfunc() %s %s()%s }\n", i+1, i+1, before, m.around.results, body, after)
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
				v := survived
				for _, s := range stages {
					if _, err := w.test(ctx, s, w.worker(i), k+1); err != nil {
						v = killed
						break
					}
				}
				saying.Lock()
				say(w.mutants[k], v)
				saying.Unlock()
			}
		})
	}
	wg.Wait()
	return nil
}

// prove runs stages with no mutant on: they have to pass. How long they take
// says how long a mutant may: one that runs for ever dies by it.
func (w *woven) prove(ctx context.Context, stages []stage) error {
	for i, s := range stages {
		if s.patience > 0 {
			continue
		}
		s.patience = 10 * time.Minute
		begin := time.Now()
		if out, err := w.test(ctx, s, w.worker(0), 0); err != nil {
			return fmt.Errorf("%s fails before anything is broken: %w\n%s", strings.Join(s.pkgs, " "), err, out)
		}
		stages[i].patience = 10*time.Second + 3*time.Since(begin)
	}
	return nil
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

// test runs the tests of a stage with one mutant on, or none for 0.
func (w *woven) test(ctx context.Context, s stage, dir string, number int) ([]byte, error) {
	if err := os.WriteFile(filepath.Join(dir, "on"), []byte(strconv.Itoa(number)), 0o600); err != nil {
		panic(err) // the disk is full, or the tree is gone
	}
	for _, pkg := range s.pkgs {
		args := slices.Concat(strings.Fields(w.exec), []string{program(dir, pkg), "-test.failfast", "-test.paniconexit0", "-test.timeout", s.patience.String()}, s.own())
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Dir = pkg
		if out, err := cmd.CombinedOutput(); err != nil {
			return out, err
		}
	}
	return nil, nil
}
