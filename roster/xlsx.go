package roster

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"grantree/namefold"

	"github.com/xuri/excelize/v2"
)

// What a workbook may unpack to. It is measured by unpacking, before anything is
// kept: the sizes that a file states are its own word.
const (
	maxParts    = 1_000
	maxUnpacked = 64 << 20
	maxAround   = 8 << 20 // everything of XML but the sheets: texts, styles
)

// readXLSX reads the first sheet of a workbook. excelize knows texts, styles and
// dates; what its stream of rows does not tell (which cells are formulas, errors
// and merged) is marked beforehand, in one pass that also holds the sheet to its
// bounds, since excelize makes a cell of every gap.
func readXLSX(data []byte) (sheet *Sheet, err error) {
	broken := func(err error) error {
		return Problem{Reason: fmt.Sprintf("the workbook cannot be read (%v): open it in a spreadsheet program and save it anew as .xlsx", err)}
	}
	defer func() {
		if p := recover(); p != nil { // excelize takes what a part says for granted
			sheet, err = nil, broken(fmt.Errorf("%v", p))
		}
	}()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, broken(err)
	}
	part, err := firstSheet(archive)
	if err != nil {
		return nil, broken(err)
	}
	marks, err := markSheet(archive, part)
	if err != nil {
		return nil, err
	}
	if err := measure(archive); err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked, RawCellValue: true})
	if err != nil {
		return nil, broken(err)
	}
	defer f.Close()
	props, err := f.GetWorkbookProps()
	if err != nil {
		return nil, broken(err)
	}
	w := workbook{File: f, since1904: props.Date1904 != nil && *props.Date1904, dates: map[int]Kind{}}
	names := f.GetSheetList()
	rows, err := f.Rows(names[0])
	if err != nil {
		return nil, broken(err)
	}
	defer rows.Close()
	b := builder{sheet: Sheet{Name: names[0], Others: len(names) - 1}}
	for row := 1; rows.Next(); row++ {
		texts, err := rows.Columns()
		if err != nil {
			return nil, broken(err)
		}
		cells := make([]Cell, max(len(texts), marks.last[row]))
		for i := range cells {
			if i < len(texts) {
				cells[i].Text = texts[i]
			}
			w.interpret(&cells[i], marks.at[place{row, i}])
		}
		if err := b.add(row, cells); err != nil {
			return nil, err
		}
	}
	return &b.sheet, nil
}

// workbook is a file that tells which of its styles show a number as what.
type workbook struct {
	*excelize.File
	since1904 bool
	dates     map[int]Kind
}

// interpret makes of a raw text and its mark what the cell is.
func (w workbook) interpret(c *Cell, m mark) {
	c.Kind = m.kind
	if m.style == 0 {
		return
	}
	number, err := strconv.ParseFloat(c.Text, 64)
	if c.Kind = w.shown(m.style); c.Kind != Date || err != nil {
		return
	}
	t, err := excelize.ExcelDateToTime(number, w.since1904)
	switch {
	case err != nil:
		c.Kind = Number
	case number == float64(int64(number)):
		c.Text = t.Format("2006-01-02")
	default:
		c.Text = t.Format("2006-01-02T15:04:05")
	}
}

// shown is what a style makes of a number.
func (w workbook) shown(style int) Kind {
	if k, ok := w.dates[style]; ok {
		return k
	}
	k := Number
	if s, err := w.GetStyle(style); err == nil {
		switch n := s.NumFmt; {
		case s.CustomNumFmt != nil:
			if isDate(*s.CustomNumFmt) {
				k = Date
			}
		case n == 0 || n == 1 || n == 49: // as it is, a whole number, text
			k = Text
		case n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 45 && n <= 47 || n >= 50 && n <= 58:
			k = Date
		}
	}
	w.dates[style] = k
	return k
}

// isDate reports whether a number's format has a day, month, year or hour in
// it, outside of quotation marks, brackets and what a backslash makes a letter.
func isDate(format string) bool {
	within := byte(0)
	for i := 0; i < len(format); i++ {
		switch c := format[i]; {
		case within != 0:
			if c == within {
				within = 0
			}
		case c == '"':
			within = '"'
		case c == '[':
			within = ']'
		case c == '\\' || c == '_' || c == '*':
			i++
		case strings.IndexByte("dmyhDMYH", c) >= 0:
			return true
		}
	}
	return false
}

// place is a cell's row, from 1, and column, from 0.
type place struct{ row, column int }

// mark is what a cell is beyond its text; style is that of a number.
type mark struct {
	kind  Kind
	style int
}

// marks is what the sheet's cells are, and the last marked column of each row,
// counted from 1.
type marks struct {
	at   map[place]mark
	last map[int]int
}

func (m marks) set(at place, to mark) {
	m.at[at] = to
	m.last[at.row] = max(m.last[at.row], at.column+1)
}

