package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
)

// notRun are the examples that the test leaves out, each with the reason.
var notRun = map[string]string{
	"grantree diff --as-of v2026.3":                                              "it needs a history: the story diff has one",
	"grantree diff --as-of 2026-09-30 --check":                                   "it needs a history: the story diff has one",
	"grantree plan approve change.plan --key ~/.ssh/id_ed25519":                  "it needs somebody's key: the story approval has one",
	"grantree apply change.plan --yes --allowed-signers /etc/grantree/signers":   "it needs a file of the machine: the story approval has one",
	`grantree break-glass ann Admin --for 60m --reason "month end, ticket 4711"`: "it waits for an hour",
	"grantree demo":                            "a story of its own, demo.txtar",
	"grantree demo --keep":                     "it serves until it is stopped",
	"grantree sandbox --listen 127.0.0.1:1433": "it serves until it is stopped, on a port that may be taken",
}

// TestEveryCommandHasExamples: the help of every command that does something
// shows lines that call it.
func TestEveryCommandHasExamples(t *testing.T) {
	used := map[string]bool{}
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			walk(sub)
		}
		if c.HasSubCommands() && c.Example == "" || c.Name() == "help" {
			return
		}
		if c.Example == "" {
			t.Errorf("%q has no example", c.CommandPath())
		}
		for line := range strings.SplitSeq(c.Example, "\n") {
			if line = strings.TrimSpace(line); line != c.CommandPath() && !strings.HasPrefix(line, c.CommandPath()+" ") {
				t.Errorf("an example of %q is %q", c.CommandPath(), line)
			}
		}
		used[c.CommandPath()] = true
	}
	walk(newRoot(&app{}))
	for _, e := range examples {
		if !used["grantree "+e.command] {
			t.Errorf("there are examples of %q, which is no command", e.command)
		}
	}
}

// TestExamplesRun runs every line that a help shows, in their order, on a
// policy and a server that know the names they speak of: each has to end with 0.
// Editing begins with the policy as it was.
func TestExamplesRun(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes two sites of the whole catalog and runs some 50 commands, which -short is there to leave out")
	}
	story := []string{"server", "site NORTH", "site SOUTH", "expand grantree.toml fleet.toml", "cp grantree.toml before.toml"}
	for _, e := range examples {
		lines := strings.Split(e.lines, "\n")
		if !slices.ContainsFunc(lines, func(line string) bool { return notRun[line] == "" }) {
			continue
		}
		story = append(story, "cp before.toml grantree.toml")
		for _, line := range lines {
			if notRun[line] == "" {
				story = append(story, "exec "+strings.ReplaceAll(line, `"`, "'"))
			}
		}
	}
	files, err := os.ReadFile("testdata/examples.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "examples.txtar"), fmt.Appendf(nil, "%s\n%s", strings.Join(story, "\n"), files), 0o600); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, stories(dir))
}
