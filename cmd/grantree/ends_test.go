package main

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"
)

// TestPlanAcrossAnEnd: somebody who reads a plan over night does not give what
// ended meanwhile; what ends later is given.
func TestPlanAcrossAnEnd(t *testing.T) {
	const policy = "[server.main]\nurl = \"sqlserver://sql01.example\"\nuser = \"sa\"\n[[site]]\nname = \"North\"\nserver = \"main\"\ndatabase = \"N\"\n" +
		"[[group]]\nname = \"Reader\"\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\nuntil = 2026-11-30\n"
	tests := []struct {
		name  string
		after time.Time // when the question is answered
		code  int
		said  string
	}{
		{"the next day", time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC), exitStale, `grantree: the plan is stale: a line of group "Reader" (grantree.toml:10:1) held until 2026-11-30; nothing was changed; run this again` + "\n"},
		{"on the same day", time.Date(2026, 11, 30, 23, 59, 59, 0, time.UTC), exitDone, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC)
			stderr := &stopper{at: "Type yes or y:", stop: func() { now = tt.after }}
			var out strings.Builder
			a := &app{
				stdin: strings.NewReader("yes\n"), stdout: io.Discard, stderr: stderr, env: func(string) string { return "" }, canAsk: true, sameFile: sameFile,
				now:      func() time.Time { return now },
				readFile: func(string) ([]byte, error) { return []byte(policy), nil },
			}
			if tt.code == exitDone {
				a.stdout = &out
			}
			if code := run(context.Background(), []string{"apply", "--sandbox"}, a); code != tt.code || !strings.HasSuffix(stderr.String(), tt.said) {
				t.Errorf("exit code %d; said %q", code, stderr.String())
			}
			if tt.code == exitDone && !strings.Contains(out.String(), "as the policy says") {
				t.Errorf("printed %q", out.String())
			}
		})
	}
}
