package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"grantree/journal"
	"grantree/sites"
)

// watchedJournals say what is on the disk: what was synced.
type watchedJournals struct {
	diskJournals
	synced, pending bytes.Buffer
	fails           bool
}

func (w *watchedJournals) create(string, string) (syncedFile, error) { return w, nil }
func (w *watchedJournals) list(string) ([]string, error)             { return nil, nil }
func (w *watchedJournals) Close() error                              { return nil }

func (w *watchedJournals) Write(b []byte) (int, error) {
	if w.fails {
		return 0, errors.New("no space left on device")
	}
	return w.pending.Write(b)
}

func (w *watchedJournals) Sync() error {
	w.pending.WriteTo(&w.synced)
	return nil
}

// TestRecorder: each record is on the disk when Write returns; after one that failed none
// is taken any more, for there may be half a line.
func TestRecorder(t *testing.T) {
	w := &watchedJournals{}
	a := &app{journals: w, now: func() time.Time { return time.Unix(1e9, 0) }, account: func() (string, string) { return "dba", "h" }, version: "v"}
	r := a.newRecorder("dir", journal.Begun{Command: "apply"})
	r.settled = []journal.Settled{{Run: "before"}}
	if err := r.begin("plan"); err != nil {
		t.Fatal(err)
	}
	audit := journal.Record{Kind: journal.KindAudit, Audit: &journal.Audit{Server: "main"}}
	for n := 3; n < 6; n++ {
		if err := r.Write(audit); err != nil {
			t.Fatal(err)
		}
		if j, err := journal.Decode("f", w.synced.Bytes()); err != nil || len(j.Records) != n || j.Torn {
			t.Fatalf("%d records are synced, want %d: %v", len(j.Records), n, err)
		}
	}
	w.fails = true
	if r.Write(audit) == nil {
		t.Error("a record that was not written is taken for written")
	}
	w.fails = false
	if r.Write(audit) == nil {
		t.Error("a record is written behind one that may be half there")
	}
	run := journal.Of("f", mustDecode(t, w.synced.Bytes()))
	if b := run.Begun; !strings.HasPrefix(b.Run, "20010909T014640Z-") || b.User != "dba" || b.Host != "h" || b.Plan != "plan" || len(run.Settles) != 1 || !run.Open() {
		t.Errorf("it says %+v", run)
	}
}

func mustDecode(t *testing.T, text []byte) journal.Journal {
	t.Helper()
	j, err := journal.Decode("f", text)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// TestEndWord: how a run ended by its error.
func TestEndWord(t *testing.T) {
	for want, err := range map[string]error{"done": nil, "failed": errors.New("x"), "stopped": errStopped} {
		if got := endWord(err); got != want {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
}

// TestDiskJournals: a folder and files for their owner alone, a file for each run, held as
// long as it is written, and refused where others may have written it.
func TestDiskJournals(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "runs")
	var d diskJournals
	if names, err := d.list(dir); len(names) > 0 || err != nil {
		t.Fatalf("no folder: %v, %v", names, err)
	}
	f, err := d.create(dir, "b.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.create(dir, "b.jsonl"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("two runs of one name: %v", err)
	}
	f.Write([]byte("x\n"))
	if last, held, err := d.end(dir, "b.jsonl"); string(last) != "x\n" || !held || err != nil {
		t.Errorf("while it is written: %q, held %t, %v", last, held, err)
	}
	f.Close()
	if _, held, _ := d.end(dir, "b.jsonl"); held {
		t.Error("it is held by nobody")
	}
	if g, err := d.create(dir, "a.jsonl"); err == nil {
		g.Close()
	}
	os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600)
	if names, _ := d.list(dir); strings.Join(names, " ") != "a.jsonl b.jsonl" {
		t.Errorf("the runs are %v", names)
	}
	info, err := os.Stat(dir)
	file, err2 := os.Stat(filepath.Join(dir, "b.jsonl"))
	if err != nil || err2 != nil || info.Mode().Perm() != 0o700 || file.Mode().Perm() != 0o600 {
		t.Errorf("modes %v and %v", info.Mode(), file.Mode())
	}
	if err := d.safe(dir, "b.jsonl"); err != nil {
		t.Error(err)
	}
	os.Chmod(filepath.Join(dir, "b.jsonl"), 0o666)
	if err := d.safe(dir, "b.jsonl"); err == nil {
		t.Error("a file that others may write is acted upon")
	}
	os.Chmod(filepath.Join(dir, "b.jsonl"), 0o600)
	os.Chmod(dir, 0o777)
	if err := d.safe(dir, "b.jsonl"); err == nil || !strings.Contains(err.Error(), "chmod 700") {
		t.Errorf("a folder in which others may put journals is acted upon: %v", err)
	}
	if _, err := d.create(dir, "c.jsonl"); err == nil {
		t.Error("a journal is made where others may take its place")
	}
	var _ sites.Journal = (*recorder)(nil)
}

// writtenDown is what a run says at its end of its journal, with sameRun for its id.
const writtenDown = "run R is written down; to take it back: grantree undo R\n"

func sameRun(stderr string) string {
	return regexp.MustCompile(`[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}`).ReplaceAllString(stderr, "R")
}

// journalsIn are journals in a folder of a test, whatever folder is named.
type journalsIn struct {
	diskJournals
	dir string
}

func (j journalsIn) list(dir string) ([]string, error) { return j.diskJournals.list(j.dir) }

func (j journalsIn) create(_, name string) (syncedFile, error) {
	return j.diskJournals.create(j.dir, name)
}

func (j journalsIn) read(_, name string) ([]byte, error) { return j.diskJournals.read(j.dir, name) }

func (j journalsIn) end(_, name string) ([]byte, bool, error) {
	return j.diskJournals.end(j.dir, name)
}

func (j journalsIn) safe(_, name string) error { return j.diskJournals.safe(j.dir, name) }
