package tsql

// onOffOptions are the SET options that are ON or OFF ("SET Statements").
var onOffOptions = wordSet(`ANSI_DEFAULTS ANSI_NULL_DFLT_OFF ANSI_NULL_DFLT_ON ANSI_NULLS ANSI_PADDING
ANSI_WARNINGS ARITHABORT ARITHIGNORE CONCAT_NULL_YIELDS_NULL CURSOR_CLOSE_ON_COMMIT FMTONLY FORCEPLAN
IMPLICIT_TRANSACTIONS NOCOUNT NOEXEC NO_BROWSETABLE NUMERIC_ROUNDABORT PARSEONLY QUOTED_IDENTIFIER
REMOTE_PROC_TRANSACTIONS SHOWPLAN_ALL SHOWPLAN_TEXT SHOWPLAN_XML XACT_ABORT`)

// valueOptions are the SET options that take a value.
var valueOptions = wordSet(`CONTEXT_INFO DATEFIRST DATEFORMAT DEADLOCK_PRIORITY LANGUAGE LOCK_TIMEOUT
QUERY_GOVERNOR_COST_LIMIT ROWCOUNT TEXTSIZE`)

func (p *parser) set() Statement {
	p.expect("SET")
	t := p.tok()
	switch {
	case p.isVariable():
		return p.setVariable()
	case p.accept("STATISTICS"):
		return p.setStatistics()
	case valueOptions[t.word]:
		p.at++
		return &SetOption{Name: t.word, Value: p.optionValue(wordOptions[t.word])}
	case onOffOptions[t.word]:
		return p.setOnOff()
	case t.word == "OFFSETS":
		p.unsupported("SET OFFSETS")
	case t.isName():
		p.failWith(195)
	}
	p.fail()
	return nil
}

var isolationLevels = phraseSet("READ UNCOMMITTED;READ COMMITTED;REPEATABLE READ;SNAPSHOT;SERIALIZABLE")

func (p *parser) setVariable() Statement {
	t := p.tok()
	s := &SetVariable{Name: p.variable()}
	s.Op = p.assignOp()
	if p.is("CURSOR") {
		return p.cursorOf(&DeclareCursor{Cursor: CursorName{t.Pos, s.Name, false}})
	}
	s.Value = p.expr()
	return s
}

func (p *parser) setStatistics() Statement {
	s := &SetOnOff{}
	p.list(func() { s.Options = append(s.Options, "STATISTICS "+p.oneOf("IO", "TIME", "PROFILE", "XML")) })
	s.On = p.onOff()
	return s
}

func (p *parser) setOnOff() Statement {
	s := &SetOnOff{}
	p.list(func() {
		if !onOffOptions[p.tok().word] {
			p.fail()
		}
		s.Options = append(s.Options, p.next().word)
	})
	s.On = p.onOff()
	return s
}

// wordOptions are those whose value may be a word.
var wordOptions = wordSet("DATEFORMAT DEADLOCK_PRIORITY LANGUAGE")

// optionValue reads a constant or a bare word, which counts as a string.
func (p *parser) optionValue(word bool) Expr {
	if t := p.tok(); word && t.isName() {
		p.at++
		return &Literal{Pos: t.Pos, Kind: StringLiteral, Text: t.text}
	}
	return p.constant()
}
