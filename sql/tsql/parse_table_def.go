package tsql

func (p *parser) createTable() Statement {
	s := &CreateTable{Name: p.objectName(3)}
	s.TableBody = p.tableBody()
	p.storage()
	return s
}

// storage reads and forgets where and how a table or index is stored. What
// would change its meaning is outside the subset.
func (p *parser) storage() {
	for {
		switch {
		case p.is("WITH", "("):
			p.at++
			p.storageOptions()
		case p.isAny("ON", "TEXTIMAGE_ON", "FILESTREAM_ON") && (p.look(1).isName() || p.look(1).kind == tokString):
			if where := upperASCII(p.look(1).text); where != "PRIMARY" && where != "DEFAULT" || p.look(2).word == "(" {
				p.unsupported(p.tok().word + " " + where)
			}
			p.at += 2
		default:
			return
		}
	}
}

// storageWords are the index and table options that say nothing about data.
var storageWords = wordSet(`PAD_INDEX FILLFACTOR SORT_IN_TEMPDB STATISTICS_NORECOMPUTE STATISTICS_INCREMENTAL
ONLINE ALLOW_ROW_LOCKS ALLOW_PAGE_LOCKS OPTIMIZE_FOR_SEQUENTIAL_KEY MAXDOP DATA_COMPRESSION XML_COMPRESSION
IGNORE_DUP_KEY DROP_EXISTING`)

func (p *parser) storageOptions() {
	p.parens(func() {
		t := p.tok()
		if p.accept("MOVE", "TO") {
			p.ident()
			return
		}
		if !storageWords[t.word] {
			if t.kind == tokWord && p.look(1).word == "=" {
				p.unsupported("WITH (" + t.word + ")")
			}
			p.fail()
		}
		p.at++
		p.expect("=")
		value := p.optionWord()
		if value == "ON" && (t.word == "IGNORE_DUP_KEY" || t.word == "DROP_EXISTING") {
			p.unsupported("WITH (" + t.word + " = ON)")
		}
	})
}

// tableBody reads ( columns and constraints ).
func (p *parser) tableBody() TableBody {
	var b TableBody
	p.expect("(")
	for {
		p.tableElement(&b)
		if p.accept(",") && !p.is(")") { // a comma may trail
			continue
		}
		p.expect(")")
		return b
	}
}

