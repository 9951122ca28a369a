package tsql

// opensQuery reports whether the current token opens a query in parentheses,
// as against a value, a join or a list of columns.
func (p *parser) opensQuery() bool { return p.is("(") && p.queryAt(p.at) }

// queryAt is opensQuery for the "(" with index i. ((SELECT 1) UNION SELECT 2)
// is a query, ((SELECT 1) + 1) is not: what follows the inner one tells.
func (p *parser) queryAt(i int) bool {
	for depth := 0; i+1 < len(p.tokens) && depth <= maxDepth; depth++ {
		inner := p.tokens[i+1]
		if inner.word == "SELECT" {
			return true
		}
		after, closed := p.closing[i+1]
		if inner.word != "(" || !closed {
			return false
		}
		switch p.tokens[after+1].word {
		case ")", "UNION", "EXCEPT", "INTERSECT", "ORDER":
		default:
			return false
		}
		i++
	}
	return false
}

// subquery reads ( query ).
func (p *parser) subquery() *Query {
	defer p.deeper()()
	p.within++
	defer func() { p.within-- }()
	if p.scalar {
		p.failWith(1046)
	}
	p.expect("(")
	q := p.query()
	p.expect(")")
	return q
}

// innerQuery reads the query of a view or a cursor, which has no INTO.
func (p *parser) innerQuery() *Query {
	var with []CTE
	if p.is("WITH") {
		with = p.with()
	}
	p.within++
	q := p.query()
	p.within--
	q.With = with
	return q
}

// query reads a query without WITH and OPTION.
func (p *parser) query() *Query {
	defer p.deeper()()
	q := &Query{Pos: p.tok().Pos, Body: p.unions()}
	if p.is("ORDER") {
		q.OrderBy = p.orderBy()
		p.offset(q)
	}
	switch {
	case p.accept("FOR", "XML"):
		q.For = p.forXML()
	case p.is("FOR") && p.look(1).word != "READ" && p.look(1).word != "UPDATE":
		p.at++
		p.unsupported("FOR " + p.oneOf("JSON", "BROWSE"))
	}
	return q
}

// unions reads UNION and EXCEPT, which bind alike and looser than INTERSECT.
func (p *parser) unions() QueryBody {
	left := p.intersects()
	for n := 0; p.isAny("UNION", "EXCEPT"); p.chain(&n) {
		op := p.next().word
		all := op == "UNION" && p.accept("ALL")
		left = &SetOperation{Pos: left.Position(), Op: op, All: all, Left: left, Right: p.intersects()}
	}
	return left
}

func (p *parser) intersects() QueryBody {
	left := p.queryTerm()
	for n := 0; p.accept("INTERSECT"); p.chain(&n) {
		left = &SetOperation{Pos: left.Position(), Op: "INTERSECT", Left: left, Right: p.queryTerm()}
	}
	return left
}

func (p *parser) queryTerm() QueryBody {
	defer p.deeper()()
	if !p.accept("(") {
		return p.selectSpec()
	}
	body := p.unions()
	p.expect(")")
	return body
}

func (p *parser) selectSpec() *Select {
	s := &Select{Pos: p.tok().Pos}
	p.expect("SELECT")
	s.Distinct = p.accept("DISTINCT")
	if !s.Distinct {
		p.accept("ALL")
	}
	s.Top = p.top()
	s.Items = p.selectItems()
	if p.within == 0 && p.accept("INTO") {
		s.Into = p.objectName(4)
	}
	if p.accept("FROM") {
		s.From = p.tableRefs()
	}
	if p.accept("WHERE") {
		s.Where = p.condition()
	}
	if p.accept("GROUP") {
		p.expect("BY")
		if p.isAny("CUBE", "ROLLUP") && p.look(1).word == "(" {
			p.unsupported("GROUP BY " + p.tok().word)
		}
		if p.is("(", ")") {
			p.unsupported("GROUP BY ()")
		}
		s.GroupBy = p.exprs()
	}
	if p.accept("HAVING") {
		s.Having = p.condition()
	}
	return s
}

// top reads TOP, or nothing. TOP n without parentheses takes a number or, as
// the engine does, a variable.
func (p *parser) top() *Top {
	t := &Top{Pos: p.tok().Pos}
	if !p.accept("TOP") {
		return nil
	}
	switch tok := p.tok(); {
	case p.is("("):
		t.Count = p.parenthesis(false)
	case tok.kind == tokInt || tok.kind == tokDecimal || tok.kind == tokFloat || tok.kind == tokVariable:
		t.Count = p.primary(false)
	default:
		p.fail()
	}
	t.Percent = p.accept("PERCENT")
	t.WithTies = p.accept("WITH", "TIES")
	return t
}

func (p *parser) orderBy() []OrderItem {
	p.expect("ORDER", "BY")
	var items []OrderItem
	p.list(func() {
		item := OrderItem{Pos: p.tok().Pos, Expr: p.expr()}
		item.Desc = p.accept("DESC")
		if !item.Desc {
			p.accept("ASC")
		}
		items = append(items, item)
	})
	return items
}

func (p *parser) offset(q *Query) {
	if !p.accept("OFFSET") {
		return
	}
	q.Offset = p.expr()
	p.oneOf("ROW", "ROWS")
	if p.accept("FETCH") {
		p.oneOf("FIRST", "NEXT")
		q.Fetch = p.expr()
		p.oneOf("ROW", "ROWS")
		p.expect("ONLY")
	}
}

// with reads the common table expressions of a statement.
func (p *parser) with() []CTE {
	p.expect("WITH")
	var list []CTE
	p.list(func() {
		id := p.ident()
		cte := CTE{Pos: id.Pos, Name: id.Value}
		if p.is("(") {
			cte.Columns = p.names()
		}
		p.expect("AS")
		cte.Query = p.subquery()
		list = append(list, cte)
	})
	return list
}

// queryHints are the first words of the hints of OPTION.
var queryHints = wordSet(`HASH ORDER CONCAT MERGE LOOP FAST FORCE DISABLE EXPAND IGNORE_NONCLUSTERED_COLUMNSTORE_INDEX KEEP KEEPFIXED
MAX_GRANT_PERCENT MIN_GRANT_PERCENT MAXDOP MAXRECURSION NO_PERFORMANCE_SPOOL OPTIMIZE PARAMETERIZATION QUERYTRACEON RECOMPILE ROBUST
USE TABLE LABEL FOR BYPASS CHECKCONSTRAINTS SHRINKDB ALTERCOLUMN USEPLAN`)

// options reads OPTION (…), or nothing.
func (p *parser) options() []string {
	if !p.accept("OPTION") {
		return nil
	}
	var hints []string
	p.parens(func() {
		if !queryHints[p.tok().word] {
			p.fail()
		}
		hint := p.hintWord()
		if hint == "USE" && p.accept("HINT") {
			p.parens(func() { hints = append(hints, "USE HINT ('"+escapeString(p.stringText())+"')") })
			return
		}
		for !p.is(",") && !p.is(")") {
			hint += " " + p.hintWord()
		}
		hints = append(hints, hint)
	})
	return hints
}

func (p *parser) hintWord() string {
	t := p.tok()
	if t.kind != tokWord && t.kind != tokInt {
		p.fail()
	}
	p.at++
	return upperASCII(t.text)
}
