package tsql

func (p *parser) alterTable() Statement {
	s := fill(p, &AlterTable{}, "alterTable")
	switch {
	case p.accept("ADD"):
		p.list(func() { p.tableElement(&s.Add) })
	case p.accept("ALTER"):
		p.expect("COLUMN")
		c := p.columnDef(1, true)
		s.AlterColumn = &c
	case p.accept("DROP"):
		p.list(func() { p.dropElement(s) })
	case p.is("CHECK", "CONSTRAINT"), p.is("NOCHECK", "CONSTRAINT"):
		s.Disable = p.next().word == "NOCHECK"
		p.at++
		p.list(func() { s.Enable = append(s.Enable, p.constraintOrAll()) })
	case p.isAny("CHECK", "NOCHECK", "ENABLE", "DISABLE", "SET", "SWITCH", "REBUILD"):
		p.unsupported("ALTER TABLE … " + p.tok().word)
	default:
		p.fail()
	}
	return s
}

// constraintOrAll reads the name of a constraint, or ALL, which is an unquoted Ident.
func (p *parser) constraintOrAll() Ident {
	if t := p.tok(); p.accept("ALL") {
		return Ident{Pos: t.Pos, Value: "ALL"}
	}
	id := p.ident()
	id.Quoted = true
	return id
}

// dropElement reads COLUMN c or CONSTRAINT k; the word holds for those after it
// until another one comes, and is CONSTRAINT when missing.
func (p *parser) dropElement(s *AlterTable) {
	switch {
	case p.accept("COLUMN"):
		s.IfExists = p.ifExists() || s.IfExists
		s.DropColumns = append(s.DropColumns, p.ident())
		return
	case p.accept("CONSTRAINT"):
		s.IfExists = p.ifExists() || s.IfExists
	case len(s.DropColumns) > 0:
		s.DropColumns = append(s.DropColumns, p.ident())
		return
	}
	s.DropConstraints = append(s.DropConstraints, p.ident())
}

// view reads CREATE VIEW or ALTER VIEW, which must be alone in its batch.
func (p *parser) view(start token, s CreateView) Statement {
	what := "CREATE VIEW"
	if s.Alter {
		what = "ALTER VIEW"
	}
	p.needFirst(start, what)
	v := fill(p, &s, "view")
	p.lastOfBatch()
	return v
}
