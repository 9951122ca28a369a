package tsql

import (
	_ "embed" // messages.txt
	"fmt"
	"strconv"
	"strings"
)

// SyntaxError is what [Parse] finds wrong with a batch, in the engine's
// numbers and words (class 15). Line and Column are those of the token that
// Near shows, counted from 1 in the batch.
type SyntaxError struct {
	Number       int32
	State        byte
	Line, Column int
	Near         string
	Message      string
	Module       string // the name of the procedure or function that it is in, empty for a batch
}

// Error returns the engine's text with the place before it.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}

// Class returns the severity: 15, and 16 for what is wrong with a type's size.
func (e *SyntaxError) Class() byte {
	if e.Number/100 == 27 {
		return 16
	}
	return 15
}

//go:embed messages.txt
var messageText string

// messages holds the texts of the numbers that the parser raises; %s is Near.
// Source: sql-server-2022-database-engine-events-and-errors, 0 to 999, 1000 to
// 2999 and 10000 to 10999.
var messages = map[int32]string{}

func init() {
	for line := range strings.Lines(messageText) {
		number, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, _ := strconv.Atoi(number)
		messages[int32(n)] = text
	}
}

// Message is the text of a number that the parser raises, empty for any other.
func Message(number int32) string { return messages[number] }

func newError(number int32, pos Pos, near string, more ...string) *SyntaxError {
	text := messages[number]
	done := ""
	for _, part := range append([]string{near}, more...) {
		if before, after, ok := strings.Cut(text, "%s"); ok {
			done, text = done+before+part, after
		}
	}
	return &SyntaxError{Number: number, State: 1, Line: pos.Line, Column: pos.Column, Near: near, Message: done + text}
}
