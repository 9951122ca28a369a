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

// capture is an answer that is kept rather than sent: the errors, and of the result sets the rows if wanted. What changes
// the session goes on to the answer inside.
type capture struct {
	answer
	errors tds.Errors
	rows   [][]any
	types  []tds.TypeInfo
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
	if c.answer != nobody {
		c.rows = append(c.rows, values)
	}
	return nil
}

// Error keeps an error that goes to nobody.
func (c *capture) Error(e *tds.ServerError) {
	if c.answer != nobody {
		c.answer.Error(e)
	} else if !e.IsInfo() {
		c.errors = append(c.errors, e)
	}
}

// Fatal keeps an error; there is no connection to close.
func (c *capture) Fatal(e *tds.ServerError) { c.Error(e) }

// The rest is for clients only.
func (c *capture) Done(uint16, int64, tds.DoneStatus)               {}
func (c *capture) DoneInProc(uint16, int64, tds.DoneStatus)         {}
func (c *capture) DoneProc(uint16, int64, tds.DoneStatus)           {}
func (c *capture) ReturnStatus(int32)                               {}
func (c *capture) ReturnValue(int, string, tds.TypeInfo, any) error { return nil }
func (c *capture) Flush()                                           {}
func (c *capture) Err() error                                       { return nil }

// nobody is the answer inside a capture that hands nothing on.
var nobody answer = silence{}

type silence struct{ answer }

func (silence) Info(*tds.ServerError)          {}
func (silence) DatabaseChanged(string, string) {}
func (silence) LanguageChanged(string, string) {}
func (silence) TransactionBegun(uint64)        {}
func (silence) TransactionCommitted(uint64)    {}
func (silence) TransactionRolledBack(uint64)   {}
