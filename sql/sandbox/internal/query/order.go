package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"grantree/sql/tsql"
)

// orderBy binds ORDER BY of a single SELECT: positions, names of the select list, and expressions over the tables.
func (b *binder) orderBy(items []tsql.OrderItem, c *core) []orderKey {
	c.frame.clause = clauseOrder
	var terms []orderKey
	for i, item := range items {
		term := b.orderItem(item, i, c)
		if slices.ContainsFunc(terms, func(t orderKey) bool { return t.sql == term.sql }) {
			panic(at(item.Line, refuse(169)))
		}
		terms = append(terms, term)
	}
	return terms
}

// orderKey is an expression to order by, and how: its collation and DESC.
type orderKey struct{ sql, how string }

func joinOrder(terms []orderKey) string {
	text := ""
	for i, t := range terms {
		if text += ", "; i == 0 {
			text = " ORDER BY "
		}
		text += t.sql + t.how
	}
	return text
}

func (b *binder) orderItem(item tsql.OrderItem, i int, c *core) orderKey {
	defer b.lined(item.Line)()
	at, found := b.outputItem(item.Expr, c.names, c.texts, c)
	if found {
		return orderTerm(fmt.Sprintf("o%d", at+1), c.items[at], item.Desc)
	}
	check(orderConstant(item.Expr, i))
	n := b.expr(c.frame, item.Expr)
	if !b.sound() {
		return orderKey{sql: n.sql + fmt.Sprint(i)}
	}
	if c.frame.groups != nil && len(n.loose) > 0 {
		panic(errGrouping(8127, n.loose))
	}
	if c.frame.groups == nil && n.grouped && !slices.ContainsFunc(c.items, func(n node) bool { return n.grouped }) {
		for _, one := range c.items {
			if len(one.loose) > 0 {
				panic(errGrouping(8120, one.loose, "select list"))
			}
		}
		panic(unsupported("ORDER BY of an aggregate"))
	}
	key := b.key(n.sql)
	for at, text := range c.texts {
		if text == key {
			return orderTerm(fmt.Sprintf("o%d", at+1), c.items[at], item.Desc)
		}
	}
	if c.distinct {
		panic(refuse(145))
	}
	return orderTerm(n.sql, n, item.Desc)
}

func orderTerm(sql string, n node, desc bool) orderKey {
	collate := n.ordering("ORDER BY")
	if desc {
		collate += " DESC"
	}
	return orderKey{sql, collate}
}

// outputItem finds the column of the select list that an ORDER BY item means: by position or by name, which for an alias
// may be written as a string.
func (b *binder) outputItem(e tsql.Expr, names, texts []string, c *core) (int, bool) {
	switch x := e.(type) {
	case *tsql.Literal:
		if x.Kind == tsql.StringLiteral || x.Kind == tsql.NStringLiteral {
			return b.outputItem(&tsql.ColumnRef{Pos: x.Pos, Name: x.Text}, c.aliases, texts, c)
		}
		if x.Kind != tsql.IntLiteral {
			return 0, false
		}
		n, err := strconv.Atoi(x.Text)
		if err != nil || n < 1 || n > len(names) {
			panic(refuse(108, x.Text))
		}
		return n - 1, true
	case *tsql.ColumnRef:
		if !x.Table.IsZero() {
			return 0, false
		}
		at, found := 0, false
		for i, name := range names {
			if name == "" || !b.names.Equal(name, x.Name) {
				continue
			}
			if found && texts[i] != texts[at] {
				panic(refuse(209, x.Name))
			}
			if !found {
				at, found = i, true
			}
		}
		return at, found
	}
	return 0, false
}

// orderConstant refuses to order by what is the same in each row.
func orderConstant(e tsql.Expr, i int) error {
	switch e := e.(type) {
	case *tsql.Binary: // of constants
		if orderConstant(e.Left, i) != nil && orderConstant(e.Right, i) != nil {
			return refuse(408, i+1)
		}
	case *tsql.Literal:
		return refuse(408, i+1)
	case *tsql.Variable:
		return refuse(1008, i+1)
	}
	return nil
}

