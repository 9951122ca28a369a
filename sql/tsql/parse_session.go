package tsql

// session reads the statements about transactions, variables and settings; nil
// when there is none.
func (p *parser) session() Statement {
	switch p.tok().word {
	case "COMMIT", "ROLLBACK", "SAVE":
		return p.endTransaction()
	case "DECLARE":
		return p.declare()
	case "SET":
		return p.set()
	case "KILL":
		return p.kill()
	case "DBCC":
		return p.checkIdent()
	case "CHECKPOINT":
		p.at++
		if p.tok().kind == tokInt {
			p.at++
		}
		return &Checkpoint{}
	case "RECONFIGURE":
		p.at++
		return &Reconfigure{Override: p.accept("WITH", "OVERRIDE")}
	}
	return nil
}

// checkIdent reads DBCC CHECKIDENT; every other DBCC is outside.
func (p *parser) checkIdent() Statement {
	if p.at++; !p.accept("CHECKIDENT") {
		p.unsupported("DBCC")
	}
	s := &CheckIdent{}
	p.expect("(")
	if p.isString() {
		s.Table = p.stringText()
	} else {
		s.Table = p.ident().Value
	}
	if p.accept(",") {
		s.NoReseed = p.oneOf("RESEED", "NORESEED") == "NORESEED"
		if !s.NoReseed && p.accept(",") {
			s.Value = p.expr()
		}
	}
	p.expect(")")
	if p.accept("WITH") {
		p.expect("NO_INFOMSGS")
		s.Silent = true
	}
	return s
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

func (p *parser) endTransaction() Statement {
	word := p.next().word
	var name Expr
	if p.accept("TRAN") || p.accept("TRANSACTION") {
		name = p.transactionName()
	} else if word != "SAVE" {
		p.accept("WORK")
	}
	switch word {
	case "COMMIT":
		return &Commit{Name: name}
	case "ROLLBACK":
		return &Rollback{Name: name}
	}
	if name == nil {
		p.fail()
	}
	return &SaveTransaction{Name: name}
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

func (p *parser) kill() Statement {
	p.expect("KILL")
	s := &Kill{}
	if t := p.tok(); t.kind != tokInt && t.kind != tokString && t.word != "-" {
		p.fail()
	}
	s.ID = p.constant()
	s.StatusOnly = p.accept("WITH", "STATUSONLY")
	return s
}
