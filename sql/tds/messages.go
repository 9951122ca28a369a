package tds

import (
	"errors"
	"fmt"
)

// numberInternal is an unspecified failure of the server, which SQL Server too
// numbers 50000 when it has no number of its own.
const numberInternal = 50000

// The messages that a connection sends by itself. Numbers and texts are those of
// the server's error list (sys.messages).

func messageTooManyConns(limit int) *ServerError {
	return fatal(17809, fmt.Sprintf("Could not connect because the maximum number of '%d' user connections has already been reached. "+
		"The system administrator can use sp_configure to increase the maximum value. The connection has been closed.", limit))
}

func messageBadPrelogin() *ServerError {
	return fatal(17828, "The prelogin packet used to open the connection is structurally invalid; the connection has been closed. "+
		"Please contact the vendor of the client library.")
}

func messageBadLogin() *ServerError {
	return fatal(17832, "The login packet used to open the connection is structurally invalid; the connection has been closed. "+
		"Please contact the vendor of the client library.")
}

func messageEncryptionRequired() *ServerError {
	return fatal(17835, "Encryption is required to connect to this server but the client library does not support encryption; "+
		"the connection has been closed. Please upgrade your client library.")
}

func messageBadLength() *ServerError {
	return fatal(17836, "Length specified in network packet payload did not match number of bytes read; the connection has been closed. "+
		"Please contact the vendor of the client library.")
}

func messageBadStream() *ServerError {
	return fatal(4002, "The incoming tabular data stream (TDS) protocol stream is incorrect. The stream ended unexpectedly.")
}

func messageCrashed() *ServerError {
	return fatal(596, "Cannot continue the execution because the session is in the kill state.")
}

// fatal is a message that closes the connection.
func fatal(number int32, text string) *ServerError {
	return &ServerError{Number: number, State: 1, Class: 20, Message: text}
}

func messageLoginFailed(user string) *ServerError {
	return &ServerError{Number: 18456, State: 1, Class: 14, Message: fmt.Sprintf("Login failed for user '%s'.", user), Line: 1}
}

func messageIntegrated() *ServerError {
	return &ServerError{Number: 18452, State: 1, Class: 14, Line: 1,
		Message: "Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication."}
}

func messageNoDistributed(server string) *ServerError {
	return &ServerError{Number: 8501, State: 3, Class: 16, Message: fmt.Sprintf("MSDTC on server '%s' is unavailable.", server)}
}

// messageBadParameter refuses a parameter of a type that is not supported.
func messageBadParameter(e *unknownTypeError) *ServerError {
	return &ServerError{Number: 8009, State: 1, Class: 16, Message: fmt.Sprintf("The incoming tabular data stream (TDS) remote "+
		"procedure call (RPC) protocol stream is incorrect. Data type 0x%02X (%s) is unknown.", byte(e.id), e.id)}
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
	return Errors{messageLoginFailed(user)}
}
