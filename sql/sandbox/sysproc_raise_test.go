package sandbox_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"grantree/sql/sandbox/internal/refusal"
)

// raise is RAISERROR of a message by its number.
var (
	raise = regexp.MustCompile(`RAISERROR \((\d+), -1, -?\d+((?:, (?:'(?:[^']|'')*'|@\w+))*)\)`)
	part  = regexp.MustCompile(`'(?:[^']|'')*'|@\w+`)
)

// TestRaisedMessages: the messages that procedures raise are there, with as many parts as they are given; and of those that
// only procedures raise each is raised.
func TestRaisedMessages(t *testing.T) {
	entries, err := filepath.Glob("internal/sysproc/*.sql")
	if err != nil || entries == nil {
		t.Fatal(entries, err)
	}
	raised := map[string]bool{}
	for _, e := range entries {
		text, err := os.ReadFile(e)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), "RAISERROR ("); n != len(raise.FindAll(text, -1)) {
			t.Errorf("%s: %d RAISERROR of which %d are understood", e, n, len(raise.FindAll(text, -1)))
		}
		for _, m := range raise.FindAllStringSubmatch(string(text), -1) {
			raised[m[1]] = true
			_, message, ok := refusal.Find(number(m[1]))
			if parts := strings.Count(message, "%s") + strings.Count(message, "%d"); !ok || parts != len(part.FindAllString(m[2], -1)) {
				t.Errorf("%s: %s: the message is %q", e, m[0], message)
			}
		}
	}
	list, err := os.ReadFile("internal/refusal/raised.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(list)), "\n") {
		if n, _, _ := strings.Cut(line, " "); !raised[n] {
			t.Errorf("%s is raised by no procedure", n)
		}
	}
}

func number(text string) (n int32) {
	for _, digit := range text {
		n = 10*n + digit - '0'
	}
	return n
}
