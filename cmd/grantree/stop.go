package main

import (
	"context"
	"sync/atomic"
)

// errStopped is why a command ends that somebody stopped while it read a file
// or waited for an answer, which is before anything is sent.
var errStopped error = &exitError{code: exitFailed, message: "stopped; nothing was changed"}

// stoppedMaking is why an embedded server is not what it should be: somebody stopped
// the run, or err.
func stoppedMaking(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errStopped
	}
	return err
}

// stoppable returns the same world, in which ctx ends the reading of a file: a
// pipe may never send anything.
func (a *app) stoppable(ctx context.Context) *app {
	out := *a
	out.cut, out.reads = new(atomic.Bool), new(readNames)
	out.readFile = func(name string) ([]byte, error) {
		out.reads.add(name)
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
