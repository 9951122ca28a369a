package query

import (
	"fmt"
	"slices"
	"strings"

	"grantree/sql/tsql"
)

// running is SELECT @v = expression over @v and columns: the value of one row is an operand in the next. An inner query gives
// the columns in order, and the expressions over it are computed row by row, each one assigned before the next.
type running struct {
	columns   []*sourceColumn
	variables map[string]*runningVariable
	sources   map[*source]bool
}

type runningVariable struct {
	typ            tsql.DataType
	initial, value any
}

// innerRows is what the inner query is called.
const innerRows = "ts_inner"

// slot is the text of a column in the rows of the inner query.
func (r *running) slot(c *sourceColumn) string {
	i := slices.Index(r.columns, c)
	if i < 0 {
		i = len(r.columns)
		r.columns = append(r.columns, c)
	}
	return fmt.Sprintf("%s.o%d", innerRows, i+1)
}

// runningValue is a variable that is assigned, as it is in this row.
func (b *binder) runningValue(name string) (node, bool) {
	v, ok := b.running.variables[strings.ToLower(name)]
	if !ok {
		return node{}, false
	}
	n := b.call(name, v.typ, false, nil, func([]any) (any, error) { return v.value, nil })
	n.known = nil
	return n, true
}

func (r *running) reset() {
	for _, v := range r.variables {
		v.value = v.initial
	}
}

// startRunning makes the state for a select list that reads what it assigns; nil for any other.
func (b *binder) startRunning(s *tsql.Select, sources []*source) *running {
	if len(s.From) == 0 || s.Items[0].Variable == "" {
		return nil
	}
	r := &running{variables: map[string]*runningVariable{}, sources: map[*source]bool{}}
	for _, src := range sources {
		r.sources[src] = true
	}
	for _, item := range s.Items {
		if v, t, ok := b.scope.Variable(item.Variable); ok {
			r.variables[strings.ToLower(item.Variable)] = &runningVariable{typ: t, initial: normal(v)}
		}
	}
	reads := false
	for _, item := range s.Items {
		reads = reads || item.Variable != "" && item.AssignOp != "="
		tsql.Walk(item.Expr, func(n tsql.Node) bool {
			v, ok := n.(*tsql.Variable)
			reads = reads || ok && r.variables[strings.ToLower(v.Name)] != nil
			return true
		})
	}
	if !reads {
		return nil
	}
	return r
}

// takeOver replaces the select list by the columns that the items need, and returns the list over these.
func (b *binder) takeOver(c *core) (list []string) {
	for i, n := range c.items {
		if n.grouped || n.outer || c.distinct || len(c.group) > 0 {
			panic(unsupported("="))
		}
		v := b.running.variables[strings.ToLower(c.variables[i])]
		assigned := b.call("=", v.typ, false, []node{n}, func(args []any) (any, error) {
			v.value = args[0]
			return v.value, nil
		})
		list = append(list, assigned.sql)
	}
	c.items = nil
	for _, col := range b.running.columns {
		c.items = append(c.items, node{sql: col.sql, typ: col.Type, coll: label{name: col.Collation, rank: rankImplicit}})
	}
	if len(c.items) == 0 {
		c.items = []node{{sql: "NULL", typ: typeInt}}
	}
	c.names, c.aliases, c.texts = nil, nil, nil
	return list
}
