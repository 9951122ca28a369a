package tds

import (
	"errors"
	"fmt"
)

// numberInternal is an unspecified failure of the server, which SQL Server too
// numbers 50000 when it has no number of its own.
const numberInternal = 50000

// messages are those that a connection sends by itself, by number: class, state and text, which are those of the
// server's error list (sys.messages). Class 20 closes the connection.
var messages = map[int32]struct {
	class, state byte
	text         string
}{
	596:   {20, 1, "Cannot continue the execution because the session is in the kill state."},
	4002:  {20, 1, "The incoming tabular data stream (TDS) protocol stream is incorrect. The stream ended unexpectedly."},
	8009:  {16, 1, "The incoming tabular data stream (TDS) remote procedure call (RPC) protocol stream is incorrect. Data type 0x%02X (%s) is unknown."},
	8501:  {16, 3, "MSDTC on server '%s' is unavailable."},
	17809: {20, 1, "Could not connect because the maximum number of '%d' user connections has already been reached. The system administrator can use sp_configure to increase the maximum value. The connection has been closed."},
	17828: {20, 1, "The prelogin packet used to open the connection is structurally invalid; the connection has been closed. Please contact the vendor of the client library."},
	17832: {20, 1, "The login packet used to open the connection is structurally invalid; the connection has been closed. Please contact the vendor of the client library."},
	17835: {20, 1, "Encryption is required to connect to this server but the client library does not support encryption; the connection has been closed. Please upgrade your client library."},
	17836: {20, 1, "Length specified in network packet payload did not match number of bytes read; the connection has been closed. Please contact the vendor of the client library."},
	18452: {14, 1, "Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication."},
	18456: {14, 1, "Login failed for user '%s'."},
}

// says is one of messages, its text filled in. That of a failed login has a line.
func says(number int32, parts ...any) *ServerError {
	m := messages[number]
	e := &ServerError{Number: number, State: m.state, Class: m.class, Message: fmt.Sprintf(m.text, parts...)}
	if m.class == 14 {
		e.Line = 1
	}
	return e
}

// refusals returns what a refused login is told.
func refusals(err error, user string) Errors {
	var many Errors
	var one *ServerError
	switch {
	case errors.As(err, &many) && len(many) > 0:
		return many
	case errors.As(err, &one):
		return Errors{one}
	}
	return Errors{says(18456, user)}
}
