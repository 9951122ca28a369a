package tds

// Writer builds the response to one request.
//
// It holds the last DONE back until the next token or the end of the request,
// so that the caller need not know which DONE is last: the MORE bit is set by the
// Writer. It streams: full packets are sent on the way. When a write fails, the
// request's context ends and later calls do nothing.
//
// A Writer belongs to one request and is not safe for concurrent use.
type Writer struct{}

// Columns begins a result set.
func (w *Writer) Columns(cols []Column) {}

// Row writes one row of the result set begun last. The error says which value
// does not fit its column; nothing has been written then.
func (w *Writer) Row(values []any) error { return nil }

// Done ends a statement of a batch. count is the number of rows, or -1 for none.
// DoneError is set by itself when an Error came since the last DONE.
func (w *Writer) Done(command uint16, count int64, flags DoneStatus) {}

// DoneInProc ends a statement inside a procedure.
func (w *Writer) DoneInProc(command uint16, count int64, flags DoneStatus) {}

// DoneProc ends a procedure; ReturnStatus and ReturnValue come before it.
func (w *Writer) DoneProc(command uint16, count int64, flags DoneStatus) {}

// Error writes an ERROR token, or INFO when the class is 10 or less.
func (w *Writer) Error(e *ServerError) {}

// Info writes an INFO token with class 0, whatever the class of e.
func (w *Writer) Info(e *ServerError) {}

// ReturnStatus writes the return value of a procedure.
func (w *Writer) ReturnStatus(status int32) {}

// ReturnValue writes an output parameter. ordinal counts the parameters of the
// call from 0.
func (w *Writer) ReturnValue(ordinal int, name string, t TypeInfo, value any) error { return nil }

// DatabaseChanged writes ENVCHANGE 1 and message 5701.
func (w *Writer) DatabaseChanged(to, from string) {}

// LanguageChanged writes ENVCHANGE 2 and message 5703.
func (w *Writer) LanguageChanged(to, from string) {}

// TransactionBegun writes ENVCHANGE 8 and sets the in-transaction bit.
func (w *Writer) TransactionBegun(descriptor uint64) {}

// TransactionCommitted writes ENVCHANGE 9 and clears the in-transaction bit.
func (w *Writer) TransactionCommitted(descriptor uint64) {}

// TransactionRolledBack writes ENVCHANGE 10 and clears the in-transaction bit. It
// is also what a transaction ended by the server needs (deadlock, XACT_ABORT).
func (w *Writer) TransactionRolledBack(descriptor uint64) {}

// SetInTransaction sets or clears the in-transaction bit of the DONE tokens that
// follow, in this response and the next ones.
func (w *Writer) SetInTransaction(in bool) {}

// Order tells the columns, counted from 1, by which the rows that follow are
// sorted. It comes after Columns.
func (w *Writer) Order(columns []int) {}

// Fatal writes an error and closes the connection after this response.
func (w *Writer) Fatal(e *ServerError) {}

// Flush sends what has been written so far.
func (w *Writer) Flush() {}

// Err returns the first failure to write to the client, or nil.
func (w *Writer) Err() error { return nil }
