package roster

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// book makes a workbook.
func book(t testing.TB, fill func(f *excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := fill(f); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rows fills the first sheet.
func rows(f *excelize.File, rows ...[]any) error {
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &r); err != nil {
			return err
		}
	}
	return nil
}

// styled gives a cell a number format.
func styled(f *excelize.File, cell, format string) error {
	id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		return err
	}
	return f.SetCellStyle("Sheet1", cell, cell, id)
}

// TestCompareXLSX: what a workbook can hold that a text cannot.
func TestCompareXLSX(t *testing.T) {
	day := time.Date(2031, 5, 17, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name string
		fill func(f *excelize.File) error
		want []string
	}{
		{"people", func(f *excelize.File) error {
			f.NewSheet("Notes")
			return rows(f, []any{"name", "groups", "sites", "until", "status"}, []any{"bea", "Planner", "North", day, "active"}, nil, []any{4711, "Planner", "*", day.Add(12 * time.Hour), false})
		}, []string{"new bea: name:  -> bea", "new bea: groups:  -> Planner", "new bea: sites:  -> North", "new bea: until:  -> 2031-05-17",
			"new 4711: name:  -> 4711", "new 4711: groups:  -> Planner", "new 4711: sites:  -> *", "new 4711: until:  -> 2031-05-17T12:00:00", "new 4711: status: active -> inactive"}},
		{"formulas", func(f *excelize.File) error {
			if err := rows(f, []any{"name", "full_name"}, []any{"ann", "x"}, []any{"carl", "y"}); err != nil {
				return err
			}
			if err := f.SetCellFormula("Sheet1", "B2", `HYPERLINK("http://example.org","x")`); err != nil {
				return err
			}
			return f.SetCellFormula("Sheet1", "A3", "A2")
		}, []string{"row 2, column B (full_name): the cell is a formula: write what it comes to as a value", "row 3, column A (name): the cell is a formula: write what it comes to as a value"}},
		{"dates and numbers as names", func(f *excelize.File) error {
			if err := rows(f, []any{"name", "full_name"}, []any{day, "x"}, []any{"ann", day}, []any{123, "x"}); err != nil {
				return err
			}
			return styled(f, "A4", "00000")
		}, []string{"row 2, column A (name): a date (2031-05-17) stands where a text belongs: format the column as text and write it anew",
			"row 3, column B (full_name): a date (2031-05-17) stands where a text belongs: format the column as text and write it anew",
			"row 4, column A (name): a number in a form of its own stands where a name belongs, and what is shown is not what is held (123): format the column as text and write it anew"}},
		{"a merged header", func(f *excelize.File) error {
			if err := rows(f, []any{"name", "full_name", "email"}, []any{"ann", "x", "y"}); err != nil {
				return err
			}
			return f.MergeCell("Sheet1", "B1", "C1")
		}, []string{"row 1, column B: the header is merged with another cell: unmerge them, so that each column has its own name",
			"row 1, column C: the header is merged with another cell: unmerge them, so that each column has its own name"}},
		{"merged cells", func(f *excelize.File) error {
			if err := rows(f, []any{"name", "groups"}, []any{"ann", "Planner"}, []any{"carl", ""}); err != nil {
				return err
			}
			return f.MergeCell("Sheet1", "B2", "B3")
		}, []string{"row 2, column B (groups): the cell is merged with another one: unmerge them, so that each person's cells are their own",
			"row 3, column B (groups): the cell is merged with another one: unmerge them, so that each person's cells are their own"}},
		{"texts that are formulas elsewhere, and rich text", func(f *excelize.File) error {
			if err := rows(f, []any{"name", "full_name"}, []any{"ann", "=1+1"}, []any{"carl", ""}); err != nil {
				return err
			}
			if err := f.SetCellStr("Sheet1", "B2", "=1+1"); err != nil {
				return err
			}
			return f.SetCellRichText("Sheet1", "B3", []excelize.RichTextRun{{Text: "Carl "}, {Text: "Carlson", Font: &excelize.Font{Bold: true}}})
		}, []string{`row 2, column B (full_name): the cell begins with "=", so that a spreadsheet program runs it as a formula: write it without, or with an apostrophe before it`,
			"changed carl: full_name:  -> Carl Carlson"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Read(book(t, tt.fill))
			if err != nil {
				t.Fatal(err)
			}
			if got := said(Compare(parsePolicy(t, testPolicy), s, Options{})); !slices.Equal(got, tt.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// rewritten is a workbook with parts in the place of its own or beside them.
func rewritten(t testing.TB, parts map[string]func(w io.Writer)) []byte {
	t.Helper()
	data := book(t, func(f *excelize.File) error { return rows(f, []any{"name"}, []any{"ann"}) })
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, f := range in.File {
		if parts[f.Name] == nil {
			if err := out.Copy(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, write := range parts {
		w, err := out.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		write(w)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const sheetPart = "xl/worksheets/sheet1.xml"

// sheetOf writes a sheet around rows.
func sheetOf(rows func(w io.Writer)) func(w io.Writer) {
	return func(w io.Writer) {
		io.WriteString(w, `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>`)
		rows(w)
		io.WriteString(w, `</sheetData></worksheet>`)
	}
}

// TestHostileXLSX: workbooks that are made to be large or broken end in an error
// that says where, at once and within bounds.
func TestHostileXLSX(t *testing.T) {
	repeat := func(n int, text string) func(w io.Writer) {
		return func(w io.Writer) {
			chunk := strings.Repeat(text, 1000)
			for range n / 1000 {
				io.WriteString(w, chunk)
			}
		}
	}
	for _, tt := range []struct {
		name  string
		parts map[string]func(w io.Writer)
		want  string
	}{
		{"a million empty rows", map[string]func(io.Writer){sheetPart: sheetOf(repeat(1_000_000, `<row spans="1:12" ht="15" customHeight="1"></row>`))},
			"row 100001, column A: the sheet goes on behind row 100000, and more is not read: delete the rows below the last person, empty ones too"},
		{"the last row", map[string]func(io.Writer){sheetPart: sheetOf(func(w io.Writer) { io.WriteString(w, `<row r="1048576"><c r="A1048576"><v>1</v></c></row>`) })},
			"row 1048576, column A: the sheet goes on behind row 100000, and more is not read: delete the rows below the last person, empty ones too"},
		{"the last column", map[string]func(io.Writer){sheetPart: sheetOf(func(w io.Writer) { io.WriteString(w, `<row r="2"><c r="XFD2"><v>1</v></c></row>`) })},
			"row 2, column CW: the sheet goes on behind column CV, and more is not read: delete the columns that have no person's data"},
		{"rows out of order", map[string]func(io.Writer){sheetPart: sheetOf(func(w io.Writer) { io.WriteString(w, `<row r="3"></row><row r="2"></row>`) })},
			"row 3: the rows of the workbook are not in order: open it in a spreadsheet program and save it anew"},
		{"a cell twice", map[string]func(io.Writer){sheetPart: sheetOf(func(w io.Writer) {
			io.WriteString(w, `<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>`)
		})},
			`row 2: the cells of the workbook are not in order at "A2": open it in a spreadsheet program and save it anew`},
		{"a bomb", map[string]func(io.Writer){"xl/media/image1.png": repeat(100_000_000, "\x00")},
			"the workbook unpacks to more than 64 MiB, or to more than 8 MiB beside its sheets: copy the people into a new one"},
		{"a bomb in the sheet", map[string]func(io.Writer){sheetPart: sheetOf(repeat(100_000_000, " "))},
			"the workbook unpacks to more than 64 MiB, or to more than 8 MiB beside its sheets: copy the people into a new one"},
		{"a great many texts", map[string]func(io.Writer){"xl/sharedStrings.xml": repeat(2_000_000, "<si><t>x</t></si>")},
			"the workbook unpacks to more than 64 MiB, or to more than 8 MiB beside its sheets: copy the people into a new one"},
		{"merged to the end", map[string]func(io.Writer){sheetPart: func(w io.Writer) {
			io.WriteString(w, `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row></sheetData><mergeCells>`)
			repeat(1000, `<mergeCell ref="A2:XFD1048576"/>`)(w)
			io.WriteString(w, `</mergeCells></worksheet>`)
		}}, "row 2, column A: more than 100000 cells are merged from here on: unmerge them, so that each person's cells are their own"},
		{"cut off", map[string]func(io.Writer){sheetPart: func(w io.Writer) { io.WriteString(w, `<worksheet><sheetData><row r="7"><c r="A7"`) }},
			"row 7: the workbook cannot be read from here (XML syntax error on line 1: unexpected EOF): open it in a spreadsheet program and save it anew as .xlsx"},
		{"a part twice", map[string]func(io.Writer){"XL/worksheets/sheet1.xml": func(io.Writer) {}}, "the workbook holds XL/worksheets/sheet1.xml twice: open it in a spreadsheet program and save it anew"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := rewritten(t, tt.parts)
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begun := time.Now()
			s, err := Read(data)
			if err == nil {
				err = Compare(parsePolicy(t, testPolicy), s, Options{}).Refusals()[0]
			}
			runtime.ReadMemStats(&after)
			if err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
			t.Logf("%v, %d MiB allocated in all, %d held", time.Since(begun), (after.TotalAlloc-before.TotalAlloc)>>20, after.HeapInuse>>20)
		})
	}
}
