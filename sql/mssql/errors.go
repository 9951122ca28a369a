package mssql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	mssql "github.com/microsoft/go-mssqldb"
)

// ServerError is why a server could not do what was asked: one sentence that
// says what to do, and the engine's number where it gave one (0 otherwise).
// Err is the driver's error, or nil where the server answered and what it said
// will not do.
type ServerError struct {
	Number   int32
	Sentence string
	Err      error
}

// Error is the sentence, with the engine's number and text behind it.
func (e *ServerError) Error() string {
	if e.Err == nil {
		return e.Sentence
	}
	var se mssql.Error
	if errors.As(e.Err, &se) {
		return fmt.Sprintf("%s (error %d: %s)", e.Sentence, se.Number, strings.TrimSuffix(se.Message, "."))
	}
	return fmt.Sprintf("%s (%v)", e.Sentence, e.Err)
}

// Unwrap returns the driver's error.
func (e *ServerError) Unwrap() error { return e.Err }

// advice is what to do about an error number (reference C.6, C.7, I.1).
var advice = map[int32]string{
	18456: "the server refused the login: check the user name and the password's source",
	18470: "the login is disabled: enable it, or use another one",
	18486: "the login is locked out: unlock it, or use another one",
	18487: "the login's password has expired: set a new one",
	18488: "the login must change its password first: do so with sqlcmd or SSMS",
	4060:  "the database cannot be opened: check its name, that it is online, and that this login has a user in it",
	4063:  "the database cannot be opened: check its name, that it is online, and that this login has a user in it",
	4064:  "the login's default database cannot be opened: give the login another default database",
	911:   "there is no such database on this server: check the site's database name",
	916:   "this login has no user in the database: create one, or use another login",
	942:   "the database is offline: bring it online first",
	945:   "the database cannot be opened, for lack of a file or of space: see the server's error log",
	3906:  "the database is read-only: make it writable, or take the site out of the policy",
	262:   "this login may not do that here: it needs db_owner",
	229:   "this login may not read what grantree must read: it needs VIEW DEFINITION on the database",
	4613:  "this login may not grant here: it needs db_owner",
	15151: "something does not exist, or this login may not change it: it needs db_owner",
	15247: "this login may not do that: creating users, roles or logins needs db_owner, and for logins ALTER ANY LOGIN",
	15433: "another login has the SID that this person has on another server: give that login up, or name it in the policy",
	15118: "the generated password does not satisfy the server's policy: see [user] new_login in the documentation",
	1205:  "the server chose this change as a deadlock victim: try again",
	1222:  "somebody else holds a lock on what has to change: try again when the site is quieter",
	17809: "the server has no connection left: try again later",
	50001: "another grantree is changing this site: wait for it to finish and run this again",
}

// Explain turns an error of the driver into a *ServerError that names the
// site's address. Errors that are explained already are returned unchanged,
// and so is nil.
func Explain(a Address, err error) error {
	var done *ServerError
	if err == nil || errors.As(err, &done) {
		return err
	}
	var se mssql.Error
	if errors.As(err, &se) {
		sentence, known := advice[se.Number]
		if !known {
			sentence = "the server refused"
		}
		return &ServerError{Number: se.Number, Sentence: fmt.Sprintf("%s: %s", a, sentence), Err: err}
	}
	sentence := "the server did not answer: check the address, the port and the firewall"
	switch {
	case errors.Is(err, context.Canceled):
		sentence = "stopped before the server answered"
	case strings.Contains(err.Error(), "does not support encryption"):
		sentence = "the server offers no encryption, and the url asks for it: have it turned on there; encrypt=disable is for a sandbox on this machine"
	case strings.Contains(err.Error(), "TLS") || strings.Contains(err.Error(), "certificate"):
		sentence = "the encrypted connection could not be made: name the authority in the server's url (certificate=FILE), or the name in its certificate (hostNameInCertificate=NAME)"
	}
	return &ServerError{Sentence: fmt.Sprintf("%s: %s", a, sentence), Err: err}
}

// Number returns the engine's error number behind err, or 0.
func Number(err error) int32 {
	var se mssql.Error
	if errors.As(err, &se) {
		return se.Number
	}
	return 0
}

// Retryable reports whether the same transaction may succeed if it is tried
// again: a deadlock, a lock time-out, a server that is busy or moving, or a
// connection that broke (reference I.3). Failed logins are never retried; that
// locks accounts.
func Retryable(err error) bool {
	switch Number(err) {
	case 1205, 1222, 3960, 40197, 40501, 40613, 10928, 10929, 17809:
		return true
	case 0:
		var ne net.Error
		var oe *net.OpError
		return errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
			errors.As(err, &oe) || errors.As(err, &ne) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
	}
	return false
}
