package query

import (
	"slices"
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
	read      bool // a variable that is assigned has been read
}

type runningVariable struct {
	typ            tsql.DataType
	initial, value any
}

// slot gives the value of a column of the query in the row that is computed; nil for a column of another query.
func (r *running) slot(c *sourceColumn) func() (any, error) {
	if !r.sources[c.source] {
		return nil
	}
	i := slices.Index(r.columns, c)
	if i < 0 {
		i = len(r.columns)
		r.columns = append(r.columns, c)
	}
	return func() (any, error) {
		if r.row == nil {
			return nil, unsupported(c.Name)
		}
		return r.row[i], nil
	}
}

func (r *running) variable(name string) (node, bool) {
	v, ok := r.variables[strings.ToLower(name)]
	if !ok {
		return node{}, false
	}
	r.read = true
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

// startRunning makes the state for a select list that may read what it assigns; nil for one that assigns nothing.
func (b *binder) startRunning(s *tsql.Select, sources []*source) *running {
	if len(s.From) == 0 || s.Items[0].Variable == "" {
		return nil
	}
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
			panic(at(item.Line, refuse(137, item.Variable)))
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
