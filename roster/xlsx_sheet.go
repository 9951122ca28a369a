package roster

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"grantree/xlsx"
)

// sheetReader reads the cells of a sheet, in one pass.
type sheetReader struct {
	*workbook
	builder
	row    int // 0: before the first
	hidden bool
	line   []Cell
	column int // of the last cell, from 0; -1: before the first

	now    Cell
	kind   string // of the cell, as the file says it
	style  int
	filled bool // something is in the cell
	text   strings.Builder

	data   bool // the rows were begun
	merged int  // cells that are
	merges [][4]int
}

// readSheet reads a part into a sheet.
func (w *workbook) readSheet(sheet *Sheet, part string) error {
	r := &sheetReader{workbook: w, builder: builder{sheet: *sheet}, column: -1}
	f := w.parts[partKey(part)]
	if f == nil {
		return broken(fmt.Errorf("it has no %s", part))
	}
	in, err := f.Open()
	if err != nil {
		return broken(err)
	}
	defer in.Close()
	t := newTokens(in)
	for {
		token, err := t.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return problemf(max(r.row, 1), -1, "the workbook cannot be read from here (%v): open it in a spreadsheet program and save it anew as .xlsx", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			err = r.start(t.open[:len(t.open)-1], token)
		case xml.EndElement:
			err = r.end(t.open, token.Name.Local)
		case xml.CharData:
			r.chars(t.open, token)
		}
		if err != nil {
			return err
		}
	}
	r.merge()
	*sheet = r.builder.sheet
	return nil
}

// strange is a problem with what the file holds where something else belongs.
func (r *sheetReader) strange(what string) error {
	return problemf(max(r.row, 1), -1, "the workbook holds <%s> where none belongs: open it in a spreadsheet program and save it anew", shorten(what))
}

// start begins an element.
func (r *sheetReader) start(path []xml.Name, e xml.StartElement) error {
	name := e.Name.Local
	foreign := len(path) > 0 && e.Name.Space != path[0].Space
	switch {
	case len(path) == 0:
		if name != "worksheet" {
			return r.strange(name)
		}
	case is(path, "worksheet"):
		if name == "sheetData" && (r.data || foreign) {
			return r.strange(name)
		}
		r.data = r.data || name == "sheetData"
	case is(path, "worksheet", "cols"):
		r.hide(e)
	case is(path, "worksheet", "sheetData"):
		if name != "row" || foreign {
			return r.strange(name)
		}
		return r.beginRow(e)
	case is(path, "worksheet", "sheetData", "row"):
		switch {
		case name == "extLst" && !foreign:
		case name != "c" || foreign:
			return r.strange(name)
		default:
			return r.beginCell(e)
		}
	case is(path, "worksheet", "sheetData", "row", "c"):
		switch {
		case foreign || !slices.Contains([]string{"f", "v", "is", "extLst"}, name):
			return r.strange(name)
		case name == "f":
			r.now.Kind, r.filled = Formula, true
		case name != "extLst":
			r.filled = true
		}
	case is(path, "worksheet", "mergeCells") && name == "mergeCell":
		return r.noteMerge(attribute(e, "ref"))
	}
	return nil
}

// chars takes a text in, where it is what a cell holds.
func (r *sheetReader) chars(path []xml.Name, text xml.CharData) {
	const cell = 4
	if len(path) <= cell || r.text.Len() > maxText { // more is refused, and need not be kept
		return
	}
	in := path[cell:]
	if path[0].Space == in[0].Space && is(path[:cell], "worksheet", "sheetData", "row", "c") && (is(in, "v") || is(in, "is", "t") || is(in, "is", "r", "t")) {
		r.text.Write(text)
	}
}

// end ends an element that stood within path.
func (r *sheetReader) end(path []xml.Name, name string) error {
	switch {
	case name == "c" && is(path, "worksheet", "sheetData", "row"):
		return r.endCell()
	case name == "row" && is(path, "worksheet", "sheetData"):
		return r.endRow()
	}
	return nil
}

func (r *sheetReader) beginRow(e xml.StartElement) error {
	row := r.row + 1
	if n, err := strconv.Atoi(attribute(e, "r")); err == nil {
		row = n
	}
	if row <= r.row {
		return problemf(max(r.row, 1), -1, "the rows of the workbook are not in order: open it in a spreadsheet program and save it anew")
	}
	if err := r.room(row, 0); err != nil {
		return err
	}
	r.row, r.column, r.line = row, -1, nil
	r.hidden = truth(e, "hidden") || isZero(attribute(e, "ht"))
	return nil
}

// isZero reports whether something is no height or width at all.
func isZero(size string) bool {
	n, err := strconv.ParseFloat(size, 64)
	return err == nil && n == 0
}

func (r *sheetReader) beginCell(e xml.StartElement) error {
	column := r.column + 1
	if ref := attribute(e, "r"); ref != "" {
		n, row, err := xlsx.Coordinates(ref)
		if column = n - 1; err != nil || row != r.row || column <= r.column {
			return problemf(max(r.row, 1), -1, "the cells of the workbook are not in order at %q: open it in a spreadsheet program and save it anew", shorten(ref))
		}
	}
	r.column, r.now, r.kind, r.filled = column, Cell{}, attribute(e, "t"), false
	r.style, _ = strconv.Atoi(attribute(e, "s"))
	r.text.Reset()
	return nil
}

