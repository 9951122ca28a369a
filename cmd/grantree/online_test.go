package main

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"grantree/sites"
	"grantree/sql/mssql"
)

// TestOnlineKeepsToItsWindow: outside of it nothing is read as a change, and where it
// ends on the way the run says what is in and ends with 1; each way the next run does
// the rest.
func TestOnlineKeepsToItsWindow(t *testing.T) {
	const policy = "[server.main]\nurl = \"sqlserver://sql01.example\"\nuser = \"sa\"\n[[site]]\nname = \"North\"\nserver = \"main\"\ndatabase = \"N\"\n" +
		"[[group]]\nname = \"Reader\"\n[[group.allow]]\non = \"Work Orders\"\npermissions = [\"select\"]\n"
	tests := []struct {
		name, window string
		at           string // what is printed when the window ends
		code         int
		said         []string
		not          string
	}{
		{"outside", "02:00-04:00", "never", exitFailed, []string{"it is 17:00, outside the window 02:00-04:00; nothing was sent"}, "applied"},
		{"it ends on the way", "16:30-18:00", "small transactions", exitFailed,
			[]string{"partly applied  North", "small transactions are in", "outside the window 16:30-18:00", "run the same command again for the rest"}, "stopped by you"},
		{"within", "16:30-18:00", "never", exitDone, []string{"applied    North"}, "partly"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC)
			stderr := &stopper{at: tt.at, stop: func() { now = now.Add(2 * time.Hour) }}
			a := &app{
				stdin: strings.NewReader(""), stdout: io.Discard, stderr: stderr, env: func(string) string { return "" }, sameFile: sameFile,
				now:      func() time.Time { return now },
				readFile: func(string) ([]byte, error) { return []byte(policy), nil },
			}
			code := run(context.Background(), []string{"apply", "--sandbox", "--yes", "--online", "--window", tt.window, "--max-per-second", "1000", "--no-verify"}, a)
			said := strings.Join(strings.Fields(stderr.String()), " ")
			if code != tt.code || strings.Contains(said, tt.not) {
				t.Errorf("exit code %d; said %s", code, stderr.String())
			}
			for _, w := range tt.said {
				if !strings.Contains(said, strings.Join(strings.Fields(w), " ")) {
					t.Errorf("%s\ndoes not say %q", stderr.String(), w)
				}
			}
		})
	}
}

// TestLeftOfSealed: what is left of a sealed plan cannot be applied by its file.
func TestLeftOfSealed(t *testing.T) {
	for _, tt := range []struct {
		file    string
		outcome sites.Outcome
		says    bool
	}{{"change.plan", sites.Partly, true}, {"change.plan", sites.Applied, false}, {"", sites.Partly, false}} {
		var said strings.Builder
		a := &app{stderr: &said, env: func(string) string { return "" }}
		a.leftOfSealed(tt.file, []sites.Result{{Site: "North", Outcome: tt.outcome}})
		if strings.Contains(said.String(), "what is left of change.plan is another plan") != tt.says {
			t.Errorf("%+v: %s", tt, said.String())
		}
	}
}

// TestPartlyExits: a site that is partly applied is no success, and stale where
// somebody else changed it.
func TestPartlyExits(t *testing.T) {
	for why, want := range map[error]int{io.ErrUnexpectedEOF: exitFailed, &sites.WindowError{}: exitFailed, &mssql.StaleError{Between: true}: exitStale} {
		err := &sites.FailedError{Sites: []sites.SiteError{{Site: "North", Err: &sites.PartlyError{Site: "North", In: 1, Of: 2, Err: why}}}}
		if got := exitCode(err); got != want {
			t.Errorf("%v: exit %d, want %d", why, got, want)
		}
	}
}
