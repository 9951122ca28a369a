package query

import (
	"slices"
	"strings"

	"grantree/sql/tsql"
)

// expr binds a value.
func (b *binder) expr(f *frame, e tsql.Expr) node {
	outer := b.line // not deferred: a chain of operators is as deep as it is long
	b.line = e.Position().Line
	n := b.value(f, e)
	b.line = outer
	if len(f.groups) > 0 && len(n.loose) > 0 && f.groups[b.key(n.sql)] {
		n.loose = nil
	}
	return n
}

func (b *binder) value(f *frame, e tsql.Expr) node {
	switch x := e.(type) {
	case *tsql.Literal:
		return b.literal(x)
	case *tsql.Variable:
		return b.variable(x)
	case *tsql.ColumnRef:
		return b.column(f, x)
	case *tsql.Unary:
		return b.unary(f, x)
	case *tsql.Binary:
		return b.binary(f, x)
	case *tsql.Case:
		return b.caseOf(f, x)
	case *tsql.Cast:
		return b.conversion(f, x.X, x.Type, nil, x.Try)
	case *tsql.Convert:
		return b.conversion(f, x.X, x.Type, x.Style, x.Try)
	case *tsql.Call:
		return b.function(f, x)
	case *tsql.Collate:
		return b.collate(f, x)
	case *tsql.Subquery:
		return b.scalar(f, x.Query)
	case *tsql.Method:
		n := b.expr(f, x.X)
		return b.method(n, x.Name, x.Args)
	case *tsql.Default:
		panic(refuse(156, "DEFAULT"))
	case *tsql.Star:
		panic(unsupported("*"))
	case *tsql.AtTimeZone:
		panic(unsupported("AT TIME ZONE"))
	}
	panic(refuse(4145, "expression"))
}

// counters are the @@ functions that the language knows and the server does not keep.
var counters = strings.Fields("@@CONNECTIONS @@CPU_BUSY @@IDLE @@IO_BUSY @@PACK_RECEIVED @@PACK_SENT @@PACKET_ERRORS @@REMSERVER @@TIMETICKS @@TOTAL_ERRORS @@TOTAL_READ @@TOTAL_WRITE")

func (b *binder) variable(x *tsql.Variable) node {
	if b.assigns[strings.ToLower(x.Name)] {
		panic(unsupported("SET " + x.Name))
	}
	if b.running != nil {
		if n, ok := b.runningValue(x.Name); ok {
			return n
		}
	}
	if n, ok := b.params[strings.ToLower(x.Name)]; ok {
		return n
	}
	v, t, ok := b.scope.Variable(x.Name)
	if !ok && slices.Contains(counters, strings.ToUpper(x.Name)) {
		panic(unsupported(strings.ToUpper(x.Name)))
	}
	if !ok {
		panic(refuse(137, x.Name))
	}
	if t.Name == "cursor" {
		panic(refuse(16949, x.Name))
	}
	n := constant(v, t)
	n.nullable = true
	if kindOf(t) == kindString {
		n.coll = b.defaultLabel()
	}
	return n
}

func (b *binder) collate(f *frame, x *tsql.Collate) node {
	n := b.expr(f, x.X)
	name := x.Collation
	if strings.EqualFold(name, "DATABASE_DEFAULT") || strings.EqualFold(name, "CATALOG_DEFAULT") {
		name = b.scope.DatabaseCollation()
	}
	collationOf(name)
	if n.isNull() {
		n = constant(nil, typeVarChar(1))
	}
	if kindOf(n.typ) != kindString {
		panic(refuse(447, n.typ.Name))
	}
	n.coll = label{name: name, rank: rankExplicit}
	return n
}

func (b *binder) conversion(f *frame, x tsql.Expr, t tsql.DataType, style tsql.Expr, try bool) node {
	n := b.expr(f, x)
	check(knownType(t))
	number := 0
	if style != nil {
		v := b.fold(b.expr(f, style), typeInt)
		if v == nil {
			panic(unsupported("CONVERT"))
		}
		number = int(v.(int64))
	}
	if !try || n.isNull() {
		n = b.cast(n, t, true, number)
		n.nullable = true
		return n
	}
	check(convertible(n.typ, t, true))
	from := n.typ
	name := "try " + t.Name
	return b.call(name, t, true, []node{n}, func(args []any) (any, error) { return tryConvert(args[0], from, t, number) })
}

