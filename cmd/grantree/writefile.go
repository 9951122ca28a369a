package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"grantree/policy"
)

// replaceFiles writes files anew that were read before: each beside itself, and
// then, once all of them are written, in its own place, with the mode that it
// has. A link stays one, and what it leads to is written. A file whose text stays
// is only looked at. Nothing is written at all where one of them is not as it was
// read; all are locked while that is found out and done, so that of two edits at
// once neither undoes the other.
func replaceFiles(files []policy.Change) (err error) {
	nothing := func(err error) error { return fmt.Errorf("%w; nothing was written", err) }
	all, err := resolve(files)
	if err != nil {
		return nothing(err)
	}
	for _, p := range all {
		held, err := lockFile(p.name, p.writes())
		if err != nil {
			return nothing(err)
		}
		defer held.Close()
	}
	defer func() {
		for _, p := range all {
			if p.temp != "" {
				discard(p.temp, &err)
			}
		}
	}()
	for _, p := range all {
		if err := p.unchanged(); err != nil {
			return nothing(err)
		}
	}
	for _, p := range all {
		if err := p.prepare(); err != nil {
			return nothing(err)
		}
	}
	for _, p := range all { // who edits by other means holds no lock
		if err := p.unchanged(); err != nil {
			return nothing(err)
		}
	}
	written := ""
	for _, p := range all {
		if p.temp == "" {
			continue
		}
		if err := os.Rename(p.temp, p.name); err != nil {
			if written == "" {
				return nothing(err)
			}
			return fmt.Errorf("%s could not be written, and %s was before it: %w", p.File, written, err)
		}
		p.temp, written = "", cmp.Or(written, p.File)
		syncFolder(p.name)
	}
	return nil
}

// replacement is a file of an edit: what its name leads to, and what waits beside
// it to take its place.
type replacement struct {
	policy.Change
	name, temp string
	info       fs.FileInfo
}

// resolve finds the files that names lead to, in an order that is the same for
// everybody who locks them. What cannot be replaced is an error.
func resolve(files []policy.Change) ([]*replacement, error) {
	var out []*replacement
	for _, c := range files {
		name, err := filepath.EvalSymlinks(c.File)
		if err == nil {
			name, err = filepath.Abs(name)
		}
		if err != nil {
			return nil, err
		}
		p := &replacement{Change: c, name: name}
		if p.info, err = os.Stat(name); err != nil {
			return nil, err
		}
		if p.writes() {
			if err := replaceable(p); err != nil {
				return nil, err
			}
		}
		if i := slices.IndexFunc(out, func(o *replacement) bool { return o.name == name }); i >= 0 {
			if p.writes() || out[i].writes() {
				return nil, fmt.Errorf("%s and %s are one file", out[i].File, c.File)
			}
			continue
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b *replacement) int { return cmp.Compare(a.name, b.name) })
	return out, nil
}

// replaceable says why a file is not to be written: it says so itself, which
// nobody's rights to its folder change, or it would silently part from its other
// names.
func replaceable(p *replacement) error {
	switch mode := p.info.Mode(); {
	case mode.Perm()&0o222 == 0:
		return fmt.Errorf("%s is read-only (%s): chmod u+w it, if it is to be edited", p.File, mode.Perm())
	case names(p.info) > 1:
		return fmt.Errorf("%s is a file of %d names (hard links), and the others would keep the old text: make it one of its own (cp -p, then mv), or edit it by hand", p.File, names(p.info))
	}
	return nil
}

func (p *replacement) writes() bool { return !bytes.Equal(p.Before, p.After) }

// prepare writes a file's new text beside it. What a run that was killed left
// there goes, once it is old enough to be nobody's even where there are no locks.
func (p *replacement) prepare() error {
	if !p.writes() {
		return nil
	}
	dir, base := filepath.Split(p.name)
	pattern := ".grantree-" + base + "."
	left, _ := os.ReadDir(dir)
	for _, l := range left {
		if info, err := l.Info(); err == nil && strings.HasPrefix(l.Name(), pattern) && info.Mode().IsRegular() && time.Since(info.ModTime()) > leftAfter {
			os.Remove(filepath.Join(dir, l.Name()))
		}
	}
	f, err := os.CreateTemp(dir, pattern+"*")
	if err != nil {
		return about(p.File, err)
	}
	defer f.Close()
	p.temp = f.Name()
	if err := f.Chmod(p.info.Mode().Perm()); err != nil {
		return err
	}
	if err := keepOwner(f, p.info); err != nil {
		return fmt.Errorf("%s belongs to another account, which it would not any more: %w", p.File, err)
	}
	if _, err := f.Write(p.After); err != nil {
		return about(p.File, err)
	}
	if err := f.Sync(); err != nil {
		return about(p.File, err)
	}
	return f.Close()
}

