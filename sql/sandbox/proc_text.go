package sandbox

import (
	"grantree/sql/sandbox/internal/sysproc"
	"grantree/sql/tsql"
)

// runText runs a system procedure that is written in T-SQL, as the caller and in the current database.
func (c *call) runText(p *sysproc.Procedure) (int32, flow, error) {
	args, err := c.given(p.Params)
	if err != nil {
		return 0, flowNext, err
	}
	inner := &run{s: c.x.s, source: p.Body.Text, parsed: &text{batch: p.Body}, system: true, name: p.Name, vars: map[string]*variable{}}
	fl, err := c.callText(inner, p.Params, args, func() (flow, error) { return c.x.nested(inner) })
	code, _ := inner.returned.(int64)
	return int32(code), fl, err
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

// mayExecute refuses a system procedure that is denied, but to another one: they have one owner.
func (x *run) mayExecute(name string) error {
	if x.system {
		return nil
	}
	return x.check().Executable(name)
}
