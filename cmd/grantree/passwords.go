package main

import (
	"fmt"
	"os"
	"runtime"
)

// passwordFile takes the passwords of new logins. Nobody but its owner may
// read it.
type passwordFile struct {
	*os.File
	added int
}

// openPasswords opens or makes the file before any login is made, so that no
// password is ever lost for lack of a place.
func openPasswords(name string) (*passwordFile, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("password file: %w; nothing was changed", err)
	}
	info, err := f.Stat()
	if err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		f.Close()
		return nil, fmt.Errorf("password file %s may be read by others (%s): run chmod 600 on it, or name another with --passwords-out; nothing was changed", name, info.Mode().Perm())
	}
	return &passwordFile{File: f}, err
}

// add writes one line: server, login, password, parted by tabs.
func (p *passwordFile) add(server, login, password string) error {
	if _, err := fmt.Fprintf(p, "%s\t%s\t%s\n", server, login, password); err != nil {
		return err
	}
	p.added++
	return p.Sync()
}