// knownType refuses types that this package has no values for: those of NoValues, and 243 for unknown names.
func knownType(t tsql.DataType) error {
	if err := NoValues(t); err != nil {
		return err
	}
	switch kindOf(t) {
	case kindUnknown, kindNull:
		return refuse(243, t.Name)
	}
	return nil
}

// NoValues refuses a type of the language that no value can be of here (40517).
func NoValues(t tsql.DataType) error {
	switch t.Name {
	case "xml", "geography", "geometry", "hierarchyid":
		return refuse(40517, t.Name)
	}
	return nil
}

func (b *binder) unary(f *frame, x *tsql.Unary) node {
	n := b.expr(f, x.X)
	if n.isNull() {
		return n
	}
	if !isNumber(n.typ) || n.typ.Name == "bit" && x.Op == "-" {
		if x.Op == "+" && kindOf(n.typ) == kindString {
			return n
		}
		panic(refuse(8117, n.typ.Name, map[string]string{"-": "minus", "+": "plus", "~": "'~'"}[x.Op]))
	}
	switch x.Op {
	case "+":
		return n
	case "-":
		out := b.negate(n)
		_, literal := x.X.(*tsql.Literal)
		out.nullable = !literal
		return out
	}
	if kindOf(n.typ) != kindInt && n.typ.Name != "bit" {
		panic(refuse(8117, n.typ.Name, "'~'"))
	}
	t := n.typ
	return b.call("~", t, true, []node{n}, func(args []any) (any, error) {
		if v, ok := args[0].(bool); ok {
			return !v, nil
		}
		v := ^args[0].(int64)
		if intBits(t) == 8 {
			v &= 0xFF
		}
		return v, nil
	})
}

// negate keeps the type, except that tinyint, which has no sign, becomes smallint.
func (b *binder) negate(n node) node {
	t := n.typ
	if t.Name == "tinyint" {
		t = tsql.DataType{Name: "smallint"}
	}
	zero := constant(int64(0), typeInt)
	if kindOf(t) == kindFloat || kindOf(t) == kindDecimal || kindOf(t) == kindMoney {
		zero = b.cast(zero, t, true, 0)
	}
	return b.call("negate", t, true, []node{zero, n}, func(args []any) (any, error) { return compute("-", args[0], args[1], t) })
}

// binary binds an arithmetic operator or the concatenation of texts.
func (b *binder) binary(f *frame, x *tsql.Binary) node {
	if tsql.IsCondition(x) {
		panic(refuse(102, x.Op))
	}
	l, r := b.operands(f, x.Left, x.Right)
	return b.operate(x.Op, l, r)
}

func (b *binder) operate(op string, l, r node) node {
	if l.isNull() && r.isNull() {
		return constant(nil, typeInt)
	}
	if op == "+" {
		if n, ok := b.concat(l, r); ok {
			return n
		}
	}
	if l.typ.Name == "bit" && kindOf(r.typ) == kindString || r.typ.Name == "bit" && kindOf(l.typ) == kindString {
		panic(errOperator(op, l.typ, r.typ))
	}
	if isTimeArithmetic(op, l, r) {
		return b.shift(op, l, r)
	}
	lt, rt := arithmeticOperand(l.typ, r.typ), arithmeticOperand(r.typ, l.typ)
	if !isNumber(lt) || !isNumber(rt) {
		panic(errOperator(op, l.typ, r.typ))
	}
	if l.digits > 0 && kindOf(rt) == kindDecimal {
		lt = typeDecimal(l.digits, 0)
	}
	if r.digits > 0 && kindOf(lt) == kindDecimal {
		rt = typeDecimal(r.digits, 0)
	}
	t := arithmeticType(op, lt, rt)
	if isBitwise(op) && kindOf(t) != kindInt {
		panic(errOperator(op, l.typ, r.typ))
	}
	if l.typ.Name == "bit" && r.typ.Name == "bit" && !isBitwise(op) {
		panic(refuse(8117, "bit", operatorWord(op)))
	}
	l = b.cast(l, operandType(t, lt), false, 0)
	r = b.cast(r, operandType(t, rt), false, 0)
	return b.call(op+t.Name, t, true, []node{l, r}, func(args []any) (any, error) { return compute(op, args[0], args[1], t) })
}

