package sandbox

import (
	"maps"
	"slices"
	"strings"

	"grantree/sql/sandbox/internal/query"
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

// functions are the functions by their names in lower case, from the files function_*.go. It never changes.
var functions = joined(identityFunctions, objectFunctions, propertyFunctions, sessionFunctions)

// takesNull are the functions to which NULL is an argument like others; what any other says of NULL is NULL.
var takesNull = map[string]bool{"has_perms_by_name": true, "object_id": true, "suser_sid": true, "getansinull": true, "applock_mode": true, "applock_test": true}

// takes are the functions that convert no argument: it is of their type, or 8116.
var takes = map[string]func(i int, t tsql.DataType) bool{
	"session_context": func(_ int, t tsql.DataType) bool { return t.Name == "nvarchar" || t.Name == "nchar" },
	"applock_mode":    func(i int, t tsql.DataType) bool { return isText(t) || i == 2 && t.Name == "null" },
	"applock_test":    func(i int, t tsql.DataType) bool { return isText(t) || i == 3 && t.Name == "null" },
}

func isText(t tsql.DataType) bool { return strings.HasSuffix(t.Name, "char") }

// joined puts tables of functions together.
func joined(tables ...map[string]function) map[string]function {
	out := map[string]function{}
	for _, t := range tables {
		maps.Copy(out, t)
	}
	return out
}

// Function finds a function of the engine.
func (sc *scope) Function(name tsql.ObjectName) (*query.Function, bool) {
	if name.Schema != "" && !strings.EqualFold(name.Schema, "sys") {
		f := sc.userFunction(name)
		return f, f != nil
	}
	f, ok := functions[strings.ToLower(name.Name)]
	if !ok {
		return nil, false
	}
	ask := &asked{sc}
	return &query.Function{
		Name: strings.ToUpper(name.Name), MinArgs: f.min, MaxArgs: f.max, Type: f.typ, Params: f.params, Takes: takes[strings.ToLower(name.Name)],
		Call: func(args []any) (any, error) {
			if sc.database == nil || slices.Contains(args, nil) && !takesNull[strings.ToLower(name.Name)] {
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
