package roster

import (
	"bytes"
	"fmt"
	"strings"

	"grantree/xlsx"
)

// What a sheet may have. Above 20,000 people with every column there is no
// roster, only a file that was made to be large or has been formatted to its
// end.
const (
	maxRows    = 100_000
	maxColumns = 100
	maxCells   = 1_000_000
	maxText    = 32_767 // of a cell: what Excel takes
)

// Sheet is a table of people as it stands in a file.
type Sheet struct {
	Name   string // of a workbook's sheet
	Others int    // how many more sheets the workbook has, which are not read
	Header Row
	Rows   []Row // those with something in them
	// What a workbook has and does not show. Hidden rows and columns are read.
	HiddenSheets  []string
	HiddenColumns []int // counted from 0
}

// Row is a row of a sheet, as the sheet numbers it.
type Row struct {
	Number int
	Cells  []Cell // up to the last one that holds something
	Hidden bool
}

// Cell is one cell.
type Cell struct {
	Text string
	Kind Kind
}

// Kind is what a cell holds.
type Kind uint8

// The kinds of cells. A CSV file has but text.
const (
	Text    Kind = iota
	Date         // a number that is shown as a date; Text is as TOML writes it
	Number       // a number with a form of its own: what is shown is not what is held
	Formula      // text is what it came to when the file was written
	Fault        // an error such as #REF!
	Merged       // one of several cells that are shown as one
)

// Value is the text of a column, counted from 0, as it was before it was defused; empty
// where nothing stands there. The error says why a cell is no text: it is a formula, an
// error, merged with another, or holds what nobody can see.
func (r Row) Value(column int) (string, error) {
	c := r.cell(column)
	if wrong := refuse(colReason, c); wrong != "" {
		return "", problemf(r.Number, column, "%s", wrong)
	}
	text, _ := xlsx.Restore(c.Text)
	return text, nil
}

// cell returns the cell of a column, counted from 0.
func (r Row) cell(column int) Cell {
	if column < 0 || column >= len(r.Cells) {
		return Cell{}
	}
	return r.Cells[column]
}

// Problem is something that is wrong in a sheet.
type Problem struct {
	Row    int    // 0: it is about the file
	Column string // its letter; "": it is about the row
	Field  string // what the header says
	Reason string
}

// Error is the problem in a sentence.
func (p Problem) Error() string {
	switch {
	case p.Row == 0:
		return p.Reason
	case p.Column == "":
		return fmt.Sprintf("row %d: %s", p.Row, p.Reason)
	case p.Field == "":
		return fmt.Sprintf("row %d, column %s: %s", p.Row, p.Column, p.Reason)
	}
	return fmt.Sprintf("row %d, column %s (%s): %s", p.Row, p.Column, p.Field, p.Reason)
}

// problemf is a problem with a place; column counts from 0, and is negative
// where it is about the row.
func problemf(row, column int, format string, args ...any) Problem {
	return Problem{Row: row, Column: xlsx.ColumnName(column), Reason: fmt.Sprintf(format, args...)}
}

// Read reads a sheet from the bytes of a CSV or XLSX file; which of them it is,
// they say themselves. The error is a Problem.
func Read(data []byte) (*Sheet, error) {
	var s *Sheet
	var err error
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		s, err = readXLSX(data)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		err = Problem{Reason: "this is an old .xls workbook, or one with a password: save it as .xlsx without one"}
	default:
		s, err = readCSV(data)
	}
	if err != nil {
		return nil, err
	}
	if s.Header.Number == 0 {
		return nil, problemf(1, -1, "the sheet is empty: its first row names the columns, and a row for each person follows")
	}
	return s, nil
}

// builder gathers the rows of a sheet within its bounds.
type builder struct {
	sheet Sheet
	cells int
}

// add takes a row, unless nothing is in it. The first one is the header.
func (b *builder) add(number int, cells []Cell) error {
	for len(cells) > 0 && cells[len(cells)-1] == (Cell{}) {
		cells = cells[:len(cells)-1]
	}
	if err := b.room(number, len(cells)); err != nil {
		return err
	}
	for i, c := range cells {
		if len(c.Text) > maxText {
			return problemf(number, i, "the cell holds more than %d bytes", maxText)
		}
	}
	switch {
	case len(cells) == 0:
	case b.sheet.Header.Number == 0:
		b.sheet.Header = Row{Number: number, Cells: cells}
	default:
		b.sheet.Rows = append(b.sheet.Rows, Row{Number: number, Cells: cells})
	}
	return nil
}

// room says no to a row beyond the bounds.
func (b *builder) room(number, cells int) error {
	b.cells += cells
	switch {
	case number > maxRows:
		return problemf(number, 0, "the sheet goes on behind row %d, and more is not read: delete the rows below the last person, empty ones too", maxRows)
	case cells > maxColumns:
		return problemf(number, maxColumns, "the sheet goes on behind column %s, and more is not read: delete the columns that have no person's data", xlsx.ColumnName(maxColumns-1))
	case b.cells > maxCells:
		return problemf(number, 0, "the sheet has more than %d cells up to here, and more is not read: delete the columns that have no person's data", maxCells)
	}
	return nil
}

// clean is a text as a cell of a sheet can carry it: in one line, without
// characters that hide, and without space around it.
func clean(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if hides(r) {
			return ' '
		}
		return r
	}, text))
}
