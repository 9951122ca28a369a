package query

import (
	"errors"
	"fmt"
)

// Error is a refusal with the number, severity class, state and text that SQL Server gives it. Line is the line in
// the batch, 0 when unknown. Then holds the errors that the server sends after this one, such as 4413 after a failure
// inside a view.
type Error struct {
	Number  int32
	Class   byte
	State   byte
	Line    int
	Message string
	Then    []*Error
}

// Error returns the text with its number in front.
func (e *Error) Error() string { return fmt.Sprintf("error %d: %s", e.Number, e.Message) }

// refuse makes a state 1 error of class 15 below number 200, else 16. The format is the engine's own text.
func refuse(number int32, format string, args ...any) *Error {
	class := byte(16)
	if number < 200 {
		class = 15 // the compiler's own numbers
	}
	return &Error{Number: number, Class: class, State: 1, Message: fmt.Sprintf(format, args...)}
}

// at returns err with the line set when it is an *Error that has none yet.
func at(line int, err error) error {
	var e *Error
	if errors.As(err, &e) && e.Line == 0 {
		e.Line = line
	}
	return err
}

// unsupported is the refusal of a construct that parses but that this package does not run.
func unsupported(near string) *Error {
	return refuse(102, "Incorrect syntax near '%s'.", near)
}

func errOverflow(typ string) *Error {
	return refuse(8115, "Arithmetic overflow error converting expression to data type %s.", typ)
}

func errOverflowTo(from, to string) *Error {
	return refuse(8115, "Arithmetic overflow error converting %s to data type %s.", from, to)
}

func errDivide() *Error { return refuse(8134, "Divide by zero error encountered.") }

func errClash(from, to string) *Error {
	return refuse(206, "Operand type clash: %s is incompatible with %s", from, to)
}

func errSubquery() *Error {
	return refuse(512, "Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.")
}

func errInvalidColumn(name string) *Error { return refuse(207, "Invalid column name '%s'.", name) }
