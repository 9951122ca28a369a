package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"sync/atomic"
	"syscall"

	"golang.org/x/term"
)

// errStopped is why a command ends that somebody stopped while it read a file
// or waited for an answer, which is before anything is sent.
var errStopped error = &exitError{code: exitFailed, message: "stopped; nothing was changed"}

// memoryTarget is where the garbage collector begins to work harder, so that
// the largest input that is read ends in 256 MiB.
const memoryTarget = 176 << 20

// process runs a command line as the operating system has it. The first Ctrl-C
// or SIGTERM ends what can be ended; the second one ends the process.
func process() int {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryTarget)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return run(ctx, os.Args[1:], system(ctx))
}

// stoppable returns the same world, in which ctx ends the reading of a file: a
// pipe may never send anything.
func (a *app) stoppable(ctx context.Context) *app {
	out := *a
	out.cut = new(atomic.Bool)
	out.readFile = func(name string) ([]byte, error) {
		data, err := await(ctx, func() ([]byte, error) { return a.readFile(name) })
		if err == errStopped {
			out.cut.Store(true)
		}
		return data, err
	}
	return &out
}

// await returns what do returns. Once ctx is done it does not wait for it any
// more, leaves it behind and returns errStopped.
func await[T any](ctx context.Context, do func() (T, error)) (T, error) {
	var none T
	if ctx.Err() != nil {
		return none, errStopped
	}
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		value, err := do()
		done <- answer{value, err}
	}()
	select {
	case got := <-done:
		return got.value, got.err
	case <-ctx.Done():
		return none, errStopped
	}
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