// combined binds a UNION, EXCEPT or INTERSECT with what follows it.
func (b *binder) combined(q *tsql.Query, outer *frame) *subquery {
	out := b.body(q.Body, outer)
	names := make([]string, len(out.columns))
	texts := make([]string, len(out.columns))
	for i, c := range out.columns {
		names[i], texts[i] = c.Name, fmt.Sprintf("o%d", i+1)
	}
	var terms []orderKey
	for _, item := range q.OrderBy {
		i := b.combinedItem(item, names, texts, out.first)
		terms = append(terms, orderTerm(texts[i], outputNode(out, i), item.Desc))
	}
	if len(terms) == 0 && q.Offset == nil {
		return out
	}
	limit := ""
	if q.Offset != nil {
		limit = b.offsetText(q, outer)
	}
	out.sql = "SELECT " + strings.Join(texts, ", ") + " FROM (" + out.sql + ")" + joinOrder(terms) + limit
	return out
}

// combinedItem finds the column of a set operation that an ORDER BY item means: as one of its own, or as the expression that
// it is in the first select list (104).
func (b *binder) combinedItem(item tsql.OrderItem, names, texts []string, first *core) int {
	defer b.lined(item.Line)()
	e := item.Expr
	if i, found := b.outputItem(e, names, texts, first); found {
		return i
	}
	if _, ok := e.(*tsql.Literal); !ok {
		first.frame.clause = clauseOrder
		if n, err := try(b, func() node { return b.expr(first.frame, e) }); err == nil {
			if i := slices.Index(first.texts, b.key(n.sql)); i >= 0 {
				return i
			}
		}
	}
	panic(refuse(104))
}

// body binds a SELECT or a set operation, without ORDER BY.
func (b *binder) body(body tsql.QueryBody, outer *frame) *subquery {
	switch x := body.(type) {
	case *tsql.Select:
		c := b.selectCore(x, outer)
		if !x.Into.IsZero() {
			panic(at(x.Line, refuse(196)))
		}
		if len(c.variables) > 0 {
			panic(at(x.Line, unsupported("=")))
		}
		if x.Top != nil && x.Top.WithTies {
			panic(at(x.Line, refuse(1062)))
		}
		return c.subquery()
	case *tsql.SetOperation:
		left := b.body(x.Left, outer)
		right := b.body(x.Right, outer)
		return b.combine(x, left, right)
	}
	panic(unsupported("SELECT"))
}

func (b *binder) combine(x *tsql.SetOperation, left, right *subquery) *subquery {
	defer b.lined(x.Line)()
	if len(left.columns) != len(right.columns) {
		panic(refuse(205))
	}
	out := &subquery{first: left.first}
	var lefts, rights []string
	for i := range left.columns {
		pair := []node{outputNode(left, i), outputNode(right, i)}
		cast, t, l := b.unify(pair, x.Op)
		column := left.columns[i]
		column.Type, column.Nullable, column.Collation, column.Identity = t, anyNullable(pair...), l.name, false
		out.columns, out.labels = append(out.columns, column), append(out.labels, l)
		order := ""
		if !x.All {
			order = (node{typ: t, coll: l}).ordering(x.Op)
		}
		lefts = append(lefts, fmt.Sprintf("%s%s AS o%d", cast[0].sql, order, i+1))
		rights = append(rights, fmt.Sprintf("%s AS o%d", cast[1].sql, i+1))
	}
	op := x.Op
	if x.All {
		op += " ALL"
	}
	out.sql = fmt.Sprintf("SELECT %s FROM (%s) %s SELECT %s FROM (%s)",
		strings.Join(lefts, ", "), left.sql, op, strings.Join(rights, ", "), right.sql)
	return out
}

// outputNode is column i of a query as an expression over it.
func outputNode(q *subquery, i int) node {
	c := q.columns[i]
	n := node{sql: fmt.Sprintf("o%d", i+1), typ: c.Type, nullable: c.Nullable, coll: q.labels[i]}
	if q.nulls[i] {
		n.typ = typeNull
	}
	return n
}
