package sites

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"grantree/grants"
)

// Online has an apply change each site in small transactions, one after the other,
// in the order of its plan, of which every prefix is safe.
type Online struct {
	// MaxPerSecond is how many statements the run sends in a second at most, over
	// all of its sites; 0 is no limit.
	MaxPerSecond int
	// Window is the part of the day in which a transaction may begin.
	Window Window
	// Now is the time; it may be nil.
	Now func() time.Time
	// Wait waits, or returns the context's error; it may be nil.
	Wait func(context.Context, time.Duration) error

	mu   sync.Mutex
	free time.Time // when the next statement may be sent
}

// mostTogether is how many statements a small transaction has at most: few enough
// that whoever waits behind it hardly notices.
const mostTogether = 20

// together is how many statements go into one transaction.
func (o *Online) together() int {
	if o.MaxPerSecond > 0 {
		return min(mostTogether, o.MaxPerSecond)
	}
	return mostTogether
}

func (o *Online) now() time.Time {
	if o.Now == nil {
		return time.Now()
	}
	return o.Now()
}

func (o *Online) wait(ctx context.Context, d time.Duration) error {
	if o.Wait != nil {
		return o.Wait(ctx, d)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return ctx.Err()
	}
}

// mayBegin returns why nothing may be begun now, or nil. A nil Online always may.
func (o *Online) mayBegin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if o == nil {
		return nil
	}
	if now := o.now(); !o.Window.Has(now) {
		return &WindowError{Window: o.Window, At: now}
	}
	return nil
}

// turn waits until so many statements may be sent.
func (o *Online) turn(ctx context.Context, statements int) error {
	if o.MaxPerSecond <= 0 {
		return nil
	}
	o.mu.Lock()
	now := time.Now()
	if o.Wait != nil { // whoever waits in another way has another clock
		now = o.now()
	}
	at := now
	if o.free.After(now) {
		at = o.free
	}
	o.free = at.Add(time.Duration(statements) * time.Second / time.Duration(o.MaxPerSecond))
	o.mu.Unlock()
	if at.After(now) {
		return o.wait(ctx, at.Sub(now))
	}
	return nil
}

// PartlyError says how much of a site's plan is in, and why no more.
type PartlyError struct {
	Site       string
	In, Of     int      // small transactions
	Statements int      // that are in
	Standing   []string // temporary roles that are there until the rest is done
	Err        error
}

func (e *PartlyError) Error() string {
	text := fmt.Sprintf("site %q: %d of %d small transactions are in (%d statements), and nobody lost what they keep or gained what they do not get: %v; run the same command again for the rest",
		e.Site, e.In, e.Of, e.Statements, strings.TrimPrefix(e.Err.Error(), fmt.Sprintf("site %q: ", e.Site)))
	if len(e.Standing) > 0 {
		text += fmt.Sprintf(", which also takes away the temporary role %q", e.Standing[0])
	}
	return text
}

// Unwrap returns why.
func (e *PartlyError) Unwrap() error { return e.Err }

// outside is a *WindowError where nothing may be begun now.
func (f *Fleet) outside() error { return f.Online.mayBegin(context.Background()) }

// inWindow does something that is wanted where it is the time for it, and else says
// what is left.
func (f *Fleet) inWindow(wanted bool, left string, do func() error) error {
	if err := f.outside(); wanted && err != nil {
		return fmt.Errorf("%s: %w", left, err)
	}
	return do()
}

// statementsOf counts the statements of changes.
func statementsOf(changes []grants.Change) int {
	n := 0
	for _, c := range changes {
		n += c.Statements()
	}
	return n
}
