package tomldoc

import (
	"reflect"

	"grantree/finding"
)

// Doc knows where the keys, tables and array elements of a TOML text stand.
type Doc struct {
	file   string
	lines  lines
	root   *entry
	values int
}

// Values returns how many keys, headers and elements the text has, as
// MaxValues counts them.
func (d *Doc) Values() int { return d.values }

// Decode reads data into the struct that into points to; file is the name that
// positions carry. Keys match the `toml` tags of the struct exactly, letter by
// letter; a field without a tag has its Go name as key.
//
// All problems are gathered, as findings of severity Error in the order of the
// text: "syntax", "duplicate-key", "unknown-key", "wrong-type" (the value has
// another type than the field) and "bad-value" (the field's own UnmarshalText
// refused it). What is free of problems is filled in all the same, and arrays
// keep their length, so that other checks may go on. A byte order mark is
// skipped. A date without a zone is read as UTC.
//
// Text that would take more than a few hundred megabytes to read is refused
// with one finding before any of it is decoded: see the limits MaxText, MaxDepth
// and MaxValues. After MaxFindings the rest of the text is no longer judged.
func Decode(file string, data []byte, into any) (*Doc, finding.List) {
	r := newReader(file, data)
	m := r.read()
	doc := &Doc{file: file, lines: r.lines, root: r.scan.root, values: r.scan.values}
	b := binder{doc: doc, findings: r.findings, fields: map[reflect.Type]map[string][]int{}}
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		b.findings.Errorf(finding.WrongType, doc.At(), "", "cannot decode into %T: want a pointer to a struct", into)
		return doc, b.findings
	}
	b.table(v.Elem(), m, nil)
	return doc, b.findings.Sorted()
}

// At returns the place of what path names: keys as strings, elements of arrays
// and of arrays of tables as ints counted from 0. A key's place is where the
// key is written, a table's is its header, an element's is the element itself.
// Where path leads on to something that is not in the text, the place of the
// nearest thing above it is returned; the empty path is the file.
func (d *Doc) At(path ...any) finding.Pos {
	e := d.root
	for _, step := range path {
		next := e.step(step)
		if next == nil {
			break
		}
		e = next
	}
	if e == d.root {
		return finding.Pos{File: d.file}
	}
	return d.lines.pos(d.file, int(e.offset))
}
