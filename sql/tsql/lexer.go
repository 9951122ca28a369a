package tsql

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexer cuts a batch into tokens. It never fails: what is not T-SQL becomes a
// tokError, which the parser reports when it gets there.
type lexer struct {
	text        string
	quotedIdent bool // "x" is a name, as under QUOTED_IDENTIFIER ON
	at          int
	line, col   int // of the byte at `at`
}

// lex returns the tokens of text, the last one being tokEOF or tokError.
func lex(text string, quotedIdent bool) []token {
	l := &lexer{text: text, quotedIdent: quotedIdent, line: 1, col: 1}
	tokens := make([]token, 0, len(text)/5+1)
	for {
		t := l.next()
		tokens = append(tokens, t)
		if n := len(tokens); n > 2 && (t.word == "ON" || t.word == "OFF") && tokens[n-2].word == "QUOTED_IDENTIFIER" && tokens[n-3].word == "SET" {
			l.quotedIdent = t.word == "ON" // "the parsing behavior from that point on"
		}
		if t.kind == tokEOF || t.kind == tokError {
			return tokens
		}
	}
}

func (l *lexer) next() token {
	if err := l.skipSpace(); err != nil {
		return token{Pos: l.pos(), kind: tokError, end: len(l.text), err: err}
	}
	start := l.pos()
	t := l.scan()
	t.Pos = start
	if t.err != nil {
		t.kind = tokError
		t.err.Line, t.err.Column = start.Line, start.Column
	}
	t.end = l.at
	return t
}

func (l *lexer) pos() Pos { return Pos{Offset: l.at, Line: l.line, Column: l.col} }

// advance moves n bytes on and keeps line and column.
func (l *lexer) advance(n int) {
	for _, r := range l.text[l.at : l.at+n] {
		if r == '\n' {
			l.line, l.col = l.line+1, 1
		} else {
			l.col++
		}
	}
	l.at += n
}

func (l *lexer) peek(i int) byte {
	if l.at+i < len(l.text) {
		return l.text[l.at+i]
	}
	return 0
}

// skipSpace moves over blanks and comments. Block comments nest.
func (l *lexer) skipSpace() *SyntaxError {
	for l.at < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[l.at:])
		switch {
		case r <= ' ' || unicode.IsSpace(r) || r == '\uFEFF' || r == '\u200B':
			l.advance(size)
		case strings.HasPrefix(l.text[l.at:], "--"):
			l.advance(lineLength(l.text[l.at:]))
		case strings.HasPrefix(l.text[l.at:], "/*"):
			n := commentLength(l.text[l.at:])
			if n < 0 {
				return newError(113, l.pos(), "")
			}
			l.advance(n)
		default:
			return nil
		}
	}
	return nil
}

// lineLength returns the length of the first line of s without its end.
func lineLength(s string) int {
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return i
	}
	return len(s)
}

