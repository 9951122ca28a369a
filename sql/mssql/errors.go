package mssql

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"grantree/grants"
	"grantree/sql/tsql"

	mssql "github.com/microsoft/go-mssqldb"
)

// ServerError is why a server could not do what was asked: one sentence that
// says what to do, and the engine's number for it where it has one (0
// otherwise). Err is the driver's error, or nil where the server answered and what it said
// will not do.
type ServerError struct {
	Number   int32
	Sentence string
	Mend     string // the statement that mends it, without its semicolon; it may be empty
	Err      error
}

// Error is the sentence, with the engine's number and text behind it, or with the
// statement that mends it.
func (e *ServerError) Error() string {
	switch {
	case e.Err == nil && e.Mend != "":
		return e.Sentence + ": " + e.Mend
	case e.Err == nil:
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

// needs is the permission that a change asks for, in the words of the
// statement that gives it (reference D.3, D.4).
func needs(c grants.Change) string {
	switch c.Kind {
	case grants.RenameRole:
		return "ALTER on role " + tsql.Quote(c.Was)
	case grants.CreateUser, grants.DropUser, grants.RenameUser:
		return "ALTER ANY USER in the database"
	case grants.CreateRole:
		return "CREATE ROLE in the database, and IMPERSONATE on user dbo, to whom the role belongs"
	case grants.CreateSchema:
		return "CREATE SCHEMA in the database, and IMPERSONATE on user dbo, to whom the schema belongs"
	case grants.CreateLedger:
		return "CREATE TABLE in the database, and CONTROL on schema " + tsql.Quote(c.Schema)
	case grants.GrantOn, grants.DenyOn, grants.RevokeOn, grants.GuardLedger:
		return fmt.Sprintf("CONTROL on %s.%s", tsql.Quote(c.Schema), tsql.Quote(c.View))
	case grants.AddMember, grants.DropMember:
		return "ALTER on role " + tsql.Quote(c.Role)
	}
	return "ALTER on " + tsql.Quote(c.Principals[0])
}

// lacking reports whether an error number says that a permission is missing.
func lacking(number int32) bool { return numbers[number].is&missing != 0 }

// Lacking reports whether the server refused something for want of a permission.
func Lacking(err error) bool { return lacking(Number(err)) }

// refusal is what to do about a statement that was refused.
func refusal(e *StatementError, number int32) string {
	if lacking(number) {
		return fmt.Sprintf("this login needs %s; db_owner has that, unless a DENY takes it away", needs(e.Change))
	}
	if says := numbers[number].says; says != "" {
		return says + inTheWay(e.Change, number)
	}
	return "see the server's reason"
}

// Describe turns an error of the driver into a *ServerError that names the
// site's address, and the statement where the server refused one. Errors that
// are described already are returned unchanged, and so is nil.
func Describe(a Address, err error) error {
	var done *ServerError
	if err == nil || errors.As(err, &done) {
		return err
	}
	var se mssql.Error
	if errors.As(err, &se) {
		sentence := cmp.Or(numbers[se.Number].says, "the server refused")
		if st := (*StatementError)(nil); errors.As(err, &st) {
			sentence = fmt.Sprintf("the server refused %s: %s", st.undone(), refusal(st, se.Number))
		}
		return &ServerError{Number: se.Number, Sentence: fmt.Sprintf("%s: %s", a, sentence), Err: err}
	}
	sentence := "the server did not answer: check the address, the port and the firewall"
	switch {
	case errors.Is(err, context.Canceled):
		sentence = "stopped before the server answered"
	case strings.Contains(err.Error(), "does not support encryption"):
		sentence = "the server offers no encryption, and the url asks for it: have it turned on there; encrypt=disable is for a sandbox on this machine"
	case broken(err):
		sentence = "the connection broke off"
	case strings.Contains(err.Error(), "TLS") || strings.Contains(err.Error(), "certificate"):
		sentence = "the encrypted connection could not be made: name the authority in the server's url (certificate=FILE), or the name in its certificate (hostNameInCertificate=NAME)"
	}
	return &ServerError{Sentence: fmt.Sprintf("%s: %s", a, sentence), Err: err}
}

// FromServer reports whether an error is the server's or the connection's, and
// not one of our own that stands beside them.
func FromServer(err error) bool {
	var se mssql.Error
	var said *ServerError
	var silent *NoAnswerError
	return errors.As(err, &se) || errors.As(err, &said) || errors.As(err, &silent) || broken(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// broken reports whether a connection was there and then was not.
func broken(err error) bool {
	var oe *net.OpError
	return errors.Is(err, driver.ErrBadConn) || errors.As(err, &oe) && oe.Op != "dial" || cutOff(err)
}

// cutOff reports whether a connection ended within an answer: an error that the driver
// does not unwrap.
func cutOff(err error) bool {
	var stream mssql.StreamError
	return errors.As(err, &stream) && (errors.Is(stream.InnerError, io.EOF) || errors.Is(stream.InnerError, io.ErrUnexpectedEOF) || broken(stream.InnerError))
}

// Away reports whether a read failed because no server answered, or because
// the database is not there or not open; else it was refused.
func Away(err error) bool {
	n := Number(err)
	if n == 0 {
		var said *ServerError
		return !errors.As(err, &said) || said.Err != nil || said.Number == 942
	}
	return numbers[n].is&away != 0
}

// LoginRefused reports whether a server refused the login itself: its name or
// password, or because it is disabled, locked out or over. What is wrong with the
// database that it asked for is no refusal, although the server may say both
// (reference E.1).
func LoginRefused(err error) bool {
	var se mssql.Error
	if !errors.As(err, &se) {
		return false
	}
	refused := false
	for _, one := range append(slices.Clone(se.All), se) {
		switch one.Number {
		case 916, 4064:
			return false
		case 18452, 18456, 18463, 18464, 18465, 18466, 18467, 18468, 18470, 18471, 18486, 18487, 18488:
			refused = true
		}
		if numbers[one.Number].is&away != 0 {
			return false
		}
	}
	return refused
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
	n := Number(err)
	if n == 0 {
		var ne net.Error
		var oe *net.OpError
		return broken(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
			errors.As(err, &oe) || errors.As(err, &ne) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
	}
	return numbers[n].is&again != 0
}
