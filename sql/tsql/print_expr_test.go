package tsql

import "strings"

// Levels of binding, loosest first ("Operator Precedence (Transact-SQL)"). A
// sign binds like addition: -a * b is -(a * b).
const (
	levelOr = iota + 1
	levelAnd
	levelNot
	levelCompare
	levelAdd
	levelMultiply
	levelPostfix // ~
	levelCollate // COLLATE and AT TIME ZONE
	levelPrimary
)

// binaryLevels are the levels of the operators between two operands.
var binaryLevels = map[string]int{
	"OR": levelOr, "AND": levelAnd, "=": levelCompare, "<>": levelCompare, "<": levelCompare, "<=": levelCompare,
	"IS DISTINCT FROM": levelCompare, "IS NOT DISTINCT FROM": levelCompare,
	">": levelCompare, ">=": levelCompare, "+": levelAdd, "-": levelAdd, "&": levelAdd, "|": levelAdd,
	"^": levelAdd, "*": levelMultiply, "/": levelMultiply, "%": levelMultiply,
}

// level says how tightly e binds.
func level(e Expr) int {
	switch e := e.(type) {
	case *Binary:
		return binaryLevels[e.Op]
	case *Unary:
		switch e.Op {
		case "NOT":
			return levelNot
		case "~":
			return levelPostfix
		}
		return levelAdd
	case *Between, *In, *Like, *IsNull, *Quantified:
		return levelCompare
	case *Collate, *AtTimeZone:
		return levelCollate
	}
	return levelPrimary
}

// expr writes e, in parentheses if it binds looser than least.
func (w *printer) expr(e Expr, least int) {
	if level(e) < least {
		w.put("(")
		defer w.put(")")
	}
	switch e := e.(type) {
	case *Literal:
		w.literal(e)
	case *Variable:
		w.put(e.Name)
	case *Default:
		w.put("DEFAULT")
	case *ColumnRef:
		w.qualifier(e.Table)
		w.put(Quote(e.Name))
	case *Star:
		w.qualifier(e.Table)
		w.put("*")
	case *Unary:
		w.unary(e)
	case *Binary:
		w.binary(e)
	case *Subquery:
		w.put("(", e.Query, ")")
	case *Case:
		w.caseExpr(e)
	case *Cast:
		w.put(try(e.Try), "CAST(", e.X, " AS ", e.Type, ")")
	case *Convert:
		w.put(try(e.Try), "CONVERT(", e.Type, ", ", e.X)
		w.when(e.Style != nil, ", ", e.Style)
		w.put(")")
	case *Call:
		w.call(e)
	case *Collate:
		w.expr(e.X, levelCollate+1)
		w.put(" COLLATE ", e.Collation)
	case *AtTimeZone:
		w.expr(e.X, levelCollate)
		w.put(" AT TIME ZONE ")
		w.expr(e.Zone, levelPrimary)
	case *Method:
		if _, column := e.X.(*ColumnRef); column { // else it reads as a name
			w.put("(", e.X, ")")
		} else {
			w.expr(e.X, levelPrimary)
		}
		w.put(".", Quote(e.Name), "(", e.Args, ")")
	default:
		w.predicate(e)
	}
}

func (w *printer) qualifier(table ObjectName) {
	if !table.IsZero() {
		w.put(table, ".")
	}
}

func try(yes bool) string {
	if yes {
		return "TRY_"
	}
	return ""
}

func (w *printer) literal(e *Literal) {
	switch e.Kind {
	case NullLiteral:
		w.put("NULL")
	case StringLiteral:
		w.put("'", escapeString(e.Text), "'")
	case NStringLiteral:
		w.put(QuoteString(e.Text))
	case MoneyLiteral:
		w.put("$", e.Text)
	case BinaryLiteral:
		w.put("0x", e.Text)
	default:
		w.put(e.Text)
	}
}

