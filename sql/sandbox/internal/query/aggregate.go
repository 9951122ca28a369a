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

// withoutAggregate are the clauses in which no aggregate stands, with the refusals.
var withoutAggregate = map[clause]int32{clauseWhere: 147, clauseGroup: 144, clauseOn: 1015, clauseOutput: 158, clauseSet: 157, clauseNone: 157}

// aggregate binds an aggregate function over the groups of the innermost query.
func (b *binder) aggregate(f *frame, name string, x *tsql.Call) node {
	if f.inAggregate {
		panic(refuse(130))
	}
	if number, ok := withoutAggregate[f.clause]; ok {
		panic(refuse(number))
	}
	n := b.aggregated(f, name, x, "")
	n.loose, n.grouped, n.known = nil, true, nil
	return n
}

// aggregated is the text and type of an aggregate; over is its OVER clause or empty.
func (b *binder) aggregated(f *frame, name string, x *tsql.Call, over string) node {
	if len(x.Args) == 1 {
		if star, ok := x.Args[0].(*tsql.Star); ok {
			if name != "COUNT" && name != "COUNT_BIG" || !star.Table.IsZero() {
				panic(unsupported("*"))
			}
			return node{sql: "count(*)" + over, typ: countType(name), nullable: true}
		}
	}
	want := 1
	if name == "STRING_AGG" {
		want = 2
	}
	inner := *f
	inner.inAggregate, inner.groups = true, nil
	bind := func() []node { return b.arguments(&inner, strings.ToLower(name), want, want, x.Args) }
	var args []node
	if x.Over == nil {
		args = bind()
	} else {
		var err error
		if args, err = try(b, bind); len(refusal.List(err)) > 0 && refusal.List(err)[0].Number == 130 {
			panic(unsupported(name + " OVER of an aggregate"))
		}
		check(err)
	}
	if args[0].outer && len(args[0].loose) == 0 {
		panic(unsupported(name + " of an outer column"))
	}
	if args[0].outer {
		panic(refuse(8124))
	}
	distinct := ""
	if x.Distinct {
		if over != "" {
			panic(refuse(10759))
		}
		distinct = "DISTINCT "
	}
	n := b.aggregateText(&inner, name, x, args, distinct, over)
	n.nullable = true
	return n.inherit(args...)
}

func countType(name string) tsql.DataType {
	if name == "COUNT_BIG" {
		return typeBigInt
	}
	return typeInt
}

func (b *binder) aggregateText(f *frame, name string, x *tsql.Call, args []node, distinct, over string) node {
	a := args[0]
	collate := a.ordering(strings.ToLower(name))
	if a.nullable && name != "STRING_AGG" {
		noted := b.call("8153", a.typ, false, nil, func([]any) (any, error) {
			b.program.eliminated = true
			return nil, nil
		})
		a.sql = fmt.Sprintf("coalesce(%s, %s)", a.sql, noted.sql)
	}
	switch name {
	case "COUNT", "COUNT_BIG":
		if isLegacyLOB(a.typ) {
			panic(errAggregate(a, name))
		}
		return node{sql: fmt.Sprintf("count(%s%s%s)%s", distinct, a.sql, collate, over), typ: countType(name)}
	case "MIN", "MAX":
		if k := kindOf(a.typ); k == kindBit || k == kindVariant || k == kindNull || isLegacyLOB(a.typ) {
			panic(errAggregate(a, name))
		}
		return node{sql: fmt.Sprintf("%s(%s%s)%s", strings.ToLower(name), a.sql, collate, over), typ: a.typ, coll: a.coll}
	case "STRING_AGG":
		return b.stringAgg(f, x, args, over)
	}
	if !isNumber(a.typ) || a.typ.Name == "bit" {
		panic(errAggregate(a, name))
	}
	return b.sum(name, a, distinct, over)
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
func (b *binder) stringAgg(f *frame, x *tsql.Call, args []node, over string) node {
	if over != "" {
		panic(refuse(4113))
	}
	for i := range args {
		if kindOf(args[i].typ) == kindString && !isLegacyLOB(args[i].typ) {
			continue
		}
		args[i] = b.cast(args[i], typeNVarChar(4000), true, 0)
	}
	t := varying(args[0].typ)
	if length(t) >= 0 {
		t.Length = maxLength(t)
	}
	order := b.windowOrder(f, x.WithinGroup)
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
	return n
}

func (b *binder) windowOrder(f *frame, items []tsql.OrderItem) string {
	var terms []orderKey
	for _, item := range items {
		if x, ok := item.Expr.(*tsql.Literal); ok && x.Kind == tsql.IntLiteral {
			panic(refuse(5308))
		} else if ok {
			panic(refuse(5309))
		}
		n := b.expr(f, item.Expr)
		terms = append(terms, orderTerm(n.sql, n, item.Desc))
	}
	return joinOrder(terms)
}

// windowFunctions are the functions that need OVER with an ORDER BY; they have no arguments.
var windowFunctions = map[string]bool{"ROW_NUMBER": true, "RANK": true, "DENSE_RANK": true}

// window binds a function with OVER, which stands only in the select list or ORDER BY (4108).
func (b *binder) window(f *frame, name string, x *tsql.Call) node {
	if f.clause != clauseSelect && f.clause != clauseOrder {
		panic(refuse(4108))
	}
	over, parts := b.over(f, x.Over)
	if isAggregate(name) {
		n := b.aggregated(f, name, x, over)
		n.known = nil
		return n.inherit(parts...)
	}
	if !windowFunctions[name] {
		panic(unknownFunction(x.Name.Name))
	}
	if len(x.Over.OrderBy) == 0 {
		panic(refuse(4112, name))
	}
	countArguments(strings.ToLower(name), 0, 0, len(x.Args))
	return node{sql: strings.ToLower(name) + "()" + over, typ: typeBigInt, nullable: true}.inherit(parts...)
}

func (b *binder) over(f *frame, w *tsql.Window) (string, []node) {
	var parts []node
	var texts []string
	for _, e := range w.PartitionBy {
		n := b.expr(f, e)
		collate := n.ordering("PARTITION BY")
		parts, texts = append(parts, n), append(texts, n.sql+collate)
	}
	inside := ""
	if len(texts) > 0 {
		inside = "PARTITION BY " + strings.Join(texts, ", ")
	}
	order := b.windowOrder(f, w.OrderBy)
	return " OVER (" + strings.TrimSpace(inside+order+" "+w.Frame) + ")", parts
}
