package tsql

// batch reads all statements up to the end of the text.
func (p *parser) batch() []Statement {
	list := p.statements(func() bool { return false })
	if p.tok().kind != tokEOF {
		p.fail()
	}
	return list
}

// statements reads statements until the end of the text or until end says so.
func (p *parser) statements(end func() bool) []Statement {
	var list []Statement
	terminated := true
	for {
		for p.accept(";") {
			terminated = true
		}
		if p.tok().kind == tokEOF || end() {
			return list
		}
		p.checkTerminated(terminated)
		before := p.at
		list = append(list, p.statement())
		terminated = p.tokens[max(p.at-1, before)].word == ";" || isLabel(list[len(list)-1])
	}
}

func isLabel(s Statement) bool { _, ok := s.(*Label); return ok }

// checkTerminated refuses what must follow a semicolon: a WITH (319, or 336
// where it may have been a table hint) and THROW (102).
func (p *parser) checkTerminated(terminated bool) {
	switch {
	case terminated:
	case p.is("WITH") && p.afterTable == p.at:
		p.at++
		p.failWith(336)
	case p.is("WITH"):
		p.failWith(319)
	case p.is("THROW"):
		p.fail()
	}
}

// statement reads one statement and sets its range. What is outside the subset
// becomes an Unsupported.
func (p *parser) statement() (s Statement) {
	defer p.deeper()()
	start := p.tok()
	p.inner++
	defer func() {
		p.inner--
		switch bail := recover().(type) {
		case nil:
		case outside:
			s = p.skip(start, bail.what)
		default:
			panic(bail)
		}
	}()
	s = p.dispatch()
	s.setSpan(p.span(start.Pos))
	return s
}

// skip moves to the end of a statement outside the subset: the next semicolon,
// or the END of the block around it.
func (p *parser) skip(start token, what string) Statement {
	for depth := 0; p.tok().kind != tokEOF && !p.is(";"); p.at++ {
		switch t := p.tok(); {
		case t.kind == tokError:
			panic(t.err)
		case t.word == "CASE" || t.word == "BEGIN":
			depth++
		case t.word == "END" && depth == 0:
			return p.skipped(start, what)
		case t.word == "END":
			depth--
		}
	}
	return p.skipped(start, what)
}

func (p *parser) skipped(start token, what string) Statement {
	span := p.span(start.Pos)
	return &Unsupported{Span: span, What: what, Text: span.Text(p.text)}
}

// module skips to the end of the batch: a procedure's body ends only there.
func (p *parser) module(start token, what string) Statement {
	for p.tok().kind != tokEOF {
		p.next()
	}
	for p.tokens[p.at-1].word == ";" {
		p.at--
	}
	return p.skipped(start, what)
}

// dispatch reads the statement that the current word begins.
func (p *parser) dispatch() Statement {
	switch p.tok().word {
	case "SELECT", "(", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE":
		return p.dataStatement()
	case "TRUNCATE":
		return p.truncate()
	case "CREATE":
		return p.create()
	case "ALTER":
		return p.alter()
	case "DROP":
		return p.drop()
	case "GRANT", "DENY", "REVOKE":
		return p.permission()
	case "EXEC", "EXECUTE":
		return p.exec()
	case "REVERT":
		return p.revert()
	case "USE":
		p.at++
		return &Use{Database: p.ident()}
	}
	if s := p.control(); s != nil {
		return s
	}
	if s := p.session(); s != nil {
		return s
	}
	return p.other()
}

// outsideWords begin statements that the subset leaves out.
var outsideWords = wordSet(`BACKUP RESTORE DBCC BULK READTEXT WRITETEXT UPDATETEXT OPEN CLOSE FETCH DEALLOCATE
SETUSER SHUTDOWN LOAD DUMP ADD`)

// other reads a label, a call without EXEC, which only the first statement of a
// batch may be, or refuses.
func (p *parser) other() Statement {
	t := p.tok()
	switch {
	case outsideWords[t.word]:
		p.unsupported(t.word)
	case p.is("ENABLE", "TRIGGER"), p.is("DISABLE", "TRIGGER"):
		p.unsupported(t.word + " TRIGGER")
	case t.isName() && p.look(1).word == ":":
		id := p.ident()
		p.at++
		return &Label{Name: id}
	case t.isName() && p.at == p.firstToken():
		return p.bareCall()
	}
	p.fail()
	return nil
}

// firstToken is the index of the first token of the batch that is no semicolon.
func (p *parser) firstToken() int {
	for i, t := range p.tokens {
		if t.word != ";" {
			return i
		}
	}
	return 0
}
