package sandbox

import (
	"maps"
	"slices"
	"strings"

	"grantree/sql/sandbox/internal/query"
	"grantree/sql/sandbox/internal/sysproc"
	"grantree/sql/tsql"
)

// function is a scalar function that asks the engine rather than its arguments.
type function struct {
	min, max int
	typ      tsql.DataType
	params   []tsql.DataType
	call     func(f *asked, args []any) (any, error)
}

// asked is a function call in its surroundings.
type asked struct {
	*scope
}

// functions are the functions by their names in lower case, from the files function_*.go and from function.sql. It never changes.
var functions map[string]function

func init() { // those of T-SQL call others
	functions = joined(columnFunctions, identityFunctions, objectFunctions, propertyFunctions, sessionFunctions)
	for _, name := range sysproc.Functions() {
		m := sysproc.Find(name)
		if m.Query != nil { // see TableFunction
			continue
		}
		if strings.HasPrefix(name, "fn_") { // no function of the language
			name = "sys." + name
		}
		functions[name] = textFunction(m)
	}
}

// takesNull are the functions to which NULL is an argument like others; what any other says of NULL is NULL.
var takesNull = map[string]bool{"has_perms_by_name": true, "object_id": true, "suser_sid": true, "getansinull": true, "applock_mode": true, "applock_test": true}

// takes are the functions that convert no argument: it is of their type, or 8116.
var takes = map[string]func(i int, t tsql.DataType) bool{
	"session_context": func(_ int, t tsql.DataType) bool { return t.Name == "nvarchar" || t.Name == "nchar" },
	"applock_mode":    func(i int, t tsql.DataType) bool { return isText(t) || i == 2 && t.Name == "null" },
	"applock_test":    func(i int, t tsql.DataType) bool { return isText(t) || i == 3 && t.Name == "null" },
}

func isText(t tsql.DataType) bool { return strings.HasSuffix(t.Name, "char") }

// joined puts tables by name together.
func joined[T any](tables ...map[string]T) map[string]T {
	out := map[string]T{}
	for _, t := range tables {
		maps.Copy(out, t)
	}
	return out
}

// Function finds a function of the engine. Those of sys are called with that schema, or as the master's own.
func (sc *scope) Function(name tsql.ObjectName) (*query.Function, bool) {
	lower := strings.ToLower(name.Name)
	if strings.HasPrefix(lower, "%%") && !sc.x.systems() {
		return nil, false
	}
	f, ok := functions["sys."+lower]
	switch sys := strings.EqualFold(name.Schema, "sys"); {
	case ok && (sys || strings.EqualFold(name.Schema, "dbo") && strings.EqualFold(name.Database, "master")):
	case name.Schema != "" && !sys:
		f := sc.userFunction(name)
		return f, f != nil
	default:
		if f, ok = functions[lower]; !ok {
			return nil, false
		}
	}
	ask := &asked{sc}
	return &query.Function{
		Name: strings.ToUpper(name.Name), MinArgs: f.min, MaxArgs: f.max, Type: f.typ, Params: f.params, Takes: takes[lower],
		Call: func(args []any) (any, error) {
			sc.query.tells()
			if sc.database == nil || slices.Contains(args, nil) && !takesNull[lower] {
				return nil, nil
			}
			v, err := f.call(ask, args)
			return result(v), err
		},
	}, true
}

// argument returns an argument as text, nil for NULL and for one that is not there.
func argument(args []any, i int) *string { return given[string](args, i) }

// integer returns an argument as a number, nil for NULL and for one that is not there.
func integer(args []any, i int) *int {
	n := given[int64](args, i)
	if n == nil {
		return nil
	}
	v := int(*n)
	return &v
}

func given[T any](args []any, i int) *T {
	if i < len(args) {
		if v, ok := args[i].(T); ok {
			return &v
		}
	}
	return nil
}

// result is what a function returns as a value of the query layer; pointers may be nil, which is NULL.
func result(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case *int:
		if v == nil {
			return nil
		}
		return int64(*v)
	case *string:
		if v == nil {
			return nil
		}
		return *v
	case []byte:
		if v == nil {
			return nil
		}
	}
	return v
}

// variant is a sql_variant of a Go value; nil is NULL.
func variant(v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case query.Variant:
		return v
	case int:
		return variant(int64(v))
	}
	return query.Variant{Type: query.NaturalType(v), Value: v}
}

// words are n parameters of a text type.
func words(n int) []tsql.DataType {
	out := make([]tsql.DataType, n)
	for i := range out {
		out[i] = typeText
	}
	return out
}
