package spill

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// TestStore: what is kept or put away comes back as it was, the same bytes once.
func TestStore(t *testing.T) {
	s := Store{Dir: t.TempDir()}
	texts := [][]byte{nil, []byte("a"), []byte(strings.Repeat("alike ", 10000)), {0, 1, 2}}
	kept, away := make([]*Blob, len(texts)), make([]*Blob, len(texts))
	var wg sync.WaitGroup
	for i, text := range texts {
		wg.Go(func() {
			kept[i] = s.Keep(append([]byte("kept"), text...))
			var err error
			if away[i], err = s.Put(text); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i, text := range texts {
		if b, err := s.Get(away[i]); err != nil || !bytes.Equal(b, text) {
			t.Errorf("put away %d: %d bytes, %v", i, len(b), err)
		}
		if b, err := s.Get(kept[i]); err != nil || string(b) != "kept"+string(text) {
			t.Errorf("kept %d: %d bytes, %v", i, len(b), err)
		}
		if again, err := s.Put(text); err != nil || again != away[i] {
			t.Errorf("%d is there twice, %v", i, err)
		}
	}
	if away[2].data != nil || away[2].size > 1000 || kept[1].data == nil {
		t.Errorf("away %d bytes in memory, %d in all", len(away[2].data), away[2].size)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := s.Get(away[1]); !errors.Is(err, os.ErrClosed) {
		t.Errorf("after the end: %v", err)
	}
}

// TestNobodyElseReadsTheFile: the file is this user's, and is gone at the latest
// when the store is closed.
func TestNobodyElseReadsTheFile(t *testing.T) {
	dir := t.TempDir()
	s := Store{Dir: dir}
	if _, err := s.Put([]byte("who is who")); err != nil {
		t.Fatal(err)
	}
	info, err := s.file.Stat()
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); runtime.GOOS != "windows" && len(left) > 0 {
		t.Errorf("under a name while it is in use: %v", left)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestNoRoom: a file that cannot be made is an error of what was to be put there.
func TestNoRoom(t *testing.T) {
	s := Store{Dir: filepath.Join(t.TempDir(), "missing")}
	if b, err := s.Put([]byte("x")); err == nil || b != nil {
		t.Errorf("got %v, %v", b, err)
	}
	if b, err := s.Get(s.Keep([]byte("x"))); err != nil || string(b) != "x" {
		t.Errorf("got %q, %v", b, err)
	}
}
