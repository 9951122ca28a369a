package tsql

// session reads the statements about transactions, variables and settings; nil
// when there is none.
func (p *parser) session() Statement {
	switch p.tok().word {
	case "DECLARE":
		return p.declare()
	case "SET":
		return p.set()
	}
	return nil
}

func (p *parser) beginTransaction() Statement {
	p.oneOf("TRAN", "TRANSACTION")
	s := &BeginTransaction{Name: p.transactionName()}
	if s.Name == nil && p.is("WITH", "MARK") {
		p.unsupported("BEGIN TRANSACTION WITH MARK without a name")
	}
	if p.accept("WITH", "MARK") {
		s.Mark = true
		if p.isString() || p.isVariable() {
			p.at++
		}
	}
	return s
}

// transactionName reads a name or a variable, or nothing. A name that begins
// the next statement is not one.
func (p *parser) transactionName() Expr {
	t := p.tok()
	switch {
	case p.isVariable():
		p.at++
		return &Variable{Pos: t.Pos, Name: t.text}
	case t.isName() && p.look(1).word != ":":
		p.at++
		return &Literal{Pos: t.Pos, Kind: StringLiteral, Text: t.text}
	}
	return nil
}

func (p *parser) declare() Statement {
	p.expect("DECLARE")
	if p.tok().isName() {
		return p.declareCursor()
	}
	s := &Declare{}
	if p.look(1).word == "TABLE" || p.look(1).word == "AS" && p.look(2).word == "TABLE" {
		v := p.declared(true)
		p.accept("AS")
		p.expect("TABLE")
		p.inTable = true
		defer func() { p.inTable = false }()
		body := p.tableBody()
		v.Table = &body
		s.Variables = []VariableDecl{v}
		return s
	}
	p.list(func() { s.Variables = append(s.Variables, p.variableDecl()) })
	return s
}

// variableDecl reads @name [AS] type [= value] or @name CURSOR.
func (p *parser) variableDecl() VariableDecl {
	v := p.declared(false)
	p.accept("AS")
	if p.accept("CURSOR") {
		v.Type = DataType{Name: "cursor"}
	} else {
		v.Type = p.typeFor("parameter", v.Name, 1)
	}
	if p.accept("=") {
		v.Value = p.expr()
	}
	return v
}

// parameters reads the declaration of a text's parameters: what may follow DECLARE, each perhaps with OUTPUT or READONLY.
func (p *parser) parameters() (list []VariableDecl) {
	if p.tok().kind == tokEOF {
		return nil
	}
	p.list(func() {
		v := p.variableDecl()
		p.accept("VARYING")
		v.Output = p.accept("OUTPUT") || p.accept("OUT")
		p.accept("READONLY")
		list = append(list, v)
	})
	if p.tok().kind != tokEOF {
		p.fail()
	}
	return list
}

// quotedTable reads the name of a table as a string or as one name.
func (p *parser) quotedTable() string {
	if p.isString() {
		return p.stringText()
	}
	return p.ident().Value
}

// savepoint is transactionName where there must be one.
func (p *parser) savepoint() Expr {
	name := p.transactionName()
	if name == nil {
		p.fail()
	}
	return name
}

// killed reads what KILL names.
func (p *parser) killed() Expr {
	if t := p.tok(); t.kind != tokInt && t.kind != tokString && t.word != "-" {
		p.fail()
	}
	return p.constant()
}
