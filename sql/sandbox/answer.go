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

// silence is the answer of a session that nobody listens to: the errors are kept.
type silence struct {
	capture
	errors tds.Errors
}

func (s *silence) Error(e *tds.ServerError) {
	if !e.IsInfo() {
		s.errors = append(s.errors, e)
	}
}

func (s *silence) Fatal(e *tds.ServerError)       { s.Error(e) }
func (s *silence) Columns([]tds.Column)           {}
func (s *silence) Row([]any) error                { return nil }
func (s *silence) Info(*tds.ServerError)          {}
func (s *silence) DatabaseChanged(string, string) {}
func (s *silence) LanguageChanged(string, string) {}
func (s *silence) TransactionBegun(uint64)        {}
func (s *silence) TransactionCommitted(uint64)    {}
func (s *silence) TransactionRolledBack(uint64)   {}

// capture keeps the rows of the result sets, for INSERT … EXEC. Messages, and what changes the session, go on to the
// answer that it stands before.
type capture struct {
	answer
	rows  [][]any
	types []tds.TypeInfo
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
	c.rows = append(c.rows, values)
	return nil
}

// Fatal is an error like others: the statement around it goes on.
func (c *capture) Fatal(e *tds.ServerError) { c.Error(e) }

// What ends statements and procedures is for clients only, and nothing is sent before the statement around it.
func (c *capture) Done(uint16, int64, tds.DoneStatus)               {}
func (c *capture) DoneInProc(uint16, int64, tds.DoneStatus)         {}
func (c *capture) DoneProc(uint16, int64, tds.DoneStatus)           {}
func (c *capture) ReturnStatus(int32)                               {}
func (c *capture) ReturnValue(int, string, tds.TypeInfo, any) error { return nil }
func (c *capture) Flush()                                           {}
func (c *capture) Err() error                                       { return nil }
