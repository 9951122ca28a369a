package sandbox

import (
	"grantree/sql/sandbox/internal/sysproc"
	"grantree/sql/tsql"
)

// runText runs a system procedure that is written in T-SQL, as the caller and in the current database.
func (c *call) runText(p *sysproc.Procedure) (int32, flow, error) {
	names := make([]string, len(p.Params))
	for i, param := range p.Params {
		names[i] = param.Name
	}
	given, err := c.take(0, names...)
	if err != nil {
		return 0, flowNext, err
	}
	args := make([]arg, len(given))
	for i, a := range given {
		switch {
		case a != nil:
			args[i] = *a
			args[i].name = ""
		case p.Params[i].Value != nil:
			args[i].missing = true
		default:
			return 0, flowNext, errCall(201, 16, 4, c.base(), names[i])
		}
	}
	inner := &run{s: c.x.s, source: p.Body.Text, parsed: &text{batch: p.Body}, system: true, name: p.Name, vars: map[string]*variable{}}
	fl, err := c.callText(inner, p.Params, args)
	return inner.returned, fl, err
}

// mayExecute refuses a system procedure that is denied, but to another one: they have one owner.
func (x *run) mayExecute(name string) error {
	if x.system {
		return nil
	}
	return x.check().Executable(name)
}

// returns is RETURN, with the code of a procedure.
func (x *run) returns(st *tsql.Return) (flow, error) {
	if st.X != nil {
		code, err := x.integer(st.X)
		if err != nil {
			return x.failed(x.s.fail(err, st.Line), command(st))
		}
		x.returned = int32(code)
	}
	return flowReturn, nil
}
