package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"grantree/policy"
)

// TestReplaceFiles: files get their new text together, keep their mode and their
// links, and stay as they are where one has changed since it was read.
func TestReplaceFiles(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(t *testing.T, dir string) // after both files are there
		want    string                         // of the error
	}{
		{name: "two files"},
		{name: "one has changed", want: "b.toml has changed since it was read: run the command again; nothing was written",
			prepare: func(t *testing.T, dir string) { write(t, filepath.Join(dir, "b.toml"), "other") }},
		{name: "one is gone", want: "nothing was written",
			prepare: func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, "b.toml")) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			real, link, second := filepath.Join(dir, "real.toml"), filepath.Join(dir, "a.toml"), filepath.Join(dir, "b.toml")
			write(t, real, "a = 1")
			write(t, second, "b = 1")
			if err := os.Chmod(real, 0o640); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink("real.toml", link); err != nil {
				t.Fatal(err)
			}
			if tt.prepare != nil {
				tt.prepare(t, dir)
			}
			err := replaceFiles([]policy.Change{
				{File: link, Before: []byte("a = 1"), After: []byte("a = 2")},
				{File: second, Before: []byte("b = 1"), After: []byte("b = 2")},
			})
			first := "a = 2"
			if tt.want != "" {
				first = "a = 1"
			}
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %q", err, tt.want)
			}
			if got, _ := os.ReadFile(real); string(got) != first {
				t.Errorf("%q, want %q", got, first)
			}
			if got, _ := os.ReadFile(second); tt.want == "" && string(got) != "b = 2" {
				t.Errorf("the second file holds %q", got)
			}
			if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
				t.Errorf("the link is %v, %v", info, err)
			}
			if info, err := os.Stat(real); err != nil || info.Mode().Perm() != 0o640 {
				t.Errorf("the mode is %v, %v", info.Mode(), err)
			}
			left, err := filepath.Glob(filepath.Join(dir, ".grantree-*"))
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestEditIsMadeAgain: an edit that another one overtakes is made again, of what is
// there then; an import, whose review somebody has read, is not.
func TestEditIsMadeAgain(t *testing.T) {
	const person = "[[user]]\nname = \"%s\"\ngroups = [\"Crew\"]\nsites = [\"North\"]\n"
	begin := "[server.main]\nurl = \"sqlserver://sql01.example\"\nintegrated = true\n[[site]]\nname = \"North\"\nserver = \"main\"\ndatabase = \"N\"\n[[group]]\nname = \"Crew\"\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\n"
	for _, tt := range []struct {
		args []string
		code int
		want []string // who is there in the end
	}{
		{[]string{"user", "add", "ann", "--group", "Crew", "--site", "North"}, exitDone, []string{"other0", "other1", "ann"}},
		{[]string{"user", "import", "people.csv", "--yes"}, exitFailed, []string{"other0"}},
	} {
		text, others := begin, 0
		var out bytes.Buffer
		a := &app{
			stdin: strings.NewReader(""), stdout: &out, stderr: &out, env: func(string) string { return "" }, now: time.Now,
			readFile: func(name string) ([]byte, error) {
				if name == "people.csv" {
					return []byte("name,groups,sites\nann,Crew,North\n"), nil
				}
				return []byte(text), nil
			},
			replace: func(files []policy.Change) error {
				if others < 2 { // somebody is faster, twice
					text += fmt.Sprintf(person, fmt.Sprintf("other%d", others))
					others++
				}
				if string(files[0].Before) != text {
					return fmt.Errorf("grantree.toml %w; nothing was written", errOvertaken)
				}
				text = string(files[0].After)
				return nil
			},
		}
		if code := run(context.Background(), tt.args, a); code != tt.code {
			t.Errorf("%v: exit %d\n%s", tt.args, code, out.String())
		}
		for _, name := range []string{"other0", "other1", "ann"} {
			if n := strings.Count(text, `"`+name+`"`); (n == 1) != slices.Contains(tt.want, name) {
				t.Errorf("%v: %s is there %d times in\n%s", tt.args, name, n, text)
			}
		}
	}
}
