package tomldoc

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Edit changes a TOML text in place: what no change is about stays byte for
// byte as it was, comments, blank lines and order included. Paths are as those
// of Doc.At, and always those of the text as it was given, whatever was changed
// since; an element that was appended cannot be named. Nothing is written: Text
// returns the new text.
//
// A change that the text's shape does not allow is an error that names the
// place, and leaves the Edit as it was.
type Edit struct {
	file    string
	text    string
	mark    string // the byte order mark, kept
	newline string
	lines   lines
	scan    *scanner
	model   *model
	splices []splice
	added   map[*entry]int // keys added to an inline table that had none
	// What is asked for again and again where many changes are made: the last
	// statement of every table, and where what is added to an array goes.
	lasts map[*entry]stmt
	ends  map[*entry]int
}

// splice replaces the bytes from from to to.
type splice struct {
	from, to int
	with     string
}

// Key is a key with its value, of a table to be written: a string, a bool, an
// int, a Moment, a []string, a []Key, which is an inline table, or a [][]Key,
// an array of tables with at least one element.
type Key struct {
	Name  string
	Value any
}

// NewEdit begins to edit a text, which has to be TOML; file is the name that
// errors carry.
func NewEdit(file string, data []byte) (*Edit, error) {
	r := newReader(file, data)
	m := r.read()
	if len(r.findings) > 0 {
		return nil, fmt.Errorf("%s", r.findings[0])
	}
	newline := "\n"
	if i := strings.IndexByte(r.text, '\n'); i > 0 && r.text[i-1] == '\r' {
		newline = "\r\n"
	}
	s := &scanner{text: r.text, spans: map[*entry]span{}}
	s.walk()
	e := &Edit{file: file, text: r.text, mark: string(data[:len(data)-len(r.text)]), newline: newline, lines: r.lines, scan: s, added: map[*entry]int{}, ends: map[*entry]int{}}
	e.model = &model{root: e.modelOf(m, s.root).(map[string]any)}
	return e, nil
}

// Changed reports whether there is a change.
func (e *Edit) Changed() bool { return len(e.splices) > 0 }

// Text returns the text with all changes made. It is read again, and has to say
// what the changes ask for and otherwise what it said before, or there is an
// error and no text.
func (e *Edit) Text() ([]byte, error) {
	splices := slices.Clone(e.splices)
	slices.SortStableFunc(splices, func(a, b splice) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return min(a.to-a.from, 1) - min(b.to-b.from, 1) // what is inserted stands before what is replaced
	})
	var b strings.Builder
	b.WriteString(e.mark)
	at := 0
	for _, s := range splices {
		if s.from < at {
			return nil, e.errorf(s.from, "two changes of this place cannot be made at once")
		}
		b.WriteString(e.text[at:s.from])
		b.WriteString(s.with)
		at = s.to
	}
	b.WriteString(e.text[at:])
	text := b.String()
	r := newReader(e.file, []byte(text))
	m := r.read()
	if len(r.findings) > 0 {
		return nil, fmt.Errorf("the text would not be read after this edit: %s", r.findings[0])
	}
	if !e.model.says(m) {
		return nil, fmt.Errorf("%s: the text would say something else after this edit than was asked for: change it by hand", e.file)
	}
	return []byte(text), nil
}

// Set gives a key a value, in the place of the one that it has or behind the
// table's other keys. A table that is not there is made at the end of the text.
// An element of an array is given another value.
func (e *Edit) Set(value any, path ...any) error {
	text, err := encode(value)
	if err != nil {
		return err
	}
	if at := e.entry(path...); at != nil && at != e.scan.root && e.valued(at) {
		if i, ok := path[len(path)-1].(int); ok {
			if err := e.model.setItem(text, path[:len(path)-1], i); err != nil {
				return err
			}
			e.splice(e.scan.spans[at].from, e.scan.spans[at].to, text)
			return nil
		}
	}
	table, name, err := e.split(path)
	if err != nil {
		return err
	}
	switch at := e.entry(path...); {
	case at != nil && e.valued(at):
		e.splice(e.scan.spans[at].from, e.scan.spans[at].to, text)
	case at != nil:
		return e.errorf(int(at.offset), "%s is a table of its own here", keyName(path))
	default:
		if err := e.insertKey(table, encodeKey(name), text); err != nil {
			return err
		}
	}
	return e.model.set(text, path)
}

