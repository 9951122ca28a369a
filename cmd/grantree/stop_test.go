package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// stopper writes what is printed, and stops the run once it reads a text.
type stopper struct {
	bytes.Buffer
	at   string
	stop func()
}

func (s *stopper) Write(p []byte) (int, error) {
	n, err := s.Buffer.Write(p)
	if strings.Contains(s.String(), s.at) {
		s.stop()
	}
	return n, err
}

// TestStopEndsWhatWaits stops a run while it waits for an answer, a password or
// a file that never come: it ends with 1 and says that nothing was changed.
func TestStopEndsWhatWaits(t *testing.T) {
	const policy = "[server.main]\nurl = \"sqlserver://sql01.example\"\nuser = \"sa\"\n[[site]]\nname = \"North\"\nserver = \"main\"\ndatabase = \"N\"\n" +
		"[[group]]\nname = \"Reader\"\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\n"
	tests := []struct {
		name, at string // what is printed when it is stopped; nothing: by the read itself
		args     []string
		policy   func(stop func()) ([]byte, error)
	}{
		{"at the question", "Type yes or y: ", []string{"apply", "--sandbox"}, nil},
		{"at a password", "", []string{"plan"}, nil},
		{"at the policy, a pipe that nobody writes to", "", []string{"plan"}, func(stop func()) ([]byte, error) { stop(); select {} }},
		{"at a file that the policy includes", "", []string{"apply", "--yes"}, func(stop func()) ([]byte, error) { return []byte("include = [\"more.toml\"]\n"), nil }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, stop := context.WithCancel(context.Background())
			defer stop()
			hidden := false
			silent, never := io.Pipe()
			defer never.Close()
			stderr := &stopper{at: "\x00", stop: stop}
			if tt.at != "" {
				stderr.at = tt.at
			}
			a := &app{
				stdin: silent, stdout: io.Discard, stderr: stderr, env: func(string) string { return "" }, now: time.Now, canAsk: true, sameFile: sameFile,
				hidden: func() (string, error) { hidden = true; stop(); select {} },
				show:   func() { hidden = false },
				readFile: func(name string) ([]byte, error) {
					switch {
					case strings.HasSuffix(name, "more.toml"):
						stop()
						select {}
					case tt.policy != nil:
						return tt.policy(stop)
					}
					return []byte(policy), nil
				},
			}
			if code := run(ctx, tt.args, a); code != exitFailed {
				t.Errorf("exit code %d", code)
			}
			if !strings.HasSuffix(stderr.String(), "grantree: stopped; nothing was changed\n") {
				t.Errorf("said %q", stderr.String())
			}
			if hidden {
				t.Error("the terminal does not show what is typed")
			}
		})
	}
}

// TestAwaitReturnsWhatIsThere: an answer that came counts.
func TestAwaitReturnsWhatIsThere(t *testing.T) {
	got, err := await(context.Background(), func() (int, error) { return 7, errors.New("and an error") })
	if got != 7 || err == nil || err == errStopped {
		t.Errorf("got %d, %v", got, err)
	}
}
