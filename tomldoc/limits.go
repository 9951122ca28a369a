package tomldoc

// The limits of a text. docs/policy.md states them. They are far above what
// people write; what keeps to them is read in bounded memory and in time that
// grows with its size alone.
const (
	// MaxText is the size of a text in bytes.
	MaxText = 16 << 20
	// MaxDepth is how many names and brackets a value may stand below.
	MaxDepth = 100
	// MaxValues is how many keys, headers and elements a text may have. One with
	// a long path counts for more, as cost says: the decoder keeps that path.
	MaxValues = 650_000
	// MaxKeys is how many keys one table may have.
	MaxKeys = 10_000
	// MaxFindings is how many problems of one text are reported.
	MaxFindings = 1000

	// maxDecoded is how many bytes are decoded in all, when the rest of a text
	// is read again after each of its syntax errors.
	maxDecoded = 2 * MaxText
	// maxSyntaxErrors bounds how many syntax errors are gathered from one text.
	maxSyntaxErrors = 20
)

// path measures the names and brackets above a value.
type path struct {
	depth, bytes int
}

// under returns the path of a name below p, or of an element, which has none.
func (p path) under(name string) path {
	return path{depth: p.depth + 1, bytes: p.bytes + len(name) + 16}
}

// cost is what a key, header or element with this path counts for.
func (p path) cost() int { return 1 + p.bytes/128 }
