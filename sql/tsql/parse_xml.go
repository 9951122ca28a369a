package tsql

// forXML reads what follows FOR XML. All but PATH ('…') and TYPE is outside.
func (p *parser) forXML() *ForXML {
	if mode := p.oneOf("PATH", "RAW", "AUTO", "EXPLICIT"); mode != "PATH" {
		p.unsupported("FOR XML " + mode)
	}
	x := &ForXML{Element: "row"}
	if p.accept("(") {
		x.Element = p.stringText()
		p.expect(")")
	}
	for p.accept(",") {
		if option := p.oneOf("TYPE", "ROOT", "ELEMENTS", "BINARY", "XMLSCHEMA", "XMLDATA"); option != "TYPE" {
			p.unsupported("FOR XML " + option)
		}
		x.Type = true
	}
	return x
}

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