// commentLength returns the length of the block comment that s begins with, -1
// when it is not closed.
func commentLength(s string) int {
	depth := 0
	for i := 0; i+1 < len(s); i++ {
		switch s[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
			if depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// scan reads the token at l.at, where no blank is.
func (l *lexer) scan() token {
	if l.at >= len(l.text) {
		return token{kind: tokEOF}
	}
	c := l.peek(0)
	switch {
	case c == '\'':
		return l.quoted('\'', tokString)
	case (c == 'N' || c == 'n') && l.peek(1) == '\'':
		l.advance(1)
		return l.quoted('\'', tokNString)
	case c == '[':
		return l.quoted(']', tokQuoted)
	case c == '"' && l.quotedIdent:
		return l.quoted('"', tokQuoted)
	case c == '"':
		return l.quoted('"', tokString)
	case c == '@':
		return l.variable()
	case isDigit(c) || c == '.' && isDigit(l.peek(1)):
		return l.number()
	case c == '$':
		return l.money()
	}
	switch r, size := utf8.DecodeRuneInString(l.text[l.at:]); {
	case isNameStart(r):
		return l.wordToken()
	case unicode.Is(unicode.Sc, r): // £1 and ¥1 are money as $1 is
		l.advance(size - 1)
		return l.money()
	}
	return l.operator()
}

// quoted reads a string or a quoted name up to the closing byte, which stands
// for itself when doubled.
func (l *lexer) quoted(closing byte, kind tokenKind) token {
	rest := l.text[l.at+1:]
	n := quotedLength(rest, closing)
	if n < 0 {
		l.advance(len(rest) + 1)
		return token{err: newError(105, Pos{}, rest)}
	}
	body := strings.ReplaceAll(rest[:n], string([]byte{closing, closing}), string(closing))
	l.advance(n + 2)
	if kind == tokQuoted {
		return checkName(token{kind: kind, text: body})
	}
	return token{kind: kind, text: joinLines(body)}
}

// quotedLength returns the offset of the closing byte in s, -1 without one.
func quotedLength(s string, closing byte) int {
	for i := 0; i < len(s); i++ {
		if s[i] != closing {
			continue
		}
		if i+1 < len(s) && s[i+1] == closing {
			i++
			continue
		}
		return i
	}
	return -1
}

// joinLines takes out a backslash before a line's end together with that end
// ("Backslash (Line Continuation)").
func joinLines(s string) string {
	if !strings.Contains(s, "\\") {
		return s
	}
	return strings.NewReplacer("\\\r\n", "", "\\\n", "").Replace(s)
}

// checkName turns a name that is too long or empty into an error.
func checkName(t token) token {
	switch {
	case t.text == "":
		t.err = newError(1038, Pos{}, "")
	case nameLength(t.text) > MaxName:
		t.err = newError(103, Pos{}, firstUnits(t.text, MaxName))
	}
	return t
}

// firstUnits returns the start of s that fits into n UTF-16 code units.
func firstUnits(s string, n int) string {
	for i, r := range s {
		if n -= nameLength(string(r)); n < 0 {
			return s[:i]
		}
	}
	return s
}

func (l *lexer) variable() token {
	n := 1
	if l.peek(1) == '@' {
		n = 2
	}
	n += nameBytes(l.text[l.at+n:])
	text := l.text[l.at : l.at+n]
	l.advance(n)
	return checkName(token{kind: tokVariable, text: text})
}

func (l *lexer) wordToken() token {
	n := nameBytes(l.text[l.at:])
	text := l.text[l.at : l.at+n]
	l.advance(n)
	return checkName(token{kind: tokWord, text: text, word: upperASCII(text)})
}

// operators of more than one character, longest first by construction.
var operators = []string{"<=", ">=", "<>", "!=", "!<", "!>", "+=", "-=", "*=", "/=", "%=", "&=", "||=", "||", "<<", ">>", "|=", "^=", "::"}

func (l *lexer) operator() token {
	for _, op := range operators {
		if strings.HasPrefix(l.text[l.at:], op) {
			l.advance(len(op))
			return token{kind: tokOp, text: op, word: op}
		}
	}
	_, size := utf8.DecodeRuneInString(l.text[l.at:])
	op := l.text[l.at : l.at+size]
	l.advance(size)
	return token{kind: tokOp, text: op, word: op}
}

// isNameStart follows "Database Identifiers", rules for regular identifiers.
func isNameStart(r rune) bool {
	return r == '_' || r == '#' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' ||
		r >= utf8.RuneSelf && r != utf8.RuneError && unicode.IsLetter(r)
}

func isNamePart(r rune) bool {
	return isNameStart(r) || r == '@' || r == '$' || '0' <= r && r <= '9' ||
		r >= utf8.RuneSelf && (unicode.IsDigit(r) || unicode.IsMark(r))
}

// nameBytes returns how many bytes at the start of s belong to a name.
func nameBytes(s string) int {
	for i, r := range s {
		if !isNamePart(r) {
			return i
		}
	}
	return len(s)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
