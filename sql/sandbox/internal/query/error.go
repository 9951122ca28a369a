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

// caught takes what a binder has thrown, where the package is entered.
func caught(err *error) {
	switch thrown := recover().(type) {
	case nil:
	case runtime.Error:
		panic(thrown)
	case error:
		*err = thrown
	default:
		panic(thrown)
	}
}

// lined, called and deferred, is for what stands on a line: what is thrown gets the line of the innermost that has one.
func (b *binder) lined(line int) func() {
	outer := b.line
	b.line = line
	return func() {
		inner := b.line
		b.line = outer
		if thrown := recover(); thrown != nil {
			if err, ok := thrown.(error); ok {
				at(inner, err)
			}
			panic(thrown)
		}
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

func try[T any](b *binder, bind func() T) (out T, err error) {
	collects := b.collects
	defer func() { b.collects = collects }()
	b.collects = false
	defer caught(&err)
	defer b.lined(b.line)()
	return bind(), nil
}

// unsupported is the refusal of a construct that parses but that this package does not run.
func unsupported(near string) *Error {
	return refuse(40517, near)
}

func errOverflow(typ string) *Error {
	return refuse(8115, "expression", typ)
}
