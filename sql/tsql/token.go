package tsql

// tokenKind tells the tokens apart.
type tokenKind int

const (
	tokEOF tokenKind = iota
	tokWord
	tokQuoted // [x] or "x"
	tokString
	tokNString
	tokInt
	tokDecimal
	tokFloat
	tokMoney
	tokBinary
	tokVariable
	tokOp
	tokError // the rest of the text is not T-SQL; err says why
)

// token is one token. text is its value: a name without quotes, a decoded
// string, hex digits. word is the upper-case spelling of a tokWord or tokOp and
// empty for all else, so that comparing it never matches a quoted name.
type token struct {
	Pos
	kind tokenKind
	text string
	word string
	end  int
	err  *SyntaxError
}

// isReserved reports whether t is a reserved word, unquoted.
func (t token) isReserved() bool { return t.kind == tokWord && reserved[t.word] }

// isName reports whether t can be an identifier.
func (t token) isName() bool {
	return t.kind == tokQuoted || t.kind == tokWord && !reserved[t.word]
}
