package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"grantree/policy"
)

// replaceFiles writes files anew that were read before: each beside itself, and
// then, once all of them are written, in its own place, with the mode that it
// has. A link stays one, and what it leads to is written. Where a file is not as
// it was read, nothing is written at all.
func replaceFiles(files []policy.Change) error {
	var made []prepared
	defer func() {
		for _, p := range made {
			os.Remove(p.temp)
		}
	}()
	for _, c := range files {
		p, err := prepare(c)
		if p.temp != "" {
			made = append(made, p)
		}
		if err != nil {
			return fmt.Errorf("%w; nothing was written", err)
		}
	}
	for _, c := range files {
		if err := unchanged(c); err != nil {
			return fmt.Errorf("%w; nothing was written", err)
		}
	}
	for i, p := range made {
		if err := os.Rename(p.temp, p.name); err != nil {
			if i > 0 {
				return fmt.Errorf("%s could not be written, and %s was before it: %w", files[i].File, files[0].File, err)
			}
			return err
		}
		if dir, err := os.Open(filepath.Dir(p.name)); err == nil { // a new name lasts once its folder is synced
			dir.Sync()
			dir.Close()
		}
	}
	return nil
}

// prepared is a file that waits beside the one whose place it takes.
type prepared struct{ temp, name string }

// prepare writes a file's new text beside it.
func prepare(c policy.Change) (prepared, error) {
	name, err := filepath.EvalSymlinks(c.File)
	if err != nil {
		return prepared{}, err
	}
	info, err := os.Stat(name)
	if err != nil {
		return prepared{}, err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".grantree-*")
	if err != nil {
		return prepared{}, err
	}
	defer f.Close()
	p := prepared{f.Name(), name}
	if err := f.Chmod(info.Mode().Perm()); err != nil {
		return p, err
	}
	if err := keepOwner(f, info); err != nil {
		return p, fmt.Errorf("%s belongs to another account, which it would not any more: %w", c.File, err)
	}
	if _, err := f.Write(c.After); err != nil {
		return p, err
	}
	if err := f.Sync(); err != nil {
		return p, err
	}
	return p, f.Close()
}

// unchanged says that a file is not as it was read.
func unchanged(c policy.Change) error {
	now, err := os.ReadFile(c.File)
	if err == nil && !bytes.Equal(now, c.Before) {
		err = fmt.Errorf("%s has changed since it was read: run the command again", c.File)
	}
	return err
}
