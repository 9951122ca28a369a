package tds

import "context"

// Handler decides who may log in. It is what a program implements to be a
// server.
type Handler interface {
	// Login answers a LOGIN7. An error refuses: a *ServerError or Errors is sent
	// as it is, anything else becomes message 18456; then the connection
	// closes. Login may be called by many goroutines at once.
	Login(ctx context.Context, c *Conn, l *Login) (Session, LoginReply, error)
}

// LoginReply is what an accepted login is told.
type LoginReply struct {
	// Database and Language are where the session starts.
	Database, Language string
	// Collation is the server's; the zero value means DefaultCollation.
	Collation Collation
	// ServerName is the name that errors carry.
	ServerName string
	// Version is major, minor, build high, build low; the zero value means the
	// Server's.
	Version [4]byte
	// Messages are sent before the LOGINACK, for example 4063, which is an error
	// with which the login goes on.
	Messages []ServerError
}

// Session answers the requests of one connection, one at a time. Its methods are
// never called concurrently. ctx ends when the client cancels (Attention), the
// connection breaks or the server closes; the method should then stop soon and
// return. The Writer is valid until the method returns.
type Session interface {
	// Batch runs the text of a SQLBatch.
	Batch(ctx context.Context, b *Batch, w *Writer)
	// RPC calls one procedure; a message with several calls it several times.
	RPC(ctx context.Context, r *RPC, w *Writer)
	// Transaction begins, commits, rolls back or marks a savepoint.
	Transaction(ctx context.Context, r *TransactionRequest, w *Writer)
	// Reset puts the session back to its state after login, before the request
	// that asked for it runs. The acknowledgement (ENVCHANGE 18) has already been
	// written; what Reset writes must not include a DONE. Where it calls Fatal the
	// request does not run. keepTransaction leaves an open transaction alone.
	Reset(ctx context.Context, keepTransaction bool, w *Writer)
	// Close ends the session; the connection is gone by then. It is called once.
	Close()
}
