package query

import (
	"slices"
	"strings"
	"unicode/utf16"
)

// pattern is a LIKE pattern made ready to match under one collation.
type pattern struct {
	parts []patternPart
	coll  collation
}

type patternPart struct {
	kind   byte // 'c' a character, '_' any character, '%' any text, '[' one of a set
	r      rune
	not    bool
	ranges [][2]rune
}

// compilePattern reads a pattern with % _ [a-z] [^a-z] and an escape character, 0 for none. ok is false for a pattern
// that matches nothing, such as one with an unclosed bracket.
func compilePattern(text string, escape rune, c collation) (p pattern, ok bool) {
	p.coll = c
	runes := charsOf(text, c)
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		switch {
		case escape != 0 && r == escape:
			i++
			if i >= len(runes) {
				return p, false
			}
			p.parts = append(p.parts, patternPart{kind: 'c', r: runes[i]})
		case r == '%' || r == '_':
			p.parts = append(p.parts, patternPart{kind: byte(r)})
		case r == '[':
			part, next, ok := compileSet(runes, i+1, escape)
			if !ok {
				return p, false
			}
			p.parts = append(p.parts, part)
			i = next
		default:
			p.parts = append(p.parts, patternPart{kind: 'c', r: r})
		}
	}
	return p, true
}

// compileSet reads a set from after its bracket and returns the index of the closing one.
func compileSet(runes []rune, i int, escape rune) (patternPart, int, bool) {
	part := patternPart{kind: '['}
	if i < len(runes) && runes[i] == '^' {
		part.not = true
		i++
	}
	start := i
	for ; i < len(runes); i++ {
		if runes[i] == ']' && i > start {
			return part, i, true
		}
		if escape != 0 && runes[i] == escape && i+1 < len(runes) {
			i++
		}
		low, high := runes[i], runes[i]
		if i+2 < len(runes) && runes[i+1] == '-' && runes[i+2] != ']' {
			high = runes[i+2]
			i += 2
		}
		part.ranges = append(part.ranges, [2]rune{low, high})
	}
	return part, i, false
}

// match reports whether the whole text fits. Trailing spaces of the text may be left over, as T-SQL allows for a
// pattern that does not ask for them.
func (p pattern) match(text string) bool {
	if matchRunes(p, p.parts, charsOf(text, p.coll)) {
		return true
	}
	trimmed := strings.TrimRight(text, " ")
	return len(trimmed) < len(text) && matchRunes(p, p.parts, charsOf(trimmed, p.coll))
}

// matchRunes is the usual two-pointer match: on failure it goes back to the last % and lets that take one more.
func matchRunes(p pattern, parts []patternPart, text []rune) bool {
	i, t, star, mark := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case i < len(parts) && parts[i].kind == '%':
			star, mark = i, t
			i++
		case i < len(parts) && p.one(parts[i], text[t]):
			i++
			t++
		case star >= 0:
			mark++
			i, t = star+1, mark
		default:
			return false
		}
	}
	for i < len(parts) && parts[i].kind == '%' {
		i++
	}
	return i == len(parts)
}

func (p pattern) one(part patternPart, r rune) bool {
	switch part.kind {
	case '_':
		return true
	case 'c':
		return part.r == r || !p.coll.Binary() && p.equal(part.r, r)
	case '[':
		return p.inSet(part, r) != part.not
	}
	return false
}

func (p pattern) equal(a, b rune) bool {
	if a == ' ' || b == ' ' || utf16.IsSurrogate(a) || utf16.IsSurrogate(b) {
		return a == b
	}
	return p.coll.Equal(string(a), string(b))
}

func (p pattern) inSet(part patternPart, r rune) bool {
	for _, span := range part.ranges {
		switch {
		case span[0] == span[1]:
			if span[0] == r || !p.coll.Binary() && p.equal(span[0], r) {
				return true
			}
		case p.coll.Binary():
			if span[0] <= r && r <= span[1] {
				return true
			}
		default:
			s := string(r)
			if p.coll.Compare(string(span[0]), s) <= 0 && p.coll.Compare(s, string(span[1])) <= 0 {
				return true
			}
		}
	}
	return false
}

// find returns the position, from 1, at which the pattern first matches, 0 if nowhere: PATINDEX.
func (p pattern) find(text string) int {
	runes := charsOf(text, p.coll)
	parts := p.parts
	if len(parts) == 0 || parts[0].kind != '%' {
		if p.match(text) {
			return 1
		}
		return 0
	}
	for len(parts) > 0 && parts[0].kind == '%' {
		parts = parts[1:]
	}
	head := slices.IndexFunc(parts, func(part patternPart) bool { return part.kind == '%' })
	for i := range len(runes) + 1 {
		if matchRunes(p, parts, runes[i:]) {
			return i + 1
		}
		if head >= 0 && i+head <= len(runes) && matchRunes(p, parts[:head], runes[i:i+head]) {
			return 0 // what follows the % is nowhere, and so it is from any later place
		}
	}
	return 0
}
