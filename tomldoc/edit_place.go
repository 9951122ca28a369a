package tomldoc

import (
	"fmt"
	"slices"
	"strings"
)

// insertKey writes a new key into the table at path.
func (e *Edit) insertKey(path []any, key, value string) error {
	line := key + " = " + value
	table := e.entry(path...)
	switch {
	case table == nil:
		return e.insertTable(path, line)
	case e.valued(table):
		return e.insertPiece(table, line)
	}
	st, ok := e.lastKey(table)
	switch {
	case ok:
		e.insertLine(st, e.indent(st)+line)
	case table == e.scan.root:
		e.splice(0, 0, line+e.newline)
	default:
		prefix, st, ok := e.dotted(table)
		if !ok {
			return e.insertTable(path, line)
		}
		e.insertLine(st, e.indent(st)+prefix+line)
	}
	return nil
}

// lastKey returns the last statement of a table, which is its header where it
// has no keys. ok is false where the table has neither.
func (e *Edit) lastKey(table *entry) (out stmt, ok bool) {
	if e.lasts == nil {
		e.lasts = map[*entry]stmt{}
		for i, st := range e.scan.stmts {
			if _, ok := e.lasts[e.scan.tables[i]]; !st.header || !ok {
				e.lasts[e.scan.tables[i]] = st
			}
		}
	}
	out, ok = e.lasts[table]
	return out, ok
}

// dotted returns how the last key of a table is written that only dotted keys
// make, up to the key's own name, and its statement.
func (e *Edit) dotted(table *entry) (prefix string, st stmt, ok bool) {
	for _, k := range table.keys() {
		if e.valued(k.entry) {
			st = e.statementAt(int(k.offset))
			prefix, ok = e.text[st.start:k.offset], true
		}
	}
	return prefix, st, ok && !st.header
}

// insertTable writes a table with one key at the end of the text.
func (e *Edit) insertTable(path []any, line string) error {
	for _, step := range path {
		if _, ok := step.(string); !ok {
			return fmt.Errorf("%s: there is no %s to write to", e.file, keyName(path))
		}
	}
	e.insertBlock(nil, "["+headerName(path)+"]"+e.newline+line)
	return nil
}

// insertBlock writes lines, apart from the others by a blank one, behind all
// that belongs to a table or array of tables, or at the end of the text.
func (e *Edit) insertBlock(behind *entry, block string) {
	at, known := e.ends[behind]
	if !known {
		at = len(e.text)
		if behind != nil {
			if s := e.sections(behind); len(s) > 0 {
				at = e.behindComments(e.nextLine(s[len(s)-1].to))
			}
		}
		e.ends[behind] = at
	}
	before := e.newline
	if at == 0 {
		before = ""
	} else if e.text[at-1] != '\n' && !e.openEnd(at) {
		before += e.newline
	}
	e.splice(at, at, before+block+e.newline)
}

// behindComments is the place behind the lines of comment that follow a table
// without a blank line, unless they stand above another one.
func (e *Edit) behindComments(from int) int {
	for at := from; ; {
		line := strings.TrimSpace(e.text[at:e.nextLine(at)])
		switch {
		case line == "":
			return at
		case line[0] != '#':
			return from
		}
		at = e.nextLine(at)
	}
}

// openEnd reports whether something was written already at an end of the text
// that has no line end.
func (e *Edit) openEnd(at int) bool {
	return slices.ContainsFunc(e.splices, func(s splice) bool { return s.from == at && s.to == at })
}

// insertLine writes a line behind a statement's.
func (e *Edit) insertLine(st stmt, line string) {
	at := e.nextLine(int(st.end))
	if at == len(e.text) && (at == 0 || e.text[at-1] != '\n') && !e.openEnd(at) {
		line = e.newline + line
	}
	e.splice(at, at, line+e.newline)
}

// sections returns where the headers and keys of an element or table stand,
// and of all that is below it: several spans where others stand between them.
func (e *Edit) sections(of *entry) []span {
	within := map[*entry]bool{}
	var mark func(*entry)
	mark = func(x *entry) {
		within[x] = true
		for _, k := range x.keys() {
			mark(k.entry)
		}
		for _, i := range x.items() {
			mark(i)
		}
	}
	mark(of)
	var out []span
	open := false
	for i, st := range e.scan.stmts {
		switch {
		case !within[e.scan.tables[i]]:
			open = false
		case open:
			out[len(out)-1].to = int(st.end)
		default:
			out = append(out, span{int(st.start), int(st.end)})
			open = true
		}
	}
	return out
}

