package sandbox

import (
	"fmt"
	"slices"
	"strings"

	"grantree/sql/sandbox/internal/refusal"
	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// print is PRINT: information with number 0.
func (x *run) print(st *tsql.PrintStatement) error {
	text, err := x.text(st.X)
	if err != nil {
		return err
	}
	if text == "" {
		text = " " // as the engine prints NULL and the empty string
	}
	x.s.out.Info(&tds.ServerError{State: 1, Message: truncate(text, 4000), Procedure: x.name, Line: int32(st.Line)})
	x.s.rowCount = 0
	x.done(command(st), -1, 0)
	return nil
}

// throw is THROW.
func (x *run) throw(st *tsql.Throw) error {
	if st.Number == nil {
		e := x.s.caughtError()
		if e == nil || x.catch == 0 {
			return refuse(10704)
		}
		again := *e
		return &failure{errors: []*tds.ServerError{&again}, thrown: true}
	}
	number, err := x.integer(st.Number)
	if err != nil {
		return err
	}
	message, err := x.text(st.Message)
	if err != nil {
		return err
	}
	state, err := x.integer(st.State)
	if err != nil {
		return err
	}
	if number < 50000 || number > 2147483647 {
		return refuse(35100, number)
	}
	e := &tds.ServerError{Number: int32(number), Class: 16, State: byte(state), Message: truncate(strings.ReplaceAll(message, "%%", "%"), 2047)}
	e.Line = int32(st.Line)
	return &failure{errors: []*tds.ServerError{e}, thrown: true}
}

// raise is RAISERROR. A severity of 10 or less is information.
func (x *run) raise(st *tsql.RaisError) error {
	e, err := x.raised(st)
	if err != nil {
		return err
	}
	if e.Class > 18 && !slices.Contains(st.Options, "LOG") {
		return refuse(2754)
	}
	if !e.IsInfo() {
		return &failure{errors: []*tds.ServerError{e}, raised: true}
	}
	e.Procedure = x.name
	x.s.out.Error(e)
	if slices.Contains(st.Options, "SETERROR") {
		x.s.nextErrno = e.Number
	}
	x.done(command(st), -1, 0)
	if slices.Contains(st.Options, "NOWAIT") {
		x.s.out.Flush()
	}
	return nil
}

// raised makes the error of a RAISERROR.
func (x *run) raised(st *tsql.RaisError) (*tds.ServerError, error) {
	value, _, err := x.eval(st.Message)
	if err != nil {
		return nil, err
	}
	severity, err := x.integer(st.Severity)
	if err != nil {
		return nil, err
	}
	state, err := x.integer(st.State)
	if err != nil {
		return nil, err
	}
	format, ok := value.(string)
	e := &tds.ServerError{Number: 50000, Class: byte(min(max(severity, 0), 25)), State: byte(min(max(state, 1), 255)), Line: int32(st.Line)}
	if !ok {
		number, _ := value.(int64)
		if e, format, err = known(number, severity, e); err != nil {
			return nil, err
		}
	}
	args := make([]any, len(st.Args))
	for i, a := range st.Args {
		if args[i], _, err = x.eval(a); err != nil {
			return nil, err
		}
	}
	message, err := formatMessage(format, args)
	if err != nil {
		return nil, err
	}
	e.Message = truncate(message, 2047)
	return e, nil
}

// known makes of e the message of a number, whose own severity stands where a negative one is asked for ("RAISERROR"). What
// the engine has and this server does not know is refused.
func known(number, severity int64, e *tds.ServerError) (*tds.ServerError, string, error) {
	class, text, ok := refusal.Find(int32(number))
	switch {
	case number < 13000 || number == 50000:
		return nil, "", refuse(2732, number)
	case number > 50000:
		return nil, "", refuse(18054, number, e.Class, e.State)
	case !ok:
		return nil, "", unsupportedOption(fmt.Sprintf("RAISERROR %d", number))
	case severity < 0:
		e.Class = class
	}
	e.Number = int32(number)
	return e, text, nil
}

// formatMessage fills the %s, %d, %i, %u, %o, %x and %X of a message, with flags, width and precision, as RAISERROR
// does. A NULL argument reads (null); a missing one is an error.
func formatMessage(format string, args []any) (string, error) {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		if i+1 < len(format) && format[i+1] == '%' {
			b.WriteByte('%')
			i++
			continue
		}
		end := i + 1
		for end < len(format) && strings.IndexByte("-+0# 123456789.*hlI", format[end]) >= 0 {
			end++
		}
		if end == len(format) || strings.IndexByte("sdiuoxX", format[end]) < 0 {
			return "", refuse(2787, format[i:])
		}
		text, rest, err := formatOne(format[i:end], format[end], args)
		if err != nil {
			return "", err
		}
		args = rest
		b.WriteString(text)
		i = end
	}
	return b.String(), nil
}

// formatOne formats the next argument.
func formatOne(spec string, verb byte, args []any) (string, []any, error) {
	spec = strings.NewReplacer("h", "", "l", "", "I64", "", "I", "").Replace(spec)
	var values []any
	for range strings.Count(spec, "*") {
		n, ok := first(args).(int64)
		if !ok {
			return "", nil, refuse(2786, len(values)+1)
		}
		values, args = append(values, int(n)), args[1:]
	}
	arg := first(args)
	args = args[min(1, len(args)):]
	switch v := arg.(type) {
	case nil:
		arg, verb = "(null)", 's'
	case bool:
		arg = bit(v)
	}
	_, isText := arg.(string)
	n, isNumber := arg.(int64)
	switch {
	case isText != (verb == 's') || !isText && !isNumber:
		return "", nil, refuse(2786, 1)
	case isNumber && verb != 'd' && verb != 'i':
		arg = uint32(n)
	}
	goVerb := map[byte]string{'s': "s", 'd': "d", 'i': "d", 'u': "d", 'o': "o", 'x': "x", 'X': "X"}[verb]
	return fmt.Sprintf(spec+goVerb, append(values, arg)...), args, nil
}

func first(list []any) any {
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

// truncate cuts text to n characters.
func truncate(text string, n int) string {
	if len(text) <= n {
		return text
	}
	runes := []rune(text)
	return string(runes[:min(n, len(runes))])
}
