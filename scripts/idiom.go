package scripts

import (
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
		return literals(tsql.Print(c)), false, true
	case *tsql.IsNull:
		return literals(tsql.Print(c.X)), !c.Not, true
	case *tsql.Unary:
		if names, absent, ok = idiom(c.X); ok && c.Op == "NOT" {
			return names, !absent, true
		}
	}
	return nil, false, false
}

// literals returns the strings of a canonical text.
func literals(text string) (out []string) {
	for i := 0; i < len(text); i++ {
		if text[i] != '\'' && text[i] != '[' {
			continue
		}
		end := text[i]
		if end == '[' {
			end = ']'
		}
		j := i + 1
		for ; j < len(text); j++ {
			if text[j] == end && j+1 < len(text) && text[j+1] == end {
				j++
			} else if text[j] == end {
				break
			}
		}
		if end == '\'' && j <= len(text) {
			out = append(out, strings.ReplaceAll(text[i+1:min(j, len(text))], "''", "'"))
		}
		i = j
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