// statementAt returns the statement around an offset.
func (e *Edit) statementAt(at int) stmt {
	i, _ := slices.BinarySearchFunc(e.scan.stmts, at, func(st stmt, at int) int { return int(st.end) - at })
	return e.scan.stmts[i]
}

// indent is the white space before a statement.
func (e *Edit) indent(st stmt) string { return e.text[e.lineStart(int(st.start)):st.start] }

// lineStart is where the line of an offset begins.
func (e *Edit) lineStart(at int) int { return strings.LastIndexByte(e.text[:at], '\n') + 1 }

// nextLine is where the line after an offset begins, or the end of the text.
func (e *Edit) nextLine(at int) int {
	if i := strings.IndexByte(e.text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(e.text)
}

// insertPiece writes a key into an inline table.
func (e *Edit) insertPiece(table *entry, piece string) error {
	in := e.scan.spans[table]
	if e.text[in.from] != '{' {
		return e.errorf(in.from, "this is a value, not a table")
	}
	if len(table.keys()) > 0 {
		at := e.furthest(table)
		e.splice(at, at, ", "+piece)
		return nil
	}
	if e.added[table]++; e.added[table] > 1 {
		piece = ", " + piece
	}
	e.splice(in.to-1, in.to-1, piece)
	return nil
}

// appendItem writes an element behind the others of an array on its line.
func (e *Edit) appendItem(array *entry, item string) error {
	in := e.scan.spans[array]
	if e.text[in.from] != '[' {
		return e.errorf(in.from, "this is a value, not an array")
	}
	if items := array.items(); len(items) > 0 {
		at := e.scan.spans[items[len(items)-1]].to
		e.splice(at, at, ", "+item)
		return nil
	}
	if e.added[array]++; e.added[array] > 1 {
		item = ", " + item
	}
	e.splice(in.to-1, in.to-1, item)
	return nil
}

// cutPiece takes a key or element out of what stands in brackets, with the
// comma before it or, where it is the first, behind it. Where a comment stands
// between it and its neighbour, an element that has lines of its own goes with them
// and what stands behind it there; the comments above stay.
func (e *Edit) cutPiece(in, piece *entry) error {
	pieces := in.items()
	for _, k := range in.keys() {
		pieces = append(pieces, k.entry)
	}
	i := slices.Index(pieces, piece)
	from, to := int(piece.offset), e.scan.spans[piece].to
	switch {
	case i > 0:
		from = e.end(pieces[i-1])
	case len(pieces) > 1:
		to = int(pieces[1].offset)
	default:
		to = e.behindComma(piece)
	}
	if strings.ContainsRune(e.text[from:to], '#') && e.hasComment(from, to) {
		if from, to, ok := e.ownLines(int(piece.offset), e.scan.spans[piece].to); ok {
			e.splice(from, to, "")
			return nil
		}
		return e.errorf(from, "a comment stands between this and its neighbour: change it by hand")
	}
	e.splice(from, to, "")
	return nil
}

// ownLines returns the lines of an element, where nothing else but its comma and a
// comment stands in them. One that is written this way has a comma before it that
// may stay: an array may end with one.
func (e *Edit) ownLines(from, to int) (start, end int, ok bool) {
	start, end = e.lineStart(from), e.nextLine(to)
	behind := strings.TrimSpace(strings.TrimPrefix(strings.TrimLeft(e.text[to:end], " \t"), ","))
	return start, end, to > from && strings.TrimSpace(e.text[start:from]) == "" && (behind == "" || behind[0] == '#')
}

// hasComment reports whether a line of some text ends with a comment, as far as
// can be said without reading it: a number sign that is in no string.
func (e *Edit) hasComment(from, to int) bool {
	s := &scanner{text: e.text[:to], at: from}
	for s.at < to {
		switch s.peek() {
		case '"', '\'':
			s.str()
		case '#':
			return true
		default:
			s.at++
		}
	}
	return false
}

// end is where an entry ends: its value, with its bracket, or the last of its keys.
func (e *Edit) end(of *entry) int {
	if e.valued(of) {
		return e.scan.spans[of].to
	}
	return e.furthest(of)
}

// furthest is where an entry's value ends or, where the entry is a table of
// which only keys have values, the last of those.
func (e *Edit) furthest(of *entry) int {
	if e.valued(of) && len(of.keys()) == 0 {
		return e.scan.spans[of].to
	}
	end := 0
	for _, k := range of.keys() {
		if e.valued(k.entry) {
			end = max(end, e.scan.spans[k.entry].to)
		} else {
			end = max(end, e.furthest(k.entry))
		}
	}
	return end
}

// valued reports whether an entry has a value of its own: it is no table with a
// header, and none that only other names speak of.
func (e *Edit) valued(of *entry) bool { return e.scan.spans[of].to > 0 }
