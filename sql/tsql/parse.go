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
	p := newParser(text, o)
	defer func() {
		switch bail := recover().(type) {
		case nil:
		case *SyntaxError:
			b, err = nil, bail
		default:
			panic(bail)
		}
	}()
	return &Batch{Text: text, Statements: p.batch()}, nil
}
