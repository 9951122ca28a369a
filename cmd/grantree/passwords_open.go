package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// openPasswords opens or makes the file before any login is made, so that no
// password is ever lost for lack of a place. It must be a plain file of the
// account that runs grantree, under one name, that nobody else may read: what
// a link leads to may be anybody's.
func openPasswords(name string) (syncedFile, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY|ownFileFlags, 0o600)
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
	if dir, err := os.Open(filepath.Dir(name)); err == nil { // a new name lasts once its folder is synced
		dir.Sync()
		dir.Close()
	}
	return f, nil
}
