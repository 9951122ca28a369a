package tds

import (
	"context"
	"errors"
	"fmt"
)

// Writer builds the response to one request.
//
// It holds the last DONE back until the next token or the end of the request,
// so that the caller need not know which DONE is last: the MORE bit is set by the
// Writer. A response that does not end with a DONE gets one. It streams: full
// packets are sent on the way. When a write fails, the request's context ends and
// later calls do nothing.
//
// A Writer belongs to one request and is not safe for concurrent use.
type Writer struct {
	out    *sender
	level  level
	server string
	// cancel ends the request's context.
	cancel context.CancelCauseFunc
	// proc says that the request is an RPC.
	proc bool

	buf []byte
	// held is the last DONE, if isHeld; nothing has followed it yet.
	held   Done
	isHeld bool
	// columns are those of the open result set as the caller and as the client
	// sees them.
	columns, wire []Column
	// failed says that an error came since the last DONE.
	failed        bool
	inTransaction bool
	fatal         bool
	// severe says that an error came that closes the connection.
	severe bool
	err    error
}

var errNoResultSet = errors.New("a row without columns before it")

// Columns begins a result set. A type that cannot be sent makes it an error message
// instead, and every Row of it fails.
func (w *Writer) Columns(cols []Column) {
	w.columns, w.wire = nil, make([]Column, len(cols))
	for i, c := range cols {
		if err := c.Type.check(); err != nil {
			w.Error(&ServerError{Number: numberInternal, Class: 16, State: 1, Message: fmt.Sprintf("column %q: %v", c.Name, err)})
			return
		}
		c.Type = c.Type.at(w.level)
		w.wire[i] = c
	}
	w.columns = append([]Column{}, cols...)
	w.token(func(b []byte) []byte { return ColMetadata{w.wire}.append(b, w.level) })
}

// Row writes one row of the result set begun last. The error says which value
// does not fit its column; nothing has been written then.
func (w *Writer) Row(values []any) error {
	if w.columns == nil {
		return errNoResultSet
	}
	if w.level < level73 && len(values) == len(w.columns) {
		values = append([]any{}, values...)
		for i, v := range values {
			values[i] = w.columns[i].Type.valueAt(v, w.level)
		}
	}
	return w.tokenOrError(func(b []byte) ([]byte, error) { return Row{values}.append(b, w.wire) })
}

// Done ends a statement of a batch. count is the number of rows, or -1 for none.
// DoneError is set by itself when an Error came since the last DONE. In the answer
// to an RPC it is DoneInProc.
func (w *Writer) Done(command uint16, count int64, flags DoneStatus) {
	if w.proc {
		w.done(DoneInside, command, count, flags)
		return
	}
	w.done(DoneStatement, command, count, flags)
}

// DoneInProc ends a statement inside a procedure.
func (w *Writer) DoneInProc(command uint16, count int64, flags DoneStatus) {
	w.done(DoneInside, command, count, flags)
}

// DoneProc ends a procedure; ReturnStatus and ReturnValue come before it.
func (w *Writer) DoneProc(command uint16, count int64, flags DoneStatus) {
	w.done(DoneProcedure, command, count, flags)
}

// done puts a DONE on hold.
func (w *Writer) done(kind DoneKind, command uint16, count int64, flags DoneStatus) {
	w.release(DoneMore)
	w.held = Done{Kind: kind, Status: flags &^ (DoneMore | DoneAttention | DoneCount), Command: command}
	if count >= 0 {
		w.held.Status |= DoneCount
		w.held.Count = uint64(count)
	}
	if w.failed {
		w.held.Status |= DoneError
	}
	if w.severe {
		w.held.Status |= DoneServerError
	}
	if w.inTransaction {
		w.held.Status |= DoneInTransaction
	}
	w.isHeld, w.failed, w.columns = true, false, nil
}

// release writes the DONE on hold, with more bits.
func (w *Writer) release(more DoneStatus) {
	if w.isHeld {
		w.held.Status |= more
		w.buf = w.held.append(w.buf, w.level)
		w.isHeld = false
	}
}

// token writes one token that is not a DONE.
func (w *Writer) token(append func([]byte) []byte) {
	_ = w.tokenOrError(func(b []byte) ([]byte, error) { return append(b), nil })
}

// tokenOrError writes one token that is not a DONE, or nothing when append fails.
func (w *Writer) tokenOrError(append func([]byte) ([]byte, error)) error {
	if w.err != nil {
		return nil
	}
	held, isHeld, start := w.held, w.isHeld, len(w.buf)
	w.release(DoneMore)
	b, err := append(w.buf)
	if err != nil {
		w.buf, w.held, w.isHeld = w.buf[:start], held, isHeld
		return err
	}
	if w.buf = b; len(b) >= spillAt {
		w.spill()
	}
	return nil
}

// spillAt is how many bytes of a response are gathered before its full packets are sent.
const spillAt = 32 << 10

