package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// verdict is what became of a mutant.
type verdict string

const (
	killed      verdict = "killed"       // a test failed, or did not end in time
	survived    verdict = "survived"     // every test passed
	notCompiled verdict = "not compiled" // the compiler noticed: it does not count
)

// stage is a run of go test: its packages, and its flags.
type stage struct {
	pkgs, flags []string
	patience    time.Duration // a mutant that takes longer is dead
}

// newStage takes packages and then flags, parted by spaces.
func newStage(text string) stage {
	fields := strings.Fields(text)
	n := slices.IndexFunc(fields, func(f string) bool { return strings.HasPrefix(f, "-") })
	if n < 0 {
		n = len(fields)
	}
	return stage{pkgs: fields[:n], flags: fields[n:]}
}

// own is the stage's flags as a test program itself takes them, for some tests.
func (s stage) own(run string) []string {
	var out, rest []string
	for i := 0; i < len(s.flags); i++ {
		switch f := s.flags[i]; {
		case f == "-args":
			rest, i = s.flags[i+1:], len(s.flags)
		case f == "-run":
			i++ // run is of these
		case strings.HasPrefix(f, "-"):
			out = append(out, "-test."+f[1:])
		default:
			out = append(out, f)
		}
	}
	return slices.Concat(out, []string{"-test.run", run}, rest)
}

// bench runs mutants.
type bench struct {
	dir      string // for the mutants' files
	exec     string
	parallel int
}

// all runs mutants, several at a time, and returns their verdicts in order.
func (b bench) all(ctx context.Context, ms []mutant) []verdict {
	out := make([]verdict, len(ms))
	var wg sync.WaitGroup
	turns := make(chan struct{}, max(1, b.parallel))
	for i, m := range ms {
		wg.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			out[i] = b.one(ctx, m, strconv.Itoa(i))
		})
	}
	wg.Wait()
	return out
}

// one runs the stages on one mutant until one notices. Files of that name in the
// bench's directory are written anew.
func (b bench) one(ctx context.Context, m mutant, name string) verdict {
	overlay, err := b.overlay(m, name)
	if err != nil {
		panic(err) // the disk is full, or the tree is gone
	}
	for _, s := range m.stages {
		out, err := b.test(ctx, s, "-overlay", overlay)
		switch {
		case err == nil:
			continue
		case bytes.Contains(out, []byte("[build failed]")), bytes.Contains(out, []byte("[setup failed]")):
			return notCompiled
		}
		return killed
	}
	return survived
}

// overlay writes a mutant and the file that tells the compiler of it.
func (b bench) overlay(m mutant, name string) (string, error) {
	src, err := os.ReadFile(m.file)
	if err != nil {
		return "", err
	}
	real, err := filepath.Abs(m.file)
	if err != nil {
		return "", err
	}
	broken := filepath.Join(b.dir, name+filepath.Ext(m.file))
	text, err := json.Marshal(map[string]map[string]string{"Replace": {real: broken}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(broken, []byte(string(src[:m.from])+m.with+string(src[m.to:])), 0o600); err != nil {
		return "", err
	}
	overlay := filepath.Join(b.dir, name+".json")
	return overlay, os.WriteFile(overlay, text, 0o600)
}

// test runs go test.
func (b bench) test(ctx context.Context, s stage, more ...string) ([]byte, error) {
	args := append([]string{"test", "-count=1", "-vet=off", "-failfast", "-gcflags=-N -l", "-ldflags=-s -w", "-timeout", s.patience.String()}, more...)
	if b.exec != "" {
		args = append(args, "-exec", b.exec)
	}
	return exec.CommandContext(ctx, "go", slices.Concat(args, s.pkgs, s.flags)...).CombinedOutput()
}

// tally counts verdicts.
type tally map[verdict]int

// add counts verdicts and prints each that a reader has to look at.
func (t tally) add(out io.Writer, ms []mutant, vs []verdict) {
	for i, v := range vs {
		t[v]++
		fmt.Fprintf(out, "%-12s %s\n", v, ms[i])
	}
}

// counted is how many mutants compiled.
func (t tally) counted() int { return t[killed] + t[survived] }

// share is how many of those died, of 1.
func (t tally) share() float64 {
	if t.counted() == 0 {
		return 0
	}
	return float64(t[killed]) / float64(t.counted())
}

func (t tally) String() string {
	var parts []string
	for _, v := range []verdict{killed, survived, notCompiled} {
		parts = append(parts, fmt.Sprintf("%d %s", t[v], v))
	}
	return fmt.Sprintf("%s; %.1f %% died", strings.Join(parts, ", "), 100*t.share())
}
