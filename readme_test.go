package grantree_test

import (
	"bufio"
	"cmp"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	_ "github.com/microsoft/go-mssqldb" // for the screen of a tool
)

// TestREADMEShowsTheDemo: what the README shows of the demo is what the demo
// prints, in that order, but for numbers and the width of columns.
func TestREADMEShowsTheDemo(t *testing.T) {
	if testing.Short() {
		t.Log("in short mode the README is not compared with the demo")
		return
	}
	binary := filepath.Join(t.TempDir(), "grantree")
	if out, err := exec.Command("go", "build", "-o", binary, "./cmd/grantree").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	out, end := keptDemo(t, binary)
	defer end()
	readmeScreen(t, out)
	printed := loose(out)
	at, n := 0, 0
	for _, b := range blocks(t, "README.md") {
		if !b.is("text") {
			continue
		}
		for _, line := range loose(b.text) {
			if line == "" || line == "…" {
				continue
			}
			n++
			for at < len(printed) && printed[at] != line {
				at++
			}
			if at == len(printed) {
				t.Fatalf("%s: the demo does not print, there or later:\n%s", b, line)
			}
			at++
		}
	}
	if n < 20 {
		t.Errorf("the README shows %d lines of the demo: the test looks in the wrong place", n)
	}
}

// keptDemo runs the demo and returns what it printed until its server waits for others, and what ends it.
func keptDemo(t *testing.T, binary string) (printed string, end func()) {
	c := exec.Command(binary, "demo", "--keep")
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		printed += lines.Text() + "\n"
		if strings.Contains(lines.Text(), "password_env") {
			return printed, func() {
				c.Process.Signal(os.Interrupt)
				if err := c.Wait(); err != nil {
					t.Errorf("grantree demo --keep, interrupted: %v", err)
				}
			}
		}
	}
	t.Fatalf("grantree demo --keep: %v\n%s", c.Wait(), printed)
	return "", nil
}

// readmeScreen asks the kept demo what the README's screen of a tool asks, and compares the rows.
func readmeScreen(t *testing.T, demo string) {
	i := slices.IndexFunc(blocks(t, "README.md"), func(b block) bool { return b.is("screen") })
	if i < 0 {
		t.Fatal("README.md has no screen of a tool")
	}
	screen := blocks(t, "README.md")[i].text
	_, query, _ := strings.Cut(screen, "> ")
	query, table, _ := strings.Cut(query, ";\n")
	password := regexp.MustCompile(`password (\S+)\. Stop it`).FindStringSubmatch(demo)
	address := regexp.MustCompile(`(?m)^  Go +(sqlserver://\S+)$`).FindStringSubmatch(demo)
	if password == nil || address == nil {
		t.Fatalf("the demo does not say how to connect:\n%s", demo)
	}
	db, err := sql.Open("sqlserver", strings.Replace(address[1], "PASSWORD", url.QueryEscape(password[1]), 1))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		values := make([]sql.NullString, 3)
		if err := rows.Scan(&values[0], &values[1], &values[2]); err != nil {
			t.Fatal(err)
		}
		line := ""
		for _, v := range values {
			line += " | " + cmp.Or(v.String, "NULL")
		}
		if n++; !strings.Contains(aGap.ReplaceAllString(table, " "), strings.TrimPrefix(line, " ")+" |") {
			t.Errorf("README.md's screen lacks the row %s", line)
		}
	}
	if want := fmt.Sprintf("(%d rows affected)", n); rows.Err() != nil || !strings.Contains(table, want) {
		t.Errorf("README.md's screen: %v, want %s", rows.Err(), want)
	}
}

var (
	aNumber = regexp.MustCompile(`[0-9][0-9.]*(ms|s)?`)
	aGap    = regexp.MustCompile(` {2,}`)
)

// loose splits text into lines without numbers and the width of columns.
func loose(text string) []string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(aGap.ReplaceAllString(aNumber.ReplaceAllString(line, "#"), " "))
	}
	return lines
}
