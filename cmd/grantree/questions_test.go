package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/sql/mssql"
	"grantree/sql/sandbox"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what the commands of docs/questions.md print into it")

// TestQuestions holds docs/questions.md to what its commands print. The page's policy
// is applied to an embedded server first, then its SQL is run as somebody's own hand,
// and git has the policy as the page says that it was in September.
func TestQuestions(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes three sites of the whole catalog and asks them fifteen questions, which -short is there to leave out")
	}
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("one of the questions is asked of git, and there is none here")
	}
	page, err := filepath.Abs("../../docs/questions.md")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	parts := pageParts(t, string(text))
	w := newQuestioned(t, parts)
	asked, questions := 0, strings.Count(string(text), "\n### ")
	for i, p := range parts {
		if p.language != "console" {
			continue
		}
		command, want, _ := strings.Cut(strings.TrimPrefix(p.text, "$ "), "\n")
		got := w.run(t, command)
		asked++
		if *update {
			parts[i].text = "$ " + command + "\n" + got
			continue
		}
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("docs/questions.md:%d: $ %s (-page +printed):\n%s", p.line, command, diff)
		}
	}
	if asked != 15 || questions != 15 {
		t.Errorf("the page, which is of fifteen questions, has %d and %d commands", questions, asked)
	}
	if *update {
		var b strings.Builder
		for _, p := range parts {
			b.WriteString(p.before + p.text)
		}
		if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// pagePart is a fenced block, or the end of the page.
type pagePart struct {
	before   string // what stands before the block's text, its fence included
	language string
	text     string
	line     int
}

// pageParts cuts a page so that its blocks can be written anew.
func pageParts(t *testing.T, page string) []pagePart {
	t.Helper()
	var out []pagePart
	for line := 1; ; {
		at := strings.Index(page, "\n```")
		if at < 0 {
			return append(out, pagePart{before: page})
		}
		fence, rest, _ := strings.Cut(page[at+1:], "\n")
		end := strings.Index("\n"+rest, "\n```")
		if end < 0 {
			t.Fatal("a block is never closed")
		}
		before := page[:at+1] + fence + "\n"
		line += strings.Count(before, "\n")
		language, _, _ := strings.Cut(strings.TrimPrefix(fence, "```"), " ")
		out = append(out, pagePart{before, language, rest[:end], line})
		line += strings.Count(rest[:end], "\n")
		closing, left, _ := strings.Cut(rest[end:], "\n")
		page = left
		out = append(out, pagePart{before: closing + "\n"})
		line++
	}
}

// questioned is the world in which the page's commands run.
type questioned struct {
	url, secret string
}

// septembers are what differs in the policy as git has it, from what to what.
var septembers = []string{
	`groups = ["Mechanic", "Night Shift"]`, `groups = ["Mechanic"]`,
	`permissions = ["select", "delete"]`, `permissions = ["select", "update", "delete"]`,
	"[[user]]\nname = \"erin\"", "[[user]]\nname = \"hugo\"\ngroups = [\"Planner\"]\nsites = [\"South\"]\nnew_login = true\n\n[[user]]\nname = \"erin\"",
}

// newQuestioned makes the sites, the history and what was done by hand.
func newQuestioned(t *testing.T, parts []pagePart) questioned {
	t.Helper()
	secret, err := mssql.GeneratePassword("sa")
	if err != nil {
		t.Fatal(err)
	}
	s, err := sandbox.New(sandbox.Options{SAPassword: secret})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"iMaint_North", "iMaint_South", "iMaint_Harbor"} {
		if err := s.Exec(t.Context(), "master", mssql.MakeSite(name, "dbo", catalog.IMaint().Views())); err != nil {
			t.Fatal(err)
		}
	}
	w := questioned{sandboxURL(s), secret}
	t.Chdir(t.TempDir())
	policy, byHand := "", ""
	for _, p := range parts {
		switch p.language {
		case "toml":
			policy = p.text
		case "sql":
			byHand = p.text
		}
	}
	w.remember(t, policy)
	if out := w.run(t, "grantree apply --yes"); !strings.Contains(out, "applied") {
		t.Fatal(out)
	}
	if err := s.Exec(t.Context(), "master", byHand); err != nil {
		t.Fatal(err)
	}
	return w
}

// remember commits the policy as it was, and then has it as it is.
func (w questioned) remember(t *testing.T, policy string) {
	t.Helper()
	before := policy
	for i := 0; i < len(septembers); i += 2 {
		if !strings.Contains(before, septembers[i]) {
			t.Fatalf("the policy of the page has no %q", septembers[i])
		}
		before = strings.Replace(before, septembers[i], septembers[i+1], 1)
	}
	write := func(text string) {
		if err := os.WriteFile("grantree.toml", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(before)
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	for _, args := range [][]string{{"init", "-q"}, {"add", "grantree.toml"}, {"-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "September"}} {
		c := exec.Command("git", args...)
		c.Env = append(os.Environ(), "GIT_AUTHOR_DATE=2026-09-28T14:00:00Z", "GIT_COMMITTER_DATE=2026-09-28T14:00:00Z")
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write(policy)
}

// run runs a command line as the page has it, and returns what a screen of 80
// columns shows.
func (w questioned) run(t *testing.T, command string) string {
	t.Helper()
	var out bytes.Buffer
	a := system()
	a.journals = journalsIn{dir: t.TempDir()}
	a.stdin, a.stdout, a.stderr, a.canAsk, a.watched, a.terminal, a.outWidth, a.errWidth = strings.NewReader(""), &out, &out, false, false, false, 80, 80
	a.now = func() time.Time { return time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC) }
	a.env = func(name string) string { return map[string]string{"GRANTREE_MAIN_PASSWORD": w.secret}[name] }
	a.readFile = func(name string) ([]byte, error) {
		data, err := readFile(name)
		return bytes.ReplaceAll(data, []byte("sqlserver://sql01.example:1433?encrypt=true"), []byte(w.url)), err
	}
	code := run(context.Background(), words(command)[1:], a)
	if code != exitDone && code != exitDifferences {
		t.Errorf("%s: exit %d", command, code)
	}
	return strings.ReplaceAll(out.String(), strings.TrimSuffix(strings.TrimPrefix(w.url, "sqlserver://"), "?encrypt=disable"), "sql01.example")
}

// words splits a command line as a shell does one with plain quotes.
func words(line string) []string {
	var out []string
	word, quote, in := "", rune(0), false
	for _, r := range line + " " {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word += string(r)
		case r == '"' || r == '\'':
			quote, in = r, true
		case r != ' ':
			word, in = word+string(r), true
		case in:
			out, word, in = append(out, word), "", false
		}
	}
	return out
}
