package query

import (
	"fmt"
	"slices"
	"strings"

	"grantree/sql/tsql"
)

// setRows is where an UPDATE that assigns to variables keeps the values to set, so that each is computed once.
const setRows = "temp.ts_set"

// assigning is SET @v = x and SET @v = c = x of an UPDATE: the variables have the values of the last row.
type assigning struct {
	names []string
	types []tsql.DataType
	keep  string  // makes setRows
	read  string  // the values of its last row
	rows  [][]any // what that gave, one row or none
}

// split parts the entries of SET into those of columns and those of variables, an entry of both into two. An expression
// must not read a variable that is assigned: its value would be that of the row before.
func (b *binder) split(set []tsql.Assignment) (columns, variables []tsql.Assignment) {
	b.assigns = map[string]bool{}
	for _, a := range set {
		if a.Column != nil {
			columns = append(columns, a)
		}
		if a.Variable != "" {
			variables = append(variables, a)
			b.assigns[strings.ToLower(a.Variable)] = true
		}
		if a.Column == nil && a.Op != "=" {
			panic(at(a.Line, unsupported("SET "+a.Variable)))
		}
	}
	return columns, variables
}

// assign binds the variables of an UPDATE whose columns, those of t, get their values by the names n1, n2 … of the reading
// query. It returns what that query must tell beside them.
func (b *binder) assign(list, columns []tsql.Assignment, c *changed, t *target) (values []string) {
	defer func() { b.assigns = nil }()
	if len(list) == 0 {
		return nil
	}
	set := &assigning{}
	var items []string
	for i, a := range list {
		var n node
		if a.Column == nil {
			c.frame.clause = clauseSet
			n = b.assigned(a.Variable, b.expr(c.frame, a.Value), a.Line)
			name := fmt.Sprintf("v%d", i)
			values = append(values, n.sql+" AS "+name)
			n.sql = name
		} else {
			col := t.columns[slices.IndexFunc(columns, func(o tsql.Assignment) bool { return o.Column == a.Column })]
			n = b.assigned(a.Variable, node{sql: fmt.Sprintf("n%d", col.ID), typ: col.Type, coll: label{name: col.Collation, rank: rankImplicit}}, a.Line)
		}
		_, typ, _ := b.scope.Variable(a.Variable)
		set.names, set.types, items = append(set.names, a.Variable), append(set.types, typ), append(items, n.sql)
	}
	set.read = "SELECT " + strings.Join(items, ", ") + " FROM " + setRows + " ORDER BY rowid DESC LIMIT 1"
	b.program.change.assigning = set
	return values
}

// Assigned tells what an UPDATE that has run assigns to variables: names, values and their types; none without a row.
func (b *Bound) Assigned() (names []string, values []any, types []tsql.DataType) {
	if c := b.program.change; c != nil && c.assigning != nil && len(c.assigning.rows) > 0 {
		return c.assigning.names, c.assigning.rows[0], c.assigning.types
	}
	return nil, nil, nil
}
