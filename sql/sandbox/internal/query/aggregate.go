package query

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"grantree/sql/sandbox/internal/refusal"
	"grantree/sql/tsql"
)

func isAggregate(name string) bool {
	switch name {
	case "COUNT", "COUNT_BIG", "SUM", "AVG", "MIN", "MAX", "STRING_AGG":
		return true
	}
	return false
}

// aggregate binds an aggregate function over the groups of the innermost query.
func (b *binder) aggregate(f *frame, name string, x *tsql.Call) (node, error) {
	switch {
	case f.inAggregate:
		return node{}, refuse(130)
	case f.clause == clauseWhere:
		return node{}, refuse(147)
	case f.clause == clauseGroup:
		return node{}, refuse(144)
	case f.clause == clauseOn, f.clause == clauseSet, f.clause == clauseNone:
		return node{}, refuse(157)
	}
	n, err := b.aggregated(f, name, x, "")
	if err != nil {
		return n, err
	}
	n.loose, n.grouped, n.known = nil, true, nil
	return n, nil
}

// aggregated is the text and type of an aggregate; over is its OVER clause or empty.
func (b *binder) aggregated(f *frame, name string, x *tsql.Call, over string) (node, error) {
	if len(x.Args) == 1 {
		if star, ok := x.Args[0].(*tsql.Star); ok {
			if name != "COUNT" && name != "COUNT_BIG" || !star.Table.IsZero() {
				return node{}, unsupported("*")
			}
			return node{sql: "count(*)" + over, typ: countType(name), nullable: true}, nil
		}
	}
	want := 1
	if name == "STRING_AGG" {
		want = 2
	}
	inner := *f
	inner.inAggregate, inner.groups = true, nil
	args, err := b.arguments(&inner, strings.ToLower(name), want, want, x.Args)
	if list := refusal.List(err); list != nil && list[0].Number == 130 && x.Over != nil {
		return node{}, unsupported(name + " OVER of an aggregate")
	}
	if err != nil {
		return node{}, err
	}
	if args[0].outer && len(args[0].loose) == 0 {
		return node{}, unsupported(name + " of an outer column")
	}
	if args[0].outer {
		return node{}, refuse(8124)
	}
	distinct := ""
	if x.Distinct {
		if over != "" {
			return node{}, refuse(10759)
		}
		distinct = "DISTINCT "
	}
	n, err := b.aggregateText(&inner, name, x, args, distinct, over)
	n.nullable = true
	return n.inherit(args...), err
}

func countType(name string) tsql.DataType {
	if name == "COUNT_BIG" {
		return typeBigInt
	}
	return typeInt
}

func (b *binder) aggregateText(f *frame, name string, x *tsql.Call, args []node, distinct, over string) (node, error) {
	a := args[0]
	collate, err := a.ordering(strings.ToLower(name))
	if err != nil {
		return a, err
	}
	if a.nullable && name != "STRING_AGG" {
		noted := b.call("8153", a.typ, false, nil, func([]any) (any, error) {
			b.program.eliminated = true
			return nil, nil
		})
		a.sql = fmt.Sprintf("coalesce(%s, %s)", a.sql, noted.sql)
	}
	switch name {
	case "COUNT", "COUNT_BIG":
		return node{sql: fmt.Sprintf("count(%s%s%s)%s", distinct, a.sql, collate, over), typ: countType(name)}, nil
	case "MIN", "MAX":
		if k := kindOf(a.typ); k == kindBit || k == kindVariant || k == kindNull || isLegacyLOB(a.typ) {
			return a, errAggregate(a, name)
		}
		return node{sql: fmt.Sprintf("%s(%s%s)%s", strings.ToLower(name), a.sql, collate, over), typ: a.typ, coll: a.coll}, nil
	case "STRING_AGG":
		return b.stringAgg(f, x, args, over)
	}
	if !isNumber(a.typ) || a.typ.Name == "bit" {
		return a, errAggregate(a, name)
	}
	return b.sum(name, a, distinct, over), nil
}

func errAggregate(a node, name string) error {
	return refuse(8117, settleNull(a.typ), strings.ToLower(name))
}

func settleNull(t tsql.DataType) string {
	if t.Name == "null" {
		return "NULL"
	}
	return t.Name
}

// sum binds SUM and AVG, which is the sum divided by the count of values in the type of the sum.
func (b *binder) sum(name string, a node, distinct, over string) node {
	t := a.typ
	function := "sum"
	switch kindOf(t) {
	case kindInt:
		if intBits(t) < 32 {
			t = typeInt
		}
	case kindDecimal:
		function = "ts_dsum"
		t = typeDecimal(38, t.Scale)
	case kindMoney:
		function = "ts_dsum"
		t = typeMoney
	case kindFloat:
		t = typeFloat
	}
	raw := node{sql: fmt.Sprintf("%s(%s%s)%s", function, distinct, a.sql, over), typ: t, nullable: true}
	if kindOf(t) == kindInt {
		raw.typ = typeBigInt
	}
	if name == "SUM" {
		return b.call("sum", t, true, []node{raw}, func(args []any) (any, error) { return fitSum(args[0], t) })
	}
	count := node{sql: fmt.Sprintf("count(%s%s)%s", distinct, a.sql, over), typ: typeBigInt}
	if kindOf(t) == kindDecimal {
		t.Scale = max(t.Scale, 6)
	}
	return b.call("avg", t, true, []node{raw, count}, func(args []any) (any, error) { return average(args[0], args[1].(int64), t) })
}

