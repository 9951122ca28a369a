package roster

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"grantree/policy"
	"grantree/xlsx"

	"pgregory.net/rapid"
)

// now is later than some of the ends below.
var now = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// oddText is a text of the kind that goes wrong in sheets.
func oddText(t *rapid.T, label string) string {
	runes := rapid.SampledFrom([]rune(`abcXYZ=+-@'";|,>:_*0 éß😀` + "\t\n\r\u00a0\u200b\x01"))
	return rapid.StringOfN(runes, 1, 12, -1).Draw(t, label)
}

// randomPolicy writes a policy of people of all kinds, with odd names.
func randomPolicy(t *rapid.T) string {
	quote := func(s string) string { // JSON's strings are TOML's
		b, _ := json.Marshal(s)
		return string(b)
	}
	list := func(names []string) string {
		out := make([]string, len(names))
		for i, n := range names {
			out[i] = quote(n)
		}
		return "[" + strings.Join(out, ", ") + "]"
	}
	seen := map[string]bool{}
	name := func(label string) string { // that no other is, nor one in which a sheet shows another, or every site
		n := strings.TrimSpace(oddText(t, label))
		if key := blindKey(clean(n)); key != "" && key != "*" && !seen[key] && n == strings.Trim(n, " ") {
			seen[key] = true
			return n
		}
		return fmt.Sprintf("%s %d", label, len(seen)+len(seen)*1000)
	}
	var b strings.Builder
	b.WriteString("[server.main]\nurl = \"sqlserver://sql01.example:1433\"\nintegrated = true\n")
	var sites, groups []string
	for i := range 3 {
		sites, groups = append(sites, name("site")), append(groups, name("group"))
		fmt.Fprintf(&b, "[[site]]\nname = %s\nserver = \"main\"\ndatabase = \"d%d\"\n", quote(sites[i]), i)
		fmt.Fprintf(&b, "[[group]]\nname = %s\nrole = \"r%d\"\n[[group.allow]]\nview = \"imvw_part\"\npermissions = [\"select\"]\n", quote(groups[i]), i)
	}
	some := func(from []string, label string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 1, len(from), rapid.ID[string]).Draw(t, label)
	}
	draw := func(label string) bool { return rapid.Bool().Draw(t, label) }
	for i := range rapid.IntRange(1, 5).Draw(t, "people") {
		fmt.Fprintf(&b, "[[user]]\nname = %s\n", quote(name("user")))
		switch rapid.IntRange(0, 3).Draw(t, "login") {
		case 0:
			fmt.Fprintf(&b, "login = %s\n", quote(name("login")))
		case 1:
			fmt.Fprintf(&b, "login = 'DOMAIN\\u%d'\nnew_login = true\nauth = \"windows\"\n", i)
		case 2:
			fmt.Fprintf(&b, "auth = \"entra\"\n")
		}
		for _, key := range []string{"full_name", "email", "reason"} {
			if draw(key) {
				fmt.Fprintf(&b, "%s = %s\n", key, quote(oddText(t, key)))
			}
		}
		if draw("inactive") {
			b.WriteString("inactive = true\n")
		}
		b.WriteString(rapid.SampledFrom([]string{"", "until = 2025-01-01\n", "until = 2031-01-01T10:00:00.25+02:00\n", "until = 2031-01-01T10:00:00\n"}).Draw(t, "until"))
		at := draw("at")
		if !at || draw("own") {
			fmt.Fprintf(&b, "groups = %s\nsites = %s\n", list(some(groups, "groups")), list(some(sites, "sites")))
		}
		if at {
			fmt.Fprintf(&b, "[[user.at]]\nsites = %s\ngroups = %s\n", list(some(sites[:2], "sites")), list(some(groups, "groups")))
			if draw("more") {
				fmt.Fprintf(&b, "[[user.at]]\nsites = %s\ngroups = %s\n", list(sites[2:]), list(some(groups, "groups")))
			}
		}
	}
	return b.String()
}

