package query

import (
	"fmt"
	"strings"

	"grantree/sql/tsql"
)

// condition binds something that is true, false or unknown. Its known value is true, false or nil.
func (b *binder) condition(f *frame, e tsql.Expr) node {
	outer := b.line
	b.line = e.Position().Line
	n := b.predicate(f, e)
	b.line = outer
	n.typ = typeBit
	return n
}

func (b *binder) predicate(f *frame, e tsql.Expr) node {
	switch x := e.(type) {
	case *tsql.Unary:
		if x.Op == "NOT" {
			return b.not(b.condition(f, x.X), true)
		}
	case *tsql.Binary:
		switch x.Op {
		case "AND", "OR":
			return b.logical(f, x)
		case "=", "<>", "<", "<=", ">", ">=":
			l, r := b.operands(f, x.Left, x.Right)
			return b.compare(x.Op, l, r)
		case "IS DISTINCT FROM":
			return b.distinct(f, x)
		case "IS NOT DISTINCT FROM":
			return b.not(b.distinct(f, x), true)
		}
	case *tsql.Between:
		return b.not(b.between(f, x), x.Not)
	case *tsql.In:
		return b.not(b.in(f, x), x.Not)
	case *tsql.Like:
		return b.not(b.like(f, x), x.Not)
	case *tsql.IsNull:
		return b.isNull(f, x)
	case *tsql.Exists:
		sub := b.inner(f, x.Query)
		return node{sql: "EXISTS (" + sub.sql + ")", loose: sub.loose}
	case *tsql.Quantified:
		panic(unsupported(map[bool]string{true: "ALL", false: "ANY"}[x.All]))
	}
	panic(refuse(4145, "expression"))
}

// not is the opposite of a condition, where it is written.
func (b *binder) not(n node, written bool) node {
	if !written {
		return n
	}
	return b.folded(node{sql: "(NOT " + n.sql + ")", typ: typeBit, nullable: n.nullable}, n)
}

// logical is AND and OR in three-valued logic.
func (b *binder) logical(f *frame, x *tsql.Binary) node {
	l := b.condition(f, x.Left)
	r := b.condition(f, x.Right)
	n := node{sql: fmt.Sprintf("(%s %s %s)", l.sql, x.Op, r.sql), nullable: true}
	if allKnown(l, r) {
		n.known = func() (any, error) { return decide([]node{l, r}, x.Op == "OR") }
	}
	return n.inherit(l, r)
}

// decide joins conditions, of which one with the value deciding decides alone.
func decide(conds []node, deciding bool) (any, error) {
	var out any = !deciding
	for _, c := range conds {
		v, err := c.known()
		if err != nil || v == deciding {
			return v, err
		}
		if v == nil {
			out = nil
		}
	}
	return out, nil
}

// operands binds the two sides of an operator.
func (b *binder) operands(f *frame, left, right tsql.Expr) (node, node) {
	return b.expr(f, left), b.expr(f, right)
}

// distinct is a comparison in which NULL equals NULL and nothing else.
func (b *binder) distinct(f *frame, x *tsql.Binary) node {
	l, r := b.operands(f, x.Left, x.Right)
	n := b.compare("<>", l, r)
	n.sql = fmt.Sprintf("coalesce(%s, (%s IS NULL) <> (%s IS NULL))", n.sql, l.sql, r.sql)
	n.known, n.nullable = nil, false
	return n
}

// compare compares two values in their common type and collation.
func (b *binder) compare(op string, l, r node) node {
	if isLegacyLOB(l.typ) || isLegacyLOB(r.typ) {
		check(clash(l.typ, r.typ))
		panic(refuse(402, settle(l.typ).Name, settle(r.typ).Name, operatorWord(op)))
	}
	pair, t, lab := b.unify([]node{l, r}, operatorWord(op))
	collate := (node{typ: t, coll: lab}).ordering(operatorWord(op))
	n := node{typ: typeBit, nullable: anyNullable(pair...)}
	if kindOf(t) == kindVariant {
		order := b.call("variants", typeInt, true, pair, func(args []any) (any, error) {
			return int64(compareVariants(args[0].(Variant), args[1].(Variant), lab.need(op))), nil
		})
		n.sql = fmt.Sprintf("(%s %s 0)", order.sql, op)
	} else {
		n.sql = fmt.Sprintf("(%s%s %s %s)", pair[0].sql, collate, op, pair[1].sql)
	}
	return b.folded(n, pair...)
}

