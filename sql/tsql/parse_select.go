package tsql

// assignOps are the operators of SET and of assigning select lists.
var assignOps = wordSet("= += -= *= /= %= &= |= ^=")

// selectItems reads a select list. One that assigns to variables must not
// return columns as well (141).
func (p *parser) selectItems() []SelectItem {
	var items []SelectItem
	start := p.tok()
	assigns := 0
	p.list(func() {
		item := p.selectItem()
		if item.Variable != "" {
			assigns++
		}
		items = append(items, item)
	})
	if assigns > 0 && assigns < len(items) {
		p.failAt(141, start)
	}
	return items
}

func (p *parser) selectItem() SelectItem {
	t := p.tok()
	item := SelectItem{Pos: t.Pos}
	following := p.look(1).word
	switch {
	case t.word == "*":
		p.at++
		item.Expr = &Star{Pos: t.Pos}
		return item
	case p.isVariable() && assignOps[following]:
		p.at += 2
		item.Variable, item.AssignOp = t.text, following
		item.Expr = p.expr()
		return item
	case (t.isName() || p.isString()) && following == "=":
		p.at += 2
		item.Alias = p.aliasOf(t)
		item.Expr = p.expr()
		return item
	}
	if star := p.qualifiedStar(); star != nil {
		item.Expr = star
		return item
	}
	item.Expr = p.expr()
	item.Alias = p.columnAlias()
	return item
}

// qualifiedStar reads t.*, or nothing.
func (p *parser) qualifiedStar() Expr {
	n := 0
	for p.look(n).isName() && p.look(n+1).word == "." && n < 8 {
		n += 2
		for p.look(n).word == "." {
			n++
		}
	}
	if n == 0 || p.look(n).word != "*" {
		return nil
	}
	name, star := p.dotted(3, true)
	if !star {
		p.fail()
	}
	return &Star{Pos: name.Pos, Table: name}
}

// columnAlias reads [AS] alias, or nothing.
func (p *parser) columnAlias() string {
	if as := p.accept("AS"); !as && !p.tok().isName() && !p.isString() {
		return ""
	}
	if t := p.tok(); p.isString() {
		p.at++
		return p.aliasOf(t)
	}
	return p.ident().Value
}

// aliasOf checks that an alias written as a string is a name.
func (p *parser) aliasOf(t token) string {
	switch {
	case t.text == "":
		p.failAt(1038, t)
	case nameLength(t.text) > MaxName:
		p.failSaying(103, t, firstUnits(t.text, MaxName))
	}
	return t.text
}
