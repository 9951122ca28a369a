package tsql

// password reads PASSWORD = … with the words after it, which need no comma.
func (p *parser) password(alter bool) *Password {
	w := &Password{Pos: p.tokens[p.at-1].Pos}
	p.expect("=")
	if p.tok().kind == tokBinary {
		w.Hash = p.bytes()
		p.expect("HASHED")
	} else {
		w.Text = p.stringText()
	}
	for {
		switch {
		case !w.MustChange && p.accept("MUST_CHANGE"):
			w.MustChange = true
		case alter && !w.Unlock && p.accept("UNLOCK"):
			w.Unlock = true
		case alter && p.accept("OLD_PASSWORD"):
			w.Old = p.oldPassword()
		default:
			return w
		}
	}
}

func (p *parser) oldPassword() *string {
	p.expect("=")
	old := p.stringText()
	return &old
}

// language reads the name of a language or the number of a locale.
func (p *parser) language() *Ident {
	if t := p.tok(); t.kind == tokInt {
		p.at++
		return &Ident{Pos: t.Pos, Value: t.text}
	}
	return p.identPtr()
}

// createSchema reads CREATE SCHEMA with the statements it carries.
func (p *parser) createSchema(start token) Statement {
	p.needFirst(start, "CREATE SCHEMA")
	s := fill(p, &CreateSchema{}, "schema")
	for p.is("CREATE", "TABLE") || p.is("CREATE", "VIEW") || p.isAny("GRANT", "DENY", "REVOKE") {
		s.Elements = append(s.Elements, p.element())
	}
	return s
}

// element reads a statement inside CREATE SCHEMA.
func (p *parser) element() Statement {
	start := p.tok()
	var s Statement
	switch {
	case p.accept("CREATE", "TABLE"):
		s = p.createTable()
	case p.accept("CREATE"):
		s = fill(p, &CreateView{}, "view")
	default:
		s = p.permission()
	}
	s.setSpan(p.span(start.Pos))
	return s
}

// transferable is class for what ALTER SCHEMA moves.
func (p *parser) transferable() string {
	class := p.class()
	switch class {
	case "", "OBJECT", "TYPE", "XML SCHEMA COLLECTION":
	default:
		p.fail()
	}
	return class
}
