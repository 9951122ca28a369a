package xlsx

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Sheet is one sheet of a workbook: a line of headings, and rows of texts below.
type Sheet struct {
	Name    string // of 1 to 31 characters, none of []:*?/\
	Columns []Column
	Rows    iter.Seq[[]string]
}

// Column is a column of a sheet.
type Column struct {
	Heading string
	Width   float64  // in characters; 0 leaves it to the program
	Choices []string // what may be chosen in its cells; none is anything. No choice holds a comma
}

// Write writes a workbook. The same sheets make the same bytes. An error names the
// sheet and cell that a workbook cannot hold.
func Write(w io.Writer, sheets ...Sheet) error {
	z := zip.NewWriter(w)
	parts := []struct{ name, text string }{{"[Content_Types].xml", contentTypes(len(sheets))}, {"_rels/.rels", packageRels}, {"xl/styles.xml", styles}}
	var list, rels strings.Builder
	for i, s := range sheets {
		if s.Name == "" || utf8.RuneCountInString(s.Name) > 31 || strings.ContainsAny(s.Name, `[]:*?/\`) {
			return fmt.Errorf("no sheet can be called %q", s.Name)
		}
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, escape(s.Name), i+1, i+1)
		fmt.Fprintf(&rels, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, office, i+1)
	}
	parts = append(parts, struct{ name, text string }{"xl/workbook.xml",
		fmt.Sprintf(`<workbook xmlns="%s" xmlns:r="%s"><sheets>%s</sheets></workbook>`, main, office, &list)})
	parts = append(parts, struct{ name, text string }{"xl/_rels/workbook.xml.rels",
		fmt.Sprintf(`<Relationships xmlns="%s">%s<Relationship Id="rIdStyles" Type="%s/styles" Target="styles.xml"/></Relationships>`, relations, &rels, office)})
	for _, p := range parts {
		out, err := z.Create(p.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(out, xml.Header+p.text); err != nil {
			return err
		}
	}
	for i, s := range sheets {
		out, err := z.Create(fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1))
		if err != nil {
			return err
		}
		if err := s.write(out); err != nil {
			return fmt.Errorf("sheet %q: %w", s.Name, err)
		}
	}
	return z.Close()
}

const (
	main      = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	office    = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	relations = "http://schemas.openxmlformats.org/package/2006/relationships"
	types     = "application/vnd.openxmlformats-officedocument.spreadsheetml."

	packageRels = `<Relationships xmlns="` + relations + `"><Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`

	// styles has three: the program's own, a text, a heading. 49 is the form of texts.
	styles = `<styleSheet xmlns="` + main + `"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>` +
		`<cellXfs count="3"><xf/><xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" applyNumberFormat="1" applyFont="1"/></cellXfs></styleSheet>`
	textStyle, headingStyle = 1, 2
)

func contentTypes(sheets int) string {
	var b strings.Builder
	b.WriteString(`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`)
	over := func(part, kind string) {
		fmt.Fprintf(&b, `<Override PartName="/xl/%s.xml" ContentType="%s%s+xml"/>`, part, types, kind)
	}
	over("workbook", "sheet.main")
	over("styles", "styles")
	for i := range sheets {
		over(fmt.Sprintf("worksheets/sheet%d", i+1), "worksheet")
	}
	b.WriteString("</Types>")
	return b.String()
}

// write writes the sheet's part.
func (s Sheet) write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, `%s<worksheet xmlns="%s"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`, xml.Header, main)
	headings := make([]string, len(s.Columns))
	if len(s.Columns) > 0 {
		b.WriteString("<cols>")
		for i, c := range s.Columns {
			width := ""
			if c.Width > 0 {
				width = fmt.Sprintf(` width="%g" customWidth="1"`, c.Width)
			}
			fmt.Fprintf(&b, `<col min="%d" max="%d"%s style="%d"/>`, i+1, i+1, width, textStyle)
			headings[i] = c.Heading
		}
		b.WriteString("</cols>")
	}
	b.WriteString("<sheetData>")
	if err := line(&b, 1, headings, headingStyle); err != nil {
		return err
	}
	row := 1
	for cells := range s.Rows {
		row++
		if err := line(&b, row, cells, textStyle); err != nil {
			return err
		}
		if b.Len() > 1<<16 {
			if _, err := io.WriteString(w, b.String()); err != nil {
				return err
			}
			b.Reset()
		}
	}
	b.WriteString("</sheetData>")
	s.choices(&b)
	b.WriteString("</worksheet>")
	_, err := io.WriteString(w, b.String())
	return err
}

// choices has the program offer what may be chosen, and refuse the rest.
func (s Sheet) choices(b *strings.Builder) {
	opened := false
	for i, c := range s.Columns {
		if len(c.Choices) == 0 {
			continue
		}
		if !opened {
			b.WriteString("<dataValidations>")
			opened = true
		}
		name := ColumnName(i)
		fmt.Fprintf(b, `<dataValidation type="list" allowBlank="1" showErrorMessage="1" sqref="%s2:%s%d"><formula1>"%s"</formula1></dataValidation>`,
			name, name, MaxRows, escape(strings.ReplaceAll(strings.Join(c.Choices, ","), `"`, `""`)))
	}
	if opened {
		b.WriteString("</dataValidations>")
	}
}

// line writes a row. A cell without a text is left to the column's style.
func line(b *strings.Builder, row int, cells []string, style int) error {
	if row > MaxRows {
		return fmt.Errorf("row %d: a sheet has %d rows at most", row, MaxRows)
	}
	fmt.Fprintf(b, `<row r="%d">`, row)
	for i, text := range cells {
		name := ColumnName(i)
		if name == "" {
			return fmt.Errorf("row %d: a sheet has %d columns at most", row, MaxColumns)
		}
		if text == "" {
			continue
		}
		if len(text) > MaxText && len(utf16.Encode([]rune(text))) > MaxText {
			return fmt.Errorf("cell %s%d: %d characters, and a cell of a workbook holds %d at most", name, row, utf8.RuneCountInString(text), MaxText)
		}
		fmt.Fprintf(b, `<c r="%s%d" s="%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, name, row, style, escape(text))
	}
	b.WriteString("</row>")
	return nil
}

// byNumber finds what a program would take for a character that is written by its
// number: _x000A_ (ISO/IEC 29500-1, 22.4.2.4).
var byNumber = regexp.MustCompile(`^_x[0-9A-Fa-f]{4}_`)

// escape is a text in XML. What XML cannot hold is U+FFFD.
func escape(text string) string {
	var plain strings.Builder
	for i := range len(text) {
		if text[i] == '_' && byNumber.MatchString(text[i:]) {
			plain.WriteString("_x005F")
		}
		plain.WriteByte(text[i])
	}
	var b strings.Builder
	xml.EscapeText(&b, []byte(plain.String()))
	return b.String()
}
