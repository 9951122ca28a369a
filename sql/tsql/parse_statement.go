package tsql

// batch reads all statements up to the end of the text.
func (p *parser) batch() []Statement {
	return p.statements(func() bool { return false })
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

// atEnd reports whether the END of a block comes.
func (p *parser) atEnd() bool { return p.is("END") && !p.is("END", "CONVERSATION") }

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
	start, first := p.tok(), p.at
	p.inner++
	defer func() {
		p.inner--
		switch bail := recover().(type) {
		case nil:
		case outside:
			s = p.skip(first, bail.what)
		case *SyntaxError:
			if bail != p.final && !settled[bail.Number] {
				s = p.beyond(first)
			}
			p.final = bail
			if s == nil {
				panic(bail)
			}
		default:
			panic(bail)
		}
	}()
	s = p.dispatch()
	s.setSpan(p.span(start.Pos))
	if !p.ended() && p.clauseIn(first, p.endOf(first)) != "" {
		p.fail()
	}
	return s
}

// settled are the numbers that say more than that the parser does not know: no clause explains them.
var settled = map[int32]bool{103: true, 105: true, 111: true, 113: true, 135: true, 136: true, 141: true, 178: true, 191: true,
	1019: true, 1020: true, 1038: true, 10704: true, 10709: true}

// ended reports whether a statement may end before the current token.
func (p *parser) ended() bool {
	t := p.tok()
	return t.kind == tokEOF || heads[t.word] || p.isAny(";", "END", "ELSE", "THROW") || p.opensQuery() || p.look(1).word == ":"
}

// skip moves to the end of a statement outside the subset.
func (p *parser) skip(first int, what string) Statement {
	p.sure = true
	end := p.endOf(first)
	if at := p.unsound(first, end); at >= 0 {
		p.at = at
		p.fail()
	}
	p.sure = false
	p.at = max(end, p.at)
	return p.skipped(p.tokens[first], what)
}

func (p *parser) skipped(start token, what string) Statement {
	for i := p.at - 1; i >= 0 && p.tokens[i].Offset >= start.Offset; i-- {
		p.roles[i] = nil
	}
	span := p.span(start.Pos)
	return &Unsupported{Span: span, What: what, Text: span.Text(p.text)}
}

// dispatch reads the statement that the current word begins.
func (p *parser) dispatch() Statement {
	switch p.tok().word {
	case "SELECT", "(", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE":
		return p.dataStatement()
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
	}
	if s := p.formed(); s != nil {
		return s
	}
	if s := p.control(); s != nil {
		return s
	}
	if s := p.session(); s != nil {
		return s
	}
	if s := p.cursor(); s != nil {
		return s
	}
	return p.other()
}

// outsideWords begin statements that the subset leaves out.
var outsideWords = wordSet(`BACKUP RESTORE DBCC BULK READTEXT WRITETEXT UPDATETEXT SETUSER SHUTDOWN LINENO`)

// nameHeads begin such statements with words that may be names.
var nameHeads = phraseSet(`ENABLE TRIGGER;DISABLE TRIGGER;SEND ON CONVERSATION;RECEIVE;GET CONVERSATION GROUP;
MOVE CONVERSATION;END CONVERSATION;COPY INTO;RENAME OBJECT;ADD SIGNATURE;ADD COUNTER SIGNATURE;ADD SENSITIVITY CLASSIFICATION`)

// other reads a label, a call without EXEC, which only the first statement of a
// batch may be, or refuses.
func (p *parser) other() Statement {
	t := p.tok()
	switch {
	case outsideWords[t.word]:
		p.unsupported(t.word)
	case p.isAny("ENABLE", "DISABLE", "SEND", "RECEIVE", "GET", "MOVE", "ADD", "END", "COPY", "RENAME"):
		if what, ok := p.tryPhrase(nameHeads); ok {
			p.unsupported(what)
		}
	case t.isName() && p.look(1).word == ":":
		id := p.bare()
		p.at++
		return &Label{Name: id}
	case (t.isName() || p.is(".")) && p.at == p.firstToken():
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
