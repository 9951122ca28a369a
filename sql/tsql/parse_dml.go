package tsql

// dataStatement reads SELECT, INSERT, UPDATE, DELETE or MERGE with the WITH
// before it.
func (p *parser) dataStatement() Statement {
	with := p.with()
	switch p.tok().word {
	case "SELECT", "(":
		q := p.query()
		q.With, q.Options = with, p.options()
		return &SelectStatement{Query: q}
	case "INSERT":
		return p.insert(with)
	case "UPDATE":
		return fill(p, &Update{With: with}, "update")
	case "DELETE":
		return fill(p, &Delete{With: with}, "delete")
	case "MERGE":
		p.unsupported("MERGE")
	}
	p.fail()
	return nil
}

func (p *parser) insert(with []CTE) Statement {
	s := &Insert{With: with}
	fill(p, s, "insert")
	p.insertSource(s)
	return s
}

// insertColumns reads the list of columns of INSERT, or nothing.
func (p *parser) insertColumns() []Ident {
	if p.is("(") && !p.opensQuery() {
		return p.idents()
	}
	return nil
}

func (p *parser) insertSource(s *Insert) {
	start := p.tok()
	switch {
	case p.accept("DEFAULT", "VALUES"):
		s.DefaultValues = true
	case p.accept("VALUES"):
		s.Rows = p.rows()
	case p.is("SELECT") || p.is("("):
		s.Query = p.query()
		s.Query.Options = p.options()
	case p.isAny("EXEC", "EXECUTE"):
		switch exec := p.exec().(type) {
		case *Execute:
			exec.setSpan(p.span(start.Pos))
			s.Exec = exec
		case *ExecuteText:
			exec.setSpan(p.span(start.Pos))
			s.ExecText = exec
		default:
			p.failAt(156, start)
		}
	default:
		p.fail()
	}
}

// assignment reads one entry of SET: c = x, @v = x or @v = c = x.
func (p *parser) assignment() Assignment {
	a := Assignment{Pos: p.tok().Pos}
	if p.isVariable() {
		a.Variable = p.variable()
		a.Op = p.assignOp()
		next := 1
		for p.look(next).word == "." {
			next += 2
		}
		if a.Op != "=" || !p.tok().isName() || !assignOps[p.look(next).word] {
			a.Value = p.expr()
			return a
		}
	}
	a.Column = columnOf(p.objectName(4))
	a.Op = p.assignOp()
	if t := p.tok(); p.accept("DEFAULT") {
		a.Value = &Default{t.Pos}
		return a
	}
	a.Value = p.expr()
	return a
}

func (p *parser) assignOp() string {
	if !assignOps[p.tok().word] {
		p.fail()
	}
	return p.next().word
}