func isBitwise(op string) bool { return op == "&" || op == "|" || op == "^" }

// arithmeticOperand is the number type that a text or binary operand takes from the other one.
func arithmeticOperand(t, other tsql.DataType) tsql.DataType {
	if t.Name == "null" {
		return other
	}
	if (kindOf(t) == kindString || kindOf(t) == kindBinary) && isNumber(other) {
		return other
	}
	return t
}

// operandType is what an operand of type t is brought to for a result of type result: decimals keep their scale.
func operandType(result, t tsql.DataType) tsql.DataType {
	if kindOf(result) == kindDecimal {
		return asDecimal(t)
	}
	return result
}

// clash refuses an operand that must become the number that the other one is, and cannot (206, 257).
func clash(l, r tsql.DataType) error {
	if isNumber(l) {
		l, r = r, l
	}
	if !isNumber(r) || isNumber(l) {
		return nil
	}
	return convertible(l, r, false)
}

// errOperator refuses an operator: after clash, 8117 for two operands of one type, else 402.
func errOperator(op string, l, r tsql.DataType) error {
	if err := clash(l, r); err != nil {
		return err
	}
	if l.Name == r.Name || kindOf(l) == kindNull || kindOf(r) == kindNull {
		name := l.Name
		if kindOf(l) == kindNull {
			name = r.Name
		}
		return refuse(8117, name, operatorWord(op))
	}
	return refuse(402, l.Name, r.Name, operatorWord(op))
}

// concat joins two texts or two binaries; ok is false when + is an addition.
func (b *binder) concat(l, r node) (node, bool) {
	kl, kr := kindOf(l.typ), kindOf(r.typ)
	text := kl == kindString && (kr == kindString || kr == kindNull) || kr == kindString && kl == kindNull
	blob := kl == kindBinary && (kr == kindBinary || kr == kindNull) || kr == kindBinary && kl == kindNull
	if !text && !blob {
		return node{}, false
	}
	if l.isNull() {
		l.typ = varying(r.typ)
	}
	if r.isNull() {
		r.typ = varying(l.typ)
	}
	if isLegacyLOB(l.typ) || isLegacyLOB(r.typ) {
		panic(errOperator("+", l.typ, r.typ))
	}
	t := must(common(l.typ, r.typ))
	t = varying(t)
	t.Length = addLengths(length(l.typ), length(r.typ), maxLength(t))
	lab := merge(l.coll, r.coll, "add")
	n := b.call("+"+t.Name, t, true, []node{l, r}, func(args []any) (any, error) { return join(args[0], args[1], t) })
	if text && (length(t) < 0 || length(l.typ)+length(r.typ) <= maxLength(t)) && length(l.typ) >= 0 && length(r.typ) >= 0 || text && length(t) < 0 {
		n.sql = "(" + l.sql + " || " + r.sql + ")"
	}
	if text {
		n.coll = lab
	}
	return n, true
}

// varying is the type of varying length that goes with a text or binary type.
func varying(t tsql.DataType) tsql.DataType {
	switch t.Name {
	case "char":
		t.Name = "varchar"
	case "nchar":
		t.Name = "nvarchar"
	case "binary", "timestamp":
		t.Length = length(t)
		t.Name = "varbinary"
	}
	return t
}

func addLengths(a, b, limit int) int {
	if a < 0 || b < 0 {
		return -1
	}
	return min(a+b, limit)
}

