package tsql

import (
	"fmt"
	"strings"
)

// Print returns an expression as canonical T-SQL: keywords in upper case, every
// name in brackets. What it prints parses to the same tree but for positions.
func Print(e Expr) string {
	w := &printer{}
	w.expr(e, levelOr)
	return w.String()
}

// printer gathers the text.
type printer struct{ strings.Builder }

// put writes its arguments one after the other: strings as they are, nodes and
// lists of them in their T-SQL.
func (w *printer) put(parts ...any) {
	for _, part := range parts {
		switch v := part.(type) {
		case string:
			w.WriteString(v)
		case DataType:
			w.WriteString(v.String())
		case *Ident:
			w.WriteString(Quote(v.Value))
		case []Ident:
			w.list(len(v), func(i int) { w.put(v[i]) })
		case []string:
			w.list(len(v), func(i int) { w.put(Quote(v[i])) })
		case []Expr:
			w.list(len(v), func(i int) { w.put(v[i]) })
		case Node:
			w.node(v)
		default:
			panic(fmt.Sprintf("tsql: cannot print a %T", v))
		}
	}
}

// list writes n items with commas between them.
func (w *printer) list(n int, item func(i int)) {
	for i := range n {
		if i > 0 {
			w.put(", ")
		}
		item(i)
	}
}

// when writes parts if there is something to say.
func (w *printer) when(condition bool, parts ...any) {
	if condition {
		w.put(parts...)
	}
}

func (w *printer) node(n Node) {
	switch n := n.(type) {
	case Ident:
		w.put(Quote(n.Value))
	case ObjectName:
		w.name(n)
	case Expr:
		w.expr(n, levelOr)
	case *Query:
		w.query(n)
	case QueryBody:
		w.body(n, levelUnion)
	case TableRef:
		w.tableRef(n)
	default:
		panic(fmt.Sprintf("tsql: cannot print a %T", n))
	}
}

func (w *printer) name(n ObjectName) {
	if n.Variable {
		w.put(n.Name)
		return
	}
	parts := []string{n.Server, n.Database, n.Schema, n.Name}
	for i, part := range parts[4-min(max(n.Parts, 1), 4):] {
		w.when(i > 0, ".")
		w.when(part != "", Quote(part))
	}
}

// String returns the type as declared in canonical form: nvarchar(max),
// decimal(18, 0).
func (t DataType) String() string {
	switch {
	case t.UserDefined:
		return QuoteName2(t.Schema, t.Name)
	case t.Length == -1:
		return t.Name + "(max)"
	case t.Length > 0:
		return fmt.Sprintf("%s(%d)", t.Name, t.Length)
	case t.Precision > 0 && (t.Name == "decimal" || t.Name == "numeric"):
		return fmt.Sprintf("%s(%d, %d)", t.Name, t.Precision, t.Scale)
	case t.Name == "time" || t.Name == "datetime2" || t.Name == "datetimeoffset":
		return fmt.Sprintf("%s(%d)", t.Name, t.Scale)
	}
	return t.Name
}
