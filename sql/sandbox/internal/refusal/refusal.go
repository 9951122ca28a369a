// Package refusal is how the embedded server says no: one type, and one table from the number of a message to its
// class, state and text, which are the engine's own. The parser's texts are in sql/tsql, and are looked up there.
package refusal

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"sync"

	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// Error is a refusal as it goes on the wire, Errors several of one statement in the order in which they are sent.
type (
	Error  = tds.ServerError
	Errors = tds.Errors
)

// message is a refusal without the parts of its text.
type message struct {
	class, state byte
	text         string
}

//go:embed messages.txt
var messageText string

// messages are the refusals by number, read when one is asked for first.
var messages = sync.OnceValue(func() map[int32]message {
	all := map[int32]message{}
	for line := range strings.Lines(messageText) {
		var number int32
		var m message
		if _, err := fmt.Sscanf(line, "%d %d %d", &number, &m.class, &m.state); err == nil {
			m.text = strings.TrimSuffix(strings.SplitN(line, " ", 4)[3], "\n")
			all[number] = m
		}
	}
	return all
})

// New is the refusal with a number, its text filled in.
func New(number int32, parts ...any) *Error {
	m := find(number)
	return As(number, m.class, m.state, parts...)
}

// As is New with the class and the state that the message has here.
func As(number int32, class, state byte, parts ...any) *Error {
	return &Error{Number: number, Class: class, State: state, Message: fmt.Sprintf(find(number).text, parts...)}
}

// find returns a message, and panics where there is none: who refuses names a number of the table.
func find(number int32) message {
	m, ok := messages()[number]
	if !ok {
		m = message{15, 1, tsql.Message(number)}
	}
	if m.text == "" {
		panic(fmt.Sprintf("no message %d", number))
	}
	return m
}

// List returns the refusals that err holds, in the order they are sent; nil for any other error.
func List(err error) []*Error {
	var several Errors
	if errors.As(err, &several) {
		return several
	}
	var one *Error
	if errors.As(err, &one) {
		return []*Error{one}
	}
	return nil
}
