//go:build unix

package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// ownFileFlags open no link, and do not wait for the other end of a pipe.
const ownFileFlags = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// ownFile says what is wrong with a file that only its owner, who runs this,
// should read under a single name; the sentence goes on after the file's name.
func ownFile(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !info.Mode().IsRegular():
		return errors.New("is not a plain file: remove it")
	case ok && int(s.Uid) != os.Geteuid():
		return fmt.Errorf("belongs to another account (uid %d): remove it", s.Uid)
	case ok && s.Nlink > 1:
		return fmt.Errorf("is a file of %d names (hard links): remove the others", s.Nlink)
	case info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("may be read by others (%s): run chmod 600 on it", info.Mode().Perm())
	}
	return nil
}

// ownFolder says what is wrong with a folder in which nobody else should put files, or
// change what they are called.
func ownFolder(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case ok && int(s.Uid) != os.Geteuid() && s.Uid != 0:
		return fmt.Errorf("the folder %s belongs to another account (uid %d): name one of your own", dir, s.Uid)
	case info.Mode().Perm()&0o022 != 0:
		return fmt.Errorf("others may write in the folder %s (%s): run chmod 700 on it", dir, info.Mode().Perm())
	}
	return nil
}

// keepOwner gives a new file the owner and group of the one whose place it is to
// take; where they are the same already, nobody has to be allowed to.
func keepOwner(f *os.File, of os.FileInfo) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	is, ok := info.Sys().(*syscall.Stat_t)
	want, ok2 := of.Sys().(*syscall.Stat_t)
	if !ok || !ok2 || is.Uid == want.Uid && is.Gid == want.Gid {
		return nil
	}
	return f.Chown(int(want.Uid), int(want.Gid))
}

// names is how many names a file has.
func names(of os.FileInfo) uint64 {
	if s, ok := of.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Nlink)
	}
	return 1
}
