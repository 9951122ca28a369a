package tds

import (
	"fmt"
	"strings"
)

// ServerError is an ERROR or INFO token: a numbered message of the server. A class of 10 or less is information and goes
// out as INFO with its class, 10 as 0 ("Database Engine Error Severities").
type ServerError struct {
	Number       int32
	State, Class byte
	Message      string
	// Server is filled in by the Writer when it is empty.
	Server    string
	Procedure string
	Line      int32
}

// Error returns the message with its number, class and state.
func (e *ServerError) Error() string {
	return fmt.Sprintf("message %d, level %d, state %d: %s", e.Number, e.Class, e.State, e.Message)
}

// IsInfo reports whether e is information, which fails nothing.
func (e *ServerError) IsInfo() bool { return e.Class <= 10 }

// IsFatal reports whether the server closes the connection after sending e.
func (e *ServerError) IsFatal() bool { return e.Class >= 20 }

// Errors is several messages of one refusal, in the order they are sent.
type Errors []*ServerError

// Error returns the messages on one line.
func (e Errors) Error() string {
	texts := make([]string, len(e))
	for i, m := range e {
		texts[i] = m.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap returns each message as an error.
func (e Errors) Unwrap() []error {
	out := make([]error, len(e))
	for i, m := range e {
		out[i] = m
	}
	return out
}

// maxMessageText keeps an ERROR token within the USHORT of its length.
const maxMessageText = 4000

// append appends an ERROR, or INFO when e is information. The text is cut at 4000
// characters.
func (e *ServerError) append(b []byte, l level) []byte {
	kind, class := tokenError, e.Class
	if e.IsInfo() {
		kind, class = tokenInfo, class%10
	}
	return sized16(append(b, kind), func(b []byte) []byte {
		b = append(le.AppendUint32(b, uint32(e.Number)), e.State, class)
		b = appendVarchar16(b, cutUTF16(e.Message, maxMessageText))
		b = appendVarchar8(appendVarchar8(b, e.Server), e.Procedure)
		if l <= level71 {
			return le.AppendUint16(b, uint16(min(max(e.Line, 0), 0xFFFF)))
		}
		return le.AppendUint32(b, uint32(e.Line))
	})
}