func (r *sheetReader) endCell() error {
	switch {
	case !r.filled:
		return nil
	case r.column >= maxColumns:
		return r.room(r.row, maxColumns+1)
	}
	if err := r.interpret(); err != nil {
		return err
	}
	if r.now.Text == "" && r.now.Kind != Formula && r.now.Kind != Fault {
		return nil
	}
	for len(r.line) <= r.column {
		r.line = append(r.line, Cell{})
	}
	r.line[r.column] = r.now
	return nil
}

// interpret makes of a cell's text and kind what the cell is.
func (r *sheetReader) interpret() error {
	text := r.text.String()
	switch r.kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || i < 0 || i >= len(r.texts) {
			return problemf(r.row, r.column, "the cell refers to a text that the workbook does not have: open it in a spreadsheet program and save it anew")
		}
		r.now.Text = r.texts[i]
	case "inlineStr", "str":
		r.now.Text = unescape(text)
	case "b":
		r.now.Text = text
	case "e":
		r.now.Text = text
		if r.now.Kind != Formula {
			r.now.Kind = Fault
		}
	case "d":
		r.now.Text = text
		if t, err := time.Parse(time.RFC3339, text); err == nil { // an instant, whose clock is another's elsewhere
			r.now.Text = t.Format(time.RFC3339Nano)
		}
		for _, form := range []string{"2006-01-02", "2006-01-02T15:04:05"} {
			if t, err := time.Parse(form, text); err == nil {
				r.day(t)
			}
		}
		if r.now.Kind != Formula {
			r.now.Kind = Date
		}
	case "", "n":
		r.now.Text = text
		if r.now.Kind != Formula {
			r.number(strings.TrimSpace(text))
		}
	default:
		return problemf(r.row, r.column, "the cell is of a kind that workbooks do not have (%q): open it in a spreadsheet program and save it anew", shorten(r.kind))
	}
	return nil
}

// number interprets a number by its style.
func (r *sheetReader) number(text string) {
	if r.style >= 0 && r.style < len(r.styles) {
		r.now.Kind = r.styles[r.style]
	}
	n, err := strconv.ParseFloat(text, 64)
	if r.now.Kind != Date || err != nil {
		return
	}
	t, err := xlsx.Date(n, r.since1904)
	if err != nil {
		r.now.Kind = Number
		return
	}
	r.day(t)
}

// day writes a date as TOML does.
func (r *sheetReader) day(t time.Time) {
	form := "2006-01-02T15:04:05"
	if t.Hour()+t.Minute()+t.Second() == 0 {
		form = "2006-01-02"
	}
	r.now.Text = t.Format(form)
}

func (r *sheetReader) endRow() error {
	before := len(r.builder.sheet.Rows)
	if err := r.add(r.row, r.line); err != nil {
		return err
	}
	if s := &r.builder.sheet; r.hidden && len(s.Rows) > before {
		s.Rows[before].Hidden = true
	}
	return nil
}

// hide notes columns that are not shown.
func (r *sheetReader) hide(e xml.StartElement) {
	from, err := strconv.Atoi(attribute(e, "min"))
	to, err2 := strconv.Atoi(attribute(e, "max"))
	if err != nil || err2 != nil || !truth(e, "hidden") && !isZero(attribute(e, "width")) {
		return
	}
	for c := max(from, 1); c <= min(to, maxColumns); c++ {
		r.builder.sheet.HiddenColumns = append(r.builder.sheet.HiddenColumns, c-1)
	}
}

// maxMerged is how many cells may be merged with others.
const maxMerged = 100_000

// noteMerge notes the cells that are shown as one. Those behind every column of a
// roster are left.
func (r *sheetReader) noteMerge(ref string) error {
	from, to, _ := strings.Cut(ref, ":")
	if to == "" {
		to = from
	}
	left, top, err := xlsx.Coordinates(from)
	right, bottom, err2 := xlsx.Coordinates(to)
	if err != nil || err2 != nil || left > right || top > bottom {
		return Problem{Reason: fmt.Sprintf("the workbook merges the cells %q, which are none: open it in a spreadsheet program and save it anew", shorten(ref))}
	}
	right, bottom = min(right, maxColumns), min(bottom, maxRows)
	if r.merged += max(bottom-top+1, 0) * max(right-left+1, 0); r.merged > maxMerged {
		return problemf(top, left-1, "more than %d cells are merged from here on: unmerge them, so that each person's cells are their own", maxMerged)
	}
	r.merges = append(r.merges, [4]int{top, bottom, left - 1, right - 1})
	return nil
}

// merge marks the cells of rows that hold something.
func (r *sheetReader) merge() {
	s := &r.builder.sheet
	mark := func(row *Row, left, right int) {
		for len(row.Cells) <= right {
			row.Cells = append(row.Cells, Cell{})
		}
		for c := left; c <= right; c++ {
			row.Cells[c].Kind = Merged
		}
	}
	for _, m := range r.merges {
		if s.Header.Number >= m[0] && s.Header.Number <= m[1] {
			mark(&s.Header, m[2], m[3])
		}
		i, _ := slices.BinarySearchFunc(s.Rows, m[0], func(row Row, n int) int { return row.Number - n })
		for ; i < len(s.Rows) && s.Rows[i].Number <= m[1]; i++ {
			mark(&s.Rows[i], m[2], m[3])
		}
	}
}
