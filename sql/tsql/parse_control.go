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
	case "RETURN":
		return p.returnStatement()
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
	return fill(p, &Throw{}, "throw")
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
