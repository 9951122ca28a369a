//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestPasswordFileIsOnesOwn: what may be somebody else's, or goes somewhere
// else, takes no password.
func TestPasswordFileIsOnesOwn(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, err := range []error{
		os.WriteFile(at("own"), []byte("main\tann\told\n"), 0o600), os.WriteFile(at("open"), nil, 0o644), os.WriteFile(at("two"), nil, 0o600),
		os.Symlink(at("own"), at("link")), os.Symlink(at("nothing"), at("dangling")), os.Link(at("two"), at("names")),
		syscall.Mkfifo(at("pipe"), 0o600), os.Mkdir(at("folder"), 0o700),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ name, file, refusal string }{
		{"a new file", "new", ""},
		{"one's own", "own", ""},
		{"a link", "link", "is not a plain file"},
		{"a link to nothing", "dangling", "is not a plain file"},
		{"a file of two names", "names", "is a file of 2 names"},
		{"a file that others may read", "open", "may be read by others (-rw-r--r--): run chmod 600 on it"},
		{"a pipe", "pipe", "is not a plain file"},
		{"a folder", "folder", "is not a plain file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := openPasswords(at(tt.file))
			if f != nil {
				f.Close()
			}
			if (tt.refusal == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.refusal) {
				t.Errorf("got %v, want %q", err, tt.refusal)
			}
			if info, err := os.Stat(at(tt.file)); tt.refusal == "" && (err != nil || info.Mode().Perm() != 0o600) {
				t.Errorf("%v, %v", info, err)
			}
		})
	}
	if _, err := os.Stat(at("nothing")); err == nil {
		t.Error("the file behind a link was made")
	}
}

// TestPasswordLinesCannotBeForged: a name is one field of one line, and can be
// read back.
func TestPasswordLinesCannotBeForged(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pw")
	opened, err := openPasswords(name)
	if err != nil {
		t.Fatal(err)
	}
	f := &passwordFile{syncedFile: opened}
	defer f.Close()
	logins := []string{"ann", "x\nmain\tsa\tforged", "x\r\ty", `back\nslash`, "# main", "a\u2028b\u202ec", "Émile 🔧"}
	for _, login := range logins {
		if err := f.add("main", login, "secret"); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.notMade("main", "Émile 🔧", false, errors.New("no\nmain\tsa\tforged")); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if len(lines) != len(logins)+1 || f.added != len(logins)-1 {
		t.Fatalf("%d lines, %d added:\n%s", len(lines), f.added, data)
	}
	for i, login := range logins {
		fields := strings.Split(lines[i], "\t")
		var read string
		if err := json.Unmarshal([]byte(`"`+fields[1]+`"`), &read); err != nil || len(fields) != 3 || read != login || strings.HasPrefix(lines[i], "#") {
			t.Errorf("%q became %q", login, lines[i])
		}
	}
	if want := "# main\tÉmile 🔧\twas not made: no\\nmain\\tsa\\tforged"; lines[len(logins)] != want {
		t.Errorf("got %q, want %q", lines[len(logins)], want)
	}
}
