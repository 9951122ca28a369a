package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
)

// importScripts imports scripts without a server.
func importScripts(t *testing.T, script string, args ...string) (stdout, stderr string) {
	t.Helper()
	const fleet = "[server.main]\nurl = \"sqlserver://sql01.example\"\nintegrated = true\n[[site]]\nname = \"North\"\nserver = \"main\"\ndatabase = \"N\"\n"
	files := map[string]string{"fleet.toml": fleet, "ran/a.sql": script}
	var out, err bytes.Buffer
	a := &app{
		stdin: strings.NewReader(""), stdout: &out, stderr: &err, env: func(string) string { return "" }, now: time.Now,
		readFile: func(name string) ([]byte, error) {
			if text, ok := files[name]; ok {
				return []byte(text), nil
			}
			return nil, fs.ErrNotExist
		},
		list: func(string) ([]string, []passedBy, error) { return []string{"ran/a.sql"}, nil, nil },
	}
	if code := run(context.Background(), append([]string{"import", "-f", "fleet.toml", "--scripts", "ran"}, args...), a); code != 0 {
		t.Fatalf("exit %d: %s", code, err.String())
	}
	return out.String(), err.String()
}

// TestScriptsNotReadAreReported has the report tell what of the scripts was not
// read, and count it.
func TestScriptsNotReadAreReported(t *testing.T) {
	const read = "CREATE ROLE Crew\nGRANT SELECT ON imvw_asset TO Crew\nGO\n"
	const unread = read + "DECLARE @s nvarchar(9) = N'x'\nEXEC(@s)\nGO\nCREATE PROCEDURE p AS GRANT DELETE ON imvw_asset TO Crew\n"
	_, before := importScripts(t, read)
	_, after := importScripts(t, unread)
	for _, want := range []string{"What of the scripts was not read", "ran/a.sql:5: EXEC of a text is not read", "ran/a.sql:7: CREATE PROCEDURE is not read"} {
		if !strings.Contains(after, want) {
			t.Errorf("no %q in\n%s", want, after)
		}
	}
	if strings.Count(after, "CREATE PROCEDURE is not read") != 1 {
		t.Errorf("it is said twice:\n%s", after)
	}
	things := func(s string) (n int) {
		_, s, _ = strings.Cut(s, "outsiders; ")
		fmt.Sscanf(s, "%d thing", &n)
		return n
	}
	if was, is := things(before), things(after); is != was+2 {
		t.Errorf("%d things to look at, and %d with two that were not read\n%s", was, is, after)
	}
	stdout, _ := importScripts(t, unread, "--format", "json")
	var got struct {
		Report []struct{ Code, Message, Where string }
	}
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, i := range got.Report {
		if i.Code == "import-script" && strings.HasPrefix(i.Where, "ran/a.sql:") {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d of two: %s", n, stdout)
	}
}

// TestHelpIsNarrow holds what a command says of itself to the width of a screen.
func TestHelpIsNarrow(t *testing.T) {
	var all func(c *cobra.Command)
	all = func(c *cobra.Command) {
		for line := range strings.SplitSeq(c.Long, "\n") {
			if n := len([]rune(line)); n > 84 {
				t.Errorf("%s --help has a line of %d characters: %s", c.CommandPath(), n, line)
			}
		}
		for _, sub := range c.Commands() {
			all(sub)
		}
	}
	all(newRoot(&app{}))
}
