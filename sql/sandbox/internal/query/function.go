package query

import (
	_ "embed" // functions.txt
	"slices"
	"strings"

	"grantree/sql/tsql"
)

// builtin is a scalar function that the package has itself. Params are the types its arguments are converted to; the
// last one stands for all further arguments, and a zero type leaves an argument as it is. With raw set a NULL argument
// is passed to call, otherwise it makes the result NULL.
type builtin struct {
	min, max int // max -1: any number
	params   []tsql.DataType
	result   func(args []node) tsql.DataType
	raw      bool
	call     func(c *calling, args []any) (any, error)
}

// calling is what a builtin may want to know besides its values.
type calling struct {
	types  []tsql.DataType
	result tsql.DataType
	coll   collation
}

func is(t tsql.DataType) func([]node) tsql.DataType {
	return func([]node) tsql.DataType { return t }
}

// function binds a call: aggregates and window functions, the functions with a syntax of their own, the builtins, and
// then those of the engine. An unknown name is error 195, an unknown function of a schema 4121.
func (b *binder) function(f *frame, x *tsql.Call) node {
	name := strings.ToUpper(x.Name.Name)
	if x.Name.Parts == 1 {
		if x.Over != nil {
			return b.window(f, name, x)
		}
		if isAggregate(name) {
			return b.aggregate(f, name, x)
		}
		if special, ok := specials[name]; ok {
			return special(b, f, x)
		}
		if fn, ok := builtins[name]; ok {
			return b.builtin(f, strings.ToLower(name), fn, x)
		}
	}
	if n, ok := b.columnMethod(f, x); ok {
		return n
	}
	if fn, ok := b.scope.Function(x.Name); ok {
		if fn.Relation != nil {
			return b.userFunction(f, fn, x)
		}
		return b.engineFunction(f, fn, x)
	}
	if x.Name.Parts > 1 && x.Name.Schema == "$PARTITION" {
		panic(unsupported(x.Name.Schema))
	}
	if x.Name.Parts > 1 {
		panic(refuse(4121, x.Name.Schema, x.Name.String()))
	}
	panic(unknownFunction(x.Name.Name))
}

// otherFunctions are the functions of the language that the package has not ("What are the SQL database functions?").
var otherFunctions = strings.Fields(otherFunctionText)

//go:embed functions.txt
var otherFunctionText string

// unknownFunction refuses a name that is no function here: 195, or 40517 where the language has it.
func unknownFunction(name string) error {
	if windowFunctions[strings.ToUpper(name)] {
		return refuse(10753, strings.ToUpper(name))
	}
	if slices.Contains(otherFunctions, strings.ToUpper(name)) {
		return refuse(40517, strings.ToUpper(name))
	}
	return refuse(195, name)
}

// arguments binds the arguments and checks their number: 174 for a fixed one, 189 for a range.
func (b *binder) arguments(f *frame, name string, low, high int, exprs []tsql.Expr) []node {
	countArguments(name, low, high, len(exprs))
	out := make([]node, len(exprs))
	for i, e := range exprs {
		out[i] = b.expr(f, e)
	}
	return out
}

func countArguments(name string, low, high, n int) {
	switch {
	case n >= low && (high < 0 || n <= high):
		return
	case low == high:
		panic(refuse(174, name, low))
	case high < 0:
		panic(refuse(189, name, low, 254))
	}
	panic(refuse(189, name, low, high))
}

func (b *binder) builtin(f *frame, name string, fn builtin, x *tsql.Call) node {
	args := b.arguments(f, name, fn.min, fn.max, x.Args)
	for i := range args {
		if !takes(name, i, args[i].typ) {
			panic(refuse(8116, args[i].typ.Name, i+1, name))
		}
		args[i] = b.parameter(args[i], fn.params, i, name)
	}
	lab := b.textLabel(args)
	coll := lab.need(name)
	c := &calling{result: fn.result(args), coll: coll}
	for _, a := range args {
		c.types = append(c.types, a.typ)
	}
	n := b.call(name, c.result, !fn.raw, args, func(values []any) (any, error) { return fn.call(c, values) })
	if kindOf(c.result) == kindString {
		n.coll = lab
	}
	return n
}

// takes reports whether a builtin whose parameters leave an argument as it is takes one of a type; NULL fits everywhere.
func takes(name string, i int, t tsql.DataType) bool {
	_, math := mathFunctions[strings.ToUpper(name)]
	text := kindOf(t) == kindString || kindOf(t) == kindBinary
	switch {
	case kindOf(t) == kindNull:
		return true
	case math && i == 0:
		return isNumber(t) || kindOf(t) == kindString
	case name == "substring" && i == 0:
		return text
	case name == "substring":
		return isNumber(t)
	case name == "hashbytes" && i == 1:
		return text && !isLegacyLOB(t)
	}
	return true
}

// parameter converts argument i to the type that the function wants. Text keeps its own type where text is wanted.
func (b *binder) parameter(n node, params []tsql.DataType, i int, name string) node {
	want := params[min(i, len(params)-1)]
	if want.IsZero() {
		return n
	}
	legacy := isLegacyLOB(n.typ) && !slices.Contains([]string{"charindex", "concat", "patindex"}, name)
	if kindOf(want) == kindString && kindOf(n.typ) == kindString && !isLegacyLOB(n.typ) {
		return n
	}
	if n.isNull() {
		return b.cast(n, want, false, 0)
	}
	if legacy || convertible(n.typ, want, false) != nil && kindOf(n.typ) != kindMoney {
		panic(refuse(8116, n.typ.Name, i+1, name))
	}
	return b.cast(n, want, true, 0)
}

// engineFunction binds a function of the engine.
func (b *binder) engineFunction(f *frame, fn *Function, x *tsql.Call) node {
	args := b.arguments(f, strings.ToLower(fn.Name), fn.MinArgs, fn.MaxArgs, x.Args)
	for i := range args {
		if fn.Takes != nil && !fn.Takes(i, args[i].typ) {
			panic(refuse(8116, strings.Replace(args[i].typ.Name, "null", "NULL", 1), i+1, strings.ToLower(fn.Name)))
		}
		if i >= len(fn.Params) {
			continue
		}
		args[i] = b.parameter(args[i], fn.Params[i:i+1], 0, strings.ToLower(fn.Name))
	}
	n := b.call(strings.ToLower(fn.Name), fn.Type, false, args, fn.Call)
	if kindOf(fn.Type) == kindString {
		n.coll = b.defaultLabel()
	}
	return n
}
