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
	with := p.with()
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
	fill(p, q, "order")
	switch {
	case p.accept("FOR", "XML"):
		q.For = fill(p, &ForXML{Element: "row"}, "forXML")
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
		return fill(p, &Select{Pos: p.tok().Pos}, "select")
	}
	body := p.unions()
	p.expect(")")
	return body
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

// with reads the common table expressions of a statement, or nothing.
func (p *parser) with() []CTE { return fill(p, &Query{}, "with").With }

// into reads INTO, or nothing. A subquery has none.
func (p *parser) into() ObjectName {
	if p.within > 0 || !p.accept("INTO") {
		return ObjectName{}
	}
	return p.objectName(4)
}

// topCount reads the number of TOP, which stands in parentheses or is, as the
// engine takes it, a number or a variable.
func (p *parser) topCount() Expr {
	if p.is("(") {
		return p.parenthesis(false)
	}
	if k := p.tok().kind; k != tokInt && k != tokDecimal && k != tokFloat && k != tokVariable {
		p.fail()
	}
	return p.primary(false)
}
