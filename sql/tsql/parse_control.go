package tsql

// control reads the statements of control flow; nil when there is none.
func (p *parser) control() Statement {
	switch p.tok().word {
	case "BEGIN":
		return p.begin()
	case "IF":
		return p.ifStatement()
	case "WHILE":
		return p.while()
	case "BREAK", "CONTINUE":
		return p.leave()
	case "THROW":
		return p.throw()
	case "RAISERROR":
		return p.raisError()
	case "PRINT":
		p.at++
		return &PrintStatement{X: p.expr()}
	case "RETURN":
		return p.returnStatement()
	case "WAITFOR":
		return p.waitFor()
	case "GOTO":
		p.at++
		return &Goto{Label: p.bare()}
	}
	return nil
}

func (p *parser) begin() Statement {
	p.expect("BEGIN")
	switch {
	case p.isAny("TRAN", "TRANSACTION"):
		return p.beginTransaction()
	case p.accept("TRY"):
		return p.tryCatch()
	case p.isAny("DISTRIBUTED", "DIALOG", "CONVERSATION", "ATOMIC"):
		p.unsupported("BEGIN " + p.tok().word)
	}
	s := &Block{Statements: p.statements(p.atEnd)}
	if len(s.Statements) == 0 {
		p.fail()
	}
	p.expect("END")
	return s
}

func (p *parser) tryCatch() Statement {
	s := &TryCatch{}
	s.Try = p.statements(p.atEnd)
	p.expect("END", "TRY")
	p.expect("BEGIN", "CATCH")
	s.Catch = p.catchBody()
	p.expect("END", "CATCH")
	return s
}

func (p *parser) catchBody() []Statement {
	p.catches++
	defer func() { p.catches-- }()
	return p.statements(p.atEnd)
}

func (p *parser) ifStatement() Statement {
	p.expect("IF")
	s := &If{Cond: p.condition()}
	s.Then = p.statement()
	if p.is(";", "ELSE") {
		p.at++
	}
	if p.accept("ELSE") {
		s.Else = p.statement()
	}
	return s
}

func (p *parser) while() Statement {
	p.expect("WHILE")
	s := &While{Cond: p.condition()}
	p.loops++
	defer func() { p.loops-- }()
	s.Body = p.statement()
	return s
}

func (p *parser) leave() Statement {
	isBreak := p.is("BREAK")
	switch {
	case p.loops == 0 && isBreak:
		p.failWith(135)
	case p.loops == 0:
		p.failWith(136)
	}
	p.at++
	if isBreak {
		return &Break{}
	}
	return &Continue{}
}

// throw reads THROW; alone it stands only in a CATCH block (10704).
func (p *parser) throw() Statement {
	t := p.tok()
	p.expect("THROW")
	if k := p.tok().kind; k == tokEOF || k == tokWord || p.is(";") {
		if p.catches == 0 {
			p.failAt(10704, t)
		}
		return &Throw{}
	}
	s := &Throw{Number: p.constant()}
	p.expect(",")
	s.Message = p.constant()
	p.expect(",")
	s.State = p.constant()
	return s
}

// constant reads a literal, perhaps negative, or a variable.
func (p *parser) constant() Expr {
	t := p.tok()
	if p.accept("-") {
		switch p.tok().kind {
		case tokInt, tokDecimal, tokFloat, tokMoney:
			return &Unary{Pos: t.Pos, Op: "-", X: p.primary(false)}
		}
		p.fail()
	}
	if _, ok := literals[t.kind]; ok || t.kind == tokVariable || t.word == "NULL" {
		return p.primary(false)
	}
	p.fail()
	return nil
}

func (p *parser) raisError() Statement {
	p.expect("RAISERROR")
	s := &RaisError{}
	p.expect("(")
	s.Message = p.constant()
	p.expect(",")
	s.Severity = p.constant()
	p.expect(",")
	s.State = p.constant()
	for p.accept(",") {
		s.Args = append(s.Args, p.constant())
	}
	p.expect(")")
	if p.accept("WITH") {
		p.list(func() { s.Options = append(s.Options, p.oneOf("LOG", "NOWAIT", "SETERROR")) })
	}
	return s
}

func (p *parser) waitFor() Statement {
	p.expect("WAITFOR")
	if p.is("(") {
		p.unsupported("WAITFOR (RECEIVE)")
	}
	s := &WaitFor{Time: p.oneOf("DELAY", "TIME") == "TIME"}
	if p.isVariable() || p.isString() {
		s.X = p.primary(false)
		return s
	}
	p.fail()
	return nil
}
