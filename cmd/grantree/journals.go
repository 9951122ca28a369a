package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// journalStore is where journals are kept: a folder with a file a run.
type journalStore interface {
	// list names the runs' files, the oldest first; none where there is no folder.
	list(dir string) ([]string, error)
	// create makes the file of a new run, and the folder where there is none. It is
	// held as long as it is open.
	create(dir, name string) (syncedFile, error)
	// read is a file's text.
	read(dir, name string) ([]byte, error)
	// end is the last bytes of a file, and whether who writes it is at work.
	end(dir, name string) (last []byte, held bool, err error)
	// safe says what is wrong with a file that is to be acted upon: others may write it,
	// or put another in its place.
	safe(dir, name string) error
}

// journalEnding is how the names of journals end: nothing that a policy includes.
const journalEnding = ".jsonl"

// diskJournals are journals on the disk.
type diskJournals struct{}

func (diskJournals) list(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), journalEnding) && e.Type().IsRegular() {
			out = append(out, e.Name())
		}
	}
	slices.Sort(out)
	return out, err
}

func (diskJournals) create(dir, name string) (syncedFile, error) {
	if err := os.Mkdir(dir, 0o700); err == nil {
		syncFolder(filepath.Clean(dir))
	} else if !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	if err := ownFolder(dir); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_APPEND|os.O_WRONLY|ownFileFlags, 0o600)
	if err != nil {
		return nil, err
	}
	if err := hold(f); err != nil {
		f.Close()
		return nil, err
	}
	syncFolder(f.Name())
	return f, nil
}

func (diskJournals) read(dir, name string) ([]byte, error) {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDONLY|ownFileFlags, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// journalEnd is how much of a file tells whether it ends with the end of its run.
const journalEnd = 64 << 10

func (diskJournals) end(dir, name string) ([]byte, bool, error) {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDONLY|ownFileFlags, 0)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, false, err
	}
	last := make([]byte, min(info.Size(), journalEnd))
	if _, err := f.ReadAt(last, info.Size()-int64(len(last))); err != nil && err != io.EOF {
		return nil, false, err
	}
	return last, isHeld(f), nil
}

func (diskJournals) safe(dir, name string) error {
	if err := ownFolder(dir); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDONLY|ownFileFlags, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := ownFile(f); err != nil {
		return fmt.Errorf("%s %w", filepath.Join(dir, name), err)
	}
	return nil
}
