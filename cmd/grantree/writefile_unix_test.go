//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"grantree/policy"
)

// TestEditsAtOnceLoseNothing: of many who edit one file at the same time, each of
// whom reads it, adds a line and writes it, nobody's line is lost: who was
// overtaken is told so, and reads again.
func TestEditsAtOnceLoseNothing(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a.toml")
	write(t, name, "")
	const editors, edits = 6, 20
	var overtaken atomic.Int64
	var wg sync.WaitGroup
	for i := range editors {
		wg.Go(func() {
			for j := range edits {
				for {
					before, err := os.ReadFile(name)
					if err != nil {
						t.Error(err)
						return
					}
					after := append(bytes.Clone(before), fmt.Sprintf("%d %d\n", i, j)...)
					if err = replaceFiles([]policy.Change{{File: name, Before: before, After: after}}); err == nil {
						break
					}
					if !strings.Contains(err.Error(), "has changed since it was read") {
						t.Error(err)
						return
					}
					overtaken.Add(1)
				}
			}
		})
	}
	wg.Wait()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range editors {
		for j := range edits {
			if n := bytes.Count(text, fmt.Appendf(nil, "%d %d\n", i, j)); n != 1 {
				t.Errorf("line %d of editor %d stands there %d times", j, i, n)
			}
		}
	}
	if overtaken.Load() == 0 {
		t.Error("nobody was overtaken: the test shows nothing")
	}
}

// TestReplaceIncluded: a file that an edit read and leaves as it is must be as it
// was too: two edits of two files of one policy can each be right, and both wrong.
func TestReplaceIncluded(t *testing.T) {
	dir := t.TempDir()
	main, people := filepath.Join(dir, "grantree.toml"), filepath.Join(dir, "people.toml")
	write(t, main, "a = 1")
	write(t, people, "b = 2") // by another edit, since it was read
	err := replaceFiles([]policy.Change{
		{File: main, Before: []byte("a = 1"), After: []byte("a = 2")},
		{File: people, Before: []byte("b = 1"), After: []byte("b = 1")},
	})
	if err == nil || !strings.Contains(err.Error(), "people.toml has changed since it was read") {
		t.Errorf("error %v", err)
	}
	if got, _ := os.ReadFile(main); string(got) != "a = 1" {
		t.Errorf("written all the same: %q", got)
	}
	write(t, people, "b = 1")
	if err := os.Chmod(people, 0o444); err != nil { // it is read, not written
		t.Fatal(err)
	}
	before, _ := os.Stat(people)
	err = replaceFiles([]policy.Change{
		{File: main, Before: []byte("a = 1"), After: []byte("a = 2")},
		{File: people, Before: []byte("b = 1"), After: []byte("b = 1")},
	})
	if after, _ := os.Stat(people); err != nil || !os.SameFile(before, after) {
		t.Errorf("error %v, and the file that was only read is another one: %v", err, !os.SameFile(before, after))
	}
}

// TestReplaceWaits: who finds the file held by another edit waits for it.
func TestReplaceWaits(t *testing.T) {
	name := filepath.Join(t.TempDir(), "a.toml")
	write(t, name, "a = 1")
	held, err := lockFile(name, true)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		done <- replaceFiles([]policy.Change{{File: name, Before: []byte("a = 1"), After: []byte("a = 2")}})
	}()
	write(t, name+".new", "a = 3")
	if err := os.Rename(name+".new", name); err != nil { // as the edit does that holds it
		t.Fatal(err)
	}
	held.Close()
	if err := <-done; err == nil || !strings.Contains(err.Error(), "has changed since it was read") {
		t.Errorf("error %v", err)
	}
	if got, _ := os.ReadFile(name); string(got) != "a = 3" {
		t.Errorf("the edit before is lost: %q", got)
	}
}

