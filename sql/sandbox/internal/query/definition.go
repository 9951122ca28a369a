package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"grantree/sql/tsql"
)

// Definition is the expression of a DEFAULT or the condition of a CHECK as sys.default_constraints and
// sys.check_constraints show it: the server keeps no text, it writes what it has understood. The forms are those of the
// scripts of Microsoft's sample databases (AdventureWorks, instawdb.sql).
func Definition(e tsql.Expr) string { return "(" + defined(e) + ")" }

func defined(e tsql.Expr) string {
	switch x := simpler(e).(type) {
	case *tsql.Literal:
		return definedLiteral(x)
	case *tsql.Variable:
		return x.Name
	case *tsql.ColumnRef:
		return tsql.Quote(x.Name)
	case *tsql.Star:
		return "*"
	case *tsql.Unary:
		return definedUnary(x)
	case *tsql.Binary:
		return definedBinary(x)
	case *tsql.Like:
		text := defined(x.X) + " like " + defined(x.Pattern)
		if x.Escape != nil {
			text += " escape " + defined(x.Escape) + " "
		}
		return text
	case *tsql.IsNull:
		return defined(x.X) + map[bool]string{false: " IS NULL", true: " IS NOT NULL"}[x.Not]
	case *tsql.Case:
		return definedCase(x)
	case *tsql.Convert:
		list := []string{definedType(x.Type), defined(x.X)}
		if x.Style != nil {
			list = append(list, defined(x.Style))
		}
		return map[bool]string{false: "CONVERT(", true: "TRY_CONVERT("}[x.Try] + strings.Join(list, ",") + ")"
	case *tsql.Collate:
		return defined(x.X) + " collate " + x.Collation
	case *tsql.Call:
		return definedCall(x)
	}
	return ""
}

// simpler is an expression with what the server does not keep in the form that it keeps: IN as equalities from the last to
// the first, BETWEEN as two comparisons, CAST as CONVERT, IIF as CASE, YEAR as DATEPART, CURRENT_USER as USER_NAME().
func simpler(e tsql.Expr) tsql.Expr {
	switch x := e.(type) {
	case *tsql.Between:
		return unless(x.Not, &tsql.Binary{Op: "AND", Left: &tsql.Binary{Op: ">=", Left: x.X, Right: x.Low}, Right: &tsql.Binary{Op: "<=", Left: x.X, Right: x.High}})
	case *tsql.In:
		var out tsql.Expr
		for _, value := range slices.Backward(x.List) {
			equal := &tsql.Binary{Op: "=", Left: x.X, Right: value}
			if out == nil {
				out = equal
				continue
			}
			out = &tsql.Binary{Op: "OR", Left: out, Right: equal}
		}
		return unless(x.Not, out)
	case *tsql.Like:
		plain := *x
		plain.Not = false
		return unless(x.Not, &plain)
	case *tsql.Cast:
		return &tsql.Convert{Type: x.Type, X: x.X, Try: x.Try}
	case *tsql.Unary:
		if x.Op == "+" {
			return simpler(x.X)
		}
	case *tsql.Call:
		return simplerCall(x)
	}
	return e
}

func unless(not bool, e tsql.Expr) tsql.Expr {
	if not {
		return &tsql.Unary{Op: "NOT", X: e}
	}
	return e
}

// niladicCalls are the calls that the server keeps for functions without parentheses.
var niladicCalls = map[string]string{
	"CURRENT_USER": "user_name", "SESSION_USER": "user_name", "USER": "user_name", "SYSTEM_USER": "suser_sname", "CURRENT_TIMESTAMP": "getdate",
}

func simplerCall(x *tsql.Call) tsql.Expr {
	name := strings.ToUpper(x.Name.Name)
	switch {
	case x.Niladic:
		return &tsql.Call{Name: tsql.ObjectName{Name: niladicCalls[name], Parts: 1}}
	case x.Name.Parts > 1:
	case name == "IIF" && len(x.Args) == 3:
		return &tsql.Case{Pos: x.Pos, Whens: []tsql.When{{Pos: x.Pos, Cond: x.Args[0], Result: x.Args[1]}}, Else: x.Args[2]}
	case (name == "YEAR" || name == "MONTH" || name == "DAY") && len(x.Args) == 1:
		return &tsql.Call{Pos: x.Pos, Name: tsql.ObjectName{Name: "datepart", Parts: 1}, Args: []tsql.Expr{&tsql.ColumnRef{Pos: x.Pos, Name: name}, x.Args[0]}}
	}
	return x
}

