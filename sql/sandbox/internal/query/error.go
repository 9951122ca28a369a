package query

import (
	"errors"

	"grantree/sql/sandbox/internal/refusal"
)

// Error is a refusal. Line is the line in the batch, 0 when unknown.
type Error = refusal.Error

// refuse makes a refusal.
var refuse = refusal.New

// at returns err with the line set when it is an *Error that has none yet.
func at(line int, err error) error {
	var e *Error
	if errors.As(err, &e) && e.Line == 0 {
		e.Line = int32(line)
	}
	return err
}

// unsupported is the refusal of a construct that parses but that this package does not run.
func unsupported(near string) *Error {
	return refuse(40517, near)
}

func errOverflow(typ string) *Error {
	return refuse(8115, "expression", typ)
}
