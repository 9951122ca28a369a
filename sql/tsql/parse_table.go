package tsql

// tableHints are the hints of WITH (…) after a table ("Hints (Transact-SQL) -
// Table").
var tableHints = wordSet(`FORCESCAN FORCESEEK HOLDLOCK NOEXPAND NOLOCK NOWAIT PAGLOCK READCOMMITTED
READCOMMITTEDLOCK READPAST READUNCOMMITTED REPEATABLEREAD ROWLOCK SERIALIZABLE SNAPSHOT TABLOCK TABLOCKX
UPDLOCK XLOCK KEEPIDENTITY KEEPDEFAULTS IGNORE_CONSTRAINTS IGNORE_TRIGGERS INDEX`)

func (p *parser) tableRefs() []TableRef {
	var refs []TableRef
	p.list(func() { refs = append(refs, p.tableRef()) })
	return refs
}

// tableRef reads a table with all that is joined to it.
func (p *parser) tableRef() TableRef {
	defer p.deeper()()
	left := p.tablePrimary()
	for n := 0; p.startsJoin(); p.chain(&n) {
		left = p.join(left)
	}
	return left
}

func (p *parser) startsJoin() bool {
	return p.isAny("JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS") || p.is("OUTER", "APPLY")
}

// join reads one join. In a JOIN b JOIN c ON … ON … the inner ON belongs to
// the right one.
func (p *parser) join(left TableRef) TableRef {
	defer p.deeper()()
	j := &Join{Pos: left.Position(), Left: left}
	j.Kind, j.Hint = p.joinKind()
	j.Right = p.tablePrimary()
	if j.Kind == CrossJoin || j.Kind == CrossApply || j.Kind == OuterApply {
		return j
	}
	for n := 0; !p.is("ON") && p.startsJoin(); p.chain(&n) {
		j.Right = p.join(j.Right)
	}
	p.expect("ON")
	j.On = p.condition()
	return j
}

func (p *parser) joinKind() (kind JoinKind, hint string) {
	switch p.next().word {
	case "JOIN":
		return InnerJoin, ""
	case "CROSS":
		if p.oneOf("JOIN", "APPLY") == "APPLY" {
			return CrossApply, ""
		}
		return CrossJoin, ""
	case "OUTER":
		p.expect("APPLY")
		return OuterApply, ""
	case "LEFT":
		kind = LeftJoin
	case "RIGHT":
		kind = RightJoin
	case "FULL":
		kind = FullJoin
	default:
		kind = InnerJoin
	}
	if kind != InnerJoin {
		p.accept("OUTER")
	}
	if p.isAny("LOOP", "HASH", "MERGE", "REMOTE") {
		hint = p.next().word
	}
	p.expect("JOIN")
	return kind, hint
}

func (p *parser) tablePrimary() TableRef {
	pos := p.tok().Pos
	switch {
	case p.opensQuery():
		d := &DerivedTable{Pos: pos, Query: p.subquery()}
		d.Alias, d.Columns = p.tableAlias(true)
		return d
	case p.is("(", "VALUES"):
		p.at += 2
		v := &ValuesTable{Pos: pos, Rows: p.rows()}
		p.expect(")")
		v.Alias, v.Columns = p.tableAlias(true)
		return v
	case p.accept("("):
		ref := p.tableRef()
		p.expect(")")
		return ref
	}
	name := p.tableName()
	if name.Variable && p.is(".") || name.Parts > 1 && name.Name == "nodes" && p.is("(") {
		p.unsupported("nodes")
	}
	if p.is("(") && !name.Variable && !p.bareHint() {
		return p.functionTable(name)
	}
	return p.namedTable(name)
}

// bareHint reports whether (NOLOCK) comes: a hint without WITH.
func (p *parser) bareHint() bool {
	return tableHints[p.look(1).word] && p.look(1).word != "INDEX" && p.look(2).word == ")"
}

func (p *parser) functionTable(name ObjectName) TableRef {
	f := &FunctionTable{Pos: name.Pos, Name: name}
	p.expect("(")
	if !p.is(")") {
		f.Args = p.callArgs(true)
	}
	p.expect(")")
	if p.is("WITH", "(") {
		f.With = p.jsonColumns(name)
	}
	f.Alias, f.Columns = p.tableAlias(false)
	return f
}

// jsonColumns reads the schema of OPENJSON. No other function has one: it takes no hints either.
func (p *parser) jsonColumns(name ObjectName) (list []JSONColumn) {
	if upperASCII(name.Name) != "OPENJSON" {
		p.unsupported(name.Name + " WITH")
	}
	p.expect("WITH", "(")
	p.list(func() {
		c := JSONColumn{Name: p.ident().Value}
		c.Type = p.typeFor("column", c.Name, len(list)+1)
		if p.accept("COLLATE") {
			p.unsupported("OPENJSON COLLATE")
		}
		if p.isString() {
			path := p.stringText()
			c.Path = &path
		}
		c.AsJSON = p.accept("AS", "JSON")
		list = append(list, c)
	})
	p.expect(")")
	return list
}

func (p *parser) namedTable(name ObjectName) TableRef {
	t := &NamedTable{Pos: name.Pos, Name: name}
	if p.is("(") {
		t.Hints = p.hints()
	}
	if p.accept("AS") {
		t.Alias = p.ident().Value
	} else if p.tok().isName() && !p.is("OUTPUT") {
		t.Alias = p.ident().Value
	}
	if p.is("WITH", "(") {
		p.at++
	}
	if p.is("(") {
		t.Hints = append(t.Hints, p.hints()...)
	}
	p.afterTable = p.at
	return t
}

// tableAlias reads [AS] alias [(columns)]; a derived table must have one.
func (p *parser) tableAlias(must bool) (alias string, columns []string) {
	if p.accept("AS") || must || p.tok().isName() {
		alias = p.ident().Value
		if p.is("(") {
			columns = p.names()
		}
	}
	return alias, columns
}

// withHints reads WITH (…), or nothing.
func (p *parser) withHints() []string {
	if !p.is("WITH", "(") {
		return nil
	}
	p.at++
	return p.hints()
}

// hints reads ( hint, … ); the commas may be missing, as they often are.
func (p *parser) hints() []string {
	var list []string
	p.expect("(")
	for {
		t := p.tok()
		if t.kind != tokWord {
			p.fail()
		}
		if !tableHints[t.word] {
			p.failWith(321)
		}
		p.at++
		if t.word == "INDEX" || p.is("(") {
			p.unsupported("table hint " + t.word)
		}
		list = append(list, t.word)
		if p.accept(")") {
			return list
		}
		p.accept(",")
	}
}

// rows reads (value, …), … after VALUES. All rows must be of one length.
func (p *parser) rows() [][]Expr {
	var rows [][]Expr
	p.list(func() {
		start := p.tok()
		var row []Expr
		p.parens(func() {
			if t := p.tok(); p.accept("DEFAULT") {
				row = append(row, &Default{t.Pos})
				return
			}
			row = append(row, p.expr())
		})
		if len(rows) > 0 && len(row) != len(rows[0]) {
			p.failAt(10709, start)
		}
		rows = append(rows, row)
	})
	return rows
}
