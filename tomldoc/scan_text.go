package tomldoc

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// part is one name of a dotted key.
type part struct {
	name   string
	offset int
}

// peek returns the byte at the current place, 0 at the end.
func (s *scanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

// skipSpace goes over space within a line.
func (s *scanner) skipSpace() {
	for s.at < len(s.text) && (s.text[s.at] == ' ' || s.text[s.at] == '\t') {
		s.at++
	}
}

// skipBlank goes over space, line ends and comments.
func (s *scanner) skipBlank() {
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		case '#':
			s.skipLine()
		default:
			return
		}
	}
}

// skipLine goes to the end of the line.
func (s *scanner) skipLine() {
	if i := strings.IndexByte(s.text[s.at:], '\n'); i >= 0 {
		s.at += i
		return
	}
	s.at = len(s.text)
}

// key reads a bare, quoted or dotted key and goes below it.
func (s *scanner) key() []part {
	var parts []part
	for {
		s.skipSpace()
		p := part{offset: s.at}
		if c := s.peek(); c == '"' || c == '\'' {
			p.name = s.str()
		} else {
			p.name = s.bare()
		}
		if s.at == p.offset {
			return parts
		}
		parts = append(parts, p)
		s.enter(p.name, p.offset)
		s.count(p.offset)
		s.skipSpace()
		if s.peek() != '.' {
			return parts
		}
		s.at++
	}
}

// bare reads a key without quotes.
func (s *scanner) bare() string {
	start := s.at
	for s.at < len(s.text) && strings.IndexByte(".=[]{},#\"' \t\r\n", s.text[s.at]) < 0 {
		s.at++
	}
	return s.name(s.text[start:s.at])
}

// name returns the one copy of a name that keys share.
func (s *scanner) name(n string) string {
	if one, ok := s.names[n]; ok {
		return one
	}
	if len(s.names) < maxNames {
		s.names[n] = n
	}
	return n
}

// str reads a string of any of the four kinds and returns its value; the
// value of a multi-line string is not worked out, for no key is one.
func (s *scanner) str() string {
	quote := s.text[s.at : s.at+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(s.text[s.at:], triple) {
		s.multiLine(triple)
		return ""
	}
	s.at++
	start := s.at
	for s.at < len(s.text) && s.text[s.at] != '\n' {
		switch {
		case s.text[s.at] == quote[0]:
			s.at++
			return unescape(s.text[start:s.at-1], quote[0])
		case s.text[s.at] == '\\' && quote[0] == '"' && s.at+1 < len(s.text) && s.text[s.at+1] != '\n':
			s.at++
		}
		s.at++
	}
	return unescape(s.text[start:s.at], quote[0])
}

// multiLine goes over a string in triple quotes; up to two more quotes may
// stand before the closing ones.
func (s *scanner) multiLine(triple string) {
	for s.at += 3; s.at < len(s.text); s.at++ {
		if s.text[s.at] == '\\' && triple[0] == '"' {
			s.at++
			continue
		}
		if strings.HasPrefix(s.text[s.at:], triple) {
			s.at += 3
			for i := 0; i < 2 && s.peek() == triple[0]; i++ {
				s.at++
			}
			return
		}
	}
	s.at = len(s.text)
}

// simpleEscapes are the escapes of one letter.
var simpleEscapes = strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\b`, "\b", `\t`, "\t", `\n`, "\n", `\f`, "\f", `\r`, "\r", `\e`, "\x1b")

// unescape returns the value of a basic string; a literal string is its own.
func unescape(raw string, quote byte) string {
	if quote != '"' || strings.IndexByte(raw, '\\') < 0 {
		return raw
	}
	var b strings.Builder
	for i := 0; i < len(raw); {
		if raw[i] != '\\' || i+1 == len(raw) {
			b.WriteByte(raw[i])
			i++
			continue
		}
		digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[raw[i+1]]
		if digits == 0 || i+2+digits > len(raw) {
			b.WriteString(simpleEscapes.Replace(raw[i : i+2]))
			i += 2
			continue
		}
		code, err := strconv.ParseUint(raw[i+2:i+2+digits], 16, 32)
		if err != nil || code > utf8.MaxRune {
			code = utf8.RuneError
		}
		b.WriteRune(rune(code))
		i += 2 + digits
	}
	return b.String()
}
