package tsql

// comparisons maps each spelling of a comparison to the canonical one.
var comparisons = map[string]string{
	"=": "=", "<>": "<>", "!=": "<>", "<": "<", "!>": "<=", "<=": "<=", ">": ">", "!<": ">=", ">=": ">=",
}

// expr reads a value.
func (p *parser) expr() Expr {
	defer p.deeper()()
	return p.add(false)
}

func (p *parser) exprs() []Expr {
	var list []Expr
	p.list(func() { list = append(list, p.expr()) })
	return list
}

// condition reads something that is true or false; a value there is error 4145.
func (p *parser) condition() Expr {
	defer p.deeper()()
	return p.needCondition(p.or())
}

func (p *parser) needCondition(e Expr) Expr {
	if !IsCondition(e) {
		if t := p.tok(); t.kind == tokError {
			panic(t.err)
		}
		p.failWith(4145)
	}
	return e
}

// or reads a condition, or, where only that comes, a value.
func (p *parser) or() Expr {
	left := p.and()
	for n := 0; p.is("OR"); p.chain(&n) {
		pos := p.needCondition(left).Position()
		p.at++
		left = &Binary{Pos: pos, Op: "OR", Left: left, Right: p.needCondition(p.and())}
	}
	return left
}

func (p *parser) and() Expr {
	left := p.not()
	for n := 0; p.is("AND"); p.chain(&n) {
		pos := p.needCondition(left).Position()
		p.at++
		left = &Binary{Pos: pos, Op: "AND", Left: left, Right: p.needCondition(p.not())}
	}
	return left
}

func (p *parser) not() Expr {
	if pos := p.tok().Pos; p.accept("NOT") {
		defer p.deeper()()
		return &Unary{Pos: pos, Op: "NOT", X: p.needCondition(p.not())}
	}
	return p.predicate()
}

// predicate reads a comparison or another test of a value, or just a value.
func (p *parser) predicate() Expr {
	pos := p.tok().Pos
	if p.accept("EXISTS") {
		return &Exists{Pos: pos, Query: p.subquery()}
	}
	left := p.add(true)
	if IsCondition(left) {
		return left
	}
	if op := comparisons[p.tok().word]; op != "" {
		p.at++
		return p.comparison(pos, left, op)
	}
	if p.accept("IS") {
		not := p.accept("NOT")
		if p.accept("DISTINCT", "FROM") {
			if p.isAny("ALL", "SOME", "ANY") {
				p.unsupported("IS DISTINCT FROM " + p.tok().word)
			}
			op := map[bool]string{false: "IS DISTINCT FROM", true: "IS NOT DISTINCT FROM"}[not]
			return &Binary{Pos: pos, Op: op, Left: left, Right: p.expr()}
		}
		p.expect("NULL")
		return &IsNull{Pos: pos, X: left, Not: not}
	}
	not := p.accept("NOT")
	switch {
	case p.accept("LIKE"):
		like := &Like{Pos: pos, X: left, Pattern: p.expr(), Not: not}
		if p.accept("ESCAPE") {
			like.Escape = p.expr()
		}
		return like
	case p.accept("BETWEEN"):
		low := p.expr()
		p.expect("AND")
		return &Between{Pos: pos, X: left, Low: low, High: p.expr(), Not: not}
	case p.accept("IN"):
		return p.in(pos, left, not)
	case not:
		p.fail()
	}
	return left
}

func (p *parser) in(pos Pos, left Expr, not bool) Expr {
	in := &In{Pos: pos, X: left, Not: not}
	if p.opensQuery() {
		in.Query = p.subquery()
		return in
	}
	p.expect("(")
	in.List = p.exprs()
	p.expect(")")
	return in
}

func (p *parser) comparison(pos Pos, left Expr, op string) Expr {
	if p.isAny("ALL", "SOME", "ANY") {
		all := p.next().word == "ALL"
		return &Quantified{Pos: pos, X: left, Op: op, All: all, Query: p.subquery()}
	}
	return &Binary{Pos: pos, Op: op, Left: left, Right: p.expr()}
}

// add reads a value; with orCondition a condition in parentheses will do.
func (p *parser) add(orCondition bool) Expr {
	left := p.multiply(orCondition)
	if IsCondition(left) {
		return left
	}
	for n := 0; p.isAny("+", "-", "&", "|", "^"); p.chain(&n) {
		op := p.next().word
		left = &Binary{Pos: left.Position(), Op: op, Left: left, Right: p.multiply(false)}
	}
	return left
}

func (p *parser) multiply(orCondition bool) Expr {
	left := p.sign(orCondition)
	if IsCondition(left) {
		return left
	}
	for n := 0; p.isAny("*", "/", "%"); p.chain(&n) {
		op := p.next().word
		left = &Binary{Pos: left.Position(), Op: op, Left: left, Right: p.sign(false)}
	}
	return left
}

// sign reads an operand of a multiplication; a sign takes the rest of it along.
func (p *parser) sign(orCondition bool) Expr {
	if t := p.tok(); p.accept("-") || p.accept("+") {
		defer p.deeper()()
		return &Unary{Pos: t.Pos, Op: t.word, X: p.multiply(false)}
	}
	return p.postfix(orCondition)
}

func (p *parser) postfix(orCondition bool) Expr {
	if t := p.tok(); p.accept("~") {
		defer p.deeper()()
		return &Unary{Pos: t.Pos, Op: "~", X: p.postfix(false)}
	}
	e := p.primary(orCondition)
	if IsCondition(e) {
		return e
	}
	collated := false
	for n := 0; ; p.chain(&n) {
		switch {
		case p.accept("COLLATE"):
			if collated {
				p.at--
				p.fail()
			}
			collated = true
			e = &Collate{Pos: e.Position(), X: e, Collation: p.bare().Value}
		case p.accept("AT", "TIME", "ZONE"):
			e = &AtTimeZone{Pos: e.Position(), X: e, Zone: p.primary(false)}
		case p.callsMethod(e):
			e = p.method(e)
		default:
			return e
		}
	}
}
