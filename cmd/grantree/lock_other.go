//go:build !unix

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// lockFile takes the lock of a file for as long as what it returns is open, or
// waits for who holds it. A file that is open cannot be replaced here, so the lock
// is a file beside it, which goes with the lock; one that a run left that was
// killed counts for a minute.
func lockFile(name string, write bool) (fs.File, error) {
	lock := filepath.Join(filepath.Dir(name), ".grantree-"+filepath.Base(name)+".lock")
	return waitForLock(name, func() (fs.File, error) {
		if info, err := os.Stat(lock); err == nil && time.Since(info.ModTime()) > time.Minute {
			os.Remove(lock)
		}
		f, err := os.OpenFile(lock, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if os.IsExist(err) {
			return nil, errHeld
		}
		if err != nil {
			return nil, err
		}
		return lockBeside{f}, nil
	})
}

// lockBeside is a file that is there as long as the lock is held.
type lockBeside struct{ *os.File }

func (l lockBeside) Close() error {
	err := l.File.Close()
	return firstError(err, os.Remove(l.Name()))
}

// hold and isHeld know of nobody here: a run that still works is looked at as one that
// does not, under the locks of its sites.
func hold(*os.File) error { return nil }

func isHeld(*os.File) bool { return false }
