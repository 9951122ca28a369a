package sandbox

import "grantree/sql/tds"

// answer is where a session writes what a request yields: a *tds.Writer, or for a session without a connection and for
// INSERT … EXEC a capture.
type answer interface {
	Columns(cols []tds.Column)
	Row(values []any) error
	Done(command uint16, count int64, flags tds.DoneStatus)
	DoneInProc(command uint16, count int64, flags tds.DoneStatus)
	DoneProc(command uint16, count int64, flags tds.DoneStatus)
	Error(e *tds.ServerError)
	Info(e *tds.ServerError)
	ReturnStatus(status int32)
	ReturnValue(ordinal int, name string, t tds.TypeInfo, value any) error
	DatabaseChanged(to, from string)
	LanguageChanged(to, from string)
	TransactionBegun(descriptor uint64)
	TransactionCommitted(descriptor uint64)
	TransactionRolledBack(descriptor uint64)
	Fatal(e *tds.ServerError)
	Flush()
	Err() error
}

var _ answer = (*tds.Writer)(nil)

// capture is an answer that is kept rather than sent: the errors, and of the result sets the rows if wanted.
type capture struct {
	errors  tds.Errors
	rows    [][]any
	types   []tds.TypeInfo
	forward answer // what is not a row goes on to it; nil drops it
}

// Columns begins a result set.
func (c *capture) Columns(cols []tds.Column) {
	c.types = make([]tds.TypeInfo, len(cols))
	for i, col := range cols {
		c.types[i] = col.Type
	}
}

// Row keeps a row.
func (c *capture) Row(values []any) error {
	if c.forward != nil {
		c.rows = append(c.rows, values)
	}
	return nil
}

// Done, DoneInProc and DoneProc carry nothing to keep.
func (c *capture) Done(uint16, int64, tds.DoneStatus)       {}
func (c *capture) DoneInProc(uint16, int64, tds.DoneStatus) {}
func (c *capture) DoneProc(uint16, int64, tds.DoneStatus)   {}

// Error keeps an error.
func (c *capture) Error(e *tds.ServerError) {
	if c.forward != nil {
		c.forward.Error(e)
	} else if !e.IsInfo() {
		c.errors = append(c.errors, e)
	}
}

// Fatal keeps an error; there is no connection to close.
func (c *capture) Fatal(e *tds.ServerError) { c.Error(e) }

// Info passes information on.
func (c *capture) Info(e *tds.ServerError) {
	if c.forward != nil {
		c.forward.Info(e)
	}
}

// ReturnStatus and ReturnValue are for clients only.
func (c *capture) ReturnStatus(int32)                               {}
func (c *capture) ReturnValue(int, string, tds.TypeInfo, any) error { return nil }

// DatabaseChanged passes on what changes the session.
func (c *capture) DatabaseChanged(to, from string) {
	if c.forward != nil {
		c.forward.DatabaseChanged(to, from)
	}
}

// LanguageChanged passes on what changes the session.
func (c *capture) LanguageChanged(to, from string) {
	if c.forward != nil {
		c.forward.LanguageChanged(to, from)
	}
}

// TransactionBegun passes on what changes the session.
func (c *capture) TransactionBegun(d uint64) {
	if c.forward != nil {
		c.forward.TransactionBegun(d)
	}
}

// TransactionCommitted passes on what changes the session.
func (c *capture) TransactionCommitted(d uint64) {
	if c.forward != nil {
		c.forward.TransactionCommitted(d)
	}
}

// TransactionRolledBack passes on what changes the session.
func (c *capture) TransactionRolledBack(d uint64) {
	if c.forward != nil {
		c.forward.TransactionRolledBack(d)
	}
}

// Flush has nothing to send.
func (c *capture) Flush() {}

// Err is nil: nothing can be lost.
func (c *capture) Err() error { return nil }
