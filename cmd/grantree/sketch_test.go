package main

import (
	"strings"
	"testing"

	"grantree/finding"
	"grantree/grants"
	"grantree/sql/mssql"
)

// TestOnScreen: no name of a change reaches the screen as it is, whichever it is.
func TestOnScreen(t *testing.T) {
	const name = "a\x1b[8m\u202e"
	for _, kind := range kinds {
		c := grants.Change{Kind: kind, Principals: []string{name}, Role: name, Was: name, Login: name, Schema: name, View: name}
		if got := strings.ReplaceAll(mssql.Render(onScreen(c)), "\n", " "); got != finding.Printable(got) {
			t.Errorf("%s: %q", kind, got)
		}
	}
}
