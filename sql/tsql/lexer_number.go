package tsql

import "strings"

// number reads an integer, a decimal, a float or a binary constant. Decimals
// are made to start with a digit and floats to have an exponent: .5 is 0.5,
// 1e is 1e0, as the engine reads them.
func (l *lexer) number() token {
	if l.peek(0) == '0' && (l.peek(1) == 'x' || l.peek(1) == 'X') {
		return l.binary()
	}
	rest := l.text[l.at:]
	n := digits(rest)
	kind := tokInt
	if n < len(rest) && rest[n] == '.' {
		kind = tokDecimal
		n += 1 + digits(rest[n+1:])
	}
	text := rest[:n]
	if n < len(rest) && (rest[n] == 'e' || rest[n] == 'E') {
		kind = tokFloat
		exp := exponent(rest[n+1:])
		text += "e" + exp
		if exp == "" {
			text += "0"
		} else if last := exp[len(exp)-1]; last == '+' || last == '-' {
			text += "0"
		}
		n += 1 + len(exp)
	}
	if text[0] == '.' {
		text = "0" + text
	}
	l.advance(n)
	return token{kind: kind, text: text}
}

// exponent returns the sign and digits that s begins with.
func exponent(s string) string {
	n := 0
	if s != "" && (s[0] == '+' || s[0] == '-') {
		n = 1
	}
	return s[:n+digits(s[n:])]
}

func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// binary reads 0x…; an odd number of digits gets a leading zero.
func (l *lexer) binary() token {
	rest := l.text[l.at+2:]
	n := 0
	for n < len(rest) && strings.IndexByte("0123456789abcdefABCDEF", rest[n]) >= 0 {
		n++
	}
	text := upperASCII(rest[:n])
	if n%2 == 1 {
		text = "0" + text
	}
	l.advance(n + 2)
	return token{kind: tokBinary, text: text}
}

// money reads $1.50; $ alone is 0. A $ before a name ($action) is a word of
// its own, which nothing in the subset takes.
func (l *lexer) money() token {
	rest := l.text[l.at+1:]
	if rest != "" && nameBytes(rest) > digits(rest) && digits(rest) == 0 {
		return l.wordToken()
	}
	blank, sign := len(rest)-len(strings.TrimLeft(rest, " \t")), ""
	if after := rest[blank:]; len(after) > 1 && (after[0] == '-' || after[0] == '+') && digits(after[1:]) > 0 {
		sign, blank = strings.Trim(after[:1], "+"), blank+1 // $-1.50 and $ 1.50 are amounts as well
	} else if digits(after) == 0 {
		blank = 0
	}
	rest = rest[blank:]
	n := digits(rest)
	if n < len(rest) && rest[n] == '.' {
		n += 1 + digits(rest[n+1:])
	}
	text := sign + rest[:n]
	if text == "" || text[0] == '.' {
		text = "0" + text
	}
	l.advance(blank + n + 1)
	return token{kind: tokMoney, text: text}
}