func (w *printer) unary(e *Unary) {
	w.put(e.Op)
	switch e.Op {
	case "NOT":
		w.put(" ")
		w.expr(e.X, levelNot)
	case "~":
		w.expr(e.X, levelPostfix)
	default:
		w.expr(e.X, levelMultiply)
	}
}

func (w *printer) binary(e *Binary) {
	own := binaryLevels[e.Op]
	left := own
	if own == levelCompare {
		left++
	}
	w.expr(e.Left, left)
	w.put(" ", e.Op, " ")
	w.expr(e.Right, own+1)
}

func (w *printer) caseExpr(e *Case) {
	w.put("CASE")
	w.when(e.Operand != nil, " ", e.Operand)
	for _, when := range e.Whens {
		w.put(" WHEN ", when.Cond, " THEN ", when.Result)
	}
	w.when(e.Else != nil, " ELSE ", e.Else)
	w.put(" END")
}

// predicate writes the tests of a value.
func (w *printer) predicate(e Expr) {
	switch e := e.(type) {
	case *Between:
		w.expr(e.X, levelAdd)
		w.put(not(e.Not), " BETWEEN ")
		w.expr(e.Low, levelAdd)
		w.put(" AND ")
		w.expr(e.High, levelAdd)
	case *In:
		w.expr(e.X, levelAdd)
		w.put(not(e.Not), " IN (")
		if e.Query != nil {
			w.put(e.Query, ")")
			return
		}
		w.put(e.List, ")")
	case *Like:
		w.expr(e.X, levelAdd)
		w.put(not(e.Not), " LIKE ")
		w.expr(e.Pattern, levelAdd)
		w.when(e.Escape != nil, " ESCAPE ", e.Escape)
	case *IsNull:
		w.expr(e.X, levelAdd)
		w.put(" IS", not(e.Not), " NULL")
	case *Exists:
		w.put("EXISTS (", e.Query, ")")
	case *Quantified:
		w.expr(e.X, levelAdd)
		word := "ANY"
		if e.All {
			word = "ALL"
		}
		w.put(" ", e.Op, " ", word, " (", e.Query, ")")
	}
}

func not(yes bool) string {
	if yes {
		return " NOT"
	}
	return ""
}

func (w *printer) call(e *Call) {
	w.functionName(e)
	if e.Niladic {
		return
	}
	w.put("(")
	w.when(e.Distinct, "DISTINCT ")
	w.put(e.Args, ")")
	if e.WithinGroup != nil {
		w.put(" WITHIN GROUP (")
		w.orderBy(e.WithinGroup)
		w.put(")")
	}
	if e.Over != nil {
		w.window(e.Over)
	}
}

// functionName writes a name of one part bare where that reads as the same
// call: functions of the language are never in brackets.
func (w *printer) functionName(e *Call) {
	name := e.Name.Name
	upper := upperASCII(name)
	bare := e.Name.Parts == 1 && name != "" && nameBytes(name) == len(name) && isNameStart([]rune(name)[0])
	switch upper {
	case "CAST", "TRY_CAST":
		bare = false
	case "IIF":
		bare = len(e.Args) > 0 && IsCondition(e.Args[0])
	case "COALESCE", "NULLIF", "LEFT", "RIGHT":
	default:
		bare = bare && (e.Niladic || !reserved[upper])
	}
	if bare {
		w.put(name)
		return
	}
	w.put(e.Name)
}

func (w *printer) window(o *Window) {
	w.put(" OVER (")
	var parts []string
	if o.PartitionBy != nil {
		sub := &printer{}
		sub.put("PARTITION BY ", o.PartitionBy)
		parts = append(parts, sub.String())
	}
	if o.OrderBy != nil {
		sub := &printer{}
		sub.orderBy(o.OrderBy)
		parts = append(parts, sub.String())
	}
	if o.Frame != "" {
		parts = append(parts, o.Frame)
	}
	w.put(strings.Join(parts, " "), ")")
}
