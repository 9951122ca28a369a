package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"grantree/policy"
)

// TestImportShowsProgress: a long import shows a bar on stderr where somebody
// watches it, and none elsewhere or of a short one. stdout is the same.
func TestImportShowsProgress(t *testing.T) {
	const text = "[policy]\nextends = \"imaint\"\n[server.main]\nurl = \"sqlserver://sql01.example\"\nintegrated = true\n[[site]]\nname = \"North\"\nserver = \"main\"\ndatabase = \"N\"\n"
	people := func(n int) string {
		var b strings.Builder
		b.WriteString("name,groups,sites\n")
		for i := range n {
			fmt.Fprintf(&b, "user%d,Planner,North\n", i)
		}
		return b.String()
	}
	long := people(2 * progressFrom)
	importing := func(watched bool, sheet string) (stdout, stderr string) {
		var out, errs bytes.Buffer
		wrote := 0
		a := &app{
			stdin: strings.NewReader(""), stdout: &out, stderr: &errs, env: func(string) string { return "" }, now: time.Now, watched: watched,
			readFile: func(name string) ([]byte, error) {
				switch name {
				case "grantree.toml":
					return []byte(text), nil
				case "people.csv":
					return []byte(sheet), nil
				}
				return nil, fs.ErrNotExist
			},
			replace: func(files []policy.Change) error { wrote += len(files); return nil },
		}
		if code := run(context.Background(), []string{"user", "import", "people.csv", "--yes"}, a); code != exitDone || wrote != 1 {
			t.Fatalf("exit %d, %d files written\n%s", code, wrote, errs.String())
		}
		return out.String(), errs.String()
	}
	plain, quiet := importing(false, long)
	seen, loud := importing(true, long)
	if !strings.Contains(loud, "Comparing people.csv") || !strings.Contains(loud, "Editing") || quiet != "" {
		t.Errorf("stderr is %q where it is watched, and %q elsewhere", loud, quiet)
	}
	if all, _ := importing(true, people(10_000)); !strings.Contains(all, "10000 rows: 10000 new, 0 changed, 0 unchanged, 0 refused") {
		t.Error("ten thousand people are not all new")
	}
	if plain != seen {
		t.Error("stdout differs")
	}
	if _, short := importing(true, "name,groups,sites\nann,Planner,North\n"); short != "" {
		t.Errorf("a short import shows %q", short)
	}
}