func fitSum(v any, t tsql.DataType) (any, error) {
	switch x := v.(type) {
	case int64:
		if _, err := fitInt(x, typeBigInt, t); err != nil {
			return nil, errOverflow(t.Name)
		}
		return x, nil
	case float64:
		return fitFloat(x, t)
	case decimal.Decimal:
		if kindOf(t) == kindMoney {
			return toMoney(x, typeMoney, t)
		}
		return fitDigits(x, "expression", t)
	}
	return v, nil
}

func average(v any, n int64, t tsql.DataType) (any, error) {
	switch x := v.(type) {
	case int64:
		return fitSum(x/n, t)
	case float64:
		return fitFloat(x/float64(n), t)
	case decimal.Decimal:
		return computeDecimal("/", x, decimal.NewFromInt(n), t)
	}
	return nil, nil
}

// stringAgg binds STRING_AGG(text, separator) [WITHIN GROUP (ORDER BY …)].
func (b *binder) stringAgg(f *frame, x *tsql.Call, args []node, over string) (node, error) {
	if over != "" {
		return node{}, refuse(4113)
	}
	for i := range args {
		if kindOf(args[i].typ) == kindString && !isLegacyLOB(args[i].typ) {
			continue
		}
		var err error
		if args[i], err = b.cast(args[i], typeNVarChar(4000), true, 0); err != nil {
			return node{}, err
		}
	}
	t := varying(args[0].typ)
	if length(t) >= 0 {
		t.Length = maxLength(t)
	}
	order, err := b.windowOrder(f, x.WithinGroup)
	if err != nil {
		return node{}, err
	}
	limit := length(t)
	raw := node{sql: fmt.Sprintf("group_concat(%s, coalesce(%s, '')%s)", args[0].sql, args[1].sql, order), typ: t, coll: args[0].coll, nullable: true}
	n := b.call("string_agg", t, true, []node{raw}, func(args []any) (any, error) {
		s := args[0].(string)
		if limit >= 0 && utf16Len(s) > limit {
			return nil, refuse(9829)
		}
		return s, nil
	})
	n.coll = args[0].coll
	return n, nil
}

func (b *binder) windowOrder(f *frame, items []tsql.OrderItem) (string, error) {
	var terms []orderKey
	for _, item := range items {
		if x, ok := item.Expr.(*tsql.Literal); ok {
			if x.Kind == tsql.IntLiteral {
				return "", refuse(5308)
			}
			return "", refuse(5309)
		}
		n, err := b.expr(f, item.Expr)
		if err != nil {
			return "", err
		}
		term, err := orderTerm(n.sql, n, item.Desc)
		if err != nil {
			return "", err
		}
		terms = append(terms, term)
	}
	return joinOrder(terms), nil
}

// windowFunctions are the functions that need OVER, with the number of their arguments.
var windowFunctions = map[string]struct {
	low, high int
	typ       tsql.DataType // zero: that of the first argument
	order     bool          // ORDER BY is required
}{
	"ROW_NUMBER": {0, 0, typeBigInt, true}, "RANK": {0, 0, typeBigInt, true}, "DENSE_RANK": {0, 0, typeBigInt, true},
	"NTILE": {1, 1, typeBigInt, true}, "PERCENT_RANK": {0, 0, typeFloat, true}, "CUME_DIST": {0, 0, typeFloat, true},
	"FIRST_VALUE": {1, 1, anyType, true}, "LAST_VALUE": {1, 1, anyType, true},
	"LAG": {1, 3, anyType, true}, "LEAD": {1, 3, anyType, true},
}

// window binds a function with OVER, which stands only in the select list or ORDER BY (4108).
func (b *binder) window(f *frame, name string, x *tsql.Call) (node, error) {
	if f.clause != clauseSelect && f.clause != clauseOrder {
		return node{}, refuse(4108)
	}
	over, parts, err := b.over(f, x.Over)
	if err != nil {
		return node{}, err
	}
	if isAggregate(name) {
		n, err := b.aggregated(f, name, x, over)
		n.known = nil
		return n.inherit(parts...), err
	}
	w, ok := windowFunctions[name]
	if !ok {
		return node{}, unknownFunction(x.Name.Name)
	}
	if w.order && len(x.Over.OrderBy) == 0 {
		return node{}, refuse(4112, name)
	}
	args, err := b.arguments(f, strings.ToLower(name), w.low, w.high, x.Args)
	if err != nil {
		return node{}, err
	}
	if len(args) == 3 {
		if args[2], err = b.cast(args[2], args[0].typ, false, 0); err != nil {
			return node{}, err
		}
	}
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i] = a.sql
	}
	n := node{sql: strings.ToLower(name) + "(" + strings.Join(texts, ", ") + ")" + over, typ: w.typ, nullable: true}
	if w.typ.IsZero() {
		n.typ, n.coll = args[0].typ, args[0].coll
	}
	return n.inherit(args...).inherit(parts...), nil
}

func (b *binder) over(f *frame, w *tsql.Window) (string, []node, error) {
	var parts []node
	var texts []string
	for _, e := range w.PartitionBy {
		n, err := b.expr(f, e)
		if err != nil {
			return "", nil, err
		}
		collate, err := n.ordering("PARTITION BY")
		if err != nil {
			return "", nil, err
		}
		parts, texts = append(parts, n), append(texts, n.sql+collate)
	}
	inside := ""
	if len(texts) > 0 {
		inside = "PARTITION BY " + strings.Join(texts, ", ")
	}
	order, err := b.windowOrder(f, w.OrderBy)
	if err != nil {
		return "", nil, err
	}
	return " OVER (" + strings.TrimSpace(inside+order+" "+w.Frame) + ")", parts, nil
}
