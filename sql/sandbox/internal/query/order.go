package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"grantree/sql/tsql"
)

// orderBy binds ORDER BY of a single SELECT: positions, names of the select list, and expressions over the tables.
func (b *binder) orderBy(items []tsql.OrderItem, c *core) ([]orderKey, error) {
	c.frame.clause = clauseOrder
	var terms []orderKey
	for i, item := range items {
		term, err := b.orderItem(item, i, c)
		if err == nil && slices.ContainsFunc(terms, func(t orderKey) bool { return t.sql == term.sql }) {
			err = refuse(169)
		}
		if err != nil {
			return nil, at(item.Line, err)
		}
		terms = append(terms, term)
	}
	return terms, nil
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

func (b *binder) orderItem(item tsql.OrderItem, i int, c *core) (orderKey, error) {
	at, found, err := b.outputItem(item.Expr, c.names, c.texts, c)
	if err != nil {
		return orderKey{}, err
	}
	if found {
		return orderTerm(fmt.Sprintf("o%d", at+1), c.items[at], item.Desc)
	}
	if err := orderConstant(item.Expr, i); err != nil {
		return orderKey{}, err
	}
	n, err := b.expr(c.frame, item.Expr)
	if err != nil {
		return orderKey{}, err
	}
	if c.frame.groups != nil && len(n.loose) > 0 {
		return orderKey{}, refuse(8127, n.loose[0].title())
	}
	if c.frame.groups == nil && n.grouped && !slices.ContainsFunc(c.items, func(n node) bool { return n.grouped }) {
		for _, one := range c.items {
			if len(one.loose) > 0 {
				return orderKey{}, errGrouping(8120, one.loose[0], "select list")
			}
		}
		return orderKey{}, unsupported("ORDER BY of an aggregate")
	}
	key := b.key(n.sql)
	for at, text := range c.texts {
		if text == key {
			return orderTerm(fmt.Sprintf("o%d", at+1), c.items[at], item.Desc)
		}
	}
	if c.distinct {
		return orderKey{}, refuse(145)
	}
	return orderTerm(n.sql, n, item.Desc)
}

func orderTerm(sql string, n node, desc bool) (orderKey, error) {
	collate, err := n.ordering("ORDER BY")
	if desc {
		collate += " DESC"
	}
	return orderKey{sql, collate}, err
}

// outputItem finds the column of the select list that an ORDER BY item means: by position or by name, which for an alias
// may be written as a string.
func (b *binder) outputItem(e tsql.Expr, names, texts []string, c *core) (int, bool, error) {
	switch x := e.(type) {
	case *tsql.Literal:
		if x.Kind == tsql.StringLiteral || x.Kind == tsql.NStringLiteral {
			return b.outputItem(&tsql.ColumnRef{Pos: x.Pos, Name: x.Text}, c.aliases, texts, c)
		}
		if x.Kind != tsql.IntLiteral {
			return 0, false, nil
		}
		n, err := strconv.Atoi(x.Text)
		if err != nil || n < 1 || n > len(names) {
			return 0, false, refuse(108, x.Text)
		}
		return n - 1, true, nil
	case *tsql.ColumnRef:
		if !x.Table.IsZero() {
			return 0, false, nil
		}
		at, found := 0, false
		for i, name := range names {
			if name == "" || !b.names.Equal(name, x.Name) {
				continue
			}
			if found && texts[i] != texts[at] {
				return 0, false, refuse(209, x.Name)
			}
			if !found {
				at, found = i, true
			}
		}
		return at, found, nil
	}
	return 0, false, nil
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
func (b *binder) combined(q *tsql.Query, outer *frame) (*subquery, error) {
	out, err := b.body(q.Body, outer)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(out.columns))
	texts := make([]string, len(out.columns))
	for i, c := range out.columns {
		names[i], texts[i] = c.Name, fmt.Sprintf("o%d", i+1)
	}
	var terms []orderKey
	for _, item := range q.OrderBy {
		i, found, err := b.outputItem(item.Expr, names, texts, out.first)
		if err == nil && !found {
			i, err = b.firstItem(item.Expr, out.first)
		}
		if err != nil {
			return nil, at(item.Line, err)
		}
		term, err := orderTerm(texts[i], node{typ: out.columns[i].Type, coll: out.labels[i]}, item.Desc)
		if err != nil {
			return nil, at(item.Line, err)
		}
		terms = append(terms, term)
	}
	if len(terms) == 0 && q.Offset == nil {
		return out, nil
	}
	limit := ""
	if q.Offset != nil {
		if limit, err = b.offsetText(q, outer); err != nil {
			return nil, err
		}
	}
	out.sql = "SELECT " + strings.Join(texts, ", ") + " FROM (" + out.sql + ")" + joinOrder(terms) + limit
	return out, nil
}

// firstItem finds the expression of the first select list of a set operation that an ORDER BY item is (104).
func (b *binder) firstItem(e tsql.Expr, first *core) (int, error) {
	if _, ok := e.(*tsql.Literal); !ok {
		first.frame.clause = clauseOrder
		if n, err := b.expr(first.frame, e); err == nil {
			if i := slices.Index(first.texts, b.key(n.sql)); i >= 0 {
				return i, nil
			}
		}
	}
	return 0, refuse(104)
}

// body binds a SELECT or a set operation, without ORDER BY.
func (b *binder) body(body tsql.QueryBody, outer *frame) (*subquery, error) {
	switch x := body.(type) {
	case *tsql.Select:
		c, err := b.selectCore(x, outer)
		if err != nil {
			return nil, err
		}
		if !x.Into.IsZero() {
			return nil, at(x.Line, refuse(196))
		}
		if len(c.variables) > 0 {
			return nil, at(x.Line, unsupported("="))
		}
		if x.Top != nil && x.Top.WithTies {
			return nil, at(x.Line, refuse(1062))
		}
		return c.subquery()
	case *tsql.SetOperation:
		left, err := b.body(x.Left, outer)
		if err != nil {
			return nil, err
		}
		right, err := b.body(x.Right, outer)
		if err != nil {
			return nil, err
		}
		out, err := b.combine(x, left, right)
		return out, at(x.Line, err)
	}
	return nil, unsupported("SELECT")
}

func (b *binder) combine(x *tsql.SetOperation, left, right *subquery) (*subquery, error) {
	if len(left.columns) != len(right.columns) {
		return nil, refuse(205)
	}
	out := &subquery{first: left.first}
	var lefts, rights []string
	for i := range left.columns {
		pair := []node{outputNode(left, i), outputNode(right, i)}
		cast, t, l, err := b.unify(pair, x.Op)
		if err != nil {
			return nil, err
		}
		column := left.columns[i]
		column.Type, column.Nullable, column.Collation, column.Identity = t, anyNullable(pair...), l.name, false
		out.columns, out.labels = append(out.columns, column), append(out.labels, l)
		order := ""
		if !x.All {
			if order, err = (node{typ: t, coll: l}).ordering(x.Op); err != nil {
				return nil, err
			}
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
	return out, nil
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
