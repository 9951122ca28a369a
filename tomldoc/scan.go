package tomldoc

import (
	"fmt"
	"strings"
)

// scanner walks TOML text and notes where everything stands. It judges
// nothing but the limits: text that is not TOML gives fewer entries, never an
// error. Whether the text is TOML is for the reader's decoder to say.
type scanner struct {
	text string
	at   int

	root  *entry
	table *entry
	stmts []stmt
	names map[string]string // one copy of each name, of the first maxNames

	top    path // of the current table
	in     path // of what is being read
	values int  // the cost of everything so far

	over   string // the limit that was passed, or ""
	overAt int

	// For an Edit alone: where values stand, and the table of each statement,
	// which its header opens or its key stands in.
	spans  map[*entry]span
	tables []*entry
}

// maxNames is how many different names are kept as one copy each.
const maxNames = 1000

// stmt is a header or a key with its value: the bytes from start to end.
type stmt struct {
	start, end int32
	header     bool
}

// span is some bytes of the text.
type span struct{ from, to int }

// scan walks the whole text, or up to the place where it passes a limit.
func scan(text string) *scanner {
	s := &scanner{text: text}
	s.walk()
	return s
}

// walk does what scan says.
func (s *scanner) walk() {
	s.root, s.names = &entry{}, map[string]string{}
	s.table = s.root
	for s.skipBlank(); s.at < len(s.text); s.skipBlank() {
		st := stmt{start: int32(s.at), header: s.peek() == '['}
		if st.header {
			s.header()
		} else {
			s.in = s.top
			s.keyValue(s.table)
		}
		s.skipLine()
		st.end = int32(s.at)
		s.stmts = append(s.stmts, st)
		if s.spans != nil {
			s.tables = append(s.tables, s.table)
		}
	}
}

// stop ends the scan at a place where the text passes a limit.
func (s *scanner) stop(at int, limit string) {
	if s.over == "" {
		s.over, s.overAt = limit, at
	}
	s.at = len(s.text)
}

// enter goes below a name or a bracket that stands at an offset.
func (s *scanner) enter(name string, at int) {
	if s.in = s.in.under(name); s.in.depth > MaxDepth {
		s.stop(at, fmt.Sprintf("keys and values nest more than %d deep here", MaxDepth))
	}
}

// count counts a key, header or element that stands at an offset.
func (s *scanner) count(at int) {
	if s.values += s.in.cost(); s.values > MaxValues {
		s.stop(at, fmt.Sprintf("the text has more than %d keys and values, or fewer with very long names", MaxValues))
	}
}

// child returns the entry of a key in a table, made at offset if it is new.
func (s *scanner) child(table *entry, key string, offset int) *entry {
	e := table.child(key, offset)
	if len(table.keys()) > MaxKeys {
		s.stop(offset, fmt.Sprintf("the table has more than %d keys", MaxKeys))
	}
	return e
}

// header reads [a.b] or [[a.b]] and makes it the current table.
func (s *scanner) header() {
	start := s.at
	s.at++
	array := s.peek() == '['
	if array {
		s.at++
	}
	s.in = path{}
	parts := s.key()
	s.top = s.in
	if len(parts) == 0 {
		return
	}
	e := s.root
	for _, p := range parts[:len(parts)-1] {
		e = s.child(e, p.name, start).last()
	}
	e = s.child(e, parts[len(parts)-1].name, start)
	if array {
		e.named = true
		s.table = e.item(start)
		return
	}
	if !e.named {
		e.offset, e.named = int32(start), true
	}
	s.table = e
}

// keyValue reads a key, the equals sign and the value into table e.
func (s *scanner) keyValue(e *entry) {
	parts := s.key()
	for _, p := range parts {
		e = s.child(e, p.name, p.offset)
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
	start := s.at
	s.skipValue(e)
	if s.spans != nil {
		s.spans[e] = span{start, len(strings.TrimRight(s.text[:s.at], " \t\r"))}
	}
}

// skipValue goes over a value, and notes what is in it.
func (s *scanner) skipValue(e *entry) {
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
	above := s.in
	if s.enter("", s.at); s.over == "" {
		s.at++
		read(e)
	}
	s.in = above
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
			item := e.item(s.at)
			s.count(s.at)
			s.value(item)
		}
	}
}

// inlineTable reads the keys of an inline table up to its closing brace.
func (s *scanner) inlineTable(e *entry) {
	above := s.in
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
			s.in = above
			if s.at == before {
				s.at++
			}
		}
	}
}
