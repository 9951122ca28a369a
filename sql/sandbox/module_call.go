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
	ref      security.ObjectRef
	schema   string
	bound    string            // its name while it is made WITH SCHEMABINDING
	caller   *security.Context // whom EXECUTE AS CALLER goes back to
	returns  tsql.DataType     // of a function
	returned bool
	result   any  // of RETURN: an int64 from a procedure
	worst    byte // the highest class of its errors
}

// callee is a procedure or a scalar function as a call names it: refs are the synonyms that led to it, and itself last.
type callee struct {
	refs   []security.ObjectRef
	home   *scope
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
	inner := m.run(x.s)
	outs, err := c.moduleArguments(inner, m)
	if err != nil {
		return 0, flowNext, inCall(err, m.object.Name, 0)
	}
	return c.runModule(m, inner, outs)
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
	return &run{s: s, source: m.source, vars: map[string]*variable{}, name: m.object.Name, module: &activation{
		ref: m.refs[len(m.refs)-1], schema: m.home.database.SchemaName(m.object.Schema), caller: m.home.context, returns: m.returns,
	}}
}

// moduleArguments makes the parameters of a procedure of the arguments of a call.
func (c *call) moduleArguments(inner *run, m *callee) ([]func() error, error) {
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
	return c.bindParameters(inner, m.params, c.args, func(p tsql.VariableDecl, a *arg) error {
		if a == nil {
			return refuseAs(201, 16, 4, m.object.Name, p.Name)
		}
		return refuse(8114, a.typ.Name, p.Type.Name)
	})
}

// runModule runs a procedure whose parameters are set, and hands output values and the return code back.
func (c *call) runModule(m *callee, inner *run, outs []func() error) (int32, flow, error) {
	s, open := c.x.s, c.x.s.tx.count
	fl, err := c.x.enter(m, inner, func() (flow, error) { return inner.runBody(m.body, false) })
	if err != nil || fl != flowNext {
		return 0, fl, err
	}
	s.nextErrno = s.errno
	for _, give := range outs {
		if err := give(); err != nil {
			return 0, flowNext, err
		}
	}
	rc := inner.module.code()
	if s.tx.count != open {
		return c.inside(rc, inCall(refuse(266, open, s.tx.count), m.object.Name, 0), false)
	}
	return rc, flowNext, nil
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
func (a *activation) code() int32 {
	if n, ok := a.result.(int64); ok {
		return int32(n)
	}
	return min(0, 10-int32(a.worst))
}

// returnValue is RETURN.
func (x *run) returnValue(st *tsql.Return) (flow, error) {
	if st.X == nil {
		return flowReturn, nil
	}
	m, to := x.module, typeInt
	if !m.returns.IsZero() {
		to = m.returns
	}
	value, typ, err := x.eval(st.X)
	if err == nil {
		value, err = query.Convert(value, typ, to, false)
	}
	if err != nil {
		return x.failed(x.s.fail(err, st.Line), command(st))
	}
	if value == nil && m.returns.IsZero() {
		e := refuse(282, x.name)
		e.Procedure, e.Line = x.name, int32(st.Line)
		x.s.out.Info(e)
		value = int64(0)
	}
	m.result, m.returned = value, true
	return flowReturn, nil
}
