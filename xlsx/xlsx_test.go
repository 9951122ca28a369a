package xlsx

import (
	"bytes"
	"html"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// read has another program read a workbook.
func read(t testing.TB, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestWrite: another program reads every text as it was written, as a text, and
// sees what may be chosen.
func TestWrite(t *testing.T) {
	rows := [][]string{{"=1+1", "", "007"}, {" led ", "a\nb\tc", `<&>"'`}, {"2031-01-01", "_x000A_", "\U0001f600"}}
	var out, again bytes.Buffer
	for _, w := range []io.Writer{&out, &again} {
		err := Write(w, Sheet{Name: "People & <co>", Columns: []Column{{Heading: "name", Width: 20.5}, {Heading: "keep", Choices: []string{"keep", `"revoke"`}}, {Heading: "note"}}, Rows: slices.Values(rows)},
			Sheet{Name: "None", Rows: slices.Values([][]string(nil))})
		if err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(out.Bytes(), again.Bytes()) {
		t.Error("the same sheets make other bytes")
	}
	f := read(t, out.Bytes())
	if got := f.GetSheetList(); !slices.Equal(got, []string{"People & <co>", "None"}) {
		t.Error(got)
	}
	for r, row := range append([][]string{{"name", "keep", "note"}}, rows...) {
		for c, want := range row {
			name, _ := excelize.CoordinatesToCellName(c+1, r+1)
			if got, err := f.GetCellValue("People & <co>", name); got != want || err != nil {
				t.Errorf("%s: %q, %v, want %q", name, got, err, want)
			}
			if kind, _ := f.GetCellType("People & <co>", name); want != "" && kind != excelize.CellTypeInlineString {
				t.Errorf("%s is of kind %v", name, kind)
			}
			if formula, _ := f.GetCellFormula("People & <co>", name); formula != "" {
				t.Errorf("%s is a formula", name)
			}
		}
	}
	for column, want := range map[string]int{"A": 49, "B": 49, "C": 49} {
		id, err := f.GetColStyle("People & <co>", column)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := f.GetStyle(id); err != nil || s.NumFmt != want {
			t.Errorf("column %s: %v, %v", column, s, err)
		}
	}
	if width, err := f.GetColWidth("People & <co>", "A"); width != 20.5 || err != nil {
		t.Error(width, err)
	}
	v, err := f.GetDataValidations("People & <co>")
	if err != nil || len(v) != 1 || v[0].Sqref != "B2:B1048576" || html.UnescapeString(v[0].Formula1) != `"keep,""revoke"""` {
		t.Errorf("%+v, %v", *v[0], err)
	}
}

// TestCannotHold: what no workbook holds is said with its place, never cut.
func TestCannotHold(t *testing.T) {
	for _, tt := range []struct {
		name string
		rows [][]string
		want string
	}{
		{"Sheet", [][]string{{"x"}, {"x", strings.Repeat("é", MaxText+1)}}, `sheet "Sheet": cell B3: 32768 characters`},
		{"Sheet", [][]string{{strings.Repeat("\U0001f600", MaxText/2+1)}}, `cell A2`},
		{"Sheet", [][]string{make([]string, MaxColumns+1)}, `16384 columns`},
		{"", nil, `no sheet`}, {"a/b", nil, `no sheet`}, {strings.Repeat("x", 32), nil, `no sheet`},
	} {
		err := Write(io.Discard, Sheet{Name: tt.name, Rows: slices.Values(tt.rows)})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.20q: %v, want %q", tt.name, err, tt.want)
		}
	}
	if err := Write(io.Discard, Sheet{Name: strings.Repeat("é", 31), Rows: slices.Values([][]string{{strings.Repeat("é", MaxText)}})}); err != nil {
		t.Error(err)
	}
}

// FuzzWrite: any text that XML can hold comes back.
func FuzzWrite(f *testing.F) {
	f.Add("a _x005F_x000A_ b")
	f.Add("]]>&amp;\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || len(text) > 1000 || strings.ContainsFunc(text, func(r rune) bool {
			return unicode.Is(unicode.Cc, r) && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff
		}) {
			return
		}
		var out bytes.Buffer
		if err := Write(&out, Sheet{Name: "S", Columns: []Column{{Heading: "h"}}, Rows: slices.Values([][]string{{text}})}); err != nil {
			t.Fatal(err)
		}
		if got, err := read(t, out.Bytes()).GetCellValue("S", "A2"); got != text || err != nil {
			t.Errorf("%q, %v, want %q", got, err, text)
		}
	})
}

// TestCells: cells and days are what another program says they are.
func TestCells(t *testing.T) {
	for column := range MaxColumns {
		want, err := excelize.ColumnNumberToName(column + 1)
		if got := ColumnName(column); got != want || err != nil {
			t.Fatal(column, got, want, err)
		}
		if c, row, err := Coordinates("$" + strings.ToLower(want) + "$12"); c != column+1 || row != 12 || err != nil {
			t.Fatal(want, c, row, err)
		}
	}
	for _, ref := range []string{"", "A", "1", "A0", "A-1", "A+1", "XFE1", "A1048577", "A1B", "$", "A$", "É1", "A 1", "ZZZZZZZZZZZZZZZZZZZZZZ1"} {
		if c, row, err := Coordinates(ref); err == nil {
			t.Errorf("%q is %d, %d", ref, c, row)
		}
	}
	if ColumnName(-1)+ColumnName(MaxColumns) != "" {
		t.Error("a column that is none has a name")
	}
	for _, days := range []float64{61, 61.5, 36526, 45000.123456, 47848.999999, 2958465, 2958465.5} {
		for _, since1904 := range []bool{false, true} {
			got, err := Date(days, since1904)
			want, err2 := excelize.ExcelDateToTime(days, since1904)
			if d := got.Sub(want); err != nil || err2 != nil || d > time.Second || d < -time.Second {
				t.Errorf("%v, %t: %v, %v, want %v, %v", days, since1904, got, err, want, err2)
			}
		}
	}
	for days, want := range map[float64]string{1: "1900-01-01 00:00", 59.75: "1900-02-28 18:00", 61: "1900-03-01 00:00"} {
		if got, err := Date(days, false); err != nil || got.Format("2006-01-02 15:04") != want {
			t.Errorf("%v: %v, %v, want %s", days, got, err, want)
		}
	}
	for _, days := range []float64{-1, math.NaN(), math.Inf(1), 2958466, 1e300} {
		if got, err := Date(days, false); err == nil {
			t.Errorf("%v is %v", days, got)
		}
	}
}
