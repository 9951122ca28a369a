package query

import (
	"errors"
	"runtime"

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

// caught takes what a binder has thrown, where the package is entered, and gives it a line where nothing inside has.
func caught(err *error, line int) {
	switch thrown := recover().(type) {
	case nil:
	case runtime.Error:
		panic(thrown)
	case error:
		*err = at(line, thrown)
	default:
		panic(thrown)
	}
}

// lined, deferred, gives a line to what is thrown.
func lined(line int) {
	if thrown := recover(); thrown != nil {
		if err, ok := thrown.(error); ok {
			at(line, err)
		}
		panic(thrown)
	}
}

// check throws an error, must that of a call with a value, and try returns what bind throws.
func check(err error) {
	if err != nil {
		panic(err)
	}
}

func must[T any](v T, err error) T {
	check(err)
	return v
}

func try[T any](bind func() T) (out T, err error) {
	defer caught(&err, 0)
	return bind(), nil
}

// unsupported is the refusal of a construct that parses but that this package does not run.
func unsupported(near string) *Error {
	return refuse(40517, near)
}

func errOverflow(typ string) *Error {
	return refuse(8115, "expression", typ)
}