// spill sends the full packets among what has been written. At least one byte stays,
// for the packet with the end bit.
func (w *Writer) spill() {
	payload := w.out.size - headerSize
	n := (len(w.buf) - 1) / payload * payload
	w.keep(w.out.send(w.buf[:n], false))
	w.buf = w.buf[:copy(w.buf, w.buf[n:])]
}

// keep remembers the first failure to write and ends the request's context.
func (w *Writer) keep(err error) {
	if err != nil && w.err == nil {
		w.err = err
		w.cancel(err)
	}
}

// Error writes an ERROR token, or INFO when the class is 10 or less. After one of class 20 or more every DONE says that
// what came is to be discarded (DONE_SRVERROR), so that no client waits for more.
func (w *Writer) Error(e *ServerError) {
	m := *e
	if m.Server == "" {
		m.Server = w.server
	}
	if !m.IsInfo() {
		w.failed = true
	}
	w.severe = w.severe || m.IsFatal()
	w.token(func(b []byte) []byte { return m.append(b, w.level) })
}

// Info writes an INFO token with class 0, whatever the class of e.
func (w *Writer) Info(e *ServerError) {
	m := *e
	m.Class = 0
	w.Error(&m)
}

// ReturnStatus writes the return value of a procedure.
func (w *Writer) ReturnStatus(status int32) {
	w.token(ReturnStatus(status).append)
}

// ReturnValue writes an output parameter. ordinal counts the parameters of the
// call from 0. The error says why the value does not fit its type; nothing has been
// written then.
func (w *Writer) ReturnValue(ordinal int, name string, t TypeInfo, value any) error {
	v := ReturnValue{Ordinal: ordinal, Name: name, Type: t.at(w.level), Value: t.valueAt(value, w.level)}
	return w.tokenOrError(func(b []byte) ([]byte, error) { return v.append(b, w.level) })
}

// DatabaseChanged writes ENVCHANGE 1 and message 5701.
func (w *Writer) DatabaseChanged(to, from string) {
	w.change(EnvChange{Type: EnvDatabase, New: to, Old: from})
	w.Info(&ServerError{Number: 5701, State: 2, Message: fmt.Sprintf("Changed database context to '%s'.", to), Line: 1})
}

// LanguageChanged writes ENVCHANGE 2 and message 5703.
func (w *Writer) LanguageChanged(to, from string) {
	w.change(EnvChange{Type: EnvLanguage, New: to, Old: from})
	w.Info(&ServerError{Number: 5703, State: 1, Message: fmt.Sprintf("Changed language setting to %s.", to), Line: 1})
}

// TransactionBegun writes ENVCHANGE 8 and sets the in-transaction bit.
func (w *Writer) TransactionBegun(descriptor uint64) {
	w.inTransaction = true
	w.change(transactionChange(EnvBegin, descriptor))
}

// TransactionCommitted writes ENVCHANGE 9 and clears the in-transaction bit.
func (w *Writer) TransactionCommitted(descriptor uint64) {
	w.inTransaction = false
	w.change(transactionChange(EnvCommit, descriptor))
}

// TransactionRolledBack writes ENVCHANGE 10 and clears the in-transaction bit. It
// is also what a transaction ended by the server needs (deadlock, XACT_ABORT).
func (w *Writer) TransactionRolledBack(descriptor uint64) {
	w.inTransaction = false
	w.change(transactionChange(EnvRollback, descriptor))
}

// change writes an ENVCHANGE.
func (w *Writer) change(e EnvChange) { w.token(e.append) }

// Fatal writes an error and closes the connection after this response.
func (w *Writer) Fatal(e *ServerError) {
	w.Error(e)
	w.fatal = true
}

// Flush sends what has been written so far, but for a DONE on hold.
func (w *Writer) Flush() {
	if w.err == nil {
		w.keep(w.out.send(w.buf, false))
		w.buf = w.buf[:0]
	}
}

// Err returns the first failure to write to the client, or nil.
func (w *Writer) Err() error { return w.err }

// settle makes sure that a request or one call of an RPC ends with its DONE.
func (w *Writer) settle() {
	switch {
	case w.proc && !(w.isHeld && w.held.Kind == DoneProcedure):
		w.done(DoneProcedure, CommandExecute, -1, 0)
	case !w.isHeld:
		w.done(DoneStatement, 0, -1, 0)
	}
}

// finish ends the response as one message. That of a cancelled request is no
// different: jTDS reports an error bit without an error.
func (w *Writer) finish() error {
	w.settle()
	return w.end()
}

// acknowledge answers an Attention with a message of its own (MS-TDS 2.2.1.7):
// tedious discards the message that it waits for and looks in the next.
func (w *Writer) acknowledge() error {
	w.failed = false
	w.done(DoneStatement, 0, -1, 0)
	w.held.Status |= DoneAttention
	return w.end()
}

// end sends what is left of a message.
func (w *Writer) end() error {
	w.release(0)
	if w.err == nil {
		w.keep(w.out.send(w.buf, true))
		w.buf = w.buf[:0]
	}
	return w.err
}
