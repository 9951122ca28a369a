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

//go:embed raised.txt
var raisedText string

// messages are the refusals by number, raised those that system procedures raise by it. A line is "number class state text",
// where the state may be missing for 1.
var (
	messages = sync.OnceValue(func() map[int32]message { return table(messageText) })
	raised   = sync.OnceValue(func() map[int32]message { return table(raisedText) })
)

func table(text string) map[int32]message {
	all := map[int32]message{}
	for line := range strings.Lines(text) {
		var number int32
		m, words := message{}, 3
		if n, _ := fmt.Sscan(line, &number, &m.class, &m.state); n == 3 {
			words = 4
		} else if m.state = 1; n < 2 {
			continue
		}
		m.text = strings.TrimSuffix(strings.SplitN(line, " ", words)[words-1], "\n")
		all[number] = m
	}
	return all
}

// New is the refusal with a number, its text filled in.
func New(number int32, parts ...any) *Error {
	m := find(number)
	return As(number, m.class, m.state, parts...)
}

// As is New with the class and the state that the message has here.
func As(number int32, class, state byte, parts ...any) *Error {
	return &Error{Number: number, Class: class, State: state, Message: fmt.Sprintf(find(number).text, parts...)}
}

// Find returns the class and the text of a message of the table, with %s and %d where its parts stand.
func Find(number int32) (class byte, text string, ok bool) {
	m, ok := known(number)
	return m.class, m.text, ok
}

func known(number int32) (message, bool) {
	if m, ok := messages()[number]; ok {
		return m, true
	}
	m, ok := raised()[number]
	return m, ok
}

// find returns a message, and panics where there is none: who refuses names a number of the table.
func find(number int32) message {
	m, ok := known(number)
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
