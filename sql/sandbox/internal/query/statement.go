package query

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"grantree/sql/tsql"
)

func (b *binder) selectStatement(s *tsql.SelectStatement) *Bound {
	for _, option := range s.Query.Options {
		if n, err := strconv.ParseInt(strings.TrimPrefix(option, "MAXRECURSION "), 10, 64); err == nil {
			b.maxRecursion = n
		}
	}
	plain := *s.Query
	var into tsql.ObjectName
	if plain.For == nil {
		plain.Body, into = withoutInto(plain.Body)
	}
	q := b.query(&plain, nil, inStatement)
	for _, c := range q.columns {
		if kindOf(c.Type) == kindXML {
			panic(at(s.Query.Line, unsupported("TYPE")))
		}
	}
	out := &Bound{Columns: q.columns}
	if q.core != nil {
		out.Variables = q.core.variables
	}
	if len(out.Variables) > 0 && b.program.running == nil {
		out.Columns = slices.Clone(out.Columns)
		for i := range out.Columns {
			out.Columns[i].Type = outputNode(q, i).typ
		}
	}
	if !into.IsZero() {
		out.Into = into
		b.intoColumns(into.Name, q.columns)
	}
	b.program.sql = q.sql
	for _, c := range q.columns {
		b.program.types = append(b.program.types, c.Type)
	}
	return out
}

// withoutInto takes INTO out of the first SELECT of a body.
func withoutInto(body tsql.QueryBody) (tsql.QueryBody, tsql.ObjectName) {
	switch x := body.(type) {
	case *tsql.Select:
		plain, into := *x, x.Into
		plain.Into = tsql.ObjectName{}
		return &plain, into
	case *tsql.SetOperation:
		plain := *x
		var into tsql.ObjectName
		plain.Left, into = withoutInto(x.Left)
		return &plain, into
	}
	return body, tsql.ObjectName{}
}

// intoColumns refuses columns without a name (1038) and the same name twice (2705).
func (b *binder) intoColumns(table string, columns []ResultColumn) {
	for i, c := range columns {
		if c.Name == "" {
			panic(refuse(1038))
		}
		for _, other := range columns[:i] {
			if b.names.Equal(other.Name, c.Name) {
				panic(refuse(2705, c.Name, table))
			}
		}
	}
}

// Scalar is a bound expression that stands outside a query: an argument, the value of SET or PRINT, the condition of
// IF or WHILE. Its subqueries make Accesses, to be checked before Value is called. Type is "null" for the literal NULL.
type Scalar struct {
	Type     tsql.DataType
	Accesses []Access

	node    node
	program *program
}

// BindExpr binds a value.
func BindExpr(expr tsql.Expr, scope Scope) (*Scalar, error) {
	return bindScalar(expr, scope, (*binder).expr)
}

// BindCondition binds a condition. Its value is true, false or nil for UNKNOWN.
func BindCondition(expr tsql.Expr, scope Scope) (*Scalar, error) {
	return bindScalar(expr, scope, (*binder).condition)
}

func bindScalar(expr tsql.Expr, scope Scope, bind func(*binder, *frame, tsql.Expr) node) (s *Scalar, err error) {
	b := newBinder(scope)
	b.collects = true
	defer b.report(&err)
	defer caught(&err)
	defer b.lined(expr.Position().Line)()
	n := bind(b, &frame{clause: clauseNone}, expr)
	if kindOf(n.typ) == kindXML {
		return nil, at(expr.Position().Line, unsupported("TYPE"))
	}
	return &Scalar{Type: n.typ, Accesses: b.accesses(), node: n, program: b.program}, nil
}

// Value computes the expression. Where it needs no rows, conn is not used and may be nil.
func (s *Scalar) Value(ctx context.Context, conn Conn) (any, error) {
	if s.node.known != nil {
		return s.node.known()
	}
	return s.program.value(ctx, conn, s.node.sql, s.node.typ)
}

// value computes SQLite text of a type.
func (p *program) value(ctx context.Context, conn Conn, text string, t tsql.DataType) (out any, err error) {
	one := *p
	one.sql, one.types, one.running = "SELECT "+text, []tsql.DataType{settle(t)}, nil
	one.stored = one.stored && conn != nil
	p.eliminated = false
	_, err = one.query(ctx, conn, func(row []any) error {
		out = row[0]
		return nil
	})
	return out, err
}
