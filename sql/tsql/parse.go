package tsql

// maxDepth bounds how deep statements, expressions and queries nest, and
// maxChain how many operators may follow one another on one level, so that no
// walk over a tree runs out of stack. Beyond either the answer is error 191.
const (
	maxDepth = 300
	maxChain = 4000
)

// Options are the session settings that change how text is read. The zero
// Options are those of a new connection.
type Options struct {
	// QuotedIdentifierOff makes "x" a string, as SET QUOTED_IDENTIFIER OFF does.
	QuotedIdentifierOff bool
}

// Parse reads one batch: no GO lines, see [SplitScript]. The whole batch is
// read before anything is returned, as the engine does: an error anywhere in it
// means that none of it runs. The error is always a *[SyntaxError], the first
// one in the text.
func Parse(text string) (*Batch, error) { return ParseWith(text, Options{}) }

// ParseWith is [Parse] under the given settings.
func ParseWith(text string, o Options) (b *Batch, err error) {
	defer bail(&err)
	p := newParser(text, o)
	list := p.batch()
	return &Batch{Text: text, Statements: list, Variables: p.variables(0)}, nil
}

// ParseParameters reads the declaration of sp_executesql: "@a int, @b nvarchar(5) = N'x' OUTPUT".
func ParseParameters(text string) (list []VariableDecl, err error) {
	defer bail(&err)
	return newParser(text, Options{}).parameters(), nil
}

// bail is where a parser arrives that left by panic.
func bail(err *error) {
	switch reason := recover().(type) {
	case nil:
	case *SyntaxError:
		*err = reason
	case outside: // a statement had told its own
		*err = newError(102, Pos{Line: 1, Column: 1}, reason.what)
	default:
		panic(reason)
	}
}