// TestReplaceRefuses: what cannot be replaced without saying so is left alone,
// whoever runs this.
func TestReplaceRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		prepare    func(t *testing.T, name string)
	}{
		{"read only", "is read-only (-r--r-----)", func(t *testing.T, name string) {
			if err := os.Chmod(name, 0o440); err != nil {
				t.Fatal(err)
			}
		}},
		{"two names", "is a file of 2 names (hard links)", func(t *testing.T, name string) {
			if err := os.Link(name, name+".copy"); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			name := filepath.Join(dir, "a.toml")
			write(t, name, "a = 1")
			tt.prepare(t, name)
			before, _ := os.Stat(name)
			err := replaceFiles([]policy.Change{{File: name, Before: []byte("a = 1"), After: []byte("a = 2")}})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "nothing was written") {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if after, _ := os.Stat(name); !os.SameFile(before, after) {
				t.Error("it is another file now")
			}
			if left, _ := filepath.Glob(filepath.Join(dir, ".grantree-*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// TestReplaceTidies: what a run that was killed left beside the file goes with a
// later edit, and nothing else does.
func TestReplaceTidies(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a.toml")
	write(t, name, "a = 1")
	long := time.Now().Add(-time.Hour)
	for file, when := range map[string]time.Time{".grantree-a.toml.1": long, ".grantree-a.toml.2": time.Now(), ".grantree-b.toml.1": long} {
		write(t, filepath.Join(dir, file), "half")
		if err := os.Chtimes(filepath.Join(dir, file), when, when); err != nil {
			t.Fatal(err)
		}
	}
	if err := replaceFiles([]policy.Change{{File: name, Before: []byte("a = 1"), After: []byte("a = 2")}}); err != nil {
		t.Fatal(err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, ".grantree-*"))
	if len(left) != 2 || filepath.Base(left[0]) != ".grantree-a.toml.2" || filepath.Base(left[1]) != ".grantree-b.toml.1" {
		t.Errorf("left behind: %v", left)
	}
}

// onAFullDisk calls do while no file may grow beyond a few bytes. The limit is a
// whole process's, so the test calls itself in one that nothing else writes in.
func onAFullDisk(t *testing.T, do func()) {
	t.Helper()
	quiet := make(chan os.Signal, 10)
	signal.Notify(quiet, syscall.SIGXFSZ)
	defer signal.Stop(quiet)
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	full := before
	full.Cur = 100
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before)
	do()
}

// TestFullDisk: a file that cannot be written to its end is not there at all, and
// one that was there is as it was.
func TestFullDisk(t *testing.T) {
	const alone = "GRANTREE_TEST_FULL_DISK"
	if os.Getenv(alone) == "" {
		c := exec.Command(os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
		c.Env = append(os.Environ(), alone+"=1")
		if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestFullDisk") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	dir := t.TempDir()
	long := bytes.Repeat([]byte("name,groups\n"), 100)
	name, old := filepath.Join(dir, "people.csv"), filepath.Join(dir, "a.toml")
	write(t, old, "a = 1")
	var made, replaced error
	onAFullDisk(t, func() {
		made = writeNew(name, long, 0o600)
		replaced = replaceFiles([]policy.Change{{File: old, Before: []byte("a = 1"), After: long}})
	})
	if made == nil || replaced == nil || made.Error() != "write "+name+": file too large" || replaced.Error() != "write "+old+": file too large; nothing was written" {
		t.Errorf("errors %v, %v", made, replaced)
	}
	if err := writeNew(filepath.Join(dir, "no", "where"), long, 0o600); err == nil || strings.Contains(err.Error(), ".grantree-") {
		t.Errorf("error %v", err)
	}
	all, _ := os.ReadDir(dir)
	if text, _ := os.ReadFile(old); len(all) != 1 || string(text) != "a = 1" {
		t.Errorf("there is %v, and a.toml holds %q", all, text)
	}
	if err := writeNew(name, long, 0o600); err != nil {
		t.Error(err)
	}
	if err := writeNew(name, long, 0o600); !errors.Is(err, os.ErrExist) {
		t.Errorf("written over: %v", err)
	}
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 || info.Sys().(*syscall.Stat_t).Nlink != 1 {
		t.Errorf("%v, %v", info, err)
	}
	if text, _ := os.ReadFile(name); !bytes.Equal(text, long) {
		t.Error("it holds something else")
	}
}
