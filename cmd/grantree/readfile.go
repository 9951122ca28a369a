package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"grantree/policy"
)

// readFile reads a policy, catalog or password file: a plain file, no larger
// than a policy may be. What kind it is is asked before it is opened, because
// opening a device may do something, and again after. A file that is said to be
// empty is taken for empty: those of /proc are, and reading one of them may wait
// for ever, or use up what is read.
func readFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err == nil {
		err = plain(name, info)
	}
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err == nil {
		err = plain(name, info)
	}
	if err != nil || info.Size() == 0 {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, policy.MaxFile+1))
	if err == nil && len(data) > policy.MaxFile {
		err = tooLarge(name)
	}
	return data, err
}

// passedBy is something in a folder that is no plain file, and why it is not read.
type passedBy struct {
	name, why string
	file      bool // a link to a file, which is by its name what it is
}

// filesBelow names the plain files of a folder and of those in it, sorted, and
// what else is in them. Links are not followed, but that to the folder itself.
func filesBelow(dir string) (files []string, passed []passedBy, err error) {
	root := dir
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		root += string(filepath.Separator)
	}
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
		case d.Type().IsRegular():
			files = append(files, name)
		case d.Type()&fs.ModeSymlink != 0:
			to := "file"
			if info, err := os.Stat(name); err == nil && info.IsDir() {
				to = "folder"
			}
			passed = append(passed, passedBy{name, "it is a link to a " + to + ", and links are not followed", to == "file"})
		case d.Type()&fs.ModeNamedPipe != 0:
			passed = append(passed, passedBy{name, "it is a pipe, and only plain files are read", false})
		default:
			passed = append(passed, passedBy{name, "it is a device or socket, and only plain files are read", false})
		}
		return err
	})
	slices.Sort(files)
	return files, passed, err
}

// plain refuses what is not a plain file of a readable size.
func plain(name string, info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode.IsDir():
		return fmt.Errorf("%q is a directory; name a file in it", name)
	case mode&fs.ModeNamedPipe != 0:
		return fmt.Errorf("%q is a pipe, and only plain files are read; write what comes through it to a file and name that", name)
	case !mode.IsRegular():
		return fmt.Errorf("%q is a device or socket, and only plain files are read", name)
	case info.Size() > policy.MaxFile:
		return tooLarge(name)
	}
	return nil
}

func tooLarge(name string) error {
	return fmt.Errorf("%q is larger than %d MiB, and more is not read; see that it is the right file", name, policy.MaxFile>>20)
}
