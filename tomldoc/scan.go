package tomldoc

import "strings"

// maxDepth bounds how deep arrays and inline tables may nest.
const maxDepth = 200

// scanner walks TOML text and notes where everything stands. It judges
// nothing: text that is not TOML gives fewer entries, never an error. Whether
// the text is TOML is for the reader's decoder to say.
type scanner struct {
	text []byte
	at   int

	root    *entry
	table   *entry
	stmts   []stmt
	depth   int
	tooDeep int // offset at which maxDepth was passed, or -1
}

// stmt is a header or a key with its value: the bytes from start to end.
type stmt struct {
	start, end int
	header     bool
}

// scan walks the whole text.
func scan(text []byte) *scanner {
	s := &scanner{text: text, root: &entry{}, tooDeep: -1}
	s.table = s.root
	for s.skipBlank(); s.at < len(s.text) && s.tooDeep < 0; s.skipBlank() {
		st := stmt{start: s.at, header: s.peek() == '['}
		if st.header {
			s.header()
		} else {
			s.keyValue(s.table)
		}
		s.skipLine()
		st.end = s.at
		s.stmts = append(s.stmts, st)
	}
	return s
}

// header reads [a.b] or [[a.b]] and makes it the current table.
func (s *scanner) header() {
	start := s.at
	s.at++
	array := s.peek() == '['
	if array {
		s.at++
	}
	parts := s.key()
	if len(parts) == 0 {
		return
	}
	e := s.root
	for _, p := range parts[:len(parts)-1] {
		e = e.child(p.name, start).last()
	}
	e = e.child(parts[len(parts)-1].name, start)
	if array {
		e.named = true
		s.table = e.item(start)
		return
	}
	if !e.named {
		e.offset, e.named = start, true
	}
	s.table = e
}

// keyValue reads a key, the equals sign and the value into table e.
func (s *scanner) keyValue(e *entry) {
	parts := s.key()
	for _, p := range parts {
		e = e.child(p.name, p.offset)
	}
	if len(parts) == 0 {
		e = &entry{}
	}
	e.named = true
	s.skipSpace()
	if s.peek() != '=' {
		return
	}
	s.at++
	s.skipSpace()
	s.value(e)
}

// value reads a value whose key or element is e.
func (s *scanner) value(e *entry) {
	switch s.peek() {
	case '[':
		s.nest(e, s.array)
	case '{':
		s.nest(e, s.inlineTable)
	case '"', '\'':
		s.str()
	default:
		for s.at < len(s.text) && strings.IndexByte(",]}#\n", s.text[s.at]) < 0 {
			s.at++
		}
	}
}

// nest reads a value in brackets, one level deeper.
func (s *scanner) nest(e *entry, read func(*entry)) {
	if s.depth++; s.depth > maxDepth {
		s.tooDeep = s.at
		s.at = len(s.text)
		return
	}
	s.at++
	read(e)
	s.depth--
}

// array reads the elements of an array up to its closing bracket.
func (s *scanner) array(e *entry) {
	for s.skipBlank(); s.at < len(s.text); s.skipBlank() {
		switch s.peek() {
		case ']':
			s.at++
			return
		case ',', '}':
			s.at++
		default:
			s.value(e.item(s.at))
		}
	}
}

// inlineTable reads the keys of an inline table up to its closing brace.
func (s *scanner) inlineTable(e *entry) {
	for s.skipBlank(); s.at < len(s.text); s.skipBlank() {
		switch s.peek() {
		case '}':
			s.at++
			return
		case ',', ']':
			s.at++
		default:
			before := s.at
			s.keyValue(e)
			if s.at == before {
				s.at++
			}
		}
	}
}
