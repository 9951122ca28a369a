package main

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// chosenPassword is where an administrator's own choice of a password comes from.
type chosenPassword struct {
	file string
	ask  bool
}

// chosen reads a password that somebody chose, or "" where nobody did. It is the
// first line of a file, without its end.
func (a *app) chosen(ctx context.Context, from chosenPassword) (string, error) {
	switch {
	case from.file != "":
		info, err := a.lstat(from.file)
		if err == nil && info != nil && (!info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0) {
			return "", usageError("--password-file: %s is a link, or others than you may read it: chmod 600, and name the file itself", from.file)
		}
		data, err := a.readFile(from.file)
		if err != nil {
			return "", usageError("--password-file: %v", err)
		}
		line, _, _ := strings.Cut(strings.TrimPrefix(string(data), "\ufeff"), "\n")
		return usable(strings.TrimSuffix(line, "\r"), "--password-file: "+from.file)
	case from.ask:
		if !a.canAsk {
			return "", usageError("--ask: nobody is there to be asked; --password-file FILE reads it")
		}
		first, err := a.askHidden(ctx, "New password: ")
		if err != nil {
			return "", err
		}
		again, err := a.askHidden(ctx, "The same again: ")
		if err == nil && first != again {
			err = usageError("--ask: the two are not the same; nothing was changed")
		}
		if err != nil {
			return "", err
		}
		return usable(first, "--ask")
	}
	return "", nil
}

// usable refuses what no password can be.
func usable(password, whence string) (string, error) {
	switch n := len(utf16.Encode([]rune(password))); {
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		return "", usageError("%s: the password holds what is no text; nothing was changed", whence)
	case strings.TrimSpace(password) == "":
		return "", usageError("%s: the password is blank; nothing was changed", whence)
	case n > 128:
		return "", usageError("%s: a password has at most 128 characters; nothing was changed", whence)
	}
	return password, nil
}

// askHidden asks for a line that is not shown.
func (a *app) askHidden(ctx context.Context, question string) (string, error) {
	a.quiet()
	a.errorf("%s", question)
	line, err := await(ctx, a.hidden)
	if err == errStopped {
		a.show()
	}
	a.errorf("\n")
	return line, err
}
