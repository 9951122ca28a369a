package grantree_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
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
	out, err := exec.Command(binary, "demo").Output()
	if err != nil {
		t.Fatalf("grantree demo: %v\n%s", err, out)
	}
	printed := loose(string(out))
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
