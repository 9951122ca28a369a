package scripts

import (
	"reflect"
	"strings"

	"grantree/grants"
	"grantree/sql/tsql"
)

// idiom returns the names in a condition that asks whether one thing is there:
// [NOT] EXISTS, or a function that IS [NOT] NULL. absent says that it is true where
// the thing is not.
func idiom(c tsql.Expr) (names []string, absent, ok bool) {
	switch c := c.(type) {
	case *tsql.Exists:
		return literals(reflect.ValueOf(c)), false, true
	case *tsql.IsNull:
		return literals(reflect.ValueOf(c.X)), !c.Not, true
	case *tsql.Unary:
		if names, absent, ok = idiom(c.X); ok && c.Op == "NOT" {
			return names, !absent, true
		}
	}
	return nil, false, false
}

// literals returns the strings in a part of a tree, in the order of the source.
func literals(v reflect.Value) (out []string) {
	if v.CanInterface() {
		if l, ok := v.Interface().(*tsql.Literal); ok && (l.Kind == tsql.StringLiteral || l.Kind == tsql.NStringLiteral) {
			return []string{l.Text}
		}
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			out = literals(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			out = append(out, literals(v.Field(i))...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			out = append(out, literals(v.Index(i))...)
		}
	}
	return out
}

// sameName reports whether a text that a condition names is a name, with or without
// a schema and brackets.
func sameName(text, name string) bool {
	c := grants.Collation{}
	if c.Equal(text, name) {
		return true
	}
	last := text[strings.LastIndexByte(text, '.')+1:]
	return c.Equal(strings.TrimSuffix(strings.TrimPrefix(last, "["), "]"), name)
}

// makes returns the name of the one thing that a statement creates or drops.
func makes(s tsql.Statement) (name string, creates, drops bool) {
	switch s := s.(type) {
	case *tsql.CreateRole:
		return s.Name.Value, !s.Server, false
	case *tsql.CreateUser:
		return s.Name.Value, true, false
	case *tsql.CreateLogin:
		return s.Name.Value, true, false
	case *tsql.CreateSchema:
		return s.Name.Value, len(s.Elements) == 0, false
	case *tsql.CreateTable:
		return s.Name.Name, true, false
	case *tsql.DropRole:
		return s.Name.Value, false, !s.Server
	case *tsql.DropUser:
		return s.Name.Value, false, true
	case *tsql.DropLogin:
		return s.Name.Value, false, true
	case *tsql.Execute:
		p := procedureOf(s.Procedure)
		if p == nil || p.parameters[len(p.parameters)-1] == "@membername" {
			return "", false, false
		}
		args, why := p.arguments(s)
		if why != "" || len(args) > 2 && args[2] != "" {
			return "", false, false
		}
		if len(args) > 1 && args[1] != "" && p.parameters[1] == "@name_in_db" {
			return args[1], true, false
		}
		return args[0], !p.takes, p.takes
	}
	return "", false, false
}
