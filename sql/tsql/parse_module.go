package tsql

// returns says what RETURN may give back where the current statement stands.
type returns int

const (
	returnsNothing returns = iota // a batch
	returnsStatus                 // a procedure
	returnsValue                  // a scalar function
)

// modules are the objects whose definition reaches to the end of the batch.
var modules = map[string]string{"PROCEDURE": "PROCEDURE", "PROC": "PROCEDURE", "FUNCTION": "FUNCTION", "TRIGGER": "TRIGGER"}

// moduleStatement reads CREATE or ALTER of a module, which must be the first
// statement of its batch (111); nil when there is none. What the subset leaves
// out makes all of the batch one statement outside it; an error in it is final.
func (p *parser) moduleStatement(start token, orAlter bool) (s Statement) {
	kind := modules[p.tok().word]
	if kind == "" {
		return nil
	}
	what := start.word + " " + kind
	if orAlter {
		what = "CREATE OR ALTER " + kind
	}
	message := what
	if kind == "PROCEDURE" {
		message = "CREATE/ALTER PROCEDURE"
	}
	p.needFirst(start, message)
	defer func() {
		switch bail := recover().(type) {
		case nil:
		case outside:
			s = p.module(start, what+" … "+bail.what)
		case *SyntaxError:
			p.final, bail.Module = bail, p.inModule
			panic(bail)
		default:
			panic(bail)
		}
	}()
	alter := start.word == "ALTER"
	p.at++
	switch kind {
	case "PROCEDURE":
		return p.procedure(&CreateProcedure{Alter: alter, OrAlter: orAlter})
	case "FUNCTION":
		return p.createFunction(&CreateFunction{Alter: alter, OrAlter: orAlter})
	}
	return p.module(start, what)
}

// module skips to the end of the batch: a module's body ends only there.
func (p *parser) module(start token, what string) Statement {
	for p.tok().kind != tokEOF {
		p.next()
	}
	for p.tokens[p.at-1].word == ";" {
		p.at--
	}
	return p.skipped(start, what)
}

// procedure reads a procedure from its name on.
func (p *parser) procedure(s *CreateProcedure) Statement {
	s.Name = p.moduleName()
	p.inModule = s.Name.Name
	if p.is(";") && p.look(1).kind == tokInt {
		p.unsupported(";number")
	}
	if open := p.accept("("); open || p.isVariable() {
		s.Parameters = p.moduleParameters()
		if open {
			p.expect(")")
		}
	}
	p.moduleOptions(&s.Options, "ENCRYPTION", "RECOMPILE", "SCHEMABINDING")
	if p.is("FOR", "REPLICATION") {
		p.unsupported("FOR REPLICATION")
	}
	p.expect("AS")
	p.external()
	p.returning(returnsStatus, func() { s.Body = p.statements(func() bool { return false }) })
	if p.tok().kind != tokEOF || len(s.Body) == 0 {
		p.fail()
	}
	return s
}

// createFunction reads a function from its name on.
func (p *parser) createFunction(s *CreateFunction) Statement {
	s.Name = p.moduleName()
	p.inModule = s.Name.Name
	p.expect("(")
	if !p.is(")") {
		s.Parameters = p.moduleParameters()
	}
	p.expect(")", "RETURNS")
	table := p.accept("TABLE")
	switch {
	case table && p.is("("), p.isVariable():
		p.unsupported("RETURNS a TABLE of its own")
	case !table:
		s.Returns = p.dataType(declaredLength)
	}
	p.moduleOptions(&s.Options, "ENCRYPTION", "SCHEMABINDING", "RETURNS", "CALLED", "INLINE")
	p.accept("AS")
	p.external()
	if table {
		p.expect("RETURN")
		s.Query = p.inlineQuery()
	} else {
		p.expect("BEGIN")
		p.returning(returnsValue, func() { s.Body = p.statements(p.atEnd) })
		p.expect("END")
	}
	p.lastOfBatch()
	return s
}

// lastOfBatch refuses what follows a statement that must be alone in its batch.
func (p *parser) lastOfBatch() {
	end := p.at
	for p.accept(";") {
	}
	if p.tok().kind != tokEOF {
		p.fail()
	}
	p.at = end
}

