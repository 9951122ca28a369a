package tsql

import "reflect"

// Walk calls visit for n and, where visit returns true, for every node below it
// in the order of the source. Nodes that are values in a struct (names, list
// entries) are visited as values, without their address.
func Walk(n Node, visit func(Node) bool) {
	if n == nil || reflect.ValueOf(n).Kind() == reflect.Pointer && reflect.ValueOf(n).IsNil() {
		return
	}
	if visit(n) {
		walkFields(reflect.ValueOf(n), visit)
	}
}

// walkFields looks for nodes in whatever v is made of.
func walkFields(v reflect.Value, visit func(Node) bool) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			walkFields(v.Elem(), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			walkValue(v.Field(i), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walkValue(v.Index(i), visit)
		}
	}
}

// walkValue visits v if it is a node, and looks into it if not.
func walkValue(v reflect.Value, visit func(Node) bool) {
	switch v.Interface().(type) {
	case Pos, Span:
		return
	case Node:
		Walk(v.Interface().(Node), visit)
		return
	}
	walkFields(v, visit)
}

// NamesIn are the names of tables, views, procedures and functions that stand in
// a statement, in order; not those of temporary tables, variables, common table
// expressions and aliases.
func NamesIn(s Statement) (out []ObjectName) {
	local := map[string]bool{}
	Walk(s, func(n Node) bool {
		switch n := n.(type) {
		case CTE:
			local[upperASCII(n.Name)] = true
		case *NamedTable:
			local[upperASCII(n.Alias)] = true
		}
		return true
	})
	put := func(n ObjectName) {
		if !n.IsZero() && !n.Variable && n.Name[0] != '#' && (n.Parts > 1 || !local[upperASCII(n.Name)]) {
			out = append(out, n)
		}
	}
	Walk(s, func(n Node) bool {
		switch n := n.(type) {
		case *NamedTable:
			put(n.Name)
		case *FunctionTable:
			put(n.Name)
		case *Call:
			if n.Name.Parts > 1 {
				put(n.Name)
			}
		case *Execute:
			put(n.Procedure)
		case *Insert:
			put(n.Table)
		case *Update:
			put(n.Target)
		case *Delete:
			put(n.Target)
		}
		return true
	})
	return out
}
