package query

import (
	"strings"

	"grantree/sql/tsql"
)

// Parameter is a parameter of a function of a user. Default is nil where it has none.
type Parameter struct {
	Name    string
	Type    tsql.DataType
	Default tsql.Expr
}

// countParameters refuses a call of a function of a user with too few arguments (313) or too many (8144): one with a
// default is said to be DEFAULT.
func countParameters(name tsql.ObjectName, params []Parameter, args int) {
	switch {
	case args < len(params):
		panic(refuse(313, name.String()))
	case args > len(params):
		panic(refuse(8144, name.String()))
	}
}

// passed are the arguments of such a call, as values of the parameters.
func (b *binder) passed(f *frame, name tsql.ObjectName, params []Parameter, exprs []tsql.Expr) []node {
	countParameters(name, params, len(exprs))
	args := make([]node, len(exprs))
	for i, e := range exprs {
		if _, ok := e.(*tsql.Default); ok {
			if e = params[i].Default; e == nil {
				panic(refuse(313, name.String()))
			}
		}
		args[i] = b.cast(b.expr(f, e), params[i].Type, false, 0)
	}
	return args
}

// userFunction binds the call of a scalar function of a user, which needs EXECUTE on it and is computed anew for each row.
func (b *binder) userFunction(f *frame, fn *Function, x *tsql.Call) node {
	check(fn.Refused)
	args := b.passed(f, x.Name, fn.Of, x.Args)
	b.use(fn.Relation, "EXECUTE", x.Line).name = x.Name
	n := b.call(x.Name.String(), fn.Type, fn.Strict, args, fn.Call)
	n.known = nil
	if kindOf(fn.Type) == kindString {
		n.coll = b.defaultLabel()
	}
	return n
}

// inlineTable puts the query of an inline function in the place of its call, and the arguments in that of its parameters.
func (b *binder) inlineTable(r *Relation, v *View, t *tsql.FunctionTable, f *frame) (string, *source) {
	defer b.lined(t.Line)()
	params := map[string]node{}
	for i, n := range b.passed(&frame{outer: f, clause: clauseNone}, t.Name, v.Parameters, t.Args) {
		n.outer, n.loose, n.grouped = n.outer || n.known == nil, nil, false
		if kindOf(n.typ) == kindString {
			n.coll = b.defaultLabel()
		}
		n.nullable = true
		params[strings.ToLower(v.Parameters[i].Name)] = n
	}
	first := len(b.uses)
	s := b.sourceOf(r, t.Name.Name, t.Line)
	s.use.name = t.Name
	called := *v
	called.params = params
	q := b.viewBody(r, &called)
	text := b.exposed(r, q, s)
	s.base = &base{relation: r, uses: b.uses[first:len(b.uses):len(b.uses)]}
	s.rename(t.Alias, t.Columns)
	if len(f.sources) > 0 {
		s.rids = nil
		return b.lateral(q, s)
	}
	return "(" + text + ") AS " + s.sql, s
}
