package main

import (
	"bytes"
	"context"
	"io/fs"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"grantree/policy"

	"github.com/xuri/excelize/v2"
)

// TestBadSheets: of a sheet that cannot be taken in everything that is wrong is said,
// by row and column, and nothing is written, whatever the file is.
func TestBadSheets(t *testing.T) {
	const text = "[policy]\nextends = \"imaint\"\n[server.main]\nurl = \"sqlserver://sql01.example\"\nintegrated = true\n[[site]]\nname = \"North\"\nserver = \"main\"\ndatabase = \"N\"\n"
	wide := func(text string) string { // UTF-16, as Excel's "Unicode text"
		out := []byte{0xff, 0xfe}
		for _, u := range utf16.Encode([]rune(text)) {
			out = append(out, byte(u), byte(u>>8))
		}
		return string(out)
	}
	book := func(fill func(f *excelize.File) error) string {
		f := excelize.NewFile()
		defer f.Close()
		for i, row := range [][]any{{"name", "groups", "sites", "full_name"}, {"ann", "Planner", "North", "Ann"}, {"ben", "Planner", "North", "Ben"}} {
			if err := f.SetSheetRow("Sheet1", "A"+string(rune('1'+i)), &row); err != nil {
				t.Fatal(err)
			}
		}
		if err := fill(f); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := f.Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, tt := range []struct {
		name, sheet string
		want        []string
	}{
		{"a missing column", "person,groups,sites\nann,Planner,North\n", []string{`row 1: no column is called "name"`}},
		{"a missing column that new people need", "name,sites\nann,North\n", []string{`row 1: no column is called "groups", which new people need, and of the rows 1 would be new`}},
		{"a duplicate person", "name,groups,sites\nann,Planner,North\n\nANN,Planner,North\n", []string{`row 4, column A (name): "ANN" is in row 2 already`}},
		{"an unknown group", "name,groups,sites\nann,Plannr,North\n", []string{`row 2, column B (groups): there is no group "Plannr"; did you mean "Planner"?`}},
		{"formulas of a text", "name,groups,sites\n=1+1,Planner,North\nben,@SUM(A1),North\n", []string{`row 2, column A (name): the cell begins with "="`, `row 3, column B (groups): the cell begins with "@"`}},
		{"formulas of a workbook", book(func(f *excelize.File) error { return f.SetCellFormula("Sheet1", "D3", "A3") }), []string{"row 3, column D (full_name): the cell is a formula"}},
		{"a million empty rows", "name,groups,sites\n" + strings.Repeat(",,\n", 1_000_000) + "ann,Planner,North\n", []string{"row 100001, column A: the sheet goes on behind row 100000"}},
		{"UTF-16 and semicolons", wide("name;groups;sites\r\nann;Planner;Nort\r\n"), []string{`row 2, column C (sites): there is no site "Nort"; did you mean "North"?`}},
		{"UTF-16 that is cut off", wide("name;groups;sites\r\nann;Planner;North")[:41], []string{"the text is UTF-16 and ends within a character: the file is cut off"}},
		{"a merged header", book(func(f *excelize.File) error { return f.MergeCell("Sheet1", "B1", "C1") }), []string{"row 1, column B: the header is merged with another cell", "row 1, column C: the header is merged with another cell"}},
		{"dates as names", "name,groups,sites\n2024-03-01,Planner,North\n1-Mar,Planner,North\n", []string{`row 2, column A (name): "2024-03-01" is a date where a name belongs`, `row 3, column A (name): "1-Mar" is a date`}},
		{"a date of a workbook as name", book(func(f *excelize.File) error {
			return f.SetCellValue("Sheet1", "A2", time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC))
		}), []string{"row 2, column A (name): a date (2024-03-01) stands where a text belongs"}},
		{"a workbook that is cut off", book(func(*excelize.File) error { return nil })[:3000], []string{"the workbook cannot be read (zip: not a valid zip file)"}},
		{"all at once", "name,groups,sites,until\nann,Plannr,Nowhere,31.12.2027\nsa,Planner,North,\ndbo,Planner,North,\n", []string{
			`row 2, column B (groups): there is no group "Plannr"`, `row 2, column C (sites): there is no site "Nowhere"`, `row 2, column D (until): "31.12.2027" is no date`,
			`row 3, column A (name): the login "sa" is the server's own administrator`, `row 4, column A (name): the user name "dbo" belongs to SQL Server itself`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			a := &app{
				stdin: strings.NewReader(""), stdout: &out, stderr: &out, env: func(string) string { return "" }, now: time.Now,
				readFile: func(name string) ([]byte, error) {
					switch name {
					case "grantree.toml":
						return []byte(text), nil
					case "people":
						return []byte(tt.sheet), nil
					}
					return nil, fs.ErrNotExist
				},
				replace: func([]policy.Change) error { t.Error("something was written"); return nil },
			}
			if code := run(context.Background(), []string{"user", "import", "people", "--yes"}, a); code != exitUsage {
				t.Errorf("exit %d", code)
			}
			for _, want := range append(tt.want, "nothing was written") {
				if !strings.Contains(out.String(), "people: "+want) && want != "nothing was written" || !strings.Contains(out.String(), want) {
					t.Errorf("nothing says %q in\n%s", want, out.String())
				}
			}
		})
	}
}
