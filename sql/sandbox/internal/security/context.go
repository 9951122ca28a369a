package security

import "time"

// Context is the current security context of a session: one frame of its
// EXECUTE AS stack. The session keeps the stack; a statement sees the top.
type Context struct {
	Database int // current database, 0 before one was entered
	User     int // database principal in Database; 0 for a nameless member of public (C.6)

	Login     int    // server principal, 0 for a user that has no login
	LoginName string // what SUSER_SNAME() answers
	LoginSID  []byte
	Original  string // login name of the connection, which EXECUTE AS does not change

	// Scoped is true under EXECUTE AS USER: what the login and its server roles
	// are granted on the server does not count, and the context is worth nothing
	// outside Database unless that database is trustworthy (C.6).
	Scoped bool

	Now time.Time // the time of the statement; becomes create_date and modify_date
}

// At returns a copy of the context at another time.
func (c Context) At(now time.Time) *Context {
	c.Now = now
	return &c
}
