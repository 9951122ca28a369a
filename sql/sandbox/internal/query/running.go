package query

import (
	"strings"

	"grantree/sql/sandbox/internal/collate"
	"grantree/sql/tsql"
)

// running is SELECT @v = expression over @v and columns: the value of one row is an operand in the next. SQLite delivers
// the columns in order, and the expressions are computed here, row by row.
type running struct {
	columns   []*sourceColumn
	row       []any
	variables map[string]*runningVariable
	sources   map[*source]bool
	items     []node
	names     []string
}

type runningVariable struct {
	typ            tsql.DataType
	initial, value any
}

// slot gives the current value of a column of the query; nil for a column of another query.
func (r *running) slot(c *sourceColumn) func() (any, error) {
	if !r.sources[c.source] {
		return nil
	}
	for i, known := range r.columns {
		if known == c {
			return func() (any, error) { return r.row[i], nil }
		}
	}
	i := len(r.columns)
	r.columns = append(r.columns, c)
	return func() (any, error) { return r.row[i], nil }
}

func (r *running) variable(name string) (node, bool) {
	v, ok := r.variables[strings.ToLower(name)]
	if !ok {
		return node{}, false
	}
	n := node{sql: "NULL", typ: v.typ, nullable: true, known: func() (any, error) { return v.value, nil }}
	if kindOf(v.typ) == kindString {
		n.coll = label{name: collate.Default, rank: rankDefault}
	}
	return n, true
}

// compute evaluates the items for a row, assigning each before the next.
func (r *running) compute(row []any) ([]any, error) {
	r.row = row
	out := make([]any, len(r.items))
	for i, n := range r.items {
		v, err := n.known()
		if err != nil {
			return nil, err
		}
		r.variables[strings.ToLower(r.names[i])].value = v
		out[i] = v
	}
	return out, nil
}

func (r *running) reset() {
	for _, v := range r.variables {
		v.value = v.initial
	}
}

// needsRunning reports whether a select list reads a variable that it assigns.
func needsRunning(s *tsql.Select) bool {
	assigned := map[string]bool{}
	for _, item := range s.Items {
		if item.Variable != "" {
			assigned[strings.ToLower(item.Variable)] = true
		}
	}
	found := false
	for _, item := range s.Items {
		if item.Variable == "" {
			continue
		}
		found = found || strings.TrimSuffix(item.AssignOp, "=") != ""
		walk(item.Expr, func(e tsql.Expr) {
			if v, ok := e.(*tsql.Variable); ok && assigned[strings.ToLower(v.Name)] {
				found = true
			}
		})
	}
	return found && len(s.From) > 0
}

// startRunning makes the state for a select list that reads what it assigns.
func (b *binder) startRunning(s *tsql.Select, sources []*source) *running {
	r := &running{variables: map[string]*runningVariable{}, sources: map[*source]bool{}}
	for _, src := range sources {
		r.sources[src] = true
	}
	for _, item := range s.Items {
		if item.Variable == "" {
			continue
		}
		v, t, ok := b.scope.Variable(item.Variable)
		if !ok {
			panic(refuse(137, item.Variable))
		}
		v = normal(v)
		r.variables[strings.ToLower(item.Variable)] = &runningVariable{typ: t, initial: v, value: v}
	}
	return r
}

// takeOver replaces the select list by the columns that the items need.
func (r *running) takeOver(c *core) {
	if c.distinct || len(c.group) > 0 {
		panic(unsupported("="))
	}
	for _, n := range c.items {
		if n.known == nil || n.grouped {
			panic(unsupported("="))
		}
	}
	r.items, r.names = c.items, c.variables
	c.items = nil
	for _, col := range r.columns {
		c.items = append(c.items, node{sql: col.sql, typ: col.Type, coll: label{name: col.Collation, rank: rankImplicit}})
	}
	if len(c.items) == 0 {
		c.items = []node{{sql: "NULL", typ: typeInt}}
	}
	c.names, c.aliases, c.texts = nil, nil, nil
}

// walk visits an expression and those inside it, not the queries in it.
func walk(e tsql.Expr, visit func(tsql.Expr)) {
	if e == nil {
		return
	}
	visit(e)
	switch x := e.(type) {
	case *tsql.Unary:
		walk(x.X, visit)
	case *tsql.Binary:
		walk(x.Left, visit)
		walk(x.Right, visit)
	case *tsql.Between:
		walkAll(visit, x.X, x.Low, x.High)
	case *tsql.In:
		walk(x.X, visit)
		walkAll(visit, x.List...)
	case *tsql.Like:
		walkAll(visit, x.X, x.Pattern, x.Escape)
	case *tsql.IsNull:
		walk(x.X, visit)
	case *tsql.Case:
		walk(x.Operand, visit)
		for _, w := range x.Whens {
			walkAll(visit, w.Cond, w.Result)
		}
		walk(x.Else, visit)
	case *tsql.Cast:
		walk(x.X, visit)
	case *tsql.Convert:
		walkAll(visit, x.X, x.Style)
	case *tsql.Call:
		walkAll(visit, x.Args...)
	case *tsql.Collate:
		walk(x.X, visit)
	}
}

func walkAll(visit func(tsql.Expr), list ...tsql.Expr) {
	for _, e := range list {
		walk(e, visit)
	}
}
