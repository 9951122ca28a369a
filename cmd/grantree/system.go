package main

import (
	"cmp"
	"context"
	"io/fs"
	"os"
	"os/signal"
	"os/user"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"grantree/sites"

	"golang.org/x/term"
)

// memoryTarget is where the garbage collector begins to work harder, so that
// the largest input that is read ends in 256 MiB.
const memoryTarget = 176 << 20

// process runs a command line as the operating system has it. The first Ctrl-C
// or SIGTERM ends what can be ended; the second one ends the process. Tests may
// have another world.
func process(edits ...func(*app)) int {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryTarget)
	}
	sites.QuietCollector()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	world := system()
	for _, edit := range edits {
		edit(world)
	}
	return run(ctx, os.Args[1:], world)
}

// system is the real world.
func system() *app {
	hidden, show := terminalOf(os.Stdin)
	return &app{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, env: os.Getenv, now: time.Now, wait: waitFor,
		readFile: readFile, list: filesBelow, replace: replaceFiles, lstat: lstat, secrets: openPasswords,
		create: writeNew, publish: publishFile, remove: os.Remove, sameFile: sameFile, git: runGit,
		journals: diskJournals{}, account: whoRuns,
		folder:   func(name string) error { return os.Mkdir(name, 0o700) },
		terminal: term.IsTerminal(int(os.Stdout.Fd())) && term.IsTerminal(int(os.Stderr.Fd())), canAsk: term.IsTerminal(int(os.Stdin.Fd())),
		outWidth: columns(os.Stdout), errWidth: columns(os.Stderr),
		watched: term.IsTerminal(int(os.Stderr.Fd())) && os.Getenv("TERM") != "dumb", // which knows no way up
		hidden:  hidden, show: show,
		version: version(),
	}
}

// whoRuns is the account of the operating system that runs this, and the machine.
func whoRuns() (string, string) {
	host, _ := os.Hostname()
	if u, err := user.Current(); err == nil {
		return u.Username, host
	}
	return "uid " + strconv.Itoa(os.Getuid()), host
}

// version is that of the module as it was built, with the commit where the
// builder knew it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	out := cmp.Or(info.Main.Version, "(devel)")
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && !strings.Contains(out, s.Value[:min(len(s.Value), 12)]):
			out += " " + s.Value[:min(len(s.Value), 12)]
		case s.Key == "vcs.modified" && s.Value == "true" && !strings.HasSuffix(out, "+dirty"):
			out += " with changes"
		}
	}
	return out + " " + info.GoVersion
}

// columns is how wide a stream is shown: what COLUMNS says, else the width of a
// terminal, 80 where it does not tell, and 0 for what is no terminal.
func columns(f *os.File) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return max(n, narrowest)
	}
	fd := int(f.Fd())
	if !term.IsTerminal(fd) {
		return 0
	}
	if n, _, err := term.GetSize(fd); err == nil && n > 0 {
		return max(n, narrowest)
	}
	return 80
}

// narrowest is a width below which lines are not broken.
const narrowest = 40

// lstat is what a name is, without following a link; nothing on Windows, where
// permissions are not bits.
func lstat(name string) (fs.FileInfo, error) {
	if runtime.GOOS == "windows" {
		return nil, nil
	}
	return os.Lstat(name)
}

// terminalOf returns how a line is read from a terminal without showing it, and
// what shows again, after a read that was left behind, what is typed.
func terminalOf(f *os.File) (hidden func() (string, error), show func()) {
	fd := int(f.Fd())
	before, err := term.GetState(fd)
	show = func() {
		if err == nil {
			term.Restore(fd, before)
		}
	}
	return func() (string, error) {
		line, err := term.ReadPassword(fd)
		return string(line), err
	}, show
}

// waitFor waits until a time is over, or somebody stops it.
func waitFor(ctx context.Context, d time.Duration) (whole bool) {
	t := time.NewTimer(max(d, 0))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
