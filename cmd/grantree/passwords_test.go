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
		os.WriteFile(at("own"), []byte("main\tann\tabcdefghijklmnopqrstuvwx\n"), 0o600), os.WriteFile(at("open"), nil, 0o644), os.WriteFile(at("two"), nil, 0o600),
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

// TestPasswordFileIsContinued: only a file of passwords takes more of them, a line
// each, whatever the last one ends with; any other stays as it is.
func TestPasswordFileIsContinued(t *testing.T) {
	const line, more = "main\tann\tabcdefghijklmnopqrstuvwx", "main\tben\tsecret\n"
	for _, tt := range []struct {
		name, text, want string
	}{
		{"empty", "", more},
		{"a blank line", "\n", "\n" + more},
		{"passwords", line + "\n", line + "\n" + more},
		{"passwords of Windows", line + "\r\n", line + "\r\n" + more},
		{"without a last line end", line, line + "\n" + more},
		{"a remark and no last line end", line + "\n# main\tann\twas not made: x", line + "\n# main\tann\twas not made: x\n" + more},
		{"a heading of one's own", "# handed over by me\n" + line + "\n", "# handed over by me\n" + line + "\n" + more},
		{"a policy", "[server.main]\nurl = \"x\"\n", ""},
		{"a policy that begins with a remark", "# the policy\n\n[server.main]\n", ""},
		{"a remark alone", "# the policy\n", ""},
		{"a password", "hunter2", ""},
		{"a table of people", "name\tgroup\tsite\nann\tReader\tOne\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "pw")
			if err := os.WriteFile(name, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			f, err := openPasswords(name)
			if err == nil {
				p := &passwordFile{syncedFile: f}
				if err := errors.Join(p.add("main", "ben", "secret"), p.Close()); err != nil {
					t.Fatal(err)
				}
			}
			want := tt.want
			if refused := want == ""; refused {
				want = tt.text
				if exitCode(err) != exitUsage || !strings.Contains(err.Error(), "holds something else than passwords that grantree wrote") {
					t.Errorf("error %v", err)
				}
			} else if err != nil {
				t.Error(err)
			}
			if data, err := os.ReadFile(name); err != nil || string(data) != want {
				t.Errorf("%q, %v, want %q", data, err, want)
			}
		})
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