// TestExportImportChangesNothing: whatever a policy says, its export comes back
// as no change, in both forms and with what servers add.
func TestExportImportChangesNothing(t *testing.T) {
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		text := randomPolicy(t)
		p, found := policy.Parse(policy.Source{File: "f.toml", Data: []byte(text)}, nil)
		if found.HasErrors() {
			t.Skip("not every drawn text is a policy, and only a policy can be exported:", found.Err()) // n, below, counts those that are
		}
		n++
		people := People(p.At(now))
		live := rapid.Bool().Draw(t, "live")
		write := WriteCSV
		if rapid.IntRange(0, 3).Draw(t, "form") == 0 { // a workbook takes longer
			write = WriteXLSX
		}
		var b bytes.Buffer
		if err := write(&b, people, live); err != nil {
			t.Fatal(err)
		}
		s, err := Read(b.Bytes())
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for _, row := range s.Rows {
			for _, c := range row.Cells {
				if c.Text != "" && c.Text[0] != '\'' && xlsx.Defuse(c.Text) != c.Text {
					t.Fatalf("a cell that would be run: %q", c.Text)
				}
			}
		}
		r := Compare(p.At(now), s, Options{NewLogins: true})
		if len(r.Ignored) > 0 || r.Count(Unchanged) != len(p.Users) || len(r.Rows) != len(p.Users) {
			t.Fatalf("%v\n%s\nignored %v\n%s", strings.Join(said(r), "\n"), text, r.Ignored, b.String())
		}
	})
	if n < 20 {
		t.Errorf("only %d policies had no error", n)
	}
}

// TestLists: what joinList and joinAt write, splitList and splitAt read.
func TestLists(t *testing.T) {
	element := rapid.Custom(func(t *rapid.T) string {
		return strings.TrimSpace(strings.ReplaceAll("x"+oddText(t, "element"), "x", rapid.SampledFrom([]string{"", "x", "-"}).Draw(t, "x"))) + "y"
	})
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SliceOfN(element, 1, 4).Draw(t, "list")
		for i := range in {
			in[i] = clean(in[i])
		}
		got, err := splitList(joinList(in))
		if err != nil || fmt.Sprint(got) != fmt.Sprint(in) {
			t.Fatalf("%q comes back as %q, %v", in, got, err)
		}
		at := []elsewhere{{in, in[:1]}, {in[:1], in}}
		back, err := splitAt(joinAt(at))
		if err != nil || fmt.Sprint(back) != fmt.Sprint(at) {
			t.Fatalf("%q comes back as %q, %v", at, back, err)
		}
	})
}

// FuzzRead: no text makes the reader fail otherwise than in words, and what is
// read can be compared.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"", "name,groups\nann,Planner\n", "\ufeffname;groups\r\n\"a\"\"b\";\"x\ny\"\r\n", "\xff\xfen\x00a\x00", "name\n\"", "PK\x03\x04", "name,at\nann,\"a|\"\"b\"\"->c;;\"\n", "\n\n,,\n\tname\n"} {
		f.Add([]byte(seed))
	}
	p := parsePolicy(f, testPolicy)
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Read(data)
		if err != nil {
			return
		}
		last := s.Header.Number
		for _, row := range s.Rows {
			if row.Number <= last || len(row.Cells) == 0 || len(row.Cells) > maxColumns {
				t.Fatalf("row %d with %d cells behind row %d", row.Number, len(row.Cells), last)
			}
			last = row.Number
		}
		r := Compare(p, s, Options{})
		if len(r.Problems) == 0 && len(r.Rows) != len(s.Rows) {
			t.Fatalf("%d rows, %d verdicts", len(s.Rows), len(r.Rows))
		}
	})
}

// bareTexts are the texts that a bare workbook has.
const bareTexts = `<sst><si><t>name</t></si><si><r><t>a</t></r><r><t>b</t></r><rPh><t>no</t></rPh></si><si><t>_x000D__x005F_x0041_</t></si></sst>`

