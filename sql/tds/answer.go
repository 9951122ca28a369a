package tds

import (
	"context"
	"errors"
	"runtime/debug"
)

// errCancelled ends the context of a request that the client cancels.
var errCancelled = errors.New("cancelled by the client")

// arrival is a message from the client, or why there will be no more.
type arrival struct {
	message
	err error
}

// receive reads messages until the connection ends; the last arrival has an error.
func (c *Conn) receive(to chan<- arrival) {
	for {
		m, err := c.read.message(c.srv.maxMessage())
		select {
		case to <- arrival{m, err}:
		case <-c.ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// answer runs requests one after the other, while it keeps listening for the
// Attention that cancels the running one.
func (c *Conn) answer() error {
	arrivals := make(chan arrival)
	go c.receive(arrivals)
	var next *arrival
	for {
		a, err := c.await(arrivals, next)
		if err != nil || a.err != nil {
			return c.lastWords(errors.Join(err, a.err))
		}
		var goOn bool
		if next, goOn, err = c.respond(a.message, arrivals); err != nil || !goOn {
			return err
		}
	}
}

// await returns the message that came early, or the next one.
func (c *Conn) await(arrivals <-chan arrival, early *arrival) (arrival, error) {
	if early != nil {
		return *early, nil
	}
	select {
	case a := <-arrivals:
		return a, nil
	case <-c.ctx.Done():
		return arrival{}, context.Cause(c.ctx)
	}
}

// lastWords tells a client what was wrong with what it sent, if it was that.
func (c *Conn) lastWords(err error) error {
	if errors.Is(err, errTooLong) {
		c.refuse(says(17836))
	}
	if errors.Is(err, errClosed) {
		return nil
	}
	return err
}

// respond answers one message. early is a message that came before the answer was
// done. It reports whether the connection goes on.
func (c *Conn) respond(m message, arrivals <-chan arrival) (early *arrival, goOn bool, err error) {
	ctx, cancel := context.WithCancelCause(c.ctx)
	defer cancel(nil)
	w := c.writer(cancel, m.typ == packetRPC)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.run(ctx, m, w)
	}()
	cancelled, idle := false, m.typ == packetAttention
	for running := true; running; {
		select {
		case <-done:
			running = false
		case a := <-arrivals:
			switch {
			case a.err != nil:
				cancel(a.err)
				early, arrivals = &a, nil
			case a.typ == packetAttention:
				cancelled = true
				cancel(errCancelled)
			case early != nil: // nobody reads as much as it sends
				c.Close()
			default:
				early = &a
			}
		}
	}
	c.inTransaction = w.inTransaction
	if c.ctx.Err() != nil { // an interrupted request must not look like one that is done
		return nil, false, context.Cause(c.ctx)
	}
	if !idle {
		err = w.finish()
	}
	if idle || cancelled && err == nil {
		err = w.acknowledge()
	}
	return early, !w.fatal, err
}

// run hands one message to the session. A session that panics loses its connection
// and nothing else.
func (c *Conn) run(ctx context.Context, m message, w *Writer) {
	defer func() {
		if p := recover(); p != nil {
			c.srv.logf("connection %d: panic: %v\n%s", c.spid, p, debug.Stack())
			w.Fatal(says(596))
		}
	}()
	if m.typ == packetAttention {
		return
	}
	if m.ignore {
		w.failed = true // the DONE of a request taken back says so
		return
	}
	if m.reset != 0 {
		c.reset(ctx, m.reset&statusResetKeep != 0, w)
		if w.fatal {
			return
		}
	}
	if err := c.perform(ctx, m, w); err != nil {
		c.objectTo(err, w)
	}
}

// reset puts the session back to its start, as the reset bits of a request ask.
func (c *Conn) reset(ctx context.Context, keepTransaction bool, w *Writer) {
	w.change(EnvChange{Type: EnvReset})
	if !keepTransaction {
		w.inTransaction = false
	}
	c.session.Reset(ctx, keepTransaction, w)
}

// perform decodes a request and calls the session. An error is one of decoding.
func (c *Conn) perform(ctx context.Context, m message, w *Writer) error {
	switch m.typ {
	case packetBatch:
		var b Batch
		if err := b.Decode(m.data, c.version); err != nil {
			return err
		}
		c.session.Batch(ctx, &b, w)
	case packetRPC:
		calls, err := DecodeRPC(m.data, c.version)
		if err != nil {
			return err
		}
		for i := range calls {
			if ctx.Err() != nil || w.fatal {
				break
			}
			c.session.RPC(ctx, &calls[i], w)
			w.settle()
		}
	case packetTransaction:
		return c.transaction(ctx, m.data, w)
	default:
		w.Fatal(says(4002))
	}
	return nil
}

// transaction hands on a transaction manager request; distributed ones are refused.
func (c *Conn) transaction(ctx context.Context, b []byte, w *Writer) error {
	var r TransactionRequest
	if err := r.Decode(b, c.version); err != nil {
		return err
	}
	switch r.Kind {
	case TransactionBegin, TransactionCommit, TransactionRollback, TransactionSave:
		c.session.Transaction(ctx, &r, w)
	default:
		w.Error(says(8501, c.server))
	}
	return nil
}

// objectTo answers a request that could not be decoded. A type that is not supported
// fails the request; everything else ends the connection, as nothing that follows
// could be trusted.
func (c *Conn) objectTo(err error, w *Writer) {
	var unknown *unknownTypeError
	if errors.As(err, &unknown) {
		w.Error(says(8009, byte(unknown.id), unknown.id))
		return
	}
	c.srv.logf("connection %d from %s: %v", c.spid, c.raw.RemoteAddr(), err)
	w.Fatal(says(4002))
}
