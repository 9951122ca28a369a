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

// hasMethods reports whether a method of the type xml may be called on e: a column's reads as a call of that name.
func hasMethods(e Expr) bool {
	switch e.(type) {
	case *Subquery, *Variable, *Method:
		return true
	}
	return false
}

// method reads the call of a method of x.
func (p *parser) method(x Expr) Expr {
	p.expect(".")
	m := &Method{Pos: x.Position(), X: x, Name: p.ident().Value}
	p.expect("(")
	m.Args = p.callArgs(false)
	p.expect(")")
	return m
}
