package query

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"grantree/sql/sandbox/internal/collate"
	"grantree/sql/tsql"
)

// node is a bound expression: its SQLite text and what T-SQL knows about its value. A condition has the type bit and
// the values 1, 0 and NULL for TRUE, FALSE and UNKNOWN.
type node struct {
	sql  string
	typ  tsql.DataType
	coll label
	// nullable is false for what the engine proves to be NOT NULL: literals, columns, ISNULL with such a replacement and CASE
	// of such results. What is computed "is considered nullable even if only nonnullable columns are present"
	// (CREATE TABLE, computed columns), and so are COALESCE and COUNT.
	nullable bool
	// known computes the value without rows; nil where rows, subqueries or a volatile function are involved.
	known func() (any, error)
	// loose are the columns of the innermost query that stand outside any aggregate function.
	loose []*sourceColumn
	// grouped says that an aggregate function of the innermost query is inside.
	grouped bool
	// digits is the number of digits of an integer literal, which counts as a decimal of just that precision.
	digits int
	// outer says that a column of an enclosing query is inside.
	outer bool
}

// label is the collation of a text value with its coercibility ("Collation precedence"): 0 none, 1 coercible-default
// (literals, variables), 2 implicit (columns), 3 explicit (COLLATE). A conflict between two implicit collations is
// only an error where a collation is needed.
type label struct {
	name     string
	rank     int
	conflict string // the other name
}

const (
	rankDefault  = 1
	rankImplicit = 2
	rankExplicit = 3
)

// merge is the label of an operation on two labelled values. The error is 468, for two explicit collations.
func merge(a, b label, op string) label {
	switch {
	case a.rank > b.rank:
		return a
	case b.rank > a.rank:
		return b
	case strings.EqualFold(a.name, b.name) || a.rank == rankDefault:
		return a
	case a.rank == rankExplicit:
		panic(refuse(468, a.name, b.name, op))
	}
	a.conflict = b.name
	return a
}

// need returns the collation to compare with, or 468 for a conflict.
func (l label) need(op string) collation {
	if l.conflict != "" {
		panic(refuse(468, l.name, l.conflict, op))
	}
	if l.name == "" {
		return collationOf(collate.Default)
	}
	return collationOf(l.name)
}

// ordering is the COLLATE clause under which stored values of the node's type compare as T-SQL's do.
func (n node) ordering(op string) string {
	switch {
	case !isLegacyLOB(n.typ):
	case op == "ORDER BY" || op == "GROUP BY":
		panic(refuse(306))
	case op == "DISTINCT":
		panic(refuse(421, n.typ.Name))
	case op == "UNION" || op == "EXCEPT" || op == "INTERSECT":
		panic(refuse(5335, n.typ.Name))
	}
	switch kindOf(n.typ) {
	case kindString:
		c := n.coll.need(op)
		return " COLLATE " + c.Key()
	case kindXML:
		panic(refuse(305, "xml"))
	case kindDecimal, kindMoney:
		return " COLLATE TS_DEC"
	case kindTime:
		if n.typ.Name == "datetimeoffset" {
			return " COLLATE TS_DTO"
		}
	}
	return ""
}

// isNull reports whether the node is the literal NULL.
func (n node) isNull() bool { return n.typ.Name == "null" }

func allNull(nodes []node) bool {
	return !slices.ContainsFunc(nodes, func(n node) bool { return !n.isNull() })
}

// inherit adds what the operands of n say about columns to n.
func (n node) inherit(operands ...node) node {
	for _, o := range operands {
		n.loose = append(n.loose, o.loose...)
		n.grouped = n.grouped || o.grouped
		n.outer = n.outer || o.outer
	}
	return n
}

// allKnown reports whether every node can be computed without rows.
func allKnown(nodes ...node) bool {
	return !slices.ContainsFunc(nodes, func(n node) bool { return n.known == nil })
}

// folded is a node of operands, whose value is known where theirs are: what SQLite makes of its text.
func (b *binder) folded(n node, operands ...node) node {
	if n.known = nil; allKnown(operands...) {
		typ, sql := n.typ, n.sql
		n.known = func() (any, error) { return b.program.value(context.Background(), nil, sql, typ) }
	}
	return n.inherit(operands...)
}

func anyNullable(nodes ...node) bool {
	return slices.ContainsFunc(nodes, func(n node) bool { return n.nullable })
}

// constant is a node for a value that is known now.
func constant(v any, t tsql.DataType) node {
	v = normal(v)
	return node{sql: literal(encode(v, t)), typ: t, nullable: v == nil, known: func() (any, error) { return v, nil }}
}

