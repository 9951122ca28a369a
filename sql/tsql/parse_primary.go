package tsql

import "strings"

// literals maps the tokens that are constants.
var literals = map[tokenKind]LiteralKind{
	tokString: StringLiteral, tokNString: NStringLiteral, tokInt: IntLiteral, tokDecimal: DecimalLiteral,
	tokFloat: FloatLiteral, tokMoney: MoneyLiteral, tokBinary: BinaryLiteral,
}

// niladic are the functions without parentheses ("System Functions").
var niladic = map[string]bool{
	"CURRENT_USER": true, "SESSION_USER": true, "SYSTEM_USER": true, "USER": true, "CURRENT_TIMESTAMP": true,
}

// primary reads an operand: a constant, a variable, a name, a call, CASE, or
// anything in parentheses.
func (p *parser) primary(orCondition bool) Expr {
	t := p.tok()
	if kind, ok := literals[t.kind]; ok {
		p.at++
		return &Literal{Pos: t.Pos, Kind: kind, Text: t.text}
	}
	switch {
	case t.kind == tokVariable:
		p.at++
		return &Variable{Pos: t.Pos, Name: t.text}
	case t.word == "(":
		return p.parenthesis(orCondition)
	case t.word == "{":
		return p.escape()
	case t.isReserved():
		return p.keywordPrimary()
	case t.kind == tokWord && p.look(1).word == "(":
		if e := p.specialCall(); e != nil {
			return e
		}
	}
	name := p.objectName(4)
	if p.is("(") {
		return p.call(name)
	}
	if name.Parts > 1 && name.Schema == "" {
		p.failAt(102, p.tokens[p.at-2]) // the table before the last dot is missing
	}
	c := columnOf(name)
	if last := p.tokens[p.at-1]; strings.HasPrefix(last.word, "$") {
		if c.Pseudo = pseudo[last.word]; !c.Pseudo {
			p.failAt(126, last)
		}
	}
	return c
}

// pseudo are the names that stand for a column with a property ("SELECT clause", $IDENTITY and $ROWGUID; "MERGE", $action;
// "Graph processing").
var pseudo = map[string]bool{"$IDENTITY": true, "$ROWGUID": true, "$ACTION": true, "$NODE_ID": true, "$EDGE_ID": true, "$FROM_ID": true, "$TO_ID": true, "$PARTITION": true, "$CUID": true}

// escape reads a date or time of ODBC, {d '…'}, {ts '…'} or {t '…'}: a datetime,
// of today where no day is said ("ODBC Date, Time and Timestamp Literals").
func (p *parser) escape() Expr {
	pos := p.next().Pos
	kind := p.oneOf("D", "TS", "T")
	var x Expr = &Literal{Pos: p.tok().Pos, Kind: StringLiteral, Text: p.stringText()}
	p.expect("}")
	iso := &Literal{Pos: pos, Kind: IntLiteral, Text: "121"}
	if l := x.(*Literal); kind == "T" {
		l.Text = " " + l.Text
		now := &Call{Pos: pos, Name: ObjectName{Pos: pos, Name: "GETDATE", Parts: 1}}
		today := &Convert{Pos: pos, Type: DataType{Name: "varchar", Length: 10}, X: now, Style: iso}
		x = &Binary{Pos: pos, Op: "+", Left: today, Right: l}
	}
	return &Convert{Pos: pos, Type: DataType{Name: "datetime"}, X: x, Style: iso}
}

// columnOf turns a name into a column with its table.
func columnOf(n ObjectName) *ColumnRef {
	c := &ColumnRef{Pos: n.Pos, Name: n.Name}
	if n.Parts > 1 {
		c.Table = ObjectName{Pos: n.Pos, Database: n.Server, Schema: n.Database, Name: n.Schema, Parts: n.Parts - 1}
	}
	return c
}

func (p *parser) parenthesis(orCondition bool) Expr {
	defer p.deeper()()
	if p.opensQuery() {
		return &Subquery{Pos: p.tok().Pos, Query: p.subquery()}
	}
	p.expect("(")
	var e Expr
	if orCondition {
		e = p.or()
	} else {
		e = p.add(false)
	}
	p.expect(")")
	return e
}

// keywordPrimary reads the operands that begin with a reserved word.
func (p *parser) keywordPrimary() Expr {
	t := p.tok()
	switch {
	case t.word == "NULL":
		p.at++
		return &Literal{Pos: t.Pos, Kind: NullLiteral}
	case t.word == "CASE":
		return p.caseExpr()
	case t.word == "CONVERT" || t.word == "TRY_CONVERT":
		p.at++
		return fill(p, &Convert{Pos: t.Pos, Try: t.word == "TRY_CONVERT"}, "convert")
	case niladic[t.word]:
		p.at++
		return &Call{Pos: t.Pos, Name: ObjectName{Pos: t.Pos, Name: t.text, Parts: 1}, Niladic: true}
	case p.isAny("COALESCE", "NULLIF", "LEFT", "RIGHT") && p.look(1).word == "(":
		p.at++
		return p.call(ObjectName{Pos: t.Pos, Name: t.text, Parts: 1})
	}
	p.fail()
	return nil
}

func (p *parser) caseExpr() Expr {
	defer p.deeper()()
	c := &Case{Pos: p.next().Pos}
	if !p.is("WHEN") {
		c.Operand = p.expr()
	}
	for p.is("WHEN") || len(c.Whens) == 0 {
		when := When{Pos: p.tok().Pos}
		p.expect("WHEN")
		if c.Operand == nil {
			when.Cond = p.condition()
		} else {
			when.Cond = p.expr()
		}
		p.expect("THEN")
		when.Result = p.expr()
		c.Whens = append(c.Whens, when)
	}
	if p.accept("ELSE") {
		c.Else = p.expr()
	}
	p.expect("END")
	return c
}

// specialCall reads the calls whose arguments are not plain values; nil when
// the current one is none of them.
func (p *parser) specialCall() Expr {
	t := p.tok()
	switch t.word {
	case "CAST", "TRY_CAST":
		p.at++
		return fill(p, &Cast{Pos: t.Pos, Try: t.word == "TRY_CAST"}, "cast")
	case "IIF":
		p.at++
		return fill(p, &Call{Pos: t.Pos, Name: ObjectName{Pos: t.Pos, Name: t.text, Parts: 1}}, "iif")
	}
	return nil
}

// call reads the arguments of a function and what may follow them.
func (p *parser) call(name ObjectName) Expr {
	c := &Call{Pos: name.Pos, Name: name}
	p.expect("(")
	if !p.is(")") {
		c.Distinct = p.accept("DISTINCT")
		if !c.Distinct {
			p.accept("ALL")
		}
		c.Args = p.callArgs(name.Parts > 1)
	}
	p.expect(")")
	return fill(p, c, "callEnd")
}

// callArgs reads arguments; DEFAULT is one for functions of a schema.
func (p *parser) callArgs(withDefault bool) []Expr {
	if t := p.tok(); p.is("*", ")") {
		p.at++
		return []Expr{&Star{Pos: t.Pos}}
	}
	var args []Expr
	p.list(func() {
		if t := p.tok(); withDefault && p.accept("DEFAULT") {
			args = append(args, &Default{t.Pos})
			return
		}
		args = append(args, p.expr())
	})
	return args
}