// SetStrings makes an array of strings be the given ones. Elements that stay
// keep their place, their line and its comment; new ones go behind them.
func (e *Edit) SetStrings(values []string, path ...any) error {
	at := e.entry(path...)
	if at == nil {
		return e.Set(values, path...)
	}
	switch done, err := e.editItems(at, values); {
	case err != nil:
		return err
	case !done:
		return e.Set(values, path...)
	}
	text, _ := encode(values)
	return e.model.set(text, path)
}

// Unset takes away a key with its value, and the line that they stand on. A key
// that is not there is none to take away.
func (e *Edit) Unset(path ...any) error {
	at := e.entry(path...)
	if at == nil {
		return nil
	}
	if !e.valued(at) {
		return e.errorf(int(at.offset), "%s is a table of its own here", keyName(path))
	}
	above := e.entry(path[:len(path)-1]...)
	if e.valued(above) {
		if err := e.cutPiece(above, at); err != nil {
			return err
		}
	} else {
		st := e.statementAt(int(at.offset))
		e.splice(e.lineStart(int(st.start)), e.nextLine(int(st.end)), "")
	}
	e.model.unset(path)
	return nil
}

// Append adds a table to the array of tables that path names, behind its last
// one, or at the end of the text where there is none yet.
func (e *Edit) Append(keys []Key, path ...any) error {
	inline, err := encode(keys)
	if err != nil {
		return err
	}
	at := e.entry(path...)
	if at != nil && e.valued(at) {
		if err := e.appendItem(at, inline); err != nil {
			return err
		}
		return e.model.append(inline, path)
	}
	above := e.entry(path[:len(path)-1]...)
	if name, ok := path[len(path)-1].(string); ok && above != nil && above != e.scan.root && e.valued(above) {
		if err := e.insertPiece(above, encodeKey(name)+" = ["+inline+"]"); err != nil {
			return err
		}
		return e.model.append(inline, path)
	}
	if above == nil {
		return e.errorf(0, "there is no place for a [[%s]] here: write the table that it belongs to with a header of its own", headerName(path))
	}
	behind := at
	if behind == nil && above != e.scan.root {
		behind = above
	}
	e.insertBlock(behind, e.block(keys, path))
	return e.model.append(inline, path)
}

// block writes a table of the array that path names with its header, and the
// arrays of tables in it behind its own keys.
func (e *Edit) block(keys []Key, path []any) string {
	var b strings.Builder
	b.WriteString("[[" + headerName(path) + "]]")
	below := ""
	for _, k := range keys {
		if tables, ok := k.Value.([][]Key); ok {
			for _, t := range tables {
				below += e.newline + e.newline + e.block(t, append(slices.Clone(path), k.Name))
			}
			continue
		}
		text, _ := encode(k.Value)
		b.WriteString(e.newline + encodeKey(k.Name) + " = " + text)
	}
	return b.String() + below
}

// Remove takes away an element of an array of tables with all that belongs to
// it. Comments above it stay, since nobody can say what they are about.
func (e *Edit) Remove(path ...any) error {
	at := e.entry(path...)
	if at == nil {
		return nil
	}
	if e.valued(at) {
		if array := e.entry(path[:len(path)-1]...); e.ownLine(array, at) {
			e.cutItem(at)
		} else if err := e.cutPiece(array, at); err != nil {
			return err
		}
		e.model.remove(path)
		return nil
	}
	for _, s := range e.sections(at) {
		from := e.lineStart(s.from)
		if above := e.lineStart(max(from-1, 0)); from > 0 && strings.TrimSpace(e.text[above:from]) == "" {
			from = above
		}
		e.splice(from, e.nextLine(s.to), "")
	}
	e.model.remove(path)
	return nil
}

// entry returns what path names, or nil.
func (e *Edit) entry(path ...any) *entry {
	at := e.scan.root
	for _, step := range path {
		if at = at.step(step); at == nil {
			return nil
		}
	}
	return at
}

// split parts the last key of a path from the table that it stands in.
func (e *Edit) split(path []any) (table []any, key string, err error) {
	if len(path) == 0 {
		return nil, "", errors.New("a path without a key")
	}
	last := len(path) - 1
	key, ok := path[last].(string)
	if !ok {
		return nil, "", fmt.Errorf("%v is an element, not a key", path)
	}
	return path[:last], key, nil
}

func (e *Edit) splice(from, to int, with string) {
	e.splices = append(e.splices, splice{from, to, with})
}

// errorf is an error with the place that it is about.
func (e *Edit) errorf(at int, format string, args ...any) error {
	return fmt.Errorf("%s: %s", e.lines.pos(e.file, at), fmt.Sprintf(format, args...))
}
