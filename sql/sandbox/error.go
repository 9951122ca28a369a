package sandbox

import (
	"context"
	"errors"

	"grantree/sql/sandbox/internal/refusal"
	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// serverError is an error as it goes on the wire.
type serverError = tds.ServerError

// refuse makes an error of the table, refuseAs one that has another class or state here.
var refuse, refuseAs = refusal.New, refusal.As

// unsupported is the answer to a statement that the language knows and the sandbox does not run: 40510, the engine's
// own number for a statement that an edition lacks.
func unsupported(statement string) *tds.ServerError {
	return refuse(40510, statement)
}

// unsupportedOption is 40517, the engine's own number for a keyword or an option that an edition lacks.
func unsupportedOption(option string) *tds.ServerError {
	return refuse(40517, option)
}

// failure is a statement that failed: what is sent or caught, in the engine's order, and how far it reaches.
type failure struct {
	errors []*tds.ServerError
	// compile is true for what the engine finds when it compiles: the text that holds the statement ends, and a TRY
	// around the statement in that same text does not catch it (D.10).
	compile bool
	// early is true for what is found before anything of the text has run, which XACT_ABORT does not concern.
	early bool
	// raised is true for RAISERROR, which XACT_ABORT does not concern; thrown for THROW, which ends the batch.
	raised, thrown bool
	// caller is true for a procedure call that is wrong in itself, so that the procedure never ran.
	caller bool
	// cancelled means that nobody waits for the answer any more: attention or KILL.
	cancelled bool
	// sent is true once the errors have gone out, as when rows had been on their way.
	sent bool
	// inProc is true where they have gone out in a procedure, or in the text of EXEC.
	inProc bool
}

// Error returns the last error, which is the one that CATCH sees.
func (f *failure) Error() string {
	if f.cancelled {
		return "request cancelled"
	}
	return f.last().Error()
}

// last is the error that ERROR_NUMBER() and @@ERROR tell of.
func (f *failure) last() *tds.ServerError { return f.errors[len(f.errors)-1] }

// compileNumbers are the errors that the engine finds when it compiles a statement.
var compileNumbers = map[int32]bool{
	102: true, 103: true, 104: true, 105: true, 107: true, 109: true, 110: true, 111: true, 113: true, 120: true, 121: true, 128: true, 130: true, 134: true,
	137: true, 139: true, 145: true, 147: true, 156: true, 164: true, 174: true, 178: true, 189: true, 191: true, 195: true,
	205: true, 206: true, 207: true, 208: true, 209: true, 213: true, 264: true, 319: true, 402: true, 911: true, 916: true, 1011: true,
	1087: true, 1038: true, 4104: true, 4121: true, 8117: true, 8120: true, 8121: true, 8127: true, 8155: true, 8156: true, 8158: true,
	8159: true, 8726: true, 10702: true, 10709: true, 40510: true, 40517: true,
}

// lenient are the errors that are none under SET ANSI_WARNINGS OFF.
var lenient = map[int32]bool{220: true, 2628: true, 3623: true, 8115: true, 8134: true, 8152: true}

// fail turns any error of a part into a failure. line is that of the statement.
func (s *session) fail(err error, line int) *failure {
	var f *failure
	if !errors.As(err, &f) {
		f = &failure{errors: s.serverErrors(err)}
		if len(f.errors) > 0 && lenient[f.last().Number] && !s.settings.on(optAnsiWarnings) {
			f.errors = []*tds.ServerError{refuse(40517, "ANSI_WARNINGS OFF")} // which goes on with NULL or what fits
		}
		f.compile = len(f.errors) > 0 && compileNumbers[f.last().Number]
	}
	if len(f.errors) == 0 {
		f.cancelled = true
		return f
	}
	for _, e := range f.errors {
		if e.Line == 0 && e.Procedure == "" { // 0 in a procedure is its call
			e.Line = int32(line)
		}
	}
	return f
}

// serverErrors returns the numbered errors that err holds, none when the request was cancelled.
func (s *session) serverErrors(err error) []*tds.ServerError {
	if list := refusal.List(err); list != nil {
		return list
	}
	var syntax *tsql.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return []*tds.ServerError{{Number: syntax.Number, State: syntax.State, Class: syntax.Class(), Message: syntax.Message, Line: int32(syntax.Line), Procedure: syntax.Module}}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil
	}
	if s.request.Err() != nil {
		return nil // SQLite was interrupted
	}
	s.srv.options.Log("session %d: %v", s.spid, err)
	return []*tds.ServerError{refuse(8624)}
}
