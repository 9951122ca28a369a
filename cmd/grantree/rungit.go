package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"grantree/policy"
)

// gitFunc runs git in a folder and returns what it printed. The error is what it
// complained of.
type gitFunc func(ctx context.Context, dir string, args ...string) ([]byte, error)

// runGit runs the git command, without a shell: it takes no lock, shows no pager,
// asks nobody for a password, fetches nothing, by whatever protocol, and runs no
// program that the repository's configuration names for looking at the working tree.
// More than a policy may be is not taken from it.
func runGit(ctx context.Context, dir string, args ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, "git", append([]string{"--no-pager", "--no-optional-locks", "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull, "-C", dir}, args...)...)
	c.Env = append(os.Environ(), "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_NO_REPLACE_OBJECTS=1")
	out, complaint := &capped{most: policy.MaxFile}, &capped{most: 4096}
	c.Stdout, c.Stderr = out, complaint
	err := c.Run()
	if text := strings.TrimSpace(complaint.String()); err != nil && text != "" {
		err = errors.New(strings.TrimPrefix(text, "fatal: "))
	}
	return out.Bytes(), err
}

// absolute is a file's whole name, the links on the way to its folder followed, as
// git names its own.
func absolute(name string) (string, error) {
	name, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(name))
	return filepath.Join(dir, filepath.Base(name)), err
}

// capped is a buffer that refuses more than so many bytes.
type capped struct {
	bytes.Buffer
	most int
}

func (c *capped) Write(p []byte) (int, error) {
	if c.Len()+len(p) > c.most {
		return 0, errors.New("it is too much to read")
	}
	return c.Buffer.Write(p)
}
