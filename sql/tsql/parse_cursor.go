package tsql

// cursorOptions are the words between CURSOR and FOR ("DECLARE CURSOR (Transact-SQL)").
var cursorOptions = wordSet(`LOCAL GLOBAL FORWARD_ONLY SCROLL STATIC KEYSET DYNAMIC FAST_FORWARD READ_ONLY SCROLL_LOCKS
OPTIMISTIC TYPE_WARNING`)

// cursor reads the statements about cursors but SET @c = CURSOR; nil when there is none.
func (p *parser) cursor() Statement {
	switch word := p.tok().word; word {
	case "OPEN", "CLOSE", "DEALLOCATE":
		p.at++
		if p.look(1).word == "KEY" || p.is("ALL", "SYMMETRIC") {
			p.unsupported(word + " " + p.tok().word + " " + p.look(1).word)
		}
		return &CursorStatement{Verb: word, Cursor: p.cursorName()}
	case "FETCH":
		p.at++
		return p.fetch()
	}
	return nil
}

func (p *parser) cursorName() CursorName {
	n := CursorName{Pos: p.tok().Pos}
	if p.isVariable() {
		n.Name = p.variable()
		return n
	}
	n.Global = p.is("GLOBAL") && p.look(1).isName() && p.accept("GLOBAL")
	n.Name = p.ident().Value
	return n
}

func (p *parser) fetch() Statement {
	s := &Fetch{Direction: "NEXT"}
	after := p.look(1)
	if p.isAny("NEXT", "PRIOR", "FIRST", "LAST", "ABSOLUTE", "RELATIVE") && (after.isName() || after.word == "FROM" || after.word == "-" || after.kind == tokInt || after.kind == tokVariable) {
		s.Direction = p.next().word
		if s.Direction == "ABSOLUTE" || s.Direction == "RELATIVE" {
			s.Offset = p.constant()
		}
		p.expect("FROM")
	}
	p.accept("FROM")
	s.Cursor = p.cursorName()
	if p.accept("INTO") {
		p.list(func() { s.Into = append(s.Into, p.variable()) })
	}
	return s
}

// declareCursor reads what follows DECLARE. Before CURSOR may stand SCROLL, and INSENSITIVE, which is STATIC.
func (p *parser) declareCursor() Statement {
	s := &DeclareCursor{Cursor: CursorName{Pos: p.tok().Pos}}
	s.Cursor.Name = p.ident().Value
	for p.isAny("INSENSITIVE", "SCROLL") {
		word := p.next().word
		if word == "INSENSITIVE" {
			word = "STATIC"
		}
		s.Options = append(s.Options, word)
	}
	return p.cursorOf(s)
}

// cursorOf reads CURSOR … FOR query.
func (p *parser) cursorOf(s *DeclareCursor) Statement {
	p.expect("CURSOR")
	for cursorOptions[p.tok().word] {
		s.Options = append(s.Options, p.next().word)
	}
	p.expect("FOR")
	s.Query = p.innerQuery()
	s.Query.Options = p.options()
	switch {
	case p.is("FOR", "UPDATE"):
		p.unsupported("FOR UPDATE")
	case p.accept("FOR"):
		p.expect("READ", "ONLY")
		s.Options = append(s.Options, "READ_ONLY")
	}
	return s
}
