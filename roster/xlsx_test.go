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

// TestHiddenXLSX: what a workbook has and does not show is read, or not, and said.
func TestHiddenXLSX(t *testing.T) {
	s, err := Read(book(t, func(f *excelize.File) error {
		f.NewSheet("People")
		f.SetActiveSheet(1)
		if err := f.SetSheetVisible("Sheet1", false); err != nil {
			return err
		}
		if err := rows(f, []any{"name"}, []any{"nobody"}); err != nil {
			return err
		}
		for i, r := range [][]any{{"name", "groups", "sites", "Shoe size"}, {"bea", "Planner", "North"}, {"ben", "Planner", "North"}, {"ann", "Mechanic; Planner", "North"}, {"bob", "Cooks", "North"}} {
			if err := f.SetSheetRow("People", fmt.Sprintf("A%d", i+1), &r); err != nil {
				return err
			}
		}
		for _, row := range []int{3, 4, 5} {
			if err := f.SetRowVisible("People", row, false); err != nil {
				return err
			}
		}
		return firstOf(f.SetColVisible("People", "B", false), f.SetColVisible("People", "D", false))
	}))
	if err != nil {
		t.Fatal(err)
	}
	r := Compare(parsePolicy(t, testPolicy), s, Options{})
	var got []string
	for _, n := range r.Looks() {
		got = append(got, n.Error())
	}
	want := []string{"row 1, column B (groups): the column is hidden in the workbook, and was read", `the sheet "Sheet1" is hidden in the workbook, and was not read`,
		"row 3: the row is hidden in the workbook", "row 5: the row is hidden in the workbook"}
	if s.Name != "People" || !slices.Equal(got, want) {
		t.Errorf("of %q\n%s\nwant\n%s", s.Name, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
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

// TestDatesXLSX: a cell of a day or an instant is read as what it says, its zone too.
func TestDatesXLSX(t *testing.T) {
	for cell, want := range map[string]string{
		"2027-06-30": "2027-06-30", "2027-06-30T00:00:00": "2027-06-30", "2027-06-30T18:00:00": "2027-06-30T18:00:00",
		"2027-06-30T18:00:00+02:00": "2027-06-30T18:00:00+02:00", "2027-06-30T00:00:00Z": "2027-06-30T00:00:00Z", "2027-06-30T18:00:00.5-05:00": "2027-06-30T18:00:00.5-05:00",
	} {
		s, err := Read(rewritten(t, map[string]func(io.Writer){sheetPart: sheetOf(func(w io.Writer) { io.WriteString(w, `<row r="2"><c r="A2" t="d"><v>`+cell+`</v></c></row>`) })}))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Rows[0].Cells[0]; got.Text != want || got.Kind != Date {
			t.Errorf("%s: %v, want %s", cell, got, want)
		}
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
	text := func(text string) func(w io.Writer) { return func(w io.Writer) { io.WriteString(w, text) } }
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
		{"a great many texts, by another name", map[string]func(io.Writer){"xl/texts.bin": func(w io.Writer) {
			io.WriteString(w, "<sst>")
			repeat(2_000_000, "<si></si>")(w)
			io.WriteString(w, "</sst>")
		}, "xl/_rels/workbook.xml.rels": text(`<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="x/sharedStrings" Target="texts.bin"/></Relationships>`)},
			"the workbook cannot be read (xl/texts.bin unpacks to more than 8 MiB): open it in a spreadsheet program and save it anew as .xlsx"},
		{"merged to the end", map[string]func(io.Writer){sheetPart: func(w io.Writer) {
			io.WriteString(w, `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row></sheetData><mergeCells>`)
			repeat(1000, `<mergeCell ref="A2:XFD1048576"/>`)(w)
			io.WriteString(w, `</mergeCells></worksheet>`)
		}}, "row 2, column A: more than 100000 cells are merged from here on: unmerge them, so that each person's cells are their own"},
		{"cut off", map[string]func(io.Writer){sheetPart: func(w io.Writer) { io.WriteString(w, `<worksheet><sheetData><row r="7"><c r="A7"`) }},
			"row 7: the workbook cannot be read from here (XML syntax error on line 1: unexpected EOF): open it in a spreadsheet program and save it anew as .xlsx"},
		// One reader of two that are asked looks at the one, the other at the other.
		{"an id twice", map[string]func(io.Writer){
			"xl/_rels/workbook.xml.rels": text(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/></Relationships>`),
			"xl/worksheets/sheet2.xml":   sheetOf(text(`<row r="2"><c r="A2" t="str"><f>HYPERLINK("http://example.org","ann")</f><v>ann</v></c></row>`))},
			`the workbook cannot be read (xl/_rels/workbook.xml.rels: two relationships have the id "rId1", or one has none): open it in a spreadsheet program and save it anew as .xlsx`},
		{"an id of another kind", map[string]func(io.Writer){
			"xl/workbook.xml": text(`<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:s="urn:other"><sheets><sheet name="Sheet1" sheetId="1" s:id="rId2" r:id="rId1"/></sheets></workbook>`)},
			`the workbook cannot be read (xl/workbook.xml: the sheet "Sheet1" has two ids): open it in a spreadsheet program and save it anew as .xlsx`},
		{"rows twice", map[string]func(io.Writer){sheetPart: text(`<worksheet><sheetData><row><c t="inlineStr"><is><t>name</t></is></c></row></sheetData><sheetData><row r="2"><c r="A2" t="str"><f>1</f><v>ann</v></c></row></sheetData></worksheet>`)},
			"row 1: the workbook holds <sheetData> where none belongs: open it in a spreadsheet program and save it anew"},
		{"rows in a choice", map[string]func(io.Writer){sheetPart: sheetOf(text(`<mc:AlternateContent><mc:Choice><row r="2"><c r="A2"><f>1</f></c></row></mc:Choice></mc:AlternateContent>`))},
			"row 1: the workbook holds <AlternateContent> where none belongs: open it in a spreadsheet program and save it anew"},
		{"a row of another kind", map[string]func(io.Writer){sheetPart: sheetOf(text(`<o:row r="2"><o:c r="A2"><o:v>1</o:v></o:c></o:row>`))},
			"row 1: the workbook holds <row> where none belongs: open it in a spreadsheet program and save it anew"},
		{"cut between rows", map[string]func(io.Writer){sheetPart: text(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>ann</t></is></c></row>`)},
			"row 2: the workbook cannot be read from here (it ends within <sheetData>: it was cut off): open it in a spreadsheet program and save it anew as .xlsx"},
		{"cut within a row", map[string]func(io.Writer){sheetPart: text(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c><c r="B1" t="inlineStr"><is><t>groups</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>ann</t></is></c>`)},
			"row 2: the workbook cannot be read from here (it ends within <row>: it was cut off): open it in a spreadsheet program and save it anew as .xlsx"},
		{"closed by another", map[string]func(io.Writer){sheetPart: text(`<worksheet><sheetData><row r="1"></sheetData></row></worksheet>`)},
			"row 1: the workbook cannot be read from here (</sheetData> closes another element): open it in a spreadsheet program and save it anew as .xlsx"},
		{"nothing", map[string]func(io.Writer){sheetPart: text("")},
			"row 1: the workbook cannot be read from here (it holds nothing: it was cut off): open it in a spreadsheet program and save it anew as .xlsx"},
		{"texts that were cut off", map[string]func(io.Writer){
			"xl/sharedStrings.xml": text(`<sst><si><t>name</t></si>`), "xl/_rels/workbook.xml.rels": text(`<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`)},
			"the workbook cannot be read (xl/sharedStrings.xml: it ends within <sst>: it was cut off): open it in a spreadsheet program and save it anew as .xlsx"},
		{"a text that is not there", map[string]func(io.Writer){sheetPart: sheetOf(text(`<row r="2"><c r="A2" t="s"><v>7</v></c></row>`))},
			"row 2, column A: the cell refers to a text that the workbook does not have: open it in a spreadsheet program and save it anew"},
		{"deep", map[string]func(io.Writer){sheetPart: sheetOf(repeat(1_000_000, "<row>"))},
			"row 2: the workbook holds <row> where none belongs: open it in a spreadsheet program and save it anew"},
		{"deep elsewhere", map[string]func(io.Writer){sheetPart: func(w io.Writer) {
			io.WriteString(w, `<worksheet><extLst>`)
			repeat(1_000_000, "<x>")(w)
		}}, "row 1: the workbook cannot be read from here (its elements nest more than 64 deep): open it in a spreadsheet program and save it anew as .xlsx"},
		{"deep in a part around", map[string]func(io.Writer){"xl/workbook.xml": repeat(1_000_000, "<x>")},
			"the workbook cannot be read (xl/workbook.xml: its elements nest more than 64 deep): open it in a spreadsheet program and save it anew as .xlsx"},
		{"attributes", map[string]func(io.Writer){sheetPart: sheetOf(func(w io.Writer) {
			io.WriteString(w, `<row r="2" `)
			repeat(5_000_000, `a="" `)(w)
			io.WriteString(w, `/>`)
		})}, "row 1: the workbook cannot be read from here (a tag, text or comment is longer than 512 KiB): open it in a spreadsheet program and save it anew as .xlsx"},
		{"attributes in a part around", map[string]func(io.Writer){"xl/workbook.xml": func(w io.Writer) {
			io.WriteString(w, `<workbook `)
			repeat(1_000_000, `a="" `)(w)
		}}, "the workbook cannot be read (xl/workbook.xml: a tag, text or comment is longer than 512 KiB): open it in a spreadsheet program and save it anew as .xlsx"},
		{"elements", map[string]func(io.Writer){sheetPart: func(w io.Writer) {
			io.WriteString(w, `<worksheet>`)
			repeat(5_000_000, `<x/>`)(w)
		}}, "row 1: the workbook cannot be read from here (it has more than 4000000 elements): open it in a spreadsheet program and save it anew as .xlsx"},
		{"a type of its own", map[string]func(io.Writer){"xl/workbook.xml": text(`<!DOCTYPE x [<!ENTITY a "b">]><workbook/>`)},
			"the workbook cannot be read (xl/workbook.xml: it declares a type of its own): open it in a spreadsheet program and save it anew as .xlsx"},
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
				t.Errorf("read: %+v\nwant %s", s, tt.want)
			} else if err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
			runtime.ReadMemStats(&after)
			if held := after.HeapInuse >> 20; held > 100 {
				t.Errorf("%d MiB are held", held)
			}
			t.Logf("%v, %d MiB allocated in all, %d held", time.Since(begun), (after.TotalAlloc-before.TotalAlloc)>>20, after.HeapInuse>>20)
		})
	}
}