func (p *parser) tableElement(b *TableBody) {
	switch {
	case p.inTable && p.isAny("CONSTRAINT", "FOREIGN"):
		p.fail()
	case p.isAny("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "DEFAULT"):
		b.Constraints = append(b.Constraints, p.tableConstraint())
	default:
		b.Columns = append(b.Columns, p.columnDef(len(b.Columns)+1, false))
	}
}

// columnDef reads a column, the ordinal-th of its list; that of ALTER COLUMN says once whether it may be NULL.
func (p *parser) columnDef(ordinal int, alter bool) ColumnDef {
	c := ColumnDef{Pos: p.tok().Pos, Name: p.ident()}
	if p.is("AS") {
		for depth := 0; depth > 0 || !p.isAny(",", ")") && p.tok().kind != tokEOF; p.next() {
			if p.opensQuery() {
				p.sure = true
				p.failWith(1046)
			}
			depth += map[string]int{"(": 1, ")": -1}[p.tok().word]
		}
		p.unsupported("computed column")
	}
	sysname := upperASCII(p.tok().text) == "SYSNAME"
	if !c.Name.Quoted && upperASCII(c.Name.Value) == "TIMESTAMP" && p.isAny(",", ")", "NOT", "NULL") {
		c.Type = DataType{Name: "timestamp"} // its name may be left out
	} else {
		c.Type = p.typeFor("column", c.Name.Value, ordinal)
	}
	for p.columnOption(&c, alter) {
	}
	if sysname && c.Null == NullUnspecified {
		c.Null = NotNull
	}
	return c
}

// columnOption reads one option of a column and reports whether there was one.
func (p *parser) columnOption(c *ColumnDef, alter bool) bool {
	switch {
	case alter && c.Null != NullUnspecified && p.isAny("NULL", "NOT"), p.inTable && p.isAny("CONSTRAINT", "FOREIGN", "REFERENCES"):
		p.fail()
	case p.accept("NULL"):
		c.Null = Nullable
	case p.accept("NOT"):
		p.expect("NULL")
		c.Null = NotNull
	case p.accept("COLLATE"):
		c.Collation = p.bare().Value
	case p.accept("IDENTITY"):
		c.Identity = fill(p, &Identity{"1", "1"}, "identity")
	case p.accept("ROWGUIDCOL"):
		c.RowGUID = true
	case p.accept("SPARSE"):
		c.Sparse = true
	case p.is("INDEX"):
		p.unsupported("INDEX in a table")
	case p.isAny("CONSTRAINT", "DEFAULT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "REFERENCES"):
		p.columnConstraint(c)
	default:
		return false
	}
	return true
}

func (p *parser) columnConstraint(c *ColumnDef) {
	k := Constraint{Pos: p.tok().Pos}
	if p.accept("CONSTRAINT") {
		k.Name = p.ident().Value
	}
	if p.accept("DEFAULT") {
		if c.Default != nil { // a second one
			c.Constraints = append(c.Constraints, Constraint{Pos: k.Pos, Kind: DefaultConstraint})
		}
		c.DefaultName = k.Name
		c.Default = p.scalarOnly(p.expr)
		return
	}
	if p.isAny("NULL", "NOT") { // a name that is forgotten
		return
	}
	p.constraintKind(&k, false)
	c.Constraints = append(c.Constraints, k)
}

// scalarOnly reads the expression of a DEFAULT or a PRINT, or the condition of a CHECK, which hold no query.
func (p *parser) scalarOnly(read func() Expr) Expr {
	p.scalar = true
	defer func() { p.scalar = false }()
	return read()
}

func (p *parser) tableConstraint() Constraint {
	k := Constraint{Pos: p.tok().Pos}
	if p.accept("CONSTRAINT") {
		k.Name = p.ident().Value
	}
	p.constraintKind(&k, true)
	return k
}

// constraintKind reads a constraint from its kind on. One of a table names its
// columns.
func (p *parser) constraintKind(k *Constraint, table bool) {
	switch p.oneOf("PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "REFERENCES", "DEFAULT") {
	case "PRIMARY":
		p.expect("KEY")
		p.keyConstraint(k, PrimaryKey, table)
	case "UNIQUE":
		p.keyConstraint(k, Unique, table)
	case "CHECK":
		k.Kind = Check
		p.expect("(")
		k.Condition = p.scalarOnly(p.condition)
		p.expect(")")
	case "FOREIGN":
		p.expect("KEY")
		p.keyColumns(k, table)
		p.expect("REFERENCES")
		p.references(k)
	case "REFERENCES":
		if table {
			p.failSaying(142, p.tok(), "REFERENCES")
		}
		p.references(k)
	case "DEFAULT":
		if !table {
			p.fail()
		}
		k.Kind = DefaultConstraint
		k.Value = p.scalarOnly(p.expr)
		p.expect("FOR")
		k.For = p.identPtr()
	}
}

func (p *parser) keyConstraint(k *Constraint, kind ConstraintKind, table bool) {
	k.Kind = kind
	if p.isAny("CLUSTERED", "NONCLUSTERED") {
		k.Clustered = p.next().word
	}
	p.keyColumns(k, table)
	p.storage()
}

// keyColumns reads the columns of a key. A column's own key names none; where it
// does, a comma before it is missing, and the engine takes it for the table's.
func (p *parser) keyColumns(k *Constraint, table bool) {
	if table {
		fill(p, k, "keyColumns")
	} else if p.is("(") {
		p.unsupported("columns of a column's key")
	}
}

var referenceActions = phraseSet("NO ACTION;CASCADE;SET NULL;SET DEFAULT")

func (p *parser) references(k *Constraint) {
	k.Kind = ForeignKey
	k.References = p.objectName(3)
	if p.is("(") {
		k.RefColumns = p.idents()
	}
	for p.accept("ON") {
		event := p.oneOf("DELETE", "UPDATE")
		action, _ := p.phrase(referenceActions)
		if event == "DELETE" {
			k.OnDelete = action
		} else {
			k.OnUpdate = action
		}
	}
}
