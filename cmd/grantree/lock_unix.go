//go:build unix

package main

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// lockFile takes the lock of a file for as long as what it returns is open, or
// waits for who holds it. Who writes holds it alone. The lock is on the file
// that has the name now: one that was put into its place meanwhile is another.
// Where the file system knows no locks there is none.
func lockFile(name string, write bool) (fs.File, error) {
	flags, how := os.O_RDONLY, syscall.LOCK_SH
	if write {
		flags, how = os.O_RDWR, syscall.LOCK_EX
	}
	return waitForLock(name, func() (fs.File, error) {
		f, err := os.OpenFile(name, flags|syscall.O_NONBLOCK, 0)
		if err != nil {
			return nil, err
		}
		switch err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); {
		case err == syscall.EWOULDBLOCK:
			f.Close()
			return nil, errHeld
		case err != nil && !errors.Is(err, errors.ErrUnsupported) && err != syscall.ENOLCK:
			f.Close()
			return nil, &fs.PathError{Op: "lock", Path: name, Err: err}
		}
		held, err := f.Stat()
		now, err2 := os.Stat(name)
		if err != nil || err2 != nil || !os.SameFile(held, now) {
			f.Close()
			return nil, errHeld
		}
		return f, nil
	})
}

// hold takes the lock of a file that this run has made, for as long as it is open, and
// isHeld reports whether who made one still has it open. Where the file system knows no
// locks nobody holds any.
func hold(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == syscall.EWOULDBLOCK {
		return errHeld
	}
	return nil
}

func isHeld(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) == syscall.EWOULDBLOCK
}
