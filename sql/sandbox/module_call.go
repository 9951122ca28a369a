package sandbox

import (
	"errors"
	"slices"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/refusal"
	"grantree/sql/sandbox/internal/security"
	"grantree/sql/tsql"
)

// activation is a module that runs. The names of one part in its statements mean its own schema first, and what they name
// is reached through it: see via.
type activation struct {
	ref     security.ObjectRef
	schema  string
	bound   string            // its name while it is made WITH SCHEMABINDING
	caller  *security.Context // whom EXECUTE AS CALLER goes back to
	returns tsql.DataType     // of a function
	worst   byte              // the highest class of its errors
}

// callee is a procedure or a scalar function as a call names it: refs are the synonyms that led to it, and itself last.
type callee struct {
	refs   []security.ObjectRef
	home   *scope
	schema string // its name
	object *security.Object
	*moduleStorage
}

// via is what the statements of a run are reached through: the module that they stand in. The text of EXEC stands in none.
func (x *run) via() []security.ObjectRef {
	if x.module == nil || x.module.ref == (security.ObjectRef{}) {
		return nil
	}
	return []security.ObjectRef{x.module.ref}
}

// callModule calls a procedure of a user: EXECUTE is needed on it and on the synonyms that lead to it.
func (x *run) callModule(name tsql.ObjectName, c *call) (int32, flow, error) {
	m, err := x.callee(name)
	if err != nil {
		return 0, flowNext, err
	}
	if err := x.mayCall(m); err != nil {
		return 0, flowNext, inCall(err, m.object.Name, 1)
	}
	return c.module(m)
}

// module calls a module that the caller may call.
func (c *call) module(m *callee) (int32, flow, error) {
	c.name = tsql.Quote(m.object.Name)
	args, err := c.moduleArguments(m)
	if err != nil {
		return 0, flowNext, inCall(err, m.object.Name, 0)
	}
	return c.runModule(m, args)
}

// callee finds the module that a name in EXECUTE means.
func (x *run) callee(name tsql.ObjectName) (*callee, error) {
	m := &callee{home: x.scope()}
	written := name
	for range 32 {
		home, err := m.home.home(name)
		if list := refusal.List(err); len(list) > 0 && list[0].Number == 208 {
			err = refuse(2812, written)
		}
		if err != nil {
			return nil, err
		}
		m.home, m.object = home, home.object(name)
		if m.object == nil {
			return nil, refuse(2812, written)
		}
		m.refs = append(m.refs, security.ObjectRef{Database: home.database.ID, Object: m.object.ID})
		switch st := m.object.Storage.(type) {
		case *synonymStorage:
			name = st.base
			continue
		case *moduleStorage:
			m.schema = home.database.SchemaName(m.object.Schema)
			if m.moduleStorage = st; m.object.Kind == security.KindFunction {
				return nil, unsupported("EXECUTE of a function")
			}
			return m, nil
		}
		return nil, refuse(2809, "procedure", written, written, security.KindWord(m.object.Kind))
	}
	return nil, refuse(217)
}

// mayCall refuses a call without EXECUTE.
func (x *run) mayCall(m *callee) error {
	via := x.via()
	for _, ref := range m.refs {
		if err := x.check().Access(via, ref, "EXECUTE", nil); err != nil {
			return err
		}
		via = append(slices.Clip(via), ref)
	}
	return nil
}

// inCall says of what is wrong with a call that it is about a module, whose line is given.
func inCall(err error, name string, line int32) error {
	for _, e := range append(refusal.List(err), failureOf(err)...) {
		e.Procedure, e.Line = name, line
	}
	return err
}

// failureOf are the errors of a failure.
func failureOf(err error) []*serverError {
	var f *failure
	if errors.As(err, &f) {
		return f.errors
	}
	return nil
}

// run is the run of a module's statements.
func (m *callee) run(s *session) *run {
	return &run{s: s, source: m.text.batch.Text, parsed: m.text, vars: map[string]*variable{}, name: m.object.Name, module: &activation{
		ref: m.refs[len(m.refs)-1], schema: m.schema, caller: m.home.context, returns: m.returns,
	}}
}

