package main

import (
	"context"
	"io"
	"strings"
	"testing"
)

// TestChosenPassword asks twice, shows nothing, and takes what can be a password.
func TestChosenPassword(t *testing.T) {
	long := strings.Repeat("aB3-", 32)
	for _, tt := range []struct {
		name, first, again, want, err string
	}{
		{"the same twice", "Kj3-lkj2", "Kj3-lkj2", "Kj3-lkj2", ""},
		{"not the same", "Kj3-lkj2", "Kj3-lkj3", "", "the two are not the same"},
		{"blank", "  ", "  ", "", "blank"},
		{"none", "", "", "", "blank"},
		{"an order to a terminal", "Kj3\x1b[2J", "Kj3\x1b[2J", "", "no text"},
		{"as long as one may be", long, long, long, ""},
		{"longer", long + "x", long + "x", "", "at most 128"},
	} {
		answers := []string{tt.first, tt.again}
		var shown strings.Builder
		a := &app{canAsk: true, stderr: &shown, stdout: io.Discard, hidden: func() (string, error) {
			said := answers[0]
			answers = answers[1:]
			return said, nil
		}}
		got, err := a.chosen(context.Background(), chosenPassword{ask: true})
		if got != tt.want || (err == nil) != (tt.err == "") || err != nil && (!strings.Contains(err.Error(), tt.err) || exitCode(err) != exitUsage) {
			t.Errorf("%s: %q, %v", tt.name, got, err)
		}
		if shown.String() != "New password: \nThe same again: \n" {
			t.Errorf("%s: shown is %q", tt.name, shown.String())
		}
	}
}