// call makes a node that computes fn over the arguments at run time. The name tells this computation from others of the
// statement. Strict means NULL in, NULL out, without a call. The result counts as nullable.
func (b *binder) call(name string, result tsql.DataType, strict bool, args []node, fn func(args []any) (any, error)) node {
	s := &site{name: name, result: result, strict: strict, call: fn}
	texts := make([]string, len(args))
	for i, a := range args {
		s.args = append(s.args, a.typ)
		texts[i] = ", " + a.sql
	}
	b.program.sites = append(b.program.sites, s)
	n := node{
		sql:      fmt.Sprintf("ts_call(?1, %d%s)", len(b.program.sites)-1, strings.Join(texts, "")),
		typ:      result,
		nullable: true,
	}
	if allKnown(args...) {
		n.known = func() (any, error) { return evaluate(s, args) }
	}
	if kindOf(result) == kindString {
		n.coll = b.textLabel(args)
	}
	return n.inherit(args...)
}

func evaluate(s *site, args []node) (any, error) {
	values := make([]any, len(args))
	for i, a := range args {
		v, err := a.known()
		if err != nil {
			return nil, err
		}
		if v == nil && s.strict {
			return nil, nil
		}
		values[i] = v
	}
	return s.call(values)
}

// textLabel is the collation of a text made from args: that of the text arguments, else the database's default.
func (b *binder) textLabel(args []node) label {
	var out label
	for _, a := range args {
		if kindOf(a.typ) == kindString && a.coll.rank > out.rank {
			out = a.coll
		}
	}
	if out.rank == 0 {
		return b.defaultLabel()
	}
	return out
}

func (b *binder) defaultLabel() label {
	return label{name: b.scope.DatabaseCollation(), rank: rankDefault}
}

// cast brings n to type t. Implicit conversions must be allowed by the chart; those that do not change what is stored
// cost nothing.
func (b *binder) cast(n node, t tsql.DataType, explicit bool, style int) node {
	if n.isNull() {
		out := constant(nil, t)
		if kindOf(t) == kindString {
			out.coll = b.defaultLabel()
		}
		return out.inherit(n)
	}
	check(convertible(n.typ, t, explicit))
	from := n.typ
	if style == 0 && sameStorage(from, t) {
		n.typ = t
		if kindOf(t) == kindString && n.coll.rank == 0 {
			n.coll = b.defaultLabel()
		}
		if from.Name == "bit" {
			number := n
			number.loose = nil
			n = b.folded(number, n)
		}
		return n
	}
	page := n.coll // of which code page the text will be
	if page.name == "" {
		page = b.defaultLabel()
	}
	name := fmt.Sprintf("convert %v %d %s", t, style, page.name)
	return b.call(name, t, true, []node{n}, func(args []any) (any, error) {
		if err := Narrows(args[0], t, page.name); err != nil {
			return nil, err
		}
		return convert(args[0], from, t, style)
	})
}

// sameStorage reports whether every value of one type is stored the same way as a value of the other.
func sameStorage(from, to tsql.DataType) bool {
	if from.Name == to.Name && kindOf(from) != kindString && kindOf(from) != kindBinary {
		return from.Scale == to.Scale && (from.Precision <= to.Precision || kindOf(from) != kindDecimal)
	}
	switch {
	case kindOf(from) == kindInt && kindOf(to) == kindInt:
		return intBits(from) <= intBits(to)
	case from.Name == "bit":
		return kindOf(to) == kindInt
	case kindOf(from) == kindOf(to) && (kindOf(to) == kindString || kindOf(to) == kindBinary):
		fits := length(to) < 0 || length(from) >= 0 && length(from) <= length(to)
		widens := isUnicode(to) || !isUnicode(from)
		return fits && widens && (!isFixed(to) || isFixed(from) && length(from) == length(to))
	case kindOf(from) == kindDecimal && kindOf(to) == kindDecimal:
		return from.Scale == to.Scale && from.Precision <= to.Precision
	}
	return false
}

// unify brings nodes to their common type, and merges the collations of texts.
func (b *binder) unify(nodes []node, op string) ([]node, tsql.DataType, label) {
	t := typeNull
	for _, n := range nodes {
		t = must(common(t, n.typ))
	}
	t = settle(t)
	out := make([]node, len(nodes))
	var l label
	for i, n := range nodes {
		out[i] = b.cast(n, t, false, 0)
		if kindOf(t) != kindString || n.isNull() {
			continue
		}
		l = merge(l, out[i].coll, op)
	}
	if kindOf(t) == kindString && l.rank == 0 {
		l = b.defaultLabel()
	}
	return out, t, l
}