// bare is a workbook of nothing but what it needs.
func bare(t testing.TB, sheet, texts string) []byte {
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="a" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook><sheets><sheet name="People" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="x/styles" Target="styles.xml"/></Relationships>`,
		"xl/styles.xml":              `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="yyyy"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="2"/></cellXfs></styleSheet>`,
		sheetPart:                    sheet, "xl/sharedStrings.xml": texts,
	} {
		w, err := out.CreateHeader(&zip.FileHeader{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, text)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestCutXLSX: a workbook whose sheet or texts end anywhere but at their end is not
// read, wherever that is; nor is a file that ends before its end.
func TestCutXLSX(t *testing.T) {
	const sheet = `<?xml version="1.0"?><worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row><row r="3"><c r="A3" t="inlineStr"><is><t>ben</t></is></c></row></sheetData></worksheet>`
	whole := bare(t, sheet, bareTexts)
	if s, err := Read(whole); err != nil || len(s.Rows) != 2 || s.Rows[0].Cells[0].Text != "ab" {
		t.Fatalf("%+v, %v", s, err)
	}
	for i := range len(sheet) {
		if s, err := Read(bare(t, sheet[:i], bareTexts)); err == nil {
			t.Errorf("the sheet is cut at %q and read: %+v", sheet[max(0, i-10):i], s)
		}
	}
	for i := range len(bareTexts) {
		if s, err := Read(bare(t, sheet, bareTexts[:i])); err == nil {
			t.Errorf("the texts are cut at %q and read: %+v", bareTexts[max(0, i-10):i], s)
		}
	}
	for i := len("PK\x03\x04"); i < len(whole); i++ {
		if s, err := Read(whole[:i]); err == nil {
			t.Errorf("the file is cut at %d of %d and read: %+v", i, len(whole), s)
		}
	}
}

// FuzzSheet: no XML of a sheet makes the reader fail otherwise than in words, or
// read more than a sheet may have.
func FuzzSheet(f *testing.F) {
	for _, seed := range []string{
		`<worksheet><cols><col min="2" max="3" hidden="1"/></cols><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2" hidden="1"><c r="A2" t="s"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>`,
		`<x:worksheet xmlns:x="y"><x:sheetData><x:row><x:c s="1"><x:v>45000.5</x:v></x:c><x:c t="d"><x:v>2024-01-02T03:04:05Z</x:v></x:c></x:row></x:sheetData></x:worksheet>`,
		`<worksheet><sheetData><row><c s="1"><v>NaN</v></c><c s="2"><v>1e308</v></c><c s="1"><v>-1</v></c><c s="1"><v>Inf</v></c><c s="1"><v>0x1p-2</v></c></row></sheetData></worksheet>`,
		`<worksheet><sheetData><row><c t="s"><v>2</v></c><c t="b"><v>1</v></c><c t="e"><v>#REF!</v></c><c t="str"><f/><v>x</v></c><c t="inlineStr"><is><r><t>q</t></r><t> </t></is></c></row></sheetData></worksheet>`,
		`<worksheet><sheetData/></worksheet>`, `<worksheet>`, ``, `<a`, `<worksheet><mergeCells><mergeCell ref="A1:"/></mergeCells></worksheet>`,
	} {
		f.Add(seed)
	}
	p := parsePolicy(f, testPolicy)
	f.Fuzz(func(t *testing.T, sheet string) {
		s, err := Read(bare(t, sheet, bareTexts))
		if err != nil {
			if _, ok := err.(Problem); !ok {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		for _, row := range append(s.Rows, s.Header) {
			if len(row.Cells) > maxColumns || row.Number > maxRows {
				t.Fatalf("row %d with %d cells", row.Number, len(row.Cells))
			}
		}
		Compare(p, s, Options{})
	})
}