// join concatenates and cuts off what the type cannot hold, as T-SQL does without a word.
func join(a, b any, t tsql.DataType) (any, error) {
	switch x := a.(type) {
	case string:
		if length(t) < 0 && len(x)+len(b.(string)) > longestText {
			return nil, refuse(701)
		}
		s := x + b.(string)
		if n := length(t); n >= 0 {
			s = slice16(s, 0, n)
		}
		return shape(s, t), nil
	case []byte:
		out := append(append([]byte(nil), x...), b.([]byte)...)
		if n := length(t); n >= 0 && len(out) > n {
			out = out[:n]
		} else if len(out) > longestText {
			return nil, refuse(701)
		}
		return out, nil
	}
	return nil, nil
}

func isTimeArithmetic(op string, l, r node) bool {
	if op != "+" && op != "-" {
		return false
	}
	days := func(t tsql.DataType) bool {
		return isNumber(t) || isOldTime(t) || kindOf(t) == kindString && !isLegacyLOB(t)
	}
	return isOldTime(l.typ) && days(r.typ) || isOldTime(r.typ) && days(l.typ)
}

// shift adds days to a datetime: both operands become datetimes, whose days are added.
func (b *binder) shift(op string, l, r node) node {
	t := typeDateTime
	l = b.cast(l, t, false, 0)
	r = b.cast(r, t, false, 0)
	return b.call("shift"+op, t, true, []node{l, r}, func(args []any) (any, error) { return shiftTime(op, args[0], args[1]) })
}

// scalar binds a subquery used as a value; more than one row is error 512.
func (b *binder) scalar(f *frame, q *tsql.Query) node {
	sub, n := b.single(f, q)
	n.nullable = true
	if sub.maxOne {
		n.sql = "(" + sub.sql + ")"
		return n
	}
	tooMany := b.call("512", n.typ, false, nil, func([]any) (any, error) { return nil, refuse(512) })
	n.sql = "(SELECT CASE WHEN count(*) > 1 THEN " + tooMany.sql + " ELSE o1 END FROM (SELECT o1 FROM (" + sub.sql + ") LIMIT 2))"
	return n
}

// single binds a query that must have one column (116) and describes the column.
func (b *binder) single(f *frame, q *tsql.Query) (*subquery, node) {
	sub := b.inner(f, q)
	if len(sub.columns) != 1 {
		panic(refuse(116))
	}
	n := outputNode(sub, 0)
	n.nullable, n.loose = true, sub.loose
	return sub, n
}

// inner binds a query within an expression.
func (b *binder) inner(f *frame, q *tsql.Query) *subquery {
	before := len(f.reached)
	sub := b.query(q, f, inSubquery)
	for _, c := range f.reached[before:] {
		if !f.groups[b.key(c.sql)] {
			sub.loose = append(sub.loose, c)
		}
	}
	return sub
}

// caseOf binds both forms of CASE; the operand form compares for each WHEN.
func (b *binder) caseOf(f *frame, x *tsql.Case) node {
	var conds, results []node
	for _, w := range x.Whens {
		cond := w.Cond
		if x.Operand != nil {
			cond = &tsql.Binary{Pos: w.Pos, Op: "=", Left: x.Operand, Right: w.Cond}
		}
		c := b.condition(f, cond)
		r := b.expr(f, w.Result)
		conds, results = append(conds, c), append(results, r)
	}
	last := constant(nil, typeNull)
	if x.Else != nil {
		last = b.expr(f, x.Else)
	}
	return b.choose(conds, append(results, last))
}

// choose is CASE WHEN conds[0] THEN results[0] … ELSE the last result.
func (b *binder) choose(conds, results []node) node {
	if allNull(results) && b.sound() {
		panic(refuse(8133))
	}
	results, t, l := b.unify(results, "CASE")
	var sql strings.Builder
	sql.WriteString("CASE")
	for i, c := range conds {
		sql.WriteString(" WHEN " + c.sql + " THEN " + results[i].sql)
	}
	last := results[len(results)-1]
	sql.WriteString(" ELSE " + last.sql + " END")
	n := node{sql: sql.String(), typ: t, nullable: anyNullable(results...)}
	if kindOf(t) == kindString {
		n.coll = l
	}
	return b.folded(n, append(conds, results...)...)
}