// definedCall is a call: functions of the engine in lower case, date parts by their full names.
func definedCall(x *tsql.Call) string {
	name := strings.ToLower(x.Name.Name)
	if x.Name.Parts > 1 {
		name = tsql.QuoteName2(x.Name.Schema, x.Name.Name)
	}
	list := make([]string, len(x.Args))
	for i, a := range x.Args {
		list[i] = defined(a)
		if part, ok := a.(*tsql.ColumnRef); ok && i == 0 && strings.HasPrefix(name, "date") && dateParts[strings.ToLower(part.Name)] != "" {
			list[i] = dateParts[strings.ToLower(part.Name)]
		}
	}
	return name + "(" + strings.Join(list, ",") + ")"
}

// definedLiteral is a constant: numbers stand in parentheses, a whole one beyond int ends with a point.
func definedLiteral(x *tsql.Literal) string {
	switch x.Kind {
	case tsql.NullLiteral:
		return "NULL"
	case tsql.StringLiteral:
		return strings.TrimPrefix(tsql.QuoteString(x.Text), "N")
	case tsql.NStringLiteral:
		return tsql.QuoteString(x.Text)
	case tsql.BinaryLiteral:
		return "0x" + x.Text
	}
	return "(" + definedNumber(x) + ")"
}

func definedNumber(x *tsql.Literal) string {
	switch x.Kind {
	case tsql.MoneyLiteral:
		return "$" + x.Text
	case tsql.FloatLiteral:
		f, err := strconv.ParseFloat(x.Text, 64)
		mantissa, exponent, ok := strings.Cut(strconv.FormatFloat(f, 'e', 16, 64), "e")
		if n, bad := strconv.Atoi(exponent); err == nil && ok && bad == nil {
			return fmt.Sprintf("%se%+04d", mantissa, n)
		}
	case tsql.IntLiteral:
		if _, err := strconv.ParseInt(x.Text, 10, 32); err != nil {
			return x.Text + "."
		}
	}
	return x.Text
}

func definedUnary(x *tsql.Unary) string {
	number, ok := x.X.(*tsql.Literal)
	switch text := defined(x.X); {
	case x.Op == "-" && ok && strings.HasPrefix(text, "("):
		return "(-" + definedNumber(number) + ")"
	case x.Op == "NOT":
		return "NOT " + within(text, joins(x.X, "AND", "OR"))
	default:
		return x.Op + within(text, isBinary(x.X))
	}
}

// definedBinary is an operator between operands: what does not bind closer stands in parentheses, for AND and OR on the
// right alone. Comparisons bind as sums do here.
func definedBinary(x *tsql.Binary) string {
	l, r := defined(x.Left), defined(x.Right)
	switch {
	case x.Op == "AND":
		return within(l, joins(x.Left, "OR")) + " AND " + within(r, joins(x.Right, "AND", "OR"))
	case x.Op == "OR":
		return l + " OR " + within(r, joins(x.Right, "OR"))
	}
	op := x.Op
	if strings.HasPrefix(op, "IS") {
		op = " " + op + " "
	}
	loose := func(side tsql.Expr) bool { return isBinary(side) && (isProduct(x) || !isProduct(side)) }
	return within(l, loose(x.Left)) + op + within(r, loose(x.Right))
}

func isBinary(e tsql.Expr) bool { _, ok := simpler(e).(*tsql.Binary); return ok }

func isProduct(e tsql.Expr) bool { return joins(e, "*", "/", "%") }

func within(text string, parentheses bool) string {
	if parentheses {
		return "(" + text + ")"
	}
	return text
}

// joins reports whether an expression is two joined by one of these words or signs.
func joins(e tsql.Expr, words ...string) bool {
	b, ok := simpler(e).(*tsql.Binary)
	return ok && slices.Contains(words, b.Op)
}

func definedCase(x *tsql.Case) string {
	text := "case"
	if x.Operand != nil {
		text += " " + defined(x.Operand)
	}
	for _, w := range x.Whens {
		text += " when " + defined(w.Cond) + " then " + defined(w.Result)
	}
	if x.Else != nil {
		text += " else " + defined(x.Else)
	}
	return text + " end"
}

func definedType(t tsql.DataType) string {
	name := tsql.Quote(t.Name)
	switch {
	case t.Length < 0:
		return name + "(max)"
	case t.Length > 0:
		return fmt.Sprintf("%s(%d)", name, t.Length)
	case kindOf(t) == kindDecimal:
		return fmt.Sprintf("%s(%d,%d)", name, t.Precision, t.Scale)
	case typeInfos[t.Name].size == 0: // of the times that have a scale
		return fmt.Sprintf("%s(%d)", name, t.Scale)
	}
	return name
}
