package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"grantree/finding"
	"grantree/policy"
)

// TestPasswordFile reads passwords as editors leave them, and warns of a file
// that others may read.
func TestPasswordFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("on Windows the permissions of a file are no bits, and none are looked at")
	}
	dir := t.TempDir()
	for _, tt := range []struct {
		name, text string
		mode       os.FileMode
		link       bool
		warns      string
	}{
		{"plain", "hunter2", 0o600, false, ""},
		{"with a line end", "hunter2\r\n", 0o400, false, ""},
		{"with a byte order mark", "\ufeffhunter2\n", 0o600, false, ""},
		{"the group may read it", "hunter2", 0o640, false, "(mode 0640); chmod 600 it (password-file-open)"},
		{"all may", "hunter2", 0o604, false, "(mode 0604)"},
		{"a link", "hunter2", 0o600, true, "is a link; name the file itself"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(dir, tt.name)
			if err := os.WriteFile(file, []byte(tt.text), tt.mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(file, tt.mode); err != nil {
				t.Fatal(err)
			}
			if tt.link {
				if err := os.Symlink(file, file+"2"); err != nil {
					t.Fatal(err)
				}
				file += "2"
			}
			var said bytes.Buffer
			a := &app{stderr: &said, readFile: os.ReadFile, lstat: lstat}
			got, err := a.password(context.Background(), policy.Server{Name: "main", PasswordFile: file, Pos: finding.Pos{File: "p.toml", Line: 1}})
			if got != "hunter2" || err != nil {
				t.Errorf("%q, %v", got, err)
			}
			if text := said.String(); !strings.Contains(text, tt.warns) || (text == "") != (tt.warns == "") || strings.Contains(text, dir) {
				t.Errorf("said %q", text)
			}
		})
	}
}