// moduleArguments are the arguments of a call as values of the parameters of a procedure.
func (c *call) moduleArguments(m *callee) ([]arg, error) {
	if len(m.params) == 0 && len(c.args) > 0 {
		return nil, refuse(8146, m.object.Name)
	}
	seen := map[string]bool{}
	for i, a := range c.args {
		key := variableKey(a.name)
		switch {
		case key == "" && len(seen) > 0:
			return nil, refuse(119, i+1)
		case seen[key]:
			return nil, refuse(8143, a.name)
		case key != "":
			seen[key] = true
		}
	}
	args, err := c.given(m.params)
	if err != nil {
		return nil, err
	}
	for i, p := range m.params {
		switch a := &args[i]; {
		case a.missing || p.Type == typeCursor:
		case a.set != nil && !p.Output:
			return nil, refuse(8162, p.Name)
		default:
			from := a.typ.Name
			if a.value, err = query.Convert(a.value, a.typ, p.Type, false); err != nil {
				return nil, refuse(8114, from, p.Type.Name)
			}
			a.typ = p.Type
		}
	}
	return args, nil
}

// given are the arguments in the order of the parameters of a procedure, each of which has one or a default (201).
func (c *call) given(params []tsql.VariableDecl) ([]arg, error) {
	names := make([]string, len(params))
	for i, param := range params {
		names[i] = param.Name
	}
	given, err := c.take(0, names...)
	if err != nil {
		return nil, err
	}
	args := make([]arg, len(given))
	for i, a := range given {
		switch {
		case a != nil:
			args[i] = *a
			args[i].name = ""
		case params[i].Value != nil || params[i].Type == typeCursor:
			args[i].missing = true
		default:
			return nil, errCall(201, 16, 4, c.base(), names[i])
		}
	}
	return args, nil
}

// runModule runs a procedure and hands output values and the return code back.
func (c *call) runModule(m *callee, args []arg) (int32, flow, error) {
	s, open, inner := c.x.s, c.x.s.tx.count, m.run(c.x.s)
	fl, err := c.callText(inner, m.params, args, func() (flow, error) { return c.x.enter(m, inner, inner.runText) })
	if err != nil || fl != flowNext {
		return 0, fl, err
	}
	if s.tx.count != open {
		return c.inside(inner.code(), inCall(refuse(266, open, s.tx.count), m.object.Name, 0), false)
	}
	return inner.code(), flowNext, nil
}

// enter runs do in the database of a module, as whom its EXECUTE AS clause says.
func (x *run) enter(m *callee, inner *run, do func() (flow, error)) (flow, error) {
	s, here, identity := x.s, x.s.context, x.s.scopeID
	there, err := x.state.RunsAs(m.home.context, m.object)
	if err != nil {
		return flowNext, inCall(err, m.object.Name, 0)
	}
	return x.within(inner, func() (flow, error) {
		s.context, s.scopeID = there, nil
		if s.settings.options &^= optQuotedIdentifier; m.object.Module.QuotedIdentifier {
			s.settings.options |= optQuotedIdentifier
		}
		defer func() { s.context, s.scopeID = here, identity }()
		return do()
	})
}

// code is the return code of a procedure: that of RETURN, else 0, or 10 less the highest class of an error in it.
func (x *run) code() int32 {
	if n, ok := x.returned.(int64); ok {
		return int32(n)
	}
	return min(0, 10-int32(x.module.worst))
}

// returnValue is RETURN.
func (x *run) returnValue(st *tsql.Return) (flow, error) {
	if st.X == nil {
		return flowReturn, nil
	}
	to, function := typeInt, x.module != nil && !x.module.returns.IsZero()
	if function {
		to = x.module.returns
	}
	value, typ, err := x.eval(st.X)
	if err == nil {
		value, err = query.Convert(value, typ, to, false)
	}
	if err != nil {
		return x.failed(x.s.fail(err, st.Line), command(st))
	}
	if value == nil && !function {
		e := refuse(282, x.name)
		e.Procedure, e.Line = x.name, int32(st.Line)
		x.s.out.Info(e)
		value = int64(0)
	}
	x.returned = value
	return flowReturn, nil
}