// markSheet goes over a sheet's XML once.
func markSheet(archive *zip.Reader, part string) (marks, error) {
	m := marks{map[place]mark{}, map[int]int{}}
	in, err := open(archive, part)
	if err != nil {
		return m, Problem{Reason: fmt.Sprintf("the workbook cannot be read (%v): open it in a spreadsheet program and save it anew as .xlsx", err)}
	}
	defer in.Close()
	// What the parts around the sheet unpack to is measured elsewhere.
	d := xml.NewDecoder(io.LimitReader(in, maxUnpacked))
	var b builder
	at, cell, filled := place{0, -1}, mark{}, false
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			return m, nil
		}
		if err != nil {
			return m, problemf(max(at.row, 1), -1, "the workbook cannot be read from here (%v): open it in a spreadsheet program and save it anew as .xlsx", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "row":
				row := at.row + 1
				if n, err := strconv.Atoi(attribute(t, "r")); err == nil {
					row = n
				}
				if row <= at.row {
					return m, problemf(max(at.row, 1), -1, "the rows of the workbook are not in order: open it in a spreadsheet program and save it anew")
				}
				if err := b.room(row, 0); err != nil {
					return m, err
				}
				at = place{row, -1}
			case "c":
				column := at.column + 1
				if ref := attribute(t, "r"); ref != "" {
					n, row, err := excelize.CellNameToCoordinates(ref)
					if column = n - 1; err != nil || row != at.row || column <= at.column {
						return m, problemf(max(at.row, 1), -1, "the cells of the workbook are not in order at %q: open it in a spreadsheet program and save it anew", ref)
					}
				}
				at.column, cell, filled = column, mark{}, false
				switch attribute(t, "t") {
				case "e":
					cell.kind = Fault
				case "", "n":
					cell.style, _ = strconv.Atoi(attribute(t, "s"))
				}
			case "f":
				cell, filled = mark{kind: Formula}, true
			case "v", "is":
				filled = true
			case "mergeCell":
				if err := m.merge(attribute(t, "ref")); err != nil {
					return m, err
				}
			}
		case xml.EndElement:
			if t.Name.Local != "c" || !filled {
				continue
			}
			if err := b.room(at.row, 1); err != nil {
				return m, err
			}
			if at.column >= maxColumns {
				return m, b.room(at.row, maxColumns+1)
			}
			if cell != (mark{}) {
				m.set(at, cell)
			}
		}
	}
}

// maxMerged is how many cells may be merged with others.
const maxMerged = 100_000

// merge marks the cells that are shown as one. Those behind every column of a
// roster are left.
func (m marks) merge(ref string) error {
	from, to, _ := strings.Cut(ref, ":")
	if to == "" {
		to = from
	}
	left, top, err := excelize.CellNameToCoordinates(from)
	right, bottom, err2 := excelize.CellNameToCoordinates(to)
	if err != nil || err2 != nil || left > right || top > bottom {
		return Problem{Reason: fmt.Sprintf("the workbook merges the cells %q, which are none: open it in a spreadsheet program and save it anew", ref)}
	}
	if (min(bottom, maxRows)-top+1)*(min(right, maxColumns)-left+1) > maxMerged {
		return problemf(top, left-1, "more than %d cells are merged from here on: unmerge them, so that each person's cells are their own", maxMerged)
	}
	for row := top; row <= min(bottom, maxRows) && len(m.at) < maxCells; row++ {
		for column := left; column <= min(right, maxColumns); column++ {
			m.set(place{row, column - 1}, mark{kind: Merged})
		}
	}
	return nil
}

// measure unpacks everything once and keeps nothing of it.
func measure(archive *zip.Reader) error {
	tooLarge := Problem{Reason: fmt.Sprintf("the workbook unpacks to more than %d MiB, or to more than %d MiB beside its sheets: copy the people into a new one", maxUnpacked>>20, maxAround>>20)}
	if len(archive.File) > maxParts {
		return Problem{Reason: fmt.Sprintf("the workbook has more than %d parts: copy the people into a new one", maxParts)}
	}
	var all, around int64
	seen := map[string]bool{}
	for _, f := range archive.File {
		name := namefold.Rule{}.Key(strings.ReplaceAll(f.Name, `\`, "/"))
		if seen[name] {
			return Problem{Reason: fmt.Sprintf("the workbook holds %s twice: open it in a spreadsheet program and save it anew", f.Name)}
		}
		seen[name] = true
		in, err := f.Open()
		if err != nil {
			return Problem{Reason: fmt.Sprintf("the workbook cannot be read (%s: %v)", f.Name, err)}
		}
		n, err := io.Copy(io.Discard, io.LimitReader(in, maxUnpacked+1))
		in.Close()
		all += n
		if ext := path.Ext(f.Name); (ext == ".xml" || ext == ".rels") && !strings.HasPrefix(f.Name, "xl/worksheets/") {
			around += n
		}
		switch {
		case all > maxUnpacked || around > maxAround:
			return tooLarge
		case err != nil:
			return Problem{Reason: fmt.Sprintf("the workbook cannot be read (%s: %v)", f.Name, err)}
		}
	}
	return nil
}

// open opens a part of a workbook.
func open(archive *zip.Reader, part string) (io.ReadCloser, error) {
	for _, f := range archive.File {
		if f.Name == part {
			return f.Open()
		}
	}
	return nil, fmt.Errorf("it has no %s", part)
}

// firstSheet is the part that holds the first sheet.
func firstSheet(archive *zip.Reader) (string, error) {
	var book struct {
		Sheets []struct {
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	var relations struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := decodePart(archive, "xl/workbook.xml", &book); err != nil {
		return "", err
	}
	if err := decodePart(archive, "xl/_rels/workbook.xml.rels", &relations); err != nil {
		return "", err
	}
	if len(book.Sheets) == 0 {
		return "", fmt.Errorf("it has no sheet")
	}
	for _, a := range book.Sheets[0].Attrs {
		for _, r := range relations.All {
			if a.Name.Local != "id" || r.ID != a.Value {
				continue
			}
			if strings.HasPrefix(r.Target, "/") {
				return r.Target[1:], nil
			}
			return path.Join("xl", r.Target), nil
		}
	}
	return "", fmt.Errorf("its first sheet is nowhere")
}

// decodePart reads a small part.
func decodePart(archive *zip.Reader, part string, into any) error {
	in, err := open(archive, part)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := xml.NewDecoder(io.LimitReader(in, 1<<20)).Decode(into); err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	return nil
}

// attribute returns an attribute without a prefix.
func attribute(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}
