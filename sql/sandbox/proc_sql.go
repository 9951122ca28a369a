package sandbox

import (
	"cmp"
	"strings"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/tds"
	"grantree/sql/tsql"
)

// preparedText is a text with its parameters, known by a handle (sp_prepare).
type preparedText struct {
	text   string
	params []tsql.VariableDecl
}

// parseParameters reads the declaration of sp_executesql.
func parseParameters(text string) ([]tsql.VariableDecl, error) {
	list, err := tsql.ParseParameters(text)
	for i, p := range list {
		if p.Type.UserDefined {
			return nil, refuse(2715, i+1, p.Type.Name)
		}
		if err := query.NoValues(p.Type); err != nil {
			return nil, err
		}
	}
	return list, err
}

// unicodeText are the types of a text that sp_executesql runs.
var unicodeText = map[string]bool{"nvarchar": true, "nchar": true, "ntext": true}

// spExecuteSQL is sp_executesql: a statement, a declaration, and the values.
func spExecuteSQL(c *call) (int32, flow, error) {
	for i, name := range []string{"@statement", "@params"} {
		if i < len(c.args) && c.args[i].value != nil && !unicodeText[c.args[i].typ.Name] {
			return 0, flowNext, refuse(214, name)
		}
	}
	p := preparedText{text: c.args[0].str("")}
	rest := c.args[1:]
	if len(rest) > 0 {
		params, err := parseParameters(rest[0].str(""))
		if err != nil {
			return 0, flowNext, err
		}
		p.params, rest = params, rest[1:]
	}
	return c.runPrepared(p, rest)
}

// runPrepared runs a text with arguments and hands output values back.
func (c *call) runPrepared(p preparedText, args []arg) (int32, flow, error) {
	inner := &run{s: c.x.s, source: p.text, vars: map[string]*variable{}}
	outs, err := c.bindParameters(inner, p.params, args, func(one tsql.VariableDecl, a *arg) error {
		if a != nil {
			return nil
		}
		return refuse(8178, truncate("("+paramText(p.params)+")"+p.text, 128), one.Name)
	})
	if err != nil {
		return 0, flowNext, err
	}
	fl, err := c.x.nested(inner)
	if err != nil || fl != flowNext {
		return 0, fl, err
	}
	c.x.s.nextErrno = c.x.s.errno
	for _, give := range outs {
		if err := give(); err != nil {
			return 0, flowNext, err
		}
	}
	return c.x.s.errno, flowNext, nil
}

// bindParameters makes the variables of the inner text, and what gives the caller those that it wants back. wrong is what a
// parameter is refused with that was not given, or whose value cannot be converted, where the conversion's own will not do.
func (c *call) bindParameters(inner *run, params []tsql.VariableDecl, args []arg, wrong func(tsql.VariableDecl, *arg) error) (outs []func() error, err error) {
	names := make([]string, len(params))
	for i, p := range params {
		names[i] = p.Name
	}
	given, err := c.arrange(args, names)
	if err != nil {
		return nil, err
	}
	for i, p := range params {
		a := given[i]
		v := &variable{typ: p.Type}
		inner.vars[variableKey(p.Name)] = v
		if p.Type == typeCursor {
			if err := inner.passCursor(p, a); err != nil {
				return nil, err
			}
			continue
		}
		if a == nil || a.missing {
			if p.Value == nil {
				return nil, wrong(p, nil)
			}
			value, typ, err := c.x.eval(p.Value)
			if err != nil {
				return nil, err
			}
			a = &arg{value: value, typ: typ}
		}
		value, err := query.Convert(a.value, a.typ, p.Type, false)
		if err != nil {
			return nil, cmp.Or(wrong(p, a), err)
		}
		v.value = value
		if a.set != nil {
			if !p.Output {
				return nil, refuse(8162, p.Name)
			}
			outs = append(outs, func() error { return a.set(v.value, v.typ) })
		}
	}
	return outs, nil
}

// paramText is the declaration of parameters as messages show it.
func paramText(params []tsql.VariableDecl) string {
	var all []string
	for _, p := range params {
		all = append(all, p.Name+" "+wireType(p.Type, "").String())
	}
	return strings.Join(all, ",")
}

// prepare keeps the statement of sp_prepare and sp_prepexec, whose arguments are @handle OUTPUT, @params, @stmt, under a
// new handle, and hands that back.
func (c *call) prepare() (p preparedText, err error) {
	if p.params, err = parseParameters(c.args[1].str("")); err != nil {
		return p, err
	}
	p.text = c.args[2].str("")
	if _, err := tsql.Parse(p.text); err != nil {
		return p, err
	}
	s := c.x.s
	if s.prepared == nil {
		s.prepared = map[int64]*preparedText{}
	}
	s.handles++
	s.prepared[s.handles] = &p
	if set := c.args[0].set; set != nil {
		err = set(s.handles, typeInt)
	}
	return p, err
}

// spPrepare is sp_prepare @handle OUTPUT, @params, @stmt [, @options].
func spPrepare(c *call) (int32, flow, error) {
	_, err := c.prepare()
	return 0, flowNext, err
}

// spPrepExec is sp_prepexec @handle OUTPUT, @params, @stmt, values….
func spPrepExec(c *call) (int32, flow, error) {
	p, err := c.prepare()
	if err != nil {
		return 0, flowNext, err
	}
	return c.runPrepared(p, c.args[3:])
}

// spExecute is sp_execute @handle, values….
func spExecute(c *call) (int32, flow, error) {
	p := c.x.s.prepared[c.args[0].num(0)]
	if p == nil {
		return 0, flowNext, refuse(8179, c.args[0].num(0))
	}
	return c.runPrepared(*p, c.args[1:])
}

// spUnprepare is sp_unprepare @handle.
func spUnprepare(c *call) (int32, flow, error) {
	handle := c.args[0].num(0)
	if c.x.s.prepared[handle] == nil {
		return 0, flowNext, refuse(8179, handle)
	}
	delete(c.x.s.prepared, handle)
	return 0, flowNext, nil
}

// rpcNames are the procedures that clients call by number.
var rpcNames = map[uint16]string{
	tds.ProcExecuteSQL: "sp_executesql", tds.ProcPrepare: "sp_prepare", tds.ProcExecute: "sp_execute",
	tds.ProcPrepExec: "sp_prepexec", tds.ProcUnprepare: "sp_unprepare",
	tds.ProcCursor: "sp_cursor", tds.ProcCursorOpen: "sp_cursoropen", tds.ProcCursorPrepare: "sp_cursorprepare",
	tds.ProcCursorExecute: "sp_cursorexecute", tds.ProcCursorPrepExec: "sp_cursorprepexec", tds.ProcCursorUnprepare: "sp_cursorunprepare",
	tds.ProcCursorFetch: "sp_cursorfetch", tds.ProcCursorOption: "sp_cursoroption", tds.ProcCursorClose: "sp_cursorclose",
	tds.ProcPrepExecRPC: "sp_prepexecrpc",
}
