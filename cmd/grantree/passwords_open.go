package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// openPasswords opens or makes the file before any login is made, so that no
// password is ever lost for lack of a place. It must be a plain file of the
// account that runs grantree, under one name, that nobody else may read: what
// a link leads to may be anybody's. What is there already must be passwords: in
// any other file they would stand where somebody reads it for what it is.
func openPasswords(name string) (syncedFile, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_RDWR|ownFileFlags, 0o600)
	if err != nil {
		if info, e := os.Lstat(name); e == nil && !info.Mode().IsRegular() {
			err = fmt.Errorf("%s is not a plain file", name)
		}
		return nil, fmt.Errorf("password file: %w; name another with --passwords-out; nothing was changed", err)
	}
	if err := ownFile(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("password file %s %w, or name another with --passwords-out; nothing was changed", name, err)
	}
	if err := continued(f); err != nil {
		f.Close()
		return nil, err
	}
	if dir, err := os.Open(filepath.Dir(name)); err == nil { // a new name lasts once its folder is synced
		dir.Sync()
		dir.Close()
	}
	return f, nil
}

// continued readies a file for more lines: those that it has must be of a
// passwordFile, and the last one gets the end that it lacks.
func continued(f *os.File) error {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return err
	}
	head := make([]byte, min(info.Size(), maxPasswordHead))
	if _, err := f.ReadAt(head, 0); err != nil {
		return fmt.Errorf("password file: %w; nothing was changed", err)
	}
	if len(bytes.TrimSpace(head)) > 0 && !passwordLines(string(head)) {
		return usageError("password file %s holds something else than passwords that grantree wrote: name another with --passwords-out; nothing was changed", f.Name())
	}
	last := make([]byte, 1)
	if _, err = f.ReadAt(last, info.Size()-1); err == nil && last[0] != '\n' {
		_, err = f.WriteString("\n")
	}
	if err != nil {
		return fmt.Errorf("password file: %w; nothing was changed", err)
	}
	return nil
}

// maxPasswordHead is how much of a file is looked at to see what it is.
const maxPasswordHead = 64 << 10

// sameFile reports whether two names are one file, by whatever links, or would be
// once it is there.
func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	other, err2 := os.Stat(b)
	if err == nil && err2 == nil {
		return os.SameFile(one, other)
	}
	a, err = filepath.Abs(a)
	b, err2 = filepath.Abs(b)
	return err == nil && err2 == nil && a == b
}
