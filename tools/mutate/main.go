// Command mutate breaks the source on purpose, one place at a time, and runs
// the tests that should notice. The tree itself is never touched: a mutant
// reaches the compiler through go test -overlay.
//
//	go run ./tools/mutate -pkg ./grants -n 150 -seed 1 -run 'TestDiff|TestAccess'
//	go run ./tools/mutate -pkg ./sql/mssql -then './sites -skip TestSeat' -seed 1
//	go run ./tools/mutate -named
//
// The first takes a sample of all places of a package, the same one for the
// same source and seed. The second runs wider tests too, on what the quick ones
// let live. The third takes the list of guarantees.txt. It exits
// with 1 where fewer mutants die than asked for, or where a named one lives.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// options are the command line.
type options struct {
	pkg, tests, run, files, exec, only string
	then                               []string
	n, parallel                        int
	seed                               uint64
	share                              float64
	named                              bool
}

func main() {
	var o options
	flag.BoolVar(&o.named, "named", false, "take the mutants of tools/mutate/guarantees.txt")
	flag.StringVar(&o.only, "only", "", "only those whose line of the answer matches this expression: of the list by name, of a package as file:line: what is done")
	flag.StringVar(&o.pkg, "pkg", "", "the package to break, as ./grants")
	flag.StringVar(&o.files, "files", "", "only files whose name matches this expression")
	flag.StringVar(&o.tests, "tests", "", "the packages whose tests should notice, parted by spaces, and flags of go test after them; -pkg unless said")
	flag.StringVar(&o.run, "run", "", "the tests that should notice, as go test takes them")
	flag.Func("then", "packages and flags of a further run of go test, for what survives; may be said again", func(s string) error {
		o.then = append(o.then, s)
		return nil
	})
	flag.IntVar(&o.n, "n", 150, "how many mutants that compile; 0 is every one")
	flag.Uint64Var(&o.seed, "seed", 1, "chooses the sample")
	flag.IntVar(&o.parallel, "parallel", 2, "how many at a time")
	flag.Float64Var(&o.share, "share", 0.85, "the share that has to die")
	flag.StringVar(&o.exec, "exec", "", "a program that runs the tests' binary, as go test takes it: 'prlimit --as=8000000000' ends a mutant that eats memory")
	flag.Parse()
	ok, err := mutate(context.Background(), os.Stdout, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

// mutate does what the options ask for, in the module's root, and reports
// whether enough died.
func mutate(ctx context.Context, out io.Writer, o options) (bool, error) {
	scratch, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(scratch)
	b := bench{dir: scratch, exec: o.exec, parallel: o.parallel}
	if o.named {
		return named(ctx, out, b, o)
	}
	if o.pkg == "" {
		return false, fmt.Errorf("name a package with -pkg, or take the list with -named")
	}
	return sample(ctx, out, b, o)
}

// named runs every mutant of the list: all of them have to die.
func named(ctx context.Context, out io.Writer, b bench, o options) (bool, error) {
	match, err := regexp.Compile(o.only)
	if err != nil {
		return false, err
	}
	list, err := readGuarantees(filepath.Join("tools", "mutate", "guarantees.txt"))
	if err != nil {
		return false, err
	}
	var ms []mutant
	for _, g := range list {
		if !match.MatchString(g.name) {
			continue
		}
		m, err := g.mutant(".")
		if err != nil {
			return false, err
		}
		ms = append(ms, m)
	}
	t := tally{}
	for part := range slices.Chunk(ms, 2*max(1, o.parallel)) {
		t.add(out, part, b.all(ctx, part))
	}
	fmt.Fprintf(out, "guarantees: %s\n", t)
	return t[killed] == len(ms), nil
}

// sample runs mutants of a package until n of them compiled.
func sample(ctx context.Context, out io.Writer, b bench, o options) (bool, error) {
	match, err := regexp.Compile(o.files)
	if err != nil {
		return false, err
	}
	points, err := packagePoints(o.pkg, match)
	if err != nil {
		return false, err
	}
	only, err := regexp.Compile(o.only)
	if err != nil {
		return false, err
	}
	points = slices.DeleteFunc(points, func(m mutant) bool { return !only.MatchString(m.String()) })
	stages := []stage{newStage(cmp.Or(o.tests, o.pkg))}
	if o.run != "" {
		stages[0].flags = slices.Concat([]string{"-run", o.run}, stages[0].flags)
	}
	for _, then := range o.then {
		stages = append(stages, newStage(then))
	}
	rand.New(rand.NewPCG(o.seed, 0)).Shuffle(len(points), func(i, j int) { points[i], points[j] = points[j], points[i] })
	t, rest := tally{}, points
	for len(rest) > 0 && (o.n == 0 || t.counted() < o.n) {
		next := len(rest)
		if o.n > 0 {
			next = min(next, o.n-t.counted())
		}
		if err := b.several(ctx, out, o.pkg, rest[:next], stages, t); err != nil {
			return false, err
		}
		rest = rest[next:]
	}
	fmt.Fprintf(out, "%s seed %d, of %d places: %s\n", o.pkg, o.seed, len(points), t)
	return t.share() >= o.share, nil
}

// several runs mutants of one package: those in functions as one program, the
// others each as one of its own. Stages that have no time yet get it.
func (b bench) several(ctx context.Context, out io.Writer, pkg string, ms []mutant, stages []stage, t tally) error {
	var inside, outside []mutant
	for _, m := range ms {
		if m.around == (around{}) {
			outside = append(outside, m)
		} else {
			inside = append(inside, m)
		}
	}
	w, err := b.weave(ctx, pkg, inside)
	if err != nil {
		return err
	}
	t[notCompiled] += len(inside) - len(w.mutants)
	if err := w.run(ctx, stages, func(m mutant, v verdict) { t.add(out, []mutant{m}, []verdict{v}) }); err != nil {
		return err
	}
	for i := range outside {
		outside[i].stages = stages
	}
	t.add(out, outside, b.all(ctx, outside))
	return nil
}