func (b *binder) between(f *frame, x *tsql.Between) node {
	return b.logical(f, &tsql.Binary{Pos: x.Pos, Op: "AND",
		Left:  &tsql.Binary{Pos: x.Pos, Op: ">=", Left: x.X, Right: x.Low},
		Right: &tsql.Binary{Pos: x.Pos, Op: "<=", Left: x.X, Right: x.High}})
}

// in is X IN (list): the list as one SQLite IN, but for sql_variant a chain of comparisons.
func (b *binder) in(f *frame, x *tsql.In) node {
	if x.Query != nil {
		return b.inQuery(f, x)
	}
	nodes := make([]node, len(x.List)+1)
	for i, e := range append([]tsql.Expr{x.X}, x.List...) {
		nodes[i] = b.expr(f, e)
		if i > 0 && (isLegacyLOB(nodes[0].typ) || isLegacyLOB(nodes[i].typ)) {
			b.compare("=", nodes[0], nodes[i])
		}
	}
	list, t, lab := b.unify(nodes, "IN")
	var texts, members []string
	for i := range list {
		if list[i].coll = lab; i > 0 {
			texts, members = append(texts, b.compare("=", list[0], list[i]).sql), append(members, list[i].sql)
		}
	}
	n := node{sql: "(" + strings.Join(texts, " OR ") + ")", typ: typeBit, nullable: true}
	if kindOf(t) != kindVariant {
		// Behind a + SQLite takes no list for a way to find rows: it would look once for each of its values.
		n.sql = fmt.Sprintf("(+(%s%s) IN (%s))", list[0].sql, list[0].ordering("equal to"), strings.Join(members, ", "))
	}
	return b.folded(n, list...)
}

func (b *binder) inQuery(f *frame, x *tsql.In) node {
	l := b.expr(f, x.X)
	sub, right := b.single(f, x.Query)
	pair, t, lab := b.unify([]node{l, right}, "equal to")
	if kindOf(t) == kindVariant {
		panic(unsupported("IN"))
	}
	collate := (node{typ: t, coll: lab}).ordering("equal to")
	query := sub.sql
	if pair[1].sql != right.sql {
		query = "SELECT " + pair[1].sql + " FROM (" + sub.sql + ")"
	}
	n := node{sql: fmt.Sprintf("(%s%s IN (%s))", pair[0].sql, collate, query), nullable: true, loose: sub.loose}
	return n.inherit(l)
}

func (b *binder) isNull(f *frame, x *tsql.IsNull) node {
	v := b.expr(f, x.X)
	word := "IS NULL"
	if x.Not {
		word = "IS NOT NULL"
	}
	return b.folded(node{sql: "(" + v.sql + " " + word + ")", typ: typeBit}, v)
}

// like binds LIKE. The pattern is compiled once where it is known now, else for each row.
func (b *binder) like(f *frame, x *tsql.Like) node {
	exprs := []tsql.Expr{x.X, x.Pattern}
	if x.Escape != nil {
		exprs = append(exprs, x.Escape)
	}
	var args []node
	for _, e := range exprs {
		n := b.expr(f, e)
		if kindOf(n.typ) != kindString {
			if n.typ.Name == "image" || convertible(n.typ, typeVarChar(8000), false) != nil {
				panic(refuse(8116, n.typ.Name, len(args)+1, "like"))
			}
			n = b.cast(n, typeVarChar(8000), false, 0)
		}
		args = append(args, n)
	}
	lab := merge(args[0].coll, args[1].coll, "like")
	coll := lab.need("like")
	matcher := &likeMatcher{coll: coll}
	n := b.call("like", typeBit, true, args, matcher.call)
	n.coll = label{}
	return n
}

// likeMatcher remembers the last pattern it compiled.
type likeMatcher struct {
	coll     collation
	text     string
	escape   rune
	compiled pattern
	valid    bool
	ready    bool
}

func (m *likeMatcher) call(args []any) (any, error) {
	text := args[1].(string)
	escape := rune(0)
	if len(args) == 3 {
		runes := []rune(args[2].(string))
		if len(runes) != 1 {
			return nil, refuse(506, args[2])
		}
		escape = runes[0]
	}
	if !m.ready || m.text != text || m.escape != escape {
		m.text, m.escape, m.ready = text, escape, true
		m.compiled, m.valid = compilePattern(text, escape, m.coll)
	}
	return m.valid && m.compiled.match(args[0].(string)), nil
}
