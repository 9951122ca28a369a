package tsql

// callsMethod reports whether a method of the type xml is called on e: a column's reads as a call of that name.
func (p *parser) callsMethod(e Expr) bool {
	_, literal := e.(*Literal)
	return !literal && p.is(".") && p.look(1).isName() && p.look(2).word == "("
}

// method reads the call of a method of x.
func (p *parser) method(x Expr) Expr {
	p.expect(".")
	m := &Method{Pos: x.Position(), X: x, Name: p.ident().Value}
	p.expect("(")
	if !p.is(")") {
		m.Args = p.callArgs(false)
	}
	p.expect(")")
	return m
}