// inlineQuery reads the query of an inline function, in parentheses or not.
func (p *parser) inlineQuery() *Query {
	closing := p.closing[p.at]
	open := p.is("(") && closing > 0 && (p.tokens[closing+1].kind == tokEOF || p.tokens[closing+1].word == ";") && p.accept("(")
	var with []CTE
	if p.is("WITH") {
		with = p.with()
	}
	p.within++
	defer func() { p.within-- }()
	q := p.query()
	q.With = append(with, q.With...)
	if open {
		p.expect(")")
	}
	return q
}

// returning reads the body of a module.
func (p *parser) returning(what returns, body func()) {
	p.returns = what
	defer func() { p.returns = returnsNothing }()
	body()
}

// external refuses a module whose body is elsewhere or is compiled to machine code.
func (p *parser) external() {
	if p.is("EXTERNAL", "NAME") || p.is("BEGIN", "ATOMIC") {
		p.unsupported(p.tok().word + " " + p.look(1).word)
	}
}

// moduleParameters reads parameters: "The default value must be a constant or it can be NULL".
func (p *parser) moduleParameters() (list []VariableDecl) {
	p.list(func() {
		v := VariableDecl{Pos: p.tok().Pos, Name: p.variable()}
		p.accept("AS")
		if p.accept("CURSOR") {
			v.Type = DataType{Name: "cursor"}
		} else {
			v.Type = p.typeFor("parameter", v.Name, len(list)+1)
		}
		p.accept("VARYING")
		if p.accept("NOT", "NULL") || p.accept("NULL") {
			p.unsupported("NULL")
		}
		if p.accept("=") {
			v.Value = p.parameterDefault()
		}
		v.Output = p.accept("OUTPUT") || p.accept("OUT")
		if p.accept("READONLY") {
			p.unsupported("READONLY")
		}
		list = append(list, v)
	})
	return list
}

// parameterDefault reads a constant; a bare word is a string.
func (p *parser) parameterDefault() Expr {
	if t := p.tok(); t.isName() {
		p.at++
		return &Literal{Pos: t.Pos, Kind: NStringLiteral, Text: t.text}
	}
	switch {
	case p.is("DEFAULT"):
		p.unsupported("DEFAULT")
	case p.tok().kind == tokVariable:
		p.fail()
	}
	return p.constant()
}

// moduleOptions reads WITH and those of the options that a kind of module has.
func (p *parser) moduleOptions(o *ModuleOptions, words ...string) {
	if !p.accept("WITH") {
		return
	}
	p.list(func() {
		if p.accept("EXECUTE", "AS") || p.accept("EXEC", "AS") {
			p.executeAsClause(o)
			return
		}
		if p.is("NATIVE_COMPILATION") {
			p.unsupported("NATIVE_COMPILATION")
		}
		switch p.oneOf(words...) {
		case "ENCRYPTION":
			o.Encryption = true
		case "RECOMPILE":
			o.Recompile = true
		case "SCHEMABINDING":
			o.SchemaBinding = true
		case "RETURNS":
			p.expect("NULL", "ON", "NULL", "INPUT")
			o.NullOnNullInput = true
		case "CALLED":
			p.expect("ON", "NULL", "INPUT")
		case "INLINE":
			p.expect("=")
			p.oneOf("ON", "OFF")
		}
	})
}

func (p *parser) executeAsClause(o *ModuleOptions) {
	if p.isString() {
		o.ExecuteAs, o.Principal = "USER", p.stringText()
		return
	}
	o.ExecuteAs = p.oneOf("CALLER", "SELF", "OWNER")
}

// returnStatement reads RETURN. A batch has nobody to return a value to (178), a
// scalar function returns one.
func (p *parser) returnStatement() Statement {
	p.expect("RETURN")
	s := &Return{}
	switch _, literal := literals[p.tok().kind]; {
	case p.returns == returnsValue, p.returns == returnsStatus && (!p.ended() || p.opensQuery()):
		s.X = p.expr()
	case p.returns == returnsNothing && (literal || p.tok().kind == tokVariable || p.isAny("-", "NULL")):
		p.failWith(178)
	}
	return s
}
