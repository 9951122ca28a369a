package query

import (
	"crypto/rand"
	"strings"

	"grantree/sql/tsql"
)

// specials are the functions whose typing or evaluation is not that of an ordinary call.
var specials map[string]func(b *binder, f *frame, x *tsql.Call) node

func init() {
	specials = map[string]func(b *binder, f *frame, x *tsql.Call) node{
		"COALESCE": (*binder).coalesce, "ISNULL": (*binder).isNullFunction, "NULLIF": (*binder).nullIf,
		"IIF": simplified(3), "YEAR": simplified(1), "MONTH": simplified(1), "DAY": simplified(1),
		"CHOOSE": (*binder).chooseFunction, "NEWID": (*binder).newID,
		"DATEADD": (*binder).dateAdd, "DATEDIFF": (*binder).dateDiff, "DATEDIFF_BIG": (*binder).dateDiff,
		"DATEPART": (*binder).datePart, "DATENAME": (*binder).datePart,
		"CURRENT_TIMESTAMP": (*binder).clock, "GETDATE": (*binder).clock, "GETUTCDATE": (*binder).clock,
		"SYSDATETIME": (*binder).clock, "SYSUTCDATETIME": (*binder).clock, "SYSDATETIMEOFFSET": (*binder).clock,
	}
}

func (b *binder) coalesce(f *frame, x *tsql.Call) node {
	args := b.arguments(f, "coalesce", 1, -1, x.Args)
	if len(args) < 2 {
		panic(refuse(102, ")"))
	}
	if allNull(args) && b.sound() {
		panic(refuse(4127))
	}
	list, t, l := b.unify(args, "COALESCE")
	return b.coalesced(list, t, l)
}

// coalesced is the first of the nodes that is not NULL.
func (b *binder) coalesced(list []node, t tsql.DataType, l label) node {
	texts := make([]string, len(list))
	n := node{typ: t, nullable: true}
	for i, a := range list {
		texts[i] = a.sql
	}
	n.sql = "coalesce(" + strings.Join(texts, ", ") + ")"
	if kindOf(t) == kindString {
		n.coll = l
	}
	return b.folded(n, list...)
}

// isNullFunction is ISNULL: the type is that of the first argument, to which the second one is brought and cut. It is NOT
// NULL where the second one is, which COALESCE never is ("COALESCE", Comparing COALESCE and ISNULL).
func (b *binder) isNullFunction(f *frame, x *tsql.Call) node {
	args := b.arguments(f, "isnull", 2, 2, x.Args)
	t, null := args[0].typ, args[0].nullable && args[1].nullable
	if args[0].isNull() {
		t = settle(args[1].typ)
	}
	for i := range args {
		args[i] = b.cast(args[i], t, false, 0)
	}
	lab := merge(args[0].coll, args[1].coll, "isnull")
	n := b.coalesced(args, t, lab)
	n.nullable = null
	return n
}

func (b *binder) nullIf(f *frame, x *tsql.Call) node {
	args := b.arguments(f, "nullif", 2, 2, x.Args)
	if args[0].isNull() && b.sound() {
		panic(refuse(4151))
	}
	same := b.compare("=", args[0], args[1])
	null := constant(nil, typeNull)
	return b.choose([]node{same}, []node{null, args[0]})
}

// simplified are the functions, of so many arguments, that are other expressions.
func simplified(n int) func(b *binder, f *frame, x *tsql.Call) node {
	return func(b *binder, f *frame, x *tsql.Call) node {
		countArguments(strings.ToLower(x.Name.Name), n, n, len(x.Args))
		return b.expr(f, simplerCall(x))
	}
}

func (b *binder) chooseFunction(f *frame, x *tsql.Call) node {
	args := b.arguments(f, "choose", 2, -1, x.Args)
	index := b.cast(args[0], typeInt, true, 0)
	var conds []node
	for i := range args[1:] {
		number := constant(int64(i+1), typeInt)
		c := b.compare("=", index, number)
		conds = append(conds, c)
	}
	null := constant(nil, typeNull)
	return b.choose(conds, append(args[1:], null))
}

func (b *binder) newID(f *frame, x *tsql.Call) node {
	countArguments("newid", 0, 0, len(x.Args))
	n := b.call("newid", typeUUID, false, nil, func([]any) (any, error) {
		var u UUID
		rand.Read(u[:]) // which never fails
		u[6], u[8] = u[6]&0x0F|0x40, u[8]&0x3F|0x80
		return u, nil
	})
	n.nullable = false
	return n
}

// clock binds the functions that tell the time: the same for the whole statement.
func (b *binder) clock(f *frame, x *tsql.Call) node {
	name := strings.ToUpper(x.Name.Name)
	countArguments(strings.ToLower(name), 0, 0, len(x.Args))
	t, scope := typeDateTime, b.scope
	if strings.HasPrefix(name, "SYS") {
		t = typeDateTime2(7)
		if name == "SYSDATETIMEOFFSET" {
			t = tsql.DataType{Name: "datetimeoffset", Scale: 7}
		}
	}
	n := b.call(name, t, false, nil, func([]any) (any, error) {
		now := scope.Now()
		if strings.Contains(name, "UTC") {
			now = now.UTC()
		}
		return fitTime(now, t, t)
	})
	n.nullable = false
	return n
}
