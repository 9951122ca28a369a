package tsql

// exec reads EXECUTE AS, EXEC procedure or EXEC (text).
func (p *parser) exec() Statement {
	p.oneOf("EXEC", "EXECUTE")
	switch {
	case p.is("AS"):
		return fill(p, &ExecuteAs{}, "executeAs")
	case p.accept("("):
		return p.executeText()
	}
	s := &Execute{}
	if p.isVariable() && p.look(1).word == "=" {
		s.Return = p.variable()
		p.at++
	}
	if p.isVariable() {
		s.ProcVar = p.variable()
	} else {
		s.Procedure = p.objectName(4)
	}
	if p.is(";") && p.look(1).kind == tokInt {
		p.at += 2
		p.arguments(s)
		p.unsupported("EXECUTE procedure;number")
	}
	p.arguments(s)
	return s
}

// bareCall reads a call without EXEC.
func (p *parser) bareCall() Statement {
	s := &Execute{Procedure: p.objectName(4)}
	p.arguments(s)
	return s
}

// arguments reads the arguments of a procedure and WITH RECOMPILE.
func (p *parser) arguments(s *Execute) {
	if p.startsArgument() {
		p.list(func() { s.Args = append(s.Args, p.argument()) })
	}
	switch {
	case p.accept("WITH", "RECOMPILE"):
		s.Recompile = true
	case p.is("WITH", "RESULT"):
		p.unsupported("EXECUTE … WITH RESULT SETS")
	}
}

func (p *parser) startsArgument() bool {
	t := p.tok()
	_, literal := literals[t.kind]
	return literal || t.kind == tokVariable || t.isName() && p.look(1).word != ":" && t.word != "THROW" || p.isAny("-", "NULL", "DEFAULT")
}

func (p *parser) argument() Argument {
	t := p.tok()
	a := Argument{Pos: t.Pos}
	if p.isVariable() && p.look(1).word == "=" {
		p.roles[p.at] = nil
		a.Name = p.variable()
		p.at++
		t = p.tok()
	}
	switch {
	case p.accept("DEFAULT"):
		a.Value = &Default{t.Pos}
	case t.isName():
		p.at++
		a.Value = &Literal{Pos: t.Pos, Kind: NStringLiteral, Text: t.text}
	default:
		a.Value = p.constant()
	}
	if t.kind == tokVariable {
		a.Output = p.accept("OUTPUT") || p.accept("OUT")
	}
	return a
}

// executeText reads the rest of EXEC (text): strings and variables joined by +.
func (p *parser) executeText() Statement {
	s := &ExecuteText{Text: p.textOperand()}
	for n := 0; p.accept("+"); p.chain(&n) {
		s.Text = &Binary{Pos: s.Text.Position(), Op: "+", Left: s.Text, Right: p.textOperand()}
	}
	if p.is(",") {
		p.unsupported("EXECUTE (…) AT")
	}
	p.expect(")")
	fill(p, s, "executeTextAs")
	if p.is("AT") {
		p.unsupported("EXECUTE (…) AT")
	}
	return s
}

func (p *parser) textOperand() Expr {
	if !p.isString() && p.tok().kind != tokVariable {
		p.fail()
	}
	return p.primary(false)
}

// textOrVariable reads one of the two.
func (p *parser) textOrVariable() Expr {
	if !p.isString() && !p.isVariable() {
		p.fail()
	}
	return p.primary(false)
}
