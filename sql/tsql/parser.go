package tsql

// parser is a recursive-descent parser over the tokens of one batch. Its
// methods leave by panic with a *SyntaxError, which ParseWith recovers, or with
// an outside, which statement recovers.
type parser struct {
	text     string
	tokens   []token
	closing  map[int]int // index of "(" → index of its ")"
	at       int
	depth    int
	within   int     // subqueries and views around the current token
	inTable  bool    // in the table of a variable
	scalar   bool    // in a DEFAULT or a CHECK, which hold no query
	loops    int     // WHILE statements around the current one
	catches  int     // CATCH blocks around the current one
	returns  returns // what RETURN may give back
	inModule string  // the name of the module that is read
	inner    int     // statements that are being read: the current one and those around it

	final *SyntaxError // an error that no statement takes for the use of something outside
	sure  bool         // the next error is final

	roles map[int]*VariableUse // of the tokens that are variables and more or less than a value, nil for what is no variable

	afterTable int // index of the token after the last table reference

	sized [3]string // what a type is read for, as messages about its size say: kind, name and ordinal
}

// outside is thrown where a statement of the subset uses what is not in it.
type outside struct{ what string }

func newParser(text string, o Options) *parser {
	p := &parser{text: text, tokens: lex(text, !o.QuotedIdentifierOff), afterTable: -1}
	p.closing, p.roles = map[int]int{}, map[int]*VariableUse{}
	var open []int
	for i, t := range p.tokens {
		switch {
		case t.word == "(":
			open = append(open, i)
		case t.word == ")" && len(open) > 0:
			p.closing[open[len(open)-1]] = i
			open = open[:len(open)-1]
		}
	}
	return p
}

// tok is the current token; look the nth after it.
func (p *parser) tok() token { return p.tokens[p.at] }

func (p *parser) look(n int) token { return p.tokens[min(p.at+n, len(p.tokens)-1)] }

// next returns the current token and moves on.
func (p *parser) next() token {
	t := p.tok()
	if t.kind == tokEOF || t.kind == tokError {
		p.fail()
	}
	p.at++
	return t
}

// is reports whether the next tokens are these words or operators.
func (p *parser) is(words ...string) bool {
	for i, word := range words {
		if p.look(i).word != word {
			return false
		}
	}
	return true
}

// isAny reports whether the current token is one of words.
func (p *parser) isAny(words ...string) bool {
	for _, word := range words {
		if p.tok().word == word {
			return true
		}
	}
	return false
}

// accept moves over words if they come next.
func (p *parser) accept(words ...string) bool {
	if !p.is(words...) {
		return false
	}
	p.at += len(words)
	return true
}

// expect moves over words, which must come next.
func (p *parser) expect(words ...string) {
	for _, word := range words {
		if !p.accept(word) {
			p.fail()
		}
	}
}

// oneOf moves over the current token, which must be one of words, and returns
// its upper-case spelling.
func (p *parser) oneOf(words ...string) string {
	if !p.isAny(words...) {
		p.fail()
	}
	return p.next().word
}

// fail reports the current token as wrong: 156 for a reserved word, 102 for
// all else, and at the end of the text 102 near the last token.
func (p *parser) fail() {
	t := p.tok()
	switch {
	case t.kind == tokError:
		panic(t.err)
	case t.kind == tokEOF:
		p.failWith(102)
	case t.isReserved():
		p.failWith(156)
	}
	p.failWith(102)
}

// failWith reports the current token, or the last one, with a number.
func (p *parser) failWith(number int32) {
	i := p.at
	if p.tok().kind == tokEOF {
		i = max(i-1, 0)
	}
	p.failAt(number, p.tokens[i])
}

func (p *parser) failAt(number int32, t token) {
	if t.kind == tokError {
		panic(t.err)
	}
	p.failSaying(number, t, p.near(t))
}

// failSaying reports number with a text of its own for Near.
func (p *parser) failSaying(number int32, t token, near string, more ...string) {
	err := newError(number, t.Pos, near, more...)
	if p.sure {
		p.final = err
	}
	panic(err)
}

// near is how the engine shows a token: strings and quoted names without their
// quotes, all else as typed.
func (p *parser) near(t token) string {
	switch t.kind {
	case tokString, tokNString, tokQuoted:
		return t.text
	}
	return p.text[t.Offset:t.end]
}

// unsupported leaves the statement: it uses what is outside the subset.
func (p *parser) unsupported(what string) { panic(outside{what}) }

// deeper counts one level of nesting; the caller defers the returned function.
func (p *parser) deeper() func() {
	p.depth++
	if p.depth > maxDepth {
		p.failWith(191)
	}
	return func() { p.depth-- }
}

// chain counts one more operator on a level.
func (p *parser) chain(n *int) {
	if *n++; *n > maxChain {
		p.failWith(191)
	}
}

// list reads items separated by commas.
func (p *parser) list(item func()) {
	for {
		item()
		if !p.accept(",") {
			return
		}
	}
}

// parens reads ( items ).
func (p *parser) parens(item func()) {
	p.expect("(")
	p.list(item)
	p.expect(")")
}

// span is the range from start to the token before the current one.
func (p *parser) span(start Pos) Span {
	end := start.Offset
	if p.at > 0 {
		end = max(end, p.tokens[p.at-1].end)
	}
	return Span{start, end}
}