// about is an error of the file that waits beside another one, as one of that: its
// own name tells nobody anything.
func about(name string, err error) error {
	var wrong *fs.PathError
	if errors.As(err, &wrong) {
		return &fs.PathError{Op: "write", Path: name, Err: wrong.Err}
	}
	return err
}

// unchanged says that a file is not as it was read.
func (p *replacement) unchanged() error {
	now, err := os.ReadFile(p.name)
	if err == nil && !bytes.Equal(now, p.Before) {
		err = fmt.Errorf("%s %w: run the command again", p.File, errOvertaken)
	}
	return err
}

// errOvertaken is that a file is another one than was read.
var errOvertaken = errors.New("has changed since it was read")

// writeNew makes a file that is not there yet: it is there whole, or not at all.
// The error is fs.ErrExist where the name is taken.
func writeNew(name string, text []byte, mode fs.FileMode) (err error) {
	dir, base := filepath.Split(name)
	f, err := os.OpenFile(filepath.Join(dir, fmt.Sprintf(".grantree-%s.%d", base, rand.Uint64())), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return about(name, err)
	}
	defer discard(f.Name(), &err)
	_, err = f.Write(text)
	if err = firstError(err, f.Sync(), f.Close()); err != nil {
		return about(name, err)
	}
	err = os.Link(f.Name(), name)
	if err != nil && !errors.Is(err, fs.ErrExist) { // not every file system has links
		if _, there := os.Lstat(name); !errors.Is(there, fs.ErrNotExist) {
			return &fs.PathError{Op: "write", Path: name, Err: fs.ErrExist}
		}
		err = os.Rename(f.Name(), name)
	}
	if err == nil {
		syncFolder(name)
	}
	return err
}

// discard removes a file that did not come to stand in another's place.
func discard(name string, err *error) {
	if e := os.Remove(name); e != nil && !errors.Is(e, fs.ErrNotExist) {
		*err = errors.Join(*err, fmt.Errorf("left behind: %w", e))
	}
}

// publishFile writes a file anew that others read, who see the old text or the new one
// and nothing between: beside it first, by a name with another ending, and then in its
// place. Everybody may read it.
func publishFile(name string, text []byte) (err error) {
	if info, err := os.Lstat(name); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a plain file", name)
	}
	dir, base := filepath.Split(name)
	f, err := os.CreateTemp(cmp.Or(dir, "."), ".grantree-"+base+".*")
	if err != nil {
		return about(name, err)
	}
	defer discard(f.Name(), &err)
	_, err = f.Write(text)
	if err = firstError(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return about(name, err)
	}
	if err = os.Rename(f.Name(), name); err != nil {
		return fmt.Errorf("%s could not be written: %w", name, err)
	}
	syncFolder(name)
	return nil
}

// syncFolder makes a new name last.
func syncFolder(name string) {
	if dir, err := os.Open(filepath.Dir(name)); err == nil {
		dir.Sync()
		dir.Close()
	}
}

// leftAfter is how old a file has to be that waits beside another one, for whoever
// made it to be gone.
const leftAfter = time.Minute

// errHeld is that somebody else holds a lock.
var errHeld = errors.New("held")

// How long a lock is waited for. Who holds one writes a few small files.
const (
	lockPatience = 10 * time.Second
	lockPause    = 5 * time.Millisecond
)

// waitForLock tries to take a lock until it is free.
func waitForLock(name string, try func() (fs.File, error)) (fs.File, error) {
	for begun := time.Now(); ; time.Sleep(lockPause) {
		f, err := try()
		switch {
		case err != errHeld:
			return f, err
		case time.Since(begun) > lockPatience:
			return nil, fmt.Errorf("%s is being written by another grantree for %v: try again", name, lockPatience)
		}
	}
}
