//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"grantree/sql/sandbox"
)

// mute is a server between a run and another one, or none. It hands on what is
// said until the run asks for something that nobody ever answers, and closes
// asked: a batch, or where there is no other the first word.
type mute struct {
	url   string
	asked chan struct{}
}

func newMute(t *testing.T, other string) mute {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	m := mute{url: fmt.Sprintf("sqlserver://%s?encrypt=disable", l.Addr()), asked: make(chan struct{})}
	go func() {
		run, err := l.Accept()
		if err != nil {
			return
		}
		t.Cleanup(func() { run.Close() })
		defer close(m.asked)
		b := make([]byte, 32<<10)
		if other == "" {
			run.Read(b)
			return
		}
		server, err := net.Dial("tcp", other)
		if err != nil {
			t.Error(err)
			return
		}
		t.Cleanup(func() { server.Close() })
		go io.Copy(run, server)
		for {
			n, err := run.Read(b)
			const batch = 1 // the type of a packet of SQL, reference J.1
			if err != nil || b[0] == batch {
				return
			}
			server.Write(b[:n])
		}
	}()
	return m
}

// waiting starts a plan that waits for a server's word.
func waiting(t *testing.T, m mute) (*exec.Cmd, *bytes.Buffer, <-chan error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "p.toml")
	text := fmt.Sprintf("[server.main]\nurl = %q\nuser = \"sa\"\npassword_env = \"SECRET\"\n[[site]]\nname = \"North\"\nserver = \"main\"\ndatabase = \"master\"\n", m.url)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	said := &bytes.Buffer{}
	c := exec.Command("grantree", "plan", "-f", file)
	c.Env, c.Stderr = append(os.Environ(), "SECRET="+stopPassword), said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill() })
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case <-m.asked:
	case err := <-ended:
		t.Fatalf("it ended before: %v\n%s", err, said)
	}
	return c, said, ended
}

const stopPassword = "Kj3-lkj2-Lkj9"

// TestASignalEndsTheWaitForALogin: a server that takes the connection and says
// nothing more does not keep a run that is told to end.
func TestASignalEndsTheWaitForALogin(t *testing.T) {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(s.String(), func(t *testing.T) {
			c, said, ended := waiting(t, newMute(t, ""))
			c.Process.Signal(s)
			select {
			case <-ended:
				if c.ProcessState.ExitCode() != exitFailed || !strings.Contains(said.String(), "stopped before the server answered") {
					t.Errorf("ended with %v\n%s", c.ProcessState, said)
				}
			case <-time.After(20 * time.Second): // the limit of a login is longer
				t.Error("it still waits")
			}
		})
	}
}

// TestTheSecondSignalEndsAtOnce: a server that was asked is asked to give up,
// which the driver waits for; whoever does not want to wait signals again.
func TestTheSecondSignalEndsAtOnce(t *testing.T) {
	server, err := sandbox.New(sandbox.Options{SAPassword: stopPassword})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	if err := server.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	c, said, ended := waiting(t, newMute(t, server.Addr().String()))
	c.Process.Signal(os.Interrupt)
	select {
	case err := <-ended:
		t.Fatalf("the first signal ended it at once: %v\n%s", err, said)
	case <-time.After(200 * time.Millisecond):
	}
	c.Process.Signal(os.Interrupt)
	<-ended
	if status := c.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("ended with %v, not by the signal\n%s", c.ProcessState, said)
	}
}
