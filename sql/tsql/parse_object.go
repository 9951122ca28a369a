package tsql

func (p *parser) alterTable() Statement {
	p.expect("TABLE")
	s := &AlterTable{Name: p.objectName(3)}
	if p.accept("WITH", "NOCHECK") {
		s.NoCheck = true
	} else {
		p.accept("WITH", "CHECK")
	}
	switch {
	case p.accept("ADD"):
		p.list(func() { p.tableElement(&s.Add) })
	case p.accept("ALTER"):
		p.expect("COLUMN")
		c := p.columnDef(1, true)
		s.AlterColumn = &c
	case p.accept("DROP"):
		p.list(func() { p.dropElement(s) })
	case p.accept("CHECK", "CONSTRAINT"):
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
	v := p.viewBody(s)
	p.lastOfBatch()
	return v
}

// viewBody reads a view from the word VIEW on.
func (p *parser) viewBody(s CreateView) Statement {
	p.expect("VIEW")
	s.Name = p.moduleName()
	if p.is("(") {
		s.Columns = p.idents()
	}
	if p.accept("WITH") {
		p.list(func() { p.viewAttribute(&s) })
	}
	p.expect("AS")
	var with []CTE
	if p.is("WITH") {
		with = p.with()
	}
	p.within++
	defer func() { p.within-- }()
	s.Query = p.query()
	s.Query.With = with
	s.CheckOption = p.accept("WITH", "CHECK", "OPTION")
	return &s
}

func (p *parser) viewAttribute(s *CreateView) {
	switch p.oneOf("SCHEMABINDING", "ENCRYPTION", "VIEW_METADATA") {
	case "SCHEMABINDING":
		s.SchemaBinding = true
	case "ENCRYPTION":
		s.Encryption = true
	default:
		s.ViewMetadata = true
	}
}

func (p *parser) createIndex() Statement {
	s := &CreateIndex{Unique: p.accept("UNIQUE")}
	if p.isAny("CLUSTERED", "NONCLUSTERED") {
		s.Clustered = p.next().word
	}
	p.expect("INDEX")
	s.Name = p.ident()
	p.expect("ON")
	s.Table = p.objectName(3)
	s.Columns = p.indexColumns()
	if p.accept("INCLUDE") {
		s.Include = p.idents()
	}
	if p.accept("WHERE") {
		s.Where = p.condition()
	}
	p.storage()
	return s
}
