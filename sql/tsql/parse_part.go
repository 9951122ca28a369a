package tsql

// Parameter is one entry of a declaration as sp_executesql and sp_prepare take
// it: @p nvarchar(5) [= Default] [OUTPUT]. Default is nil without.
type Parameter struct {
	Pos
	Name    string
	Type    DataType
	Default Expr
	Output  bool
}

// ParseParameters reads a list of declarations; an empty text has none. The
// error is a *[SyntaxError].
func ParseParameters(text string) (list []Parameter, err error) {
	err = parsePart(text, func(p *parser) {
		if p.tok().kind == tokEOF {
			return
		}
		p.list(func() {
			d := Parameter{Pos: p.tok().Pos, Name: p.variable()}
			p.accept("AS")
			d.Type = p.dataType(declaredLength)
			if p.accept("=") {
				d.Default = p.optionValue()
			}
			d.Output = p.accept("OUTPUT") || p.accept("OUT")
			p.accept("READONLY")
			list = append(list, d)
		})
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// ParseExpr reads a single value, as the text of a DEFAULT holds it. The error
// is a *[SyntaxError].
func ParseExpr(text string) (e Expr, err error) {
	err = parsePart(text, func(p *parser) { e = p.expr() })
	if err != nil {
		return nil, err
	}
	return e, nil
}

// parsePart reads a text that is less than a batch, to its end.
func parsePart(text string, read func(*parser)) (err error) {
	p := newParser(text, Options{})
	defer func() {
		switch bail := recover().(type) {
		case nil:
		case *SyntaxError:
			err = bail
		case outside:
			err = newError(102, p.tok().Pos, bail.what)
		default:
			panic(bail)
		}
	}()
	read(p)
	if p.tok().kind != tokEOF {
		p.fail()
	}
	return nil
}
