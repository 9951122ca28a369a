package main

import (
	"strings"
	"testing"
)

// TestDoctorLogin: a login whose name acts on a terminal is in no script.
func TestDoctorLogin(t *testing.T) {
	var out, errs strings.Builder
	a := &app{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, env: func(string) string { return "" }}
	if code := run(t.Context(), []string{"doctor", "--script", "look", "--login", "e\x1b[31m"}, a); code != exitUsage || strings.Contains(out.String()+errs.String(), "\x1b") || !strings.Contains(errs.String(), "cannot be printed") {
		t.Errorf("exit code %d: %q, %q", code, out.String(), errs.String())
	}
}
