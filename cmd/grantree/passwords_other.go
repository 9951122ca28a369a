//go:build !unix

package main

import (
	"errors"
	"os"
)

// ownFileFlags has nothing to add where the system knows no such links.
const ownFileFlags = 0

// ownFile says what is wrong with a file that only its owner should read, as
// far as the system tells; the sentence goes on after the file's name.
func ownFile(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if now, err := os.Lstat(f.Name()); err != nil || !now.Mode().IsRegular() || !os.SameFile(info, now) {
		return errors.New("is not a plain file: remove it")
	}
	return nil
}

// ownFolder knows nothing of who may write in a folder here.
func ownFolder(string) error { return nil }

// keepOwner has nothing to do where a file belongs to the account that makes it.
func keepOwner(*os.File, os.FileInfo) error { return nil }

// names is how many names a file has, as far as the system tells.
func names(os.FileInfo) uint64 { return 1 }
