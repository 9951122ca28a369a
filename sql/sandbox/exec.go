package sandbox

import (
	"slices"
	"strings"

	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// arg is an argument of a procedure call. set stores an output value; it is nil where the caller wants none.
type arg struct {
	name    string // with @, empty for one by position
	typ     tsql.DataType
	value   any
	missing bool // DEFAULT
	set     func(value any, typ tsql.DataType) error
	cursor  *variable // the caller's cursor variable
}

// call is the call of a procedure from a text.
type call struct {
	x    *run
	name string // as written
	args []arg
	line int
}

// procedure runs a system procedure and returns its return code.
type procedure func(*call) (int32, flow, error)

// execute is EXEC of a procedure.
func (x *run) execute(st *tsql.Execute) (flow, error) {
	name := st.Procedure
	if st.ProcVar != "" {
		text, err := x.text(&tsql.Variable{Pos: st.Pos, Name: st.ProcVar})
		if err != nil {
			return flowNext, err
		}
		name = procedureName(text)
	}
	c := &call{x: x, name: name.String(), line: st.Line}
	for _, a := range st.Args {
		one, err := x.argument(a)
		if err != nil {
			return flowNext, err
		}
		c.args = append(c.args, one)
	}
	rc, fl, err := x.callProcedure(name, c)
	if err != nil || fl != flowNext {
		return fl, err
	}
	if st.Return != "" {
		if err := x.assign(st.Return, int64(rc), typeInt); err != nil {
			return flowNext, err
		}
	}
	x.s.out.ReturnStatus(rc)
	x.s.out.DoneProc(tds.CommandExecute, -1, 0)
	return flowNext, nil
}

// argument evaluates an argument.
func (x *run) argument(a tsql.Argument) (arg, error) {
	out := arg{name: a.Name}
	if _, ok := a.Value.(*tsql.Default); ok {
		out.missing = true
		return out, nil
	}
	v, ok := a.Value.(*tsql.Variable)
	if ok && a.Output {
		if held := x.vars[variableKey(v.Name)]; held != nil && held.typ == typeCursor {
			out.cursor = held
			return out, nil
		}
	}
	value, typ, err := x.eval(a.Value)
	if err != nil {
		return out, err
	}
	out.value, out.typ = value, typ
	if ok && a.Output {
		out.set = func(value any, typ tsql.DataType) error { return x.assign(v.Name, value, typ) }
	}
	return out, nil
}

// procedureName reads a name of up to four parts from a string.
func procedureName(text string) tsql.ObjectName {
	words, _ := tsql.SplitName(text)
	return tsql.NameOf(tsql.Pos{}, words)
}

// callProcedure finds and runs a system procedure, in the database that its name speaks of, or one of a user.
func (x *run) callProcedure(name tsql.ObjectName, c *call) (int32, flow, error) {
	p := x.procedureNamed(name.Name)
	known := name.Schema == "" || strings.EqualFold(name.Schema, "sys") || strings.EqualFold(name.Schema, "dbo")
	switch {
	case x.s.inside:
		return 0, flowNext, refuse(557)
	case name.Server != "" && !strings.EqualFold(name.Server, x.s.srv.options.Name):
		return 0, flowNext, refuse(7202, name.Server)
	case p == nil || !known:
		return x.callModule(name, c)
	}
	if err := x.mayExecute(name.Name); err != nil {
		return 0, flowNext, err
	}
	if name.Database == "" {
		return p(c)
	}
	there, err := x.state.Enter(x.who(), name.Database)
	if err != nil {
		return 0, flowNext, err
	}
	here := x.s.context
	x.s.context, x.s.around = there, append(x.s.around, here.Database)
	x.renew()
	defer func() {
		x.s.context, x.s.around = here, x.s.around[:len(x.s.around)-1]
		x.renew()
	}()
	return p(c)
}

// executeText is EXEC ('…').
func (x *run) executeText(st *tsql.ExecuteText) (flow, error) {
	text, err := x.text(st.Text)
	if err != nil {
		return flowNext, err
	}
	s := x.s
	if st.AsKind != "" {
		next, err := s.impersonate(st.AsKind, st.AsName)
		if err != nil {
			return flowNext, err
		}
		frames, before, kept := len(s.frames), s.context, s.settings
		s.push(frame{context: before, database: before.Database}, next)
		defer s.unwind(frames, before, kept)
	}
	fl, err := x.nested(&run{s: s, source: text, vars: map[string]*variable{}})
	if err != nil || fl != flowNext {
		return fl, err
	}
	s.nextErrno = s.errno
	s.out.ReturnStatus(0)
	s.out.DoneProc(tds.CommandExecute, -1, 0)
	return flowNext, nil
}

// take returns the arguments in the order of the parameters; nil where one was not given. Parameter names compare
// without case. Those in needed must be there (201).
func (c *call) take(needed int, params ...string) ([]*arg, error) {
	out, err := c.arrange(c.args, params)
	for i := range needed {
		if err == nil && out[i] == nil {
			return nil, errCall(201, 16, 4, c.base(), params[i])
		}
	}
	return out, err
}

// arrange is take of some of the arguments, none of which must be there.
func (c *call) arrange(args []arg, params []string) ([]*arg, error) {
	out := make([]*arg, len(params))
	for i := range args {
		a, at := &args[i], i
		if a.name != "" {
			at = slices.IndexFunc(params, func(p string) bool { return strings.EqualFold(p, a.name) })
			if at < 0 {
				return nil, errCall(8145, 16, 2, a.name, c.base())
			}
		}
		if at >= len(params) {
			return nil, errCall(8144, 16, 2, c.base())
		}
		if !a.missing {
			out[at] = a
		}
	}
	return out, nil
}

// errCall is the refusal of a call that is wrong in itself.
func errCall(number int32, class, state byte, parts ...any) error {
	return &failure{errors: []*serverError{refuseAs(number, class, state, parts...)}, caller: true}
}

// base is the procedure's name without its schema.
func (c *call) base() string { return procedureName(c.name).Name }

// str is the argument as text; def when it is missing.
func (a *arg) str(def string) string {
	if a != nil {
		if s, ok := a.value.(string); ok {
			return s
		}
	}
	return def
}

// num is the argument as an integer; def when it is missing.
func (a *arg) num(def int64) int64 {
	if a == nil {
		return def
	}
	switch v := a.value.(type) {
	case int64:
		return v
	case bool:
		return bit(v)
	}
	return def
}
