package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"grantree/catalog"
	"grantree/sites"
	"grantree/sql/mssql"
	"grantree/sql/sandbox"
)

// TestTimeLeft: what is left takes as long as what is done did in the mean; nothing
// is said where nothing is known.
func TestTimeLeft(t *testing.T) {
	for _, tt := range []struct {
		name        string
		elapsed     time.Duration
		done, total int
		want        time.Duration
		known       bool
	}{
		{"none is done", time.Minute, 0, 10, 0, false},
		{"all are done", time.Minute, 10, 10, 0, false},
		{"no site", 0, 0, 0, 0, false},
		{"one of ten", 3 * time.Second, 1, 10, 27 * time.Second, true},
		{"half", time.Minute, 5, 10, time.Minute, true},
		{"four at once", 2 * time.Second, 4, 1000, 498 * time.Second, true},
		{"a long one", 100 * time.Hour, 1, 1000, 99900 * time.Hour, true},
	} {
		if got, known := timeLeft(tt.elapsed, tt.done, tt.total); got != tt.want || known != tt.known {
			t.Errorf("%s: %v, %v", tt.name, got, known)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "0s", time.Millisecond: "1s", 59 * time.Second: "59s", 61 * time.Second: "1m 0s", 4*time.Minute + 19*time.Second: "4m 10s",
		29*time.Minute + 59*time.Second: "29m", 2*time.Hour + 5*time.Minute: "2h 5m",
	} {
		if got := roughly(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

// tty is a terminal that tells when it was first written to.
type tty struct {
	mu   sync.Mutex
	text bytes.Buffer
	seen chan struct{}
	once sync.Once
}

func (s *tty) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.once.Do(func() { close(s.seen) })
	return s.text.Write(p)
}

// shown is what a terminal shows in the end: the library goes up and erases lines.
func (s *tty) shown() string {
	var lines []string
	for line := range strings.SplitAfterSeq(s.text.String(), "\n") {
		for strings.HasPrefix(line, "\x1b[") {
			if strings.HasPrefix(line, "\x1b[A") && len(lines) > 0 {
				lines = lines[:len(lines)-1]
			}
			line = line[3:]
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "")
}

// TestLive: on a terminal a live table shows the sites under way, by names that are no
// orders to it. Messages stand above it, whole, and at the end nothing else does.
func TestLive(t *testing.T) {
	out := &tty{seen: make(chan struct{})}
	clock := time.Unix(0, 0)
	a := &app{stderr: out, watched: true, errWidth: 80, tells: sites.StageReading, now: func() time.Time { clock = clock.Add(time.Second); return clock }, env: func(string) string { return "" }}
	end := a.begin(sites.StageReading, 4)
	a.step(sites.Step{Stage: sites.StageReading, Site: "North"})
	a.step(sites.Step{Stage: sites.StageReading, Site: "North", Done: true})
	a.step(sites.Step{Stage: sites.StageReading, Site: "So\x1b[2Juth"})
	a.step(sites.Step{Stage: sites.StageApplying, Site: "of another stage"})
	<-out.seen
	a.errorf("a message ")
	a.warnf("is whole")
	end()
	a.errorf("after\n")
	frames := out.text.String()
	for _, want := range []string{"reading: 1 of 4 sites, about ", ` 25% [`, `So\u001b[2Juth`} {
		if !strings.Contains(frames, want) {
			t.Errorf("%q is not shown in\n%q", want, frames)
		}
	}
	if strings.Contains(frames, "\x1b[2J") || strings.Contains(frames, "another stage") {
		t.Errorf("shown is\n%q", frames)
	}
	for line := range strings.Lines(frames) {
		if plain := regexp.MustCompile("\x1b\\[[A-Z]").ReplaceAllString(line, ""); len([]rune(plain)) > 81 {
			t.Errorf("wider than the screen: %q", plain)
		}
	}
	if got := out.shown(); got != "a message grantree: is whole\nafter\n" {
		t.Errorf("in the end the screen has %q", got)
	}
}

// TestAskedInALiveTable: whoever is asked something meanwhile sees the question, and
// the run goes on without the table.
func TestAskedInALiveTable(t *testing.T) {
	out := &tty{seen: make(chan struct{})}
	a := &app{stderr: out, watched: true, errWidth: 80, tells: sites.StageReading, now: time.Now, env: func(string) string { return "" },
		hidden: func() (string, error) { return "answer", nil }}
	end := a.begin(sites.StageReading, 4)
	a.step(sites.Step{Stage: sites.StageReading, Site: "North"})
	<-out.seen
	if line, err := a.askHidden(context.Background(), "Password: "); line != "answer" || err != nil {
		t.Errorf("got %q, %v", line, err)
	}
	a.step(sites.Step{Stage: sites.StageReading, Site: "North", Done: true})
	a.step(sites.Step{Stage: sites.StageReading, Site: "South"})
	end()
	if got := out.shown(); got != "Password: \n" {
		t.Errorf("in the end the screen has %q", got)
	}
}

// fleet is a server with sites of a small catalog, and a policy for them.
type fleet struct {
	*testing.T
	server *sandbox.Server
	policy string
	runs   string // the folder of journals
}

// newFleet makes a server with one database for each name, with the views of a small
// catalog, in which a person of the policy with a login may be let in.
func newFleet(t *testing.T, names ...string) *fleet {
	t.Helper()
	s, err := sandbox.New(sandbox.Options{SAPassword: stopPassword, Name: "MAIN"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	f := &fleet{T: t, server: s, runs: filepath.Join(t.TempDir(), "runs")}
	if err := s.Listen("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	f.policy = fmt.Sprintf("[server.main]\nurl = %q\nuser = \"sa\"\npassword_env = \"SECRET\"\n", sandboxURL(s))
	for _, name := range names {
		if err := s.Exec(t.Context(), "master", mssql.MakeBareSite("db_"+name, "dbo", []catalog.ViewName{"imvw_site"})); err != nil {
			t.Fatal(err)
		}
		f.policy += fmt.Sprintf("[[site]]\nname = %q\nserver = \"main\"\ndatabase = %q\n", name, "db_"+name)
	}
	f.policy += "[[group]]\nname = \"Reader\"\n[[group.allow]]\nview = \"imvw_site\"\npermissions = [\"select\"]\n[policy]\nadministrators = \"Reader\"\n"
	return f
}

// person adds one to the policy, and their login to the server.
func (f *fleet) person(name string, in ...string) *fleet {
	f.Helper()
	if err := f.server.Exec(f.Context(), "master", "CREATE LOGIN "+name+" WITH PASSWORD = N'"+stopPassword+"', CHECK_POLICY = OFF;"); err != nil {
		f.Fatal(err)
	}
	f.policy += fmt.Sprintf("[[user]]\nname = %q\ngroups = [\"Reader\"]\nsites = [%s]\n", name, `"`+strings.Join(in, `", "`)+`"`)
	return f
}

// run runs a command on it; it stops once stderr has a text, where one is named.
func (f *fleet) run(stopAt string, args ...string) (code int, stdout, stderr string) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var out bytes.Buffer
	errs := &stopper{at: stopAt, stop: stop}
	if stopAt == "" {
		errs.at = "\x00"
	}
	a := system()
	a.journals = journalsIn{dir: f.runs}
	a.stdin, a.stdout, a.stderr = strings.NewReader(""), &out, errs
	a.terminal, a.watched, a.canAsk, a.outWidth, a.errWidth = false, false, false, 0, 0
	a.env = func(name string) string { return map[string]string{"SECRET": stopPassword}[name] }
	a.readFile = func(name string) ([]byte, error) {
		if name == "grantree.toml" {
			return []byte(f.policy), nil
		}
		if !filepath.IsAbs(name) {
			return nil, fs.ErrNotExist
		}
		return os.ReadFile(name)
	}
	code = run(ctx, args, a)
	return code, out.String(), errs.String()
}

// TestALineForEachSite: in a log plan, apply and verify have a line for each site
// once it is done, and a summary from three sites on; other commands say nothing.
// stdout is the same from run to run.
func TestALineForEachSite(t *testing.T) {
	names := []string{"North", "South", "Port", "Mill", "Dock"} // more than a run keeps whole
	f := newFleet(t, names...).person("ann", "*")
	seconds := regexp.MustCompile(`[0-9.]+(ms|s)\b`)
	each := func(label, words string) (text string) {
		for _, name := range names {
			text += fmt.Sprintf("%-9s  %s%s\n", label, name, words)
		}
		return text
	}
	const note = "note: server \"main\": the login \"sa\" runs grantree (runner)\n"
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"who", "imvw_site"}, ""},
		{[]string{"plan"}, each("read", ": 0 people") + "5 sites: 5 to change; 30 statements, 1 person, T\n"},
		{[]string{"apply", "--yes", "--canary", "0"}, each("applied", ": 6 statements, verified before the commit") + writtenDown + note + "5 sites: 5 applied; 30 statements, 1 person, T\n"},
		{[]string{"plan", "--check"}, each("read", ": 1 person") + "5 sites: 5 unchanged; 0 statements, 0 people, T\n"},
		{[]string{"verify"}, each("verified", ": 1 person") + note + "5 sites: 5 as the policy says; 5 accounts, T\n"},
		{[]string{"plan", "--site", "North", "--site", "Port"}, "read       North: 1 person\nread       Port: 1 person\n"},
	} {
		code, stdout, stderr := f.run("", append(tt.args, "--parallel", "1")...)
		if got := seconds.ReplaceAllString(sameRun(stderr), "T"); code != exitDone || got != tt.want {
			t.Errorf("%v: exit %d, stderr\n%swant\n%s", tt.args, code, got, tt.want)
		}
		if tt.args[0] != "apply" {
			if _, again, _ := f.run("", append(tt.args, "--parallel", "3")...); again != stdout {
				t.Errorf("%v: stdout is\n%sand again\n%s", tt.args, stdout, again)
			}
		}
	}
	if err := f.server.Exec(t.Context(), "db_South", "GRANT INSERT ON dbo.imvw_site TO ann"); err != nil {
		t.Fatal(err)
	}
	if _, _, stderr := f.run("", "verify", "--parallel", "1"); !strings.Contains(stderr, "mismatch   South: 1 mismatch\n") || !strings.Contains(stderr, "5 sites: 4 as the policy says, 1 with mismatches; 5 accounts, ") {
		t.Errorf("stderr\n%s", stderr)
	}
}

// TestStopBetweenSites: whoever stops a run reads how far it came, once.
func TestStopBetweenSites(t *testing.T) {
	for _, tt := range []struct {
		at   string
		args []string
		want string
	}{
		{"read       North", []string{"plan"}, "read       North: 0 people\ngrantree: stopped by you: 1 of 3 sites read; nothing was changed\n"},
		{"made       North", []string{"plan", "--sandbox"}, "made       North\ngrantree: stopped; nothing was changed\n"},
		{"made       South", []string{"sandbox", "-f", "grantree.toml"}, "made       North\nmade       South\ngrantree: stopped; nothing was changed\n"},
		{"applied    North", []string{"apply", "--yes", "--canary", "0"}, "applied    North: 6 statements, verified before the commit\n" + writtenDown + "3 sites: 1 applied, 2 not begun; 6 statements, 1 person, T\n" +
			"grantree: stopped by you: 1 of 3 sites changed (North); run the same command again for the rest\n"},
		{"verified   North", []string{"verify"}, "verified   North: 1 person\nnote: server \"main\": the login \"sa\" runs grantree (runner)\n3 sites: 1 as the policy says, 2 not begun; 1 account, T\n" +
			"grantree: stopped by you: 1 of 3 sites verified; nothing was changed\n"},
	} {
		f := newFleet(t, "North", "South", "Port").person("ann", "*")
		if tt.args[0] == "verify" {
			if code, _, stderr := f.run("", "apply", "--yes", "--no-verify"); code != exitDone {
				t.Fatal(stderr)
			}
		}
		args := tt.args
		if args[0] != "sandbox" {
			args = append(args, "--parallel", "1")
		}
		code, _, stderr := f.run(tt.at, args...)
		if got := regexp.MustCompile(`[0-9.]+(ms|s)\n`).ReplaceAllString(sameRun(stderr), "T\n"); code != exitFailed || got != tt.want {
			t.Errorf("%v: exit %d, stderr\n%swant\n%s", tt.args, code, got, tt.want)
		}
	}
}
